//! Drafts of claims, for a partner's own people.

mod problems;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::{Authority, Caller, Role};
use crate::claim::Finding;
use crate::claim::identity::MpnId;
use crate::drafts::{CheckView, Draft, DraftContent, DraftError, DraftId, DraftSummary, DraftView};
use crate::http::Web;
use crate::http::extract::{Json, Path, Query};
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::http::v1::submit::{key_reused, made};
use crate::ledger::Submitted;
use crate::view::ClaimView;
pub(in crate::http) use problems::problem;

/// Whose drafts there are; nobody else sees them.
const PREPARERS: &[Role] = &[Role::IncentivesAdmin];
const ALL: &str = "/v1/drafts";
const ONE: &str = "/v1/drafts/{draft_id}";
/// Drafts on one page, unless the caller wants fewer.
const PAGE: u8 = 50;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::POST, ALL, "create_draft", "Begin a draft of a claim", create)
            .roles(PREPARERS)
            .says("It may say anything or nothing; only names and kinds of fields are checked.")
            .takes::<DraftContent>("What it says so far.")
            .gives::<DraftView>(StatusCode::CREATED, "The draft.")
            .problem(ProblemType::FindingsReported),
        Route::new(Method::GET, ALL, "list_drafts", "List your partner's drafts", list)
            .roles(PREPARERS)
            .query::<ListQuery>()
            .gives::<DraftPage>(StatusCode::OK, "Drafts, newest first.")
            .problem(ProblemType::FindingsReported),
        one(Method::GET, ONE, "show_draft", "Show a draft", show)
            .gives::<DraftView>(StatusCode::OK, "The draft; its revision is in `ETag`."),
        one(Method::PUT, ONE, "save_draft", "Save a whole draft", save)
            .says(
                "Nobody's changes are lost: if somebody else has saved since the revision in \
                 `If-Match`, nothing is changed, and the answer has both versions field by field \
                 and says which of you has changed what.",
            )
            .if_match(true)
            .takes::<DraftContent>("What it is to say.")
            .gives::<DraftView>(StatusCode::OK, "The draft.")
            .problem(ProblemType::DraftChanged)
            .problem(ProblemType::ClaimConflict)
            .problem(ProblemType::FindingsReported),
        one(Method::DELETE, ONE, "discard_draft", "Discard a draft", discard)
            .if_match(false)
            .gives_as(StatusCode::NO_CONTENT, None, None, "It is gone.")
            .problem(ProblemType::DraftChanged)
            .problem(ProblemType::ClaimConflict),
        one(
            Method::POST,
            "/v1/drafts/{draft_id}/check",
            "check_draft",
            "Say what is wrong or missing, without submitting",
            check,
        )
        .says("Says also which items another partner holds or claims, but not who.")
        .gives::<CheckView>(StatusCode::OK, "What submitting it would find.")
        .problem(ProblemType::ClaimConflict),
        one(
            Method::POST,
            "/v1/drafts/{draft_id}/submit",
            "submit_draft",
            "Submit a draft",
            submit,
        )
        .says(
            "It becomes a claim of the source `mpn-<mpn_id>` with the draft's id as key, and the \
             draft is locked. Submitting it again answers with the same claim.",
        )
        .if_match(false)
        .gives::<ClaimView<'static>>(StatusCode::CREATED, "It is a claim now.")
        .gives::<ClaimView<'static>>(StatusCode::OK, "It has been this claim already.")
        .problem(ProblemType::DraftChanged)
        .problem(ProblemType::KeyReused)
        .problem(ProblemType::FindingsReported),
    ]
}

fn one<H, T>(
    method: Method,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    handler: H,
) -> Route
where
    H: axum::handler::Handler<T, Web>,
    T: 'static,
{
    Route::new(method, path, id, summary, handler).roles(PREPARERS).path::<DraftPath>()
}

/// The draft in a path.
#[derive(Debug, Deserialize, JsonSchema)]
struct DraftPath {
    /// The draft's id.
    #[schemars(with = "uuid::Uuid")]
    draft_id: String,
}

