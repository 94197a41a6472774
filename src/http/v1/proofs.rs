//! Documents that prove the work: upload, list, show, download, delete.

pub(in crate::http) mod ask;
pub(in crate::http) mod forms;
pub(in crate::http) mod help;

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt as _;

use crate::access::{Authority, Caller, Role};
use crate::claim::Finding;
use crate::claim::identity::DocumentId;
use crate::http::Web;
use crate::http::extract::{Path, Query};
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::proofs::{Document, Refused, Scan, Upload};
use crate::worker::with_causes;
pub(in crate::http) use forms::DocumentPath;
use forms::{DocumentView, List, ListQuery, UploadQuery};

/// Whose documents they are.
const OWNERS: &[Role] = &[Role::IncentivesAdmin];
/// Who reads documents.
const READERS: &[Role] = &[Role::IncentivesAdmin, Role::Reviewer];
/// Who sees what documents there are.
const VIEWERS: &[Role] = &[Role::IncentivesAdmin, Role::Reviewer, Role::Observer];

const ALL: &str = "/v1/documents";
const ONE: &str = "/v1/documents/{document_id}";
const CONTENT: &str = "/v1/documents/{document_id}/content";
/// Whatever a browser makes of a document, it is not of this origin and runs nothing.
const POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

pub(super) fn routes() -> Vec<Route> {
    let mut routes = [help::routes(), ask::routes()].concat();
    routes.extend([
        Route::new(Method::POST, ALL, "upload_document", "Upload proof of execution", upload)
            .roles(OWNERS)
            .says(
                "The body is the file, of the media type that it is declared to have. PDF, DOCX, \
                 PNG, JPEG, MSG and EML are accepted, by what is in them; programs, scripts, \
                 macros and archives are not. A claim names the document by its id. While the \
                 scanner has not answered, the document waits, and so does the verdict of a claim \
                 that names it.",
            )
            .query::<UploadQuery>()
            .takes_as("application/octet-stream", None, "The file.")
            .gives::<DocumentView<'static>>(StatusCode::CREATED, "It is kept.")
            .problem(ProblemType::FindingsReported)
            .problem(ProblemType::TooManyRequests)
            .streams(),
        Route::new(Method::GET, ALL, "list_documents", "List documents", list)
            .roles(VIEWERS)
            .says("Newest first. A reviewer and an observer say of which partner.")
            .query::<ListQuery>()
            .gives::<List<'static>>(StatusCode::OK, "The documents of one partner.")
            .problem(ProblemType::FindingsReported),
        Route::new(Method::GET, ONE, "show_document", "Show a document", show)
            .roles(VIEWERS)
            .path::<DocumentPath>()
            .gives::<DocumentView<'static>>(StatusCode::OK, "The document."),
        Route::new(Method::GET, CONTENT, "download_document", "Download a document", content)
            .roles(READERS)
            .says("Always as an attachment, and only after the scan where there is a scanner.")
            .path::<DocumentPath>()
            .gives_as(StatusCode::OK, Some("application/octet-stream"), None, "The file.")
            .problem(ProblemType::ClaimConflict)
            .streams(),
        Route::new(Method::DELETE, ONE, "delete_document", "Delete a document", delete)
            .roles(OWNERS)
            .says("As long as no claim names it.")
            .path::<DocumentPath>()
            .gives_as(StatusCode::NO_CONTENT, None, None, "It is gone.")
            .problem(ProblemType::ClaimConflict),
    ]);
    routes
}

