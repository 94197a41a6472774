//! Who sees which usage data, and tokens by which their holder can decide without asking.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::{Authority, Caller, LIFE_SECONDS_MAX, Role, SigningError};
use crate::claim::identity::{MpnId, TenantId};
use crate::claim::{ClaimId, Finding, ItemKey};
use crate::http::Web;
use crate::http::extract::{Json, Query};
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::http::v1::search::{ITEM, MPN_ID};
use crate::usage_access::reading::admit;
use crate::usage_access::{Access, Question, access};

const CHECK: &str = "check the access";
const ISSUE: &str = "issue the access token";
/// Who asks.
const ASKERS: &[Role] = &[Role::IncentivesAdmin, Role::Reviewer, Role::UsageDataService];
/// Who gets tokens.
const HOLDERS: &[Role] = &[Role::IncentivesAdmin, Role::UsageDataService];

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/v1/access",
            "check_access",
            "Does this partner see this item's usage data now, and if not, why not?",
            check,
        )
        .roles(ASKERS)
        .says("The answer of this moment: a revoked grant is refused at once.")
        .query::<AccessQuery>()
        .gives::<AccessView>(StatusCode::OK, "The answer.")
        .problem(ProblemType::NotFound)
        .problem(ProblemType::FindingsReported),
        Route::new(
            Method::POST,
            "/v1/access-tokens",
            "issue_access_token",
            "Get a short-lived signed token for a partner's access to a tenant's items",
            issue,
        )
        .roles(HOLDERS)
        .says(
            "A JWT signed with EdDSA, good for at most five minutes, naming partner, tenant and \
             items; its public keys are under `/.well-known/jwks.json`. Getting one is shown to \
             the customer as a look at the data. All items have to be granted.",
        )
        .takes::<TokenRequest>("For whose access to what.")
        .gives::<TokenView>(StatusCode::CREATED, "The token.")
        .problem(ProblemType::NotFound)
        .problem(ProblemType::FindingsReported),
        Route::new(
            Method::GET,
            "/.well-known/jwks.json",
            "show_token_keys",
            "The public keys of access tokens",
            keys,
        )
        .public()
        .gives::<serde_json::Map<String, serde_json::Value>>(
            StatusCode::OK,
            "A JSON Web Key Set (RFC 7517).",
        ),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AccessQuery {
    /// The partner's MPN ID.
    #[schemars(regex(pattern = MPN_ID), length(max = 10))]
    partner: String,
    /// The customer's tenant.
    #[schemars(with = "uuid::Uuid")]
    tenant: String,
    /// The item: `workload:<code>` or `subscription:<id>`.
    #[schemars(regex(pattern = ITEM))]
    item: String,
}

