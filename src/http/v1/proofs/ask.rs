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
use crate::http::Web;
use crate::http::extract::Json;
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::http::v1::proofs::forms::DocumentView;
use crate::http::v1::proofs::{OWNERS, refused};
use crate::proofs::Question;

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
             alone, and partners never see it.",
        )
        .takes::<AskRequest>("What was done, and for whom.")
        .gives::<DocumentView<'static>>(StatusCode::CREATED, "The contact is being asked.")
        .problem(ProblemType::FindingsReported)
        .problem(ProblemType::TooManyRequests),
    ]
}

/// What is to be acknowledged.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AskRequest {
    /// The fields of a submission: partner, customer, items and activities.
    submission: Map<String, Value>,
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
    let AskRequest { submission, description, from, to } = request;
    let mut draft = Value::Object(submission);
    // Nobody asks in the name of another partner.
    if let Some(partner) = draft.get_mut("partner").and_then(Value::as_object_mut) {
        partner.insert("mpn_id".to_owned(), mpn_id.as_str().into());
    }
    let question = Question { draft: &draft, description: &description, from, to };
    let today = web.ledger.clock().now().await?.date_naive();
    let question = question
        .read(&web.ledger.rules().catalog, today)
        .map_err(|findings| Problem::findings("ask the customer", findings))?;
    let document = web.documents.ask(mpn_id, &caller.name, question).await.map_err(refused)?;
    let view = DocumentView::of(&document, &caller.authority);
    Ok((StatusCode::CREATED, Answer(view)).into_response())
}