async fn upload(
    State(web): State<Web>,
    caller: Caller,
    Query(query): Query<UploadQuery>,
    request: Request,
) -> Result<Response, Problem> {
    let Authority::IncentivesAdmin(mpn_id) = &caller.authority else {
        return Err(Problem::internal());
    };
    let (head, body) = request.into_parts();
    let text = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
    let declared = text(header::CONTENT_TYPE).map(str::to_owned);
    let length = text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
    let upload = Upload {
        mpn_id,
        by: &caller.name,
        name: &query.name,
        declared: declared.as_deref(),
        length,
    };
    let document = web.documents.receive(&upload, body.into_data_stream()).await;
    let document = document.map_err(refused)?;
    let location = format!("{ALL}/{}", document.id);
    let now = web.ledger.clock().now().await?;
    let view = DocumentView::of(&document, &caller.authority, now);
    let mut response = (StatusCode::CREATED, Json(view)).into_response();
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

async fn list(
    State(web): State<Web>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let wrong = |finding: Finding| Problem::findings("list documents", vec![finding]);
    let asked = query.read(&caller.authority).map_err(wrong)?;
    let store = web.ledger.store();
    let mut documents =
        store.documents_of(&asked.mpn_id, asked.before, asked.size.get() + 1).await?;
    let more = documents.len() > asked.size.get();
    documents.truncate(asked.size.get());
    let next_cursor = documents.last().filter(|_| more).map(|last| last.id.as_uuid());
    let now = web.ledger.clock().now().await?;
    let view = |document| DocumentView::of(document, &caller.authority, now);
    Ok(Json(List { documents: documents.iter().map(view).collect(), next_cursor }).into_response())
}

async fn show(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<DocumentPath>,
) -> Result<Response, Problem> {
    let document = found(&web, &caller, &path).await?;
    let now = web.ledger.clock().now().await?;
    Ok(Json(DocumentView::of(&document, &caller.authority, now)).into_response())
}

async fn content(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<DocumentPath>,
) -> Result<Response, Problem> {
    download(&web, &caller, &path).await
}

/// The bytes of a document, if the caller may have them and nothing is in the way.
pub(in crate::http) async fn download(
    web: &Web,
    caller: &Caller,
    path: &DocumentPath,
) -> Result<Response, Problem> {
    let document = found(web, caller, path).await?;
    if !document.is_acknowledged() {
        return Err(conflict("not_acknowledged", "The customer has not acknowledged it."));
    }
    match &document.scan {
        Scan::NotScanned | Scan::Clean { .. } => {}
        Scan::WaitingForScan => {
            return Err(conflict("waiting_for_scan", "The document waits for the scan."));
        }
        Scan::Infected { .. } => {
            return Err(conflict("document_infected", "The scanner found something in it."));
        }
    }
    served(web, &document).await
}

async fn delete(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<DocumentPath>,
) -> Result<StatusCode, Problem> {
    let document = found(&web, &caller, &path).await?;
    match web.documents.remove(document.id).await {
        Ok(true) => Ok(StatusCode::NO_CONTENT),
        Ok(false) => Err(conflict("document_in_use", "A claim names the document.")),
        Err(error) => Err(broken(&error)),
    }
}

fn conflict(code: &str, detail: &str) -> Problem {
    let remedy = "Show the document to see where it stands.";
    Problem::new(ProblemType::ClaimConflict, detail, remedy).coded(code)
}

fn broken(error: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::error!(error = with_causes(error), "documents cannot be reached");
    Problem::unavailable("The store of documents cannot be reached right now.")
}

/// The document, if it exists and is there for the caller.
async fn found(web: &Web, caller: &Caller, path: &DocumentPath) -> Result<Document, Problem> {
    let missing = || Problem::not_found("such document");
    let id = DocumentId::parse(&path.document_id).map_err(|_| missing())?;
    let document = web.ledger.store().document(id).await?.ok_or_else(missing)?;
    match &caller.authority {
        Authority::IncentivesAdmin(own) if *own == document.mpn_id => Ok(document),
        Authority::Reviewer | Authority::Observer => Ok(document),
        Authority::IncentivesAdmin(_)
        | Authority::UpstreamSource(_)
        | Authority::Operator
        | Authority::UsageDataService => Err(missing()),
    }
}

/// The bytes as an attachment, which no browser shows in place.
pub(in crate::http) async fn served(web: &Web, document: &Document) -> Result<Response, Problem> {
    let bytes = web.documents.content(document).await.map_err(|error| broken(&error))?;
    let bytes = bytes.map_err(std::io::Error::other);
    let mut response = Body::from_stream(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(document.kind.media_type()));
    headers.insert(header::CONTENT_LENGTH, document.size.into());
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_DISPOSITION, disposition(document.name.as_str()));
    Ok(response)
}

/// `Content-Disposition` with the name for old programs (ASCII) and for others (RFC 8187).
pub(in crate::http) fn disposition(name: &str) -> HeaderValue {
    let plain = |c: char| c.is_ascii_alphanumeric() || "!#$&+-.^_`|~ ()".contains(c);
    let ascii: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect();
    let value = format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}");
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("attachment"))
}

/// An upload that was not taken in, as a problem.
pub(in crate::http) fn refused(refused: Refused) -> Problem {
    let findings = |finding| Problem::findings("take in the document", vec![finding]);
    match refused {
        Refused::Unfit(finding) => findings(finding),
        Refused::Infected { found, .. } => {
            let message = format!("The scanner found `{found}` in the file, and it was deleted.");
            findings(Finding::new("content", "document_infected", message))
        }
        Refused::TooLarge { bytes_max } => Problem::new(
            ProblemType::TooLarge,
            format!("The file is longer than {bytes_max} bytes."),
            "Send a shorter one, such as a scan with fewer dots.",
        ),
        Refused::TooMany { per_day_max, next_day } => Problem::new(
            ProblemType::TooManyRequests,
            format!("{per_day_max} documents were uploaded today, the most for one partner."),
            "Go on tomorrow (UTC), or ask the operator for more.",
        )
        .coded("documents_of_the_day")
        .after(next_day.as_secs() + 1),
        Refused::Asked { most, wait } => Problem::new(
            ProblemType::TooManyRequests,
            format!("This contact, or about this draft, was asked {most} times, the most."),
            "Wait for the answer, or have a document signed and upload it.",
        )
        .coded("questions_asked")
        .after(wait.as_secs() + 1),
        Refused::Busy => Problem::unavailable("Many uploads are under way."),
        Refused::Slow(limit) => Problem::new(
            ProblemType::TimedOut,
            format!("The file did not arrive within {} seconds.", limit.as_secs()),
            "Send it again; nothing of it was kept.",
        ),
        Refused::BrokenOff(_) => Problem::malformed("The file did not arrive whole."),
        Refused::Spool(error) => broken(&error),
        Refused::Objects(error) => broken(&error),
        Refused::Store(error) => error.into(),
    }
}
