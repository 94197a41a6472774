//! What helps with proof of execution: a statement of work to sign, and advice before submitting.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::access::{Authority, Caller};
use crate::calendar::Language;
use crate::claim::Finding;
use crate::claim::identity::DocumentId;
use crate::http::Web;
use crate::http::extract::{Json, Path, Query};
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::http::v1::ClaimPath;
use crate::http::v1::proofs::{OWNERS, READERS, broken, disposition};
use crate::proofs::Advice;
use crate::proofs::template::{Format, StatementOfWork, template};
use crate::worker::with_causes;

const OF_CLAIM: &str = "/v1/claims/{claim_id}/proof-template";
const OF_DRAFT: &str = "/v1/documents/template";
const ADVICE: &str = "/v1/documents/advice";
const SAYS: &str = "A statement of work with everything filled in that is known, to be completed \
                    and signed, in English or Turkish.";

/// Of a claim by its id, of a draft by its fields, and advice.
pub(super) fn routes() -> Vec<Route> {
    let file = "The statement of work; as DOCX of that media type.";
    vec![
        Route::new(Method::GET, OF_CLAIM, "proof_template", "A statement of work to sign", claims)
            .roles(READERS)
            .says(SAYS)
            .path::<ClaimPath>()
            .query::<TemplateQuery>()
            .gives_as(StatusCode::OK, Some("application/pdf"), None, file)
            .problem(ProblemType::FindingsReported),
        Route::new(
            Method::POST,
            OF_DRAFT,
            "draft_template",
            "A statement of work for a claim that is not submitted yet",
            drafts,
        )
        .roles(OWNERS)
        .says(SAYS)
        .query::<TemplateQuery>()
        .takes::<Map<String, Value>>("The fields of a submission, as far as they are known.")
        .gives_as(StatusCode::OK, Some("application/pdf"), None, file)
        .problem(ProblemType::FindingsReported),
        Route::new(
            Method::POST,
            ADVICE,
            "advise_on_documents",
            "What seems to be missing in documents before a claim is submitted",
            advise,
        )
        .roles(OWNERS)
        .says(
            "Advice, and no gate: programs do not read everything that people do. Documents are \
             looked through for the customer, the tenant id, dates within the last 12 months, a \
             signature or a place for one, and each product.",
        )
        .takes::<AdviceRequest>("The documents, and what they are to prove.")
        .gives::<AdviceList>(StatusCode::OK, "What seems to be missing.")
        .problem(ProblemType::FindingsReported),
    ]
}

/// Which file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct TemplateQuery {
    /// `pdf` or `docx`; `pdf` unless given.
    format: Option<String>,
    /// `en` or `tr`; `en` unless given.
    language: Option<String>,
}

/// What advice is asked about.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AdviceRequest {
    /// The documents, by the ids that uploads were answered with; 20 at most.
    #[schemars(with = "Vec<uuid::Uuid>")]
    document_ids: Vec<String>,
    /// The fields of a submission, as far as they are known.
    submission: Map<String, Value>,
}

/// What seems to be missing.
#[derive(Debug, Serialize, JsonSchema)]
struct AdviceList {
    /// Nothing when all seems to be there.
    advice: Vec<Advice>,
}

async fn claims(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<ClaimPath>,
    Query(query): Query<TemplateQuery>,
) -> Result<Response, Problem> {
    let claim = path.claim(&web, &caller).await?;
    let statement = StatementOfWork::of(&claim.submission, &web.ledger.rules().catalog);
    query.file(&statement)
}

async fn drafts(
    State(web): State<Web>,
    Query(query): Query<TemplateQuery>,
    Json(draft): Json<Map<String, Value>>,
) -> Result<Response, Problem> {
    let draft = Value::Object(draft);
    query.file(&StatementOfWork::of_draft(&draft, &web.ledger.rules().catalog))
}

async fn advise(
    State(web): State<Web>,
    caller: Caller,
    Json(request): Json<AdviceRequest>,
) -> Result<Answer<AdviceList>, Problem> {
    let Authority::IncentivesAdmin(mpn_id) = &caller.authority else {
        return Err(Problem::internal());
    };
    let read = |(index, id): (usize, &String)| {
        DocumentId::parse(id).map_err(|finding| finding.at(format!("document_ids[{index}]")))
    };
    let ids: Result<Vec<_>, _> = request.document_ids.iter().enumerate().map(read).collect();
    let ids = ids.map_err(|finding| Problem::findings("give advice", vec![finding]))?;
    let (draft, today) =
        (Value::Object(request.submission), web.ledger.clock().now().await?.date_naive());
    let catalog = &web.ledger.rules().catalog;
    let advice = web.documents.advice(&ids, mpn_id, &draft, catalog, today).await;
    Ok(Answer(AdviceList { advice: advice.map_err(|error| broken(&error))? }))
}

impl TemplateQuery {
    pub fn file(&self, statement: &StatementOfWork) -> Result<Response, Problem> {
        let refuse = |field, message| {
            let finding = Finding::new(field, "malformed", message);
            Problem::findings("write the statement of work", vec![finding])
        };
        let format = match self.format.as_deref() {
            None | Some("pdf") => Format::Pdf,
            Some("docx") => Format::Docx,
            Some(_) => return Err(refuse("format", "Write `pdf` or `docx`.")),
        };
        let (language, name) = match self.language.as_deref() {
            None | Some("en") => (Language::English, "statement-of-work"),
            Some("tr") => (Language::Turkish, "iş-bildirimi"),
            Some(_) => return Err(refuse("language", "Write `en` or `tr`.")),
        };
        let file = template(statement, language, format).map_err(|error| {
            tracing::error!(error = with_causes(&error), "a statement of work cannot be written");
            Problem::internal()
        })?;
        let (ending, media_type) = format.facts();
        let mut response = file.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.insert(header::CONTENT_DISPOSITION, disposition(&format!("{name}.{ending}")));
        Ok(response)
    }
}
