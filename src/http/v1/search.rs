//! Lists of claims: filters, stable orders, cursors; as JSON or CSV.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use cpor_jobs::limits::{EMAIL_MAX, IDEMPOTENCY_KEY_MAX};

use crate::access::Caller;
use crate::claim::identity::{EmailAddress, IdempotencyKey, MpnId, Source, TenantId};
use crate::claim::{Claim, Finding, ItemKey, Status};
use crate::http::Web;
use crate::http::extract::Query;
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::http::v1::VIEWERS;
use crate::store::search::{ClaimFilter, Order, Page, PageSize, Prefix, Search};
use crate::view::{ClaimView, Dossier, csv_rows, needs_history};

/// What an MPN ID, an item and a cursor look like; which of them mean anything is not said here.
pub(super) const MPN_ID: &str = "^0*[1-9][0-9]*$";
pub(super) const ITEM: &str = "^(workload:[a-z0-9_]{1,64}|subscription:[0-9a-fA-F]{8}\
                               (-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$";
pub(super) const CURSOR: &str = "^[A-Za-z0-9_-]+$";
/// Where the cursor stands when the body has no place for it.
const NEXT: HeaderName = HeaderName::from_static("next-cursor");
pub(super) const CSV: &str = "text/csv";
const LIST: &str = "list the claims";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/claims", "list_claims", "List and search claims", list)
            .roles(VIEWERS)
            .says(
                "Everything that is given has to fit. A page may be shorter than its limit and \
                 still have a `next` cursor; a claim that changes meanwhile is neither skipped nor \
                 shown twice. With `Accept: text/csv` the same as CSV, its cursor in the header \
                 `Next-Cursor`. `email` is for roles that see the names of people. An address in \
                 a query is written into the access logs of whatever stands between, but not into \
                 ours.",
            )
            .query::<ListQuery>()
            .header("Accept", "`application/json`, or `text/csv` for a spreadsheet.")
            .gives::<ClaimPage>(StatusCode::OK, "A page of claims.")
            .gives_as(StatusCode::OK, Some(CSV), None, "A page of claims.")
            .problem(ProblemType::RoleNotAllowed)
            .problem(ProblemType::FindingsReported),
    ]
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ListQuery {
    /// Claims in this status.
    #[schemars(with = "Option<Status>")]
    pub status: Option<String>,
    /// Claims of this partner: its MPN ID.
    #[schemars(regex(pattern = MPN_ID), length(max = 10))]
    pub partner: Option<String>,
    /// Claims that this source submitted.
    #[schemars(length(min = 1, max = 64))]
    pub source: Option<String>,
    /// The claim that `source` submitted under this key of its own.
    #[schemars(length(min = 1, max = IDEMPOTENCY_KEY_MAX))]
    pub idempotency_key: Option<String>,
    /// Claims on this tenant.
    #[schemars(with = "Option<uuid::Uuid>")]
    pub tenant: Option<String>,
    /// Claims on this item: `workload:<code>` or `subscription:<id>`.
    #[schemars(regex(pattern = ITEM))]
    pub item: Option<String>,
    /// Claims with a contact at this mail address: the customer's, its technical one, or the
    /// partner's; case does not matter.
    #[schemars(extend("format" = "idn-email"), length(min = 3, max = EMAIL_MAX))]
    pub email: Option<String>,
    /// Claims whose window is open and closes at this instant or later.
    #[schemars(with = "Option<DateTime<Utc>>")]
    pub closing_after: Option<String>,
    /// Claims whose window is open and closes before this instant.
    #[schemars(with = "Option<DateTime<Utc>>")]
    pub closing_before: Option<String>,
    /// Claims whose name begins so; case does not matter.
    #[schemars(length(min = 1, max = 200))]
    pub name_prefix: Option<String>,
    /// Claims whose customer's domain begins so; case does not matter.
    #[schemars(length(min = 1, max = 253))]
    pub domain_prefix: Option<String>,
    /// The order; the newest first unless given.
    #[schemars(with = "Option<OrderSchema>")]
    pub sort: Option<String>,
    /// Claims on one page, 1 to 500; 100 unless given.
    #[schemars(with = "Option<u16>", range(min = 1, max = 500))]
    pub limit: Option<String>,
    /// Where to go on: the `next` of the page before, with everything else as it was.
    #[schemars(regex(pattern = CURSOR))]
    pub cursor: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(inline, rename_all = "snake_case")]
#[expect(dead_code, reason = "describes Order, which reads its own names")]
enum OrderSchema {
    Newest,
    Oldest,
    ClosesAt,
}

/// Some of a list of claims.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ClaimPage")]
struct ClaimPage<'a> {
    /// The claims, in order.
    claims: Vec<ClaimView<'a>>,
    /// Where to go on; null at the end.
    next: Option<String>,
}

