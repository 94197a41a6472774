//! Official associations with their grants.

use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::{Caller, Role};
use crate::claim::identity::{MpnId, TenantId};
use crate::claim::lasting::Origin;
use crate::claim::state::Association;
use crate::claim::{ClaimId, Finding, State as ClaimState};
use crate::http::Web;
use crate::http::extract::Query;
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::http::v1::search::{CURSOR, MPN_ID, going_on, page_size};
use crate::store::grants::{OfficialAssociation, Party};
use crate::store::search::Search;

const LIST: &str = "list the associations";
/// Who reads associations.
const READERS: &[Role] =
    &[Role::IncentivesAdmin, Role::UpstreamSource, Role::Reviewer, Role::UsageDataService];

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/v1/associations",
            "list_associations",
            "List the official associations of a partner or a tenant, with their grants",
            list,
        )
        .roles(READERS)
        .says("Give one of `partner` and `tenant`. Newest claims first.")
        .query::<AssociationQuery>()
        .gives::<AssociationPage>(StatusCode::OK, "A page of associations.")
        .problem(ProblemType::FindingsReported),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AssociationQuery {
    /// The partner's MPN ID.
    #[schemars(regex(pattern = MPN_ID), length(max = 10))]
    partner: Option<String>,
    /// The customer's tenant.
    #[schemars(with = "Option<uuid::Uuid>")]
    tenant: Option<String>,
    /// Associations on one page, 1 to 500; 100 unless given.
    #[schemars(with = "Option<u16>", range(min = 1, max = 500))]
    limit: Option<String>,
    /// Where to go on: the `next` of the page before, with everything else as it was.
    #[schemars(regex(pattern = CURSOR))]
    cursor: Option<String>,
}

/// Some of a list of associations.
#[derive(Debug, Serialize, JsonSchema)]
struct AssociationPage {
    /// The associations, in order.
    associations: Vec<AssociationView>,
    /// Where to go on; null at the end.
    next: Option<String>,
}

/// A partner, a tenant, and the items that bind them.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Association")]
struct AssociationView {
    /// The claim that brought it.
    #[schemars(with = "uuid::Uuid")]
    claim_id: ClaimId,
    /// The partner of record.
    #[schemars(with = "String")]
    mpn_id: MpnId,
    /// The customer.
    #[schemars(with = "uuid::Uuid")]
    tenant_id: TenantId,
    /// Since when it is official.
    since: Option<DateTime<Utc>>,
    /// True when the customer agreed, false when the window ended in silence.
    confirmed: bool,
    /// The earlier program from which it was taken over, if it was; nobody was told of a claim.
    imported_from: Option<Origin>,
    /// The usage data that is open to the partner.
    grants: Vec<GrantView>,
}

/// Usage data of one item, open to a partner.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Grant")]
struct GrantView {
    /// The item: `workload:<code>` or `subscription:<id>`.
    item: String,
    /// Since when.
    since: DateTime<Utc>,
}

async fn list(
    State(web): State<Web>,
    caller: Caller,
    Query(query): Query<AssociationQuery>,
) -> Result<Json<AssociationPage>, Problem> {
    let search = query.search(&caller);
    let search = search.map_err(|finding| Problem::findings(LIST, vec![finding]))?;
    let page = web.ledger.store().associations(&search).await?;
    let associations = page.entries.iter().map(view).collect();
    Ok(Json(AssociationPage { associations, next: page.next }))
}

impl AssociationQuery {
    fn search(&self, caller: &Caller) -> Result<Search, Finding> {
        let party = match (&self.partner, &self.tenant) {
            (Some(partner), None) => {
                Party::Partner(MpnId::parse(partner).map_err(|found| found.at("partner"))?)
            }
            (None, Some(tenant)) => {
                Party::Tenant(TenantId::parse(tenant).map_err(|found| found.at("tenant"))?)
            }
            (Some(_), Some(_)) | (None, None) => {
                let message = "Give either `partner` or `tenant`.";
                return Err(Finding::new(Finding::WHOLE, "partner_or_tenant", message));
            }
        };
        let size = page_size(self.limit.as_deref())?;
        let search = Search::associations_of(party, Some(caller.authority.clone()), size);
        going_on(search, self.cursor.as_deref())
    }
}

fn view(official: &OfficialAssociation) -> AssociationView {
    let submission = &official.claim.submission;
    let association = match &official.claim.state {
        ClaimState::Associated { association } => Some(association),
        _ => None,
    };
    let grants = official.grants.iter();
    AssociationView {
        claim_id: official.claim.id,
        mpn_id: submission.partner.mpn_id.clone(),
        tenant_id: submission.customer.tenant_id,
        since: association.map(|association| association.since),
        confirmed: association.is_some_and(Association::is_confirmed),
        imported_from: association.and_then(Association::imported).map(|it| it.origin),
        grants: grants
            .map(|grant| GrantView { item: grant.item.to_string(), since: grant.since })
            .collect(),
    }
}
