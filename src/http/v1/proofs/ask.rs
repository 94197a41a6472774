//! Asking a customer to acknowledge a statement of work by a link, instead of signing paper.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::access::{Authority, Caller};
use crate::claim::Finding;
use crate::drafts::{Draft, DraftError, DraftId, DraftProof, DraftState};
use crate::http::Web;
use crate::http::extract::Json;
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::http::v1::drafts;
use crate::http::v1::proofs::forms::DocumentView;
use crate::http::v1::proofs::{OWNERS, refused};
use crate::proofs::{Ask, Document, Question, Refused};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::POST,
            "/v1/acknowledgements",
            "ask_acknowledgement",
            "Ask a customer to acknowledge a statement of work",
            ask,
        )
        .roles(OWNERS)
        .says(
            "The contact gets a mail with a link to a page that shows the statement word for word. \
             Opening it changes nothing. What the contact acknowledges there is a document of kind \
             `acknowledgement`, which claims on the same tenant and items name by its id; until \
             then it counts for nothing. The link goes to an address at the customer's own domain \
             alone, and partners never see it. It is good for `documents.acknowledgement_days`, \
             and one contact, and one draft, is asked so often only.",
        )
        .takes::<AskRequest>("What was done, and for whom.")
        .gives::<DocumentView<'static>>(StatusCode::CREATED, "The contact is being asked.")
        .problem(ProblemType::NotFound)
        .problem(ProblemType::ClaimConflict)
        .problem(ProblemType::FindingsReported)
        .problem(ProblemType::TooManyRequests),
    ]
}

/// What is to be acknowledged.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AskRequest {
    /// The fields of a submission: partner, customer, items and activities; or `draft_id`.
    submission: Option<Map<String, Value>>,
    /// A draft of yours that has these fields; it names the acknowledgement from then on.
    #[schemars(with = "Option<uuid::Uuid>")]
    draft_id: Option<String>,
    /// What the partner did, in 1 to 1,000 characters.
    description: String,
    /// The first day of the work.
    from: NaiveDate,
    /// The last day of the work, within the last 12 months.
    to: NaiveDate,
}

async fn ask(
    State(web): State<Web>,
    caller: Caller,
    Json(request): Json<AskRequest>,
) -> Result<Response, Problem> {
    let Authority::IncentivesAdmin(mpn_id) = &caller.authority else {
        return Err(Problem::internal());
    };
    let AskRequest { submission, draft_id, description, from, to } = request;
    let work = Work { description: &description, from, to };
    let by = &caller.name;
    let asked = match (submission, draft_id) {
        (Some(fields), None) => {
            asked(&web, Ask { mpn_id, by, draft: None }, Value::Object(fields), work).await?
        }
        (None, Some(id)) => {
            let id = DraftId::parse(&id).map_err(|_| Problem::not_found("such draft"))?;
            let draft = web.drafts.find(Some(mpn_id), id).await;
            asked_from(&web, &draft.map_err(|e| drafts::problem("ask the customer", e))?, by, work)
                .await?
        }
        (Some(_), Some(_)) | (None, None) => {
            let message = "Give the fields of a submission, or the id of a draft, and not both.";
            let finding = Finding::new("submission", "submission_or_draft", message);
            return Err(Problem::findings("ask the customer", vec![finding]));
        }
    };
    let document = asked.map_err(|why| match why {
        NotAsked::Findings(findings) => Problem::findings("ask the customer", findings),
        NotAsked::Refused(why) => refused(why),
    })?;
    let now = web.ledger.clock().now().await?;
    let view = DocumentView::of(&document, &caller.authority, now);
    Ok((StatusCode::CREATED, Answer(view)).into_response())
}

/// What the partner did, and when.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Work<'a> {
    pub description: &'a str,
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// A customer was not asked.
pub(in crate::http) enum NotAsked {
    /// Something is missing or wrong.
    Findings(Vec<Finding>),
    /// It cannot be asked now.
    Refused(Refused),
}

/// Asks the contact of a draft, which names the acknowledgement from then on.
pub(in crate::http) async fn asked_from(
    web: &Web,
    draft: &Draft,
    by: &str,
    work: Work<'_>,
) -> Result<Result<Document, NotAsked>, Problem> {
    let refuse = |error| drafts::problem("ask the customer", error);
    if draft.state != DraftState::Open {
        let claim_id = draft.claim_id();
        return Err(refuse(DraftError::Locked { id: draft.id, claim_id }));
    }
    let fields = serde_json::to_value(&draft.content).map_err(|_| Problem::internal())?;
    let ask = Ask { mpn_id: &draft.mpn_id, by, draft: Some(draft.id) };
    let document = match asked(web, ask, fields, work).await? {
        Ok(document) => document,
        Err(why) => return Ok(Err(why)),
    };
    let document_id = Some(document.id.to_string());
    let proof = DraftProof { document_id, ..DraftProof::default() };
    web.drafts.add_proof(&draft.mpn_id, draft.id, &proof, by).await.map_err(refuse)?;
    Ok(Ok(document))
}

/// Asks the contact that the fields of a submission name.
async fn asked(
    web: &Web,
    ask: Ask<'_>,
    mut fields: Value,
    Work { description, from, to }: Work<'_>,
) -> Result<Result<Document, NotAsked>, Problem> {
    // Nobody asks in the name of another partner.
    if let Some(partner) = fields.get_mut("partner").and_then(Value::as_object_mut) {
        partner.insert("mpn_id".to_owned(), ask.mpn_id.as_str().into());
    }
    let question = Question { draft: &fields, description, from, to };
    let (now, within) = (web.ledger.clock().now().await?, web.documents.answered_within());
    Ok(match question.read(&web.ledger.rules().catalog, now, within) {
        Ok(question) => web.documents.ask(ask, question).await.map_err(NotAsked::Refused),
        Err(findings) => Err(NotAsked::Findings(findings)),
    })
}