async fn list(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    if query.email.is_some() && !caller.authority.sees_personal_data() {
        return Err(hidden(&caller));
    }
    let search = query.search(&caller).map_err(|finding| Problem::findings(LIST, vec![finding]))?;
    let Page { entries, next } = web.ledger.store().search(&search).await?;
    let dossiers = dossiers(&web, entries).await?;
    let views = dossiers.iter().map(|dossier| dossier.view().for_caller(&caller.authority));
    if wants_csv(&headers) {
        let mut response = csv_rows(views).map_err(|_| Problem::internal())?.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
        if let Some(Ok(next)) = next.map(HeaderValue::try_from) {
            headers.insert(NEXT, next);
        }
        return Ok(response);
    }
    Ok(Json(ClaimPage { claims: views.collect(), next }).into_response())
}

/// Who does not see addresses does not learn either to which claims they belong.
fn hidden(caller: &Caller) -> Problem {
    Problem::new(
        ProblemType::RoleNotAllowed,
        format!("The role `{}` does not search by `email`.", caller.authority.role()),
        "Leave `email` out, or ask somebody whose role sees the names of people.",
    )
}

/// Whether the caller asks for a spreadsheet.
pub(super) fn wants_csv(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.split(',').any(|kind| kind.trim().starts_with(CSV)))
}

/// Claims with as much of their history as their lines need.
pub(in crate::http) async fn dossiers(
    web: &Web,
    claims: Vec<Claim>,
) -> Result<Vec<Dossier>, Problem> {
    try_join_all(claims.into_iter().map(|claim| with_history(web, claim))).await
}

async fn with_history(web: &Web, claim: Claim) -> Result<Dossier, Problem> {
    let history = if needs_history(claim.status()) {
        web.ledger.store().history(claim.id).await?
    } else {
        Vec::new()
    };
    Ok(Dossier { claim, history, stuck: None })
}

impl ListQuery {
    fn search(&self, caller: &Caller) -> Result<Search, Finding> {
        let size = page_size(self.limit.as_deref())?;
        going_on(Search::new(self.filter(caller)?, self.order()?, size), self.cursor.as_deref())
    }

    /// In which order.
    pub(in crate::http) fn order(&self) -> Result<Order, Finding> {
        self.sort.as_deref().map_or(Ok(Order::Newest), |text| {
            text.parse::<Order>().map_err(|error| finding("sort", error))
        })
    }

    /// A key means something only beside the source whose own it is.
    fn own_key(&self) -> Result<Option<IdempotencyKey>, Finding> {
        let key = read(self.idempotency_key.as_ref(), "idempotency_key", IdempotencyKey::parse)?;
        if key.is_some() && self.source.is_none() {
            let message = "Give the `source` as well: every source has keys of its own.";
            return Err(Finding::new("source", "missing", message));
        }
        Ok(key)
    }

    /// Which claims, of those that the caller sees.
    pub(in crate::http) fn filter(&self, caller: &Caller) -> Result<ClaimFilter, Finding> {
        Ok(ClaimFilter {
            status: read(self.status.as_ref(), "status", |text| {
                text.parse::<Status>().map_err(|error| finding("status", error))
            })?,
            mpn_id: read(self.partner.as_ref(), "partner", MpnId::parse)?,
            source: read(self.source.as_ref(), "source", Source::parse)?,
            idempotency_key: self.own_key()?,
            tenant_id: read(self.tenant.as_ref(), "tenant", TenantId::parse)?,
            item: read(self.item.as_ref(), "item", ItemKey::parse)?,
            mail: read(self.email.as_ref(), "email", EmailAddress::parse)?,
            closing_after: read(self.closing_after.as_ref(), "closing_after", instant)?,
            closing_before: read(self.closing_before.as_ref(), "closing_before", instant)?,
            name_prefix: read(self.name_prefix.as_ref(), "name_prefix", Prefix::of_name)?,
            domain_prefix: read(self.domain_prefix.as_ref(), "domain_prefix", Prefix::of_domain)?,
            seen_by: Some(caller.authority.clone()),
        })
    }
}

/// Reads a parameter where it is given.
fn read<T>(
    given: Option<&String>,
    name: &'static str,
    parse: impl Fn(&str) -> Result<T, Finding>,
) -> Result<Option<T>, Finding> {
    given.map(|text| parse(text).map_err(|finding| finding.at(name))).transpose()
}

/// The parameter `limit` of a list.
pub(super) fn page_size(limit: Option<&str>) -> Result<PageSize, Finding> {
    limit.map_or(Ok(PageSize::DEFAULT), |text| {
        let size = text.parse().ok().and_then(PageSize::new);
        size.ok_or_else(|| finding("limit", "write a whole number from 1 to 500."))
    })
}

/// The parameter `cursor` of a list: where the search goes on.
pub(super) fn going_on(search: Search, cursor: Option<&str>) -> Result<Search, Finding> {
    match cursor {
        Some(cursor) => search.after(cursor).map_err(|error| finding("cursor", error)),
        None => Ok(search),
    }
}

fn finding(name: &'static str, message: impl ToString) -> Finding {
    Finding::new(name, "malformed", message.to_string())
}

fn instant(text: &str) -> Result<DateTime<Utc>, Finding> {
    // A plus sign that was not encoded arrives as a space.
    let text = text.replace(' ', "+");
    DateTime::parse_from_rfc3339(&text).map(|at| at.to_utc()).map_err(|_| {
        finding("instant", "write a date and time with an offset, such as 2026-11-27T21:00:00Z.")
    })
}