impl DraftPath {
    fn id(&self) -> Result<DraftId, Problem> {
        DraftId::parse(&self.draft_id).map_err(|_| Problem::not_found("such draft"))
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    /// Drafts on one page, 1 to 100; 50 unless given.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u8>,
    /// Where to go on: the `next` of the page before.
    #[schemars(with = "Option<uuid::Uuid>")]
    before: Option<String>,
}

/// Some of a partner's drafts.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "DraftPage")]
struct DraftPage {
    /// The drafts, newest first.
    drafts: Vec<DraftSummary>,
    /// Where to go on, as `before`; null at the end.
    #[schemars(with = "Option<uuid::Uuid>")]
    next: Option<DraftId>,
}

async fn create(
    State(web): State<Web>,
    caller: Caller,
    Json(content): Json<DraftContent>,
) -> Result<Response, Problem> {
    let mpn_id = own(&caller)?;
    let created = web.drafts.create(mpn_id, content, &caller.name).await;
    begun(&web, created)
}

/// A draft that was begun, with its address.
pub(super) fn begun(web: &Web, created: Result<Draft, DraftError>) -> Result<Response, Problem> {
    let draft = created.map_err(|error| problem("begin the draft", error))?;
    let location = HeaderValue::try_from(format!("/v1/drafts/{}", draft.id));
    let mut response = (StatusCode::CREATED, shown(web, draft)).into_response();
    response.headers_mut().extend(location.map(|location| (header::LOCATION, location)));
    Ok(response)
}

async fn list(
    State(web): State<Web>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Answer<DraftPage>, Problem> {
    let refuse = |finding: Finding| Problem::findings("list the drafts", vec![finding]);
    let before = query.before.as_deref().map(DraftId::parse).transpose();
    let before = before.map_err(|finding| refuse(finding.at("before")))?;
    let most = usize::from(query.limit.unwrap_or(PAGE));
    if !(1..=100).contains(&most) {
        return Err(refuse(Finding::new("limit", "out_of_range", "Give a number from 1 to 100.")));
    }
    let found = web.drafts.list(own(&caller)?, before, most).await;
    let found = found.map_err(|error| problem("list the drafts", error))?;
    let next = found.last().filter(|_| found.len() == most).map(|draft| draft.id);
    let drafts = found.iter().map(|draft| web.drafts.summary(draft)).collect();
    Ok(Answer(DraftPage { drafts, next }))
}

async fn show(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<DraftPath>,
) -> Result<Response, Problem> {
    let found = web.drafts.find(Some(own(&caller)?), path.id()?).await;
    Ok(shown(&web, found.map_err(|error| problem("show the draft", error))?))
}

async fn save(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<DraftPath>,
    headers: HeaderMap,
    Json(content): Json<DraftContent>,
) -> Result<Response, Problem> {
    let seen = seen(&headers)?.ok_or_else(|| {
        Problem::malformed("Saving a draft needs the header If-Match with the revision you saw.")
    })?;
    let saved = web.drafts.save(own(&caller)?, path.id()?, seen, content, &caller.name).await;
    Ok(shown(&web, saved.map_err(|error| problem("save the draft", error))?))
}

async fn discard(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<DraftPath>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let discarded = web.drafts.discard(Some(own(&caller)?), path.id()?, seen(&headers)?).await;
    discarded.map_err(|error| problem("discard the draft", error))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn check(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<DraftPath>,
) -> Result<Answer<CheckView>, Problem> {
    const CHECK: &str = "check the draft";
    let found = web.drafts.find(Some(own(&caller)?), path.id()?).await;
    let draft = found.map_err(|error| problem(CHECK, error))?;
    if draft.claim_id().is_some() {
        let (id, claim_id) = (draft.id, draft.claim_id());
        return Err(problem(CHECK, DraftError::Locked { id, claim_id }));
    }
    let checked = web.drafts.check(&draft).await.map_err(|error| problem(CHECK, error))?;
    Ok(Answer(checked.into()))
}

async fn submit(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<DraftPath>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    const SUBMIT: &str = "submit the draft";
    web.admit_submission().await?;
    let (mpn_id, seen) = (own(&caller)?, seen(&headers)?);
    let submitted = web.drafts.submit(mpn_id, path.id()?, seen, &caller.name).await;
    match submitted.map_err(|error| problem(SUBMIT, error))? {
        Submitted::Accepted(id) => made(&web, &caller, StatusCode::CREATED, id).await,
        Submitted::Repeated(id) => made(&web, &caller, StatusCode::OK, id).await,
        Submitted::KeyReused(reused) => Err(key_reused(reused)),
        Submitted::Refused(findings) => Err(Problem::findings(SUBMIT, findings)),
    }
}

/// The partner whose people the caller is one of.
fn own(caller: &Caller) -> Result<&MpnId, Problem> {
    match &caller.authority {
        Authority::IncentivesAdmin(mpn_id) => Ok(mpn_id),
        Authority::UpstreamSource(_)
        | Authority::Reviewer
        | Authority::Operator
        | Authority::Observer
        | Authority::UsageDataService => Err(Problem::internal()),
    }
}

fn shown(web: &Web, draft: Draft) -> Response {
    let tag = HeaderValue::try_from(format!("\"{}\"", draft.revision));
    let mut response = Answer(web.drafts.view(draft)).into_response();
    response.headers_mut().extend(tag.map(|tag| (header::ETAG, tag)));
    response
}

/// The revision that the caller has seen, if the request says so. An ETag may have become a weak
/// one on its way through a proxy that compresses.
fn seen(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(header) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = header.to_str().unwrap_or_default().trim();
    if text.is_empty() {
        return Ok(None);
    }
    let quoted = text.strip_prefix("W/").unwrap_or(text);
    let revision = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let number = revision.and_then(|revision| revision.parse().ok());
    number.map(Some).ok_or_else(|| {
        Problem::malformed("The header If-Match is not a draft's ETag, such as `\"3\"`.")
    })
}
