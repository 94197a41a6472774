//! Usage figures: brought in by the service that holds them, read by partners, and who has read.

mod intake;
mod view;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::access::{Authority, Caller, Role};
use crate::claim::identity::TenantId;
use crate::claim::{Finding, ItemKey};
use crate::http::Web;
use crate::http::extract::Query;
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::{Route, schema_of};
use crate::http::v1::ndjson::NDJSON;
use crate::http::v1::search::{CSV, ITEM, wants_csv};
use crate::usage::{Month, Reader, Row};
use crate::usage_access::reading::{Asked, read};
use intake::Taken;
use view::{ReadsView, UsageView, csv};

const SHOW: &str = "show the figures";
const SHOW_READS: &str = "list who has looked";
/// Who reads figures: partners their own, the others to look into a question.
const READERS: &[Role] = &[Role::IncentivesAdmin, Role::Reviewer, Role::UsageDataService];
/// What a month looks like.
const MONTH: &str = "^[0-9]{4}-(0[1-9]|1[0-2])$";
/// Looks that are listed unless somebody says how many.
const READS: usize = 100;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::PUT, "/v1/usage", "put_usage", "Bring figures in", intake::put)
            .roles(&[Role::UsageDataService])
            .says(
                "One line for each tenant, item and month, as lines of JSON, as CSV with a header \
                 (`text/csv`), or as one array of JSON of up to 64 KiB (`application/json`). All \
                 lines are taken or none: what is wrong is named with the number of its line. \
                 Figures replace those of the same tenant, item and month, so sending the same \
                 again does no harm.",
            )
            .query::<intake::PutQuery>()
            .takes_as(NDJSON, Some(schema_of::<Row>), "One line for each tenant, item and month.")
            .gives::<Taken>(StatusCode::OK, "What was taken.")
            .problem(ProblemType::FindingsReported)
            .streams(),
        Route::new(Method::GET, "/v1/usage", "show_usage", "Show the figures of a tenant", show)
            .roles(READERS)
            .says(
                "A partner sees its associated items, from the month in which each association \
                 began; without `item` all it has claimed, and why the others are not shown. \
                 Other roles name the item. Every look is on record, and shown to the customer. \
                 With `Accept: text/csv` or `format=csv` the figures alone, as CSV.",
            )
            .query::<UsageQuery>()
            .header("Accept", "`application/json`, or `text/csv` for a spreadsheet.")
            .gives::<UsageView>(StatusCode::OK, "The figures.")
            .gives_as(StatusCode::OK, Some(CSV), None, "The figures.")
            .problem(ProblemType::FindingsReported),
        Route::new(
            Method::GET,
            "/v1/usage/reads",
            "list_usage_reads",
            "Who has looked at the figures of a tenant",
            reads,
        )
        .roles(&[Role::Reviewer])
        .says("The newest looks, as the customer sees them on its own page.")
        .query::<ReadsQuery>()
        .gives::<ReadsView>(StatusCode::OK, "The looks, newest first.")
        .problem(ProblemType::FindingsReported),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UsageQuery {
    /// The customer's tenant.
    #[schemars(with = "uuid::Uuid")]
    tenant_id: String,
    /// The item: `workload:<code>` or `subscription:<id>`.
    #[schemars(regex(pattern = ITEM))]
    item: Option<String>,
    /// The first month (UTC), such as `2026-11`; otherwise the first that is kept.
    #[schemars(regex(pattern = MONTH))]
    from: Option<String>,
    /// The last month, included; otherwise the running one.
    #[schemars(regex(pattern = MONTH))]
    to: Option<String>,
    /// `json` or `csv`, for whoever cannot set the header `Accept`.
    #[schemars(with = "Option<FormatSchema>")]
    format: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(inline, rename_all = "snake_case")]
#[expect(dead_code, reason = "describes what UsageQuery reads")]
enum FormatSchema {
    Json,
    Csv,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReadsQuery {
    /// The customer's tenant.
    #[schemars(with = "uuid::Uuid")]
    tenant_id: String,
    /// How many, 1 to 500; 100 unless given.
    #[schemars(with = "Option<u16>", range(min = 1, max = 500))]
    limit: Option<String>,
}

async fn show(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<UsageQuery>,
) -> Result<Response, Problem> {
    let refused = |finding: Finding| Problem::findings(SHOW, vec![finding]);
    let as_csv = match query.format.as_deref() {
        None => wants_csv(&headers),
        Some("csv") => true,
        Some("json") => false,
        Some(_) => {
            let message = "There is `json` and `csv`.";
            return Err(refused(Finding::new("format", "format_unknown", message)));
        }
    };
    let asked = query.asked(&caller).map_err(refused)?;
    let now = web.ledger.clock().now().await?;
    let shown = read(&web.ledger, &asked, &web.usage, now).await?;
    let shown = shown.map_err(|findings| Problem::findings(SHOW, findings))?;
    if as_csv {
        let bytes = csv(&asked.tenant_id, &shown).map_err(|_| Problem::internal())?;
        let kind = HeaderValue::from_static("text/csv; charset=utf-8");
        return Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response());
    }
    Ok(Answer(UsageView::of(asked.tenant_id, &shown)).into_response())
}

impl UsageQuery {
    fn asked(&self, caller: &Caller) -> Result<Asked, Finding> {
        let month = |text: &Option<String>, name: &str| {
            text.as_deref().map(Month::parse).transpose().map_err(|finding| finding.at(name))
        };
        Ok(Asked {
            by: reader(&caller.authority),
            tenant_id: TenantId::parse(&self.tenant_id)?,
            item: self.item.as_deref().map(ItemKey::parse).transpose()?,
            from: month(&self.from, "from")?,
            to: month(&self.to, "to")?,
        })
    }
}

/// Nobody else gets past the guard.
fn reader(authority: &Authority) -> Reader {
    match authority {
        Authority::IncentivesAdmin(mpn_id) => Reader::Partner(mpn_id.clone()),
        Authority::UsageDataService => Reader::UsageDataService,
        Authority::Reviewer
        | Authority::UpstreamSource(_)
        | Authority::Operator
        | Authority::Observer => Reader::Reviewer,
    }
}

async fn reads(
    State(web): State<Web>,
    Query(query): Query<ReadsQuery>,
) -> Result<Answer<ReadsView>, Problem> {
    let refused = |finding: Finding| Problem::findings(SHOW_READS, vec![finding]);
    let tenant_id = TenantId::parse(&query.tenant_id).map_err(refused)?;
    let limit = match query.limit.as_deref().map(str::parse) {
        None => READS,
        Some(Ok(limit @ 1..=500)) => limit,
        Some(_) => {
            let message = "Give a number from 1 to 500.";
            return Err(refused(Finding::new("limit", "limit_out_of_range", message)));
        }
    };
    let reads = web.ledger.store().reads(&tenant_id, limit).await?;
    Ok(Answer(ReadsView::of(reads)))
}
