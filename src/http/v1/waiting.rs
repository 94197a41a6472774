//! What waits for reviewers, by when; and whether items are taken, without saying by whom.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::{Caller, Role};
use crate::claim::identity::{MpnId, TenantId};
use crate::claim::{Claim, ClaimId, Finding, ItemKey, Status};
use crate::http::Web;
use crate::http::extract::Query;
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::http::v1::SUBMITTERS;
use crate::store::search::{ClaimFilter, Order, PageSize, Search};

/// Who sees what waits.
const LOOKERS: &[Role] = &[Role::Reviewer, Role::Operator, Role::Observer];
/// What waits for a decision.
pub(in crate::http) const WAITING: [Status; 3] =
    [Status::UnderReview, Status::Contested, Status::Disputed];
/// Items that are asked about at once.
const ITEMS_MAX: usize = 50;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/v1/reviews",
            "list_reviews",
            "List what waits for a reviewer's decision",
            reviews,
        )
        .roles(LOOKERS)
        .says(
            "Claims under review, contested and disputed, what is due first coming first; of each \
             kind the oldest 500.",
        )
        .gives::<Reviews>(StatusCode::OK, "What waits."),
        Route::new(
            Method::GET,
            "/v1/items/taken",
            "look_up_items",
            "Ask whether somebody has items of a tenant already",
            taken,
        )
        .roles(SUBMITTERS)
        .says(
            "A claim on an item that somebody else has is contested. Who has it is not said, and \
             what is free now may be taken when the claim is validated.",
        )
        .query::<TakenQuery>()
        .gives::<Taken>(StatusCode::OK, "Each item, and whether somebody has it.")
        .problem(ProblemType::FindingsReported),
    ]
}

/// What waits for a decision.
#[derive(Debug, Serialize, JsonSchema)]
struct Reviews {
    /// The claims, what is due first coming first.
    claims: Vec<Waiting>,
    /// Whether there are more than can be listed.
    more: bool,
}

/// A claim that waits for a decision.
#[derive(Debug, Serialize, JsonSchema)]
struct Waiting {
    /// The claim.
    #[schemars(with = "uuid::Uuid")]
    claim_id: ClaimId,
    /// What has to be decided: `under_review`, `contested` or `disputed`.
    status: Status,
    /// The claiming partner's location.
    #[schemars(with = "String")]
    mpn_id: MpnId,
    /// The customer's tenant.
    #[schemars(with = "uuid::Uuid")]
    tenant_id: TenantId,
    /// What is claimed, such as `workload:teams`.
    items: Vec<String>,
    /// When it became a claim.
    submitted_at: DateTime<Utc>,
    /// By when it has to be decided; contests of earlier releases have no such time.
    decide_by: Option<DateTime<Utc>>,
    /// Whether that time has ended.
    overdue: bool,
    /// How many comments it has.
    comments: u32,
}

impl Waiting {
    fn of(claim: &Claim, now: DateTime<Utc>) -> Self {
        let submission = &claim.submission;
        let decide_by = claim.decide_by().map(|decide_by| decide_by.due.by);
        Self {
            claim_id: claim.id,
            status: claim.status(),
            mpn_id: submission.partner.mpn_id.clone(),
            tenant_id: submission.customer.tenant_id,
            items: submission.items.iter().map(crate::claim::item::Item::key).collect(),
            submitted_at: claim.submitted_at,
            decide_by,
            overdue: decide_by.is_some_and(|by| by <= now),
            comments: claim.file.comments,
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TakenQuery {
    /// The customer's tenant.
    #[schemars(with = "uuid::Uuid")]
    tenant_id: String,
    /// 1 to 50 items, separated by commas, such as `workload:teams,workload:exchange`.
    items: String,
}

/// Whether items are taken.
#[derive(Debug, Serialize, JsonSchema)]
struct Taken {
    /// The items, in the order of the question.
    items: Vec<TakenItem>,
}

/// Whether an item is taken.
#[derive(Debug, Serialize, JsonSchema)]
struct TakenItem {
    /// The item.
    item: String,
    /// Somebody has it, or claims it.
    taken: bool,
}

async fn reviews(State(web): State<Web>, _: Caller) -> Result<Answer<Reviews>, Problem> {
    let now = web.ledger.clock().now().await.map_err(Problem::from)?;
    let (claims, more) = waiting(&web, &WAITING).await?;
    let claims = claims.iter().map(|claim| Waiting::of(claim, now)).collect();
    Ok(Answer(Reviews { claims, more }))
}

/// Claims that wait for these decisions, what is due first coming first; and whether there are more
/// than can be listed.
pub(in crate::http) async fn waiting(
    web: &Web,
    kinds: &[Status],
) -> Result<(Vec<Claim>, bool), Problem> {
    let (mut claims, mut more) = (Vec::new(), false);
    for status in kinds {
        let filter = ClaimFilter { status: Some(*status), ..ClaimFilter::default() };
        let search = Search::new(filter, Order::Oldest, PageSize::MAX);
        let page = web.ledger.store().search(&search).await?;
        more |= page.next.is_some();
        claims.extend(page.entries);
    }
    let due = |claim: &Claim| claim.decide_by().map(|decide_by| decide_by.due.by);
    claims.sort_by_key(|claim| (due(claim).is_none(), due(claim)));
    Ok((claims, more))
}

async fn taken(
    State(web): State<Web>,
    _: Caller,
    Query(query): Query<TakenQuery>,
) -> Result<Answer<Taken>, Problem> {
    let unfit = |findings| Problem::findings("look the items up", findings);
    let tenant_id = TenantId::parse(&query.tenant_id)
        .map_err(|finding: Finding| unfit(vec![finding.at("tenant_id")]))?;
    let named: Vec<&str> = query.items.split(',').collect();
    if named.len() > ITEMS_MAX {
        let message = format!("Ask about at most {ITEMS_MAX} items at once.");
        return Err(unfit(vec![Finding::new("items", "too_many", message)]));
    }
    let items: Result<Vec<ItemKey>, Finding> = named.into_iter().map(ItemKey::parse).collect();
    let items = items.map_err(|finding| unfit(vec![finding.at("items")]))?;
    let taken = web.ledger.store().taken(&tenant_id, &items).await?;
    let items = items.iter().zip(taken);
    let items = items.map(|(item, taken)| TakenItem { item: item.to_string(), taken }).collect();
    Ok(Answer(Taken { items }))
}