/// Whether a partner sees an item's usage data.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Access")]
struct AccessView {
    /// Whether it does.
    granted: bool,
    /// Since when it does.
    since: Option<DateTime<Utc>>,
    /// The claim by which it does, or that explains why it does not.
    #[schemars(with = "Option<uuid::Uuid>")]
    claim_id: Option<ClaimId>,
    /// Why it does not, for programs.
    code: Option<String>,
    /// Why it does not, for people.
    reason: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TokenRequest {
    /// The partner's MPN ID.
    #[schemars(regex(pattern = MPN_ID), length(max = 10))]
    partner: String,
    /// The customer's tenant.
    #[schemars(with = "uuid::Uuid")]
    tenant_id: String,
    /// The items: `workload:<code>` or `subscription:<id>`.
    #[schemars(length(min = 1, max = 50), inner(regex(pattern = ITEM)))]
    items: Vec<String>,
}

/// A signed token.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccessToken")]
struct TokenView {
    /// The token, for `Authorization: Bearer …` at the service that holds the usage data.
    token: String,
    /// When it ends.
    expires_at: DateTime<Utc>,
    /// How long it lives.
    expires_in_seconds: i64,
}

async fn check(
    State(web): State<Web>,
    caller: Caller,
    Query(query): Query<AccessQuery>,
) -> Result<Answer<AccessView>, Problem> {
    let refuse = |finding: Finding| Problem::findings(CHECK, vec![finding]);
    let question = Question {
        mpn_id: own_partner(&caller, &query.partner, CHECK)?,
        tenant_id: TenantId::parse(&query.tenant).map_err(|f| refuse(f.at("tenant")))?,
        item: ItemKey::parse(&query.item).map_err(refuse)?,
    };
    let now = web.ledger.clock().now().await?;
    Ok(Answer(match access(&web.ledger, &question, now).await? {
        Access::Granted { since, claim_id } => AccessView {
            granted: true,
            since: Some(since),
            claim_id: Some(claim_id),
            code: None,
            reason: None,
        },
        Access::Denied(why) => AccessView {
            granted: false,
            since: None,
            claim_id: why.claim_id(),
            code: Some(why.code().to_owned()),
            reason: Some(why.sentence()),
        },
    }))
}

async fn issue(
    State(web): State<Web>,
    caller: Caller,
    Json(request): Json<TokenRequest>,
) -> Result<(StatusCode, Answer<TokenView>), Problem> {
    let mpn_id = own_partner(&caller, &request.partner, ISSUE)?;
    let refuse = |finding: Finding| Problem::findings(ISSUE, vec![finding]);
    let tenant_id = TenantId::parse(&request.tenant_id).map_err(|f| refuse(f.at("tenant_id")))?;
    let items = items(&request.items).map_err(|findings| Problem::findings(ISSUE, findings))?;
    let at = web.ledger.clock().instant().await?;
    let admitted = admit(&web.ledger, &mpn_id, (&tenant_id, &items), &web.usage, at.now).await?;
    admitted.map_err(|findings| Problem::findings(ISSUE, findings))?;
    let life = TimeDelta::seconds(LIFE_SECONDS_MAX);
    let signed = web.tokens.sign(&mpn_id, tenant_id, &items, life, at.real).map_err(unsigned)?;
    let view = TokenView {
        token: signed.token,
        expires_at: DateTime::from_timestamp(signed.claims.exp, 0).unwrap_or(at.real),
        expires_in_seconds: signed.claims.exp - signed.claims.iat,
    };
    Ok((StatusCode::CREATED, Answer(view)))
}

async fn keys(State(web): State<Web>) -> Result<Response, Problem> {
    let mut response = Answer(web.tokens.jwks().map_err(unsigned)?).into_response();
    let believed = HeaderValue::from_static("public, max-age=300");
    response.headers_mut().insert(header::CACHE_CONTROL, believed);
    Ok(response)
}

fn unsigned(error: SigningError) -> Problem {
    tracing::error!(error = %error, "access tokens cannot be signed");
    Problem::internal()
}

/// The partner that is asked about, if the caller may ask about it: what is another partner's is
/// not there.
fn own_partner(caller: &Caller, raw: &str, attempted: &str) -> Result<MpnId, Problem> {
    let refuse = |finding: Finding| Problem::findings(attempted, vec![finding.at("partner")]);
    let mpn_id = MpnId::parse(raw).map_err(refuse)?;
    match &caller.authority {
        Authority::IncentivesAdmin(own) if *own != mpn_id => {
            Err(Problem::not_found("such partner"))
        }
        Authority::IncentivesAdmin(_)
        | Authority::UpstreamSource(_)
        | Authority::Reviewer
        | Authority::Operator
        | Authority::Observer
        | Authority::UsageDataService => Ok(mpn_id),
    }
}

fn items(raw: &[String]) -> Result<Vec<ItemKey>, Vec<Finding>> {
    if raw.is_empty() || raw.len() > cpor_jobs::limits::ITEMS_MAX {
        let message = format!("Name 1 to {} items.", cpor_jobs::limits::ITEMS_MAX);
        return Err(vec![Finding::new("items", "number_of_items", message)]);
    }
    let (mut items, mut findings) = (Vec::with_capacity(raw.len()), Vec::new());
    for (index, text) in raw.iter().enumerate() {
        match ItemKey::parse(text) {
            Ok(item) => items.push(item),
            Err(finding) => findings.push(finding.at(format!("items[{index}]"))),
        }
    }
    if findings.is_empty() { Ok(items) } else { Err(findings) }
}
