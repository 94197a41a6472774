//! Uploading documents to a draft: several files of one form, with or without a script.
//!
//! The token of the session is the first part of the form, so that nothing of a file is read that
//! another page has sent.

use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde::Serialize;

use crate::claim::identity::DocumentId;
use crate::drafts::{Draft, DraftProof, Step};
use crate::http::extract::Path;
use crate::http::form::Fields;
use crate::http::multipart::Multipart;
use crate::http::partner::frame::Visit;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::signed::{see_other, unreadable};
use crate::http::v1::proofs;
use crate::proofs::{Scan, Upload};

use super::step::{Shown, page};
use super::{DraftPath, name, path_of, refused};

/// A session's token is shorter.
const TOKEN_MAX: usize = 1_024;
/// Files of one form that are taken in.
const FILES_MAX: usize = cpor_jobs::limits::PROOFS_MAX;

pub(super) fn routes() -> Vec<Route> {
    let path = "/partner/drafts/{draft_id}/documents";
    vec![
        Route::new(Method::POST, path, "upload_draft_documents", "Upload documents", upload)
            .streams(),
    ]
}

/// A document of a draft, and the draft's words for it.
#[derive(Debug, Serialize)]
pub(super) struct Proof {
    pub name: String,
    said: String,
    /// The key of the words in the table `scan`.
    scan: &'static str,
}

/// The documents of a draft.
pub(super) async fn listed(visit: &Visit, draft: &Draft) -> Result<Vec<Proof>, Problem> {
    let mut proofs = Vec::new();
    for proof in &draft.content.proof_of_execution {
        let id = proof.document_id.as_deref().and_then(|id| DocumentId::parse(id).ok());
        let document = match id {
            Some(id) => visit.web.ledger.store().document(id).await?,
            None => None,
        };
        let document = document.filter(|document| document.mpn_id == draft.mpn_id);
        let scan = match document.as_ref().map(|document| &document.scan) {
            Some(Scan::NotScanned | Scan::Clean { .. }) => "kept",
            Some(Scan::WaitingForScan) => "waiting",
            Some(Scan::Infected { .. }) => "infected",
            None if proof.document_id.is_some() => "gone",
            None => "elsewhere",
        };
        let known = document.map(|document| document.name.as_str().to_owned());
        let named = [known, proof.name.clone(), proof.document_id.clone(), proof.location.clone()];
        proofs.push(Proof {
            name: named.into_iter().flatten().next().unwrap_or_default(),
            said: serde_json::to_string(proof).unwrap_or_default(),
            scan,
        });
    }
    Ok(proofs)
}

/// A file that was not taken in, and why.
#[derive(Debug, Serialize)]
pub(super) struct NotTaken {
    name: String,
    message: String,
}

async fn upload(
    visit: Visit,
    Path(path): Path<DraftPath>,
    request: Request,
) -> Result<Response, Problem> {
    let draft = path.draft(&visit).await?;
    let (head, body) = request.into_parts();
    let mut form = Multipart::of(&head.headers, body).ok_or_else(unreadable)?;
    let first = form.next_part().await.map_err(|_| unreadable())?;
    let token = match first {
        Some(first) if first.name == "token" => form.text(TOKEN_MAX).await,
        Some(_) | None => return Err(unreadable()),
    };
    if !token.is_ok_and(|token| visit.session.has_sent(&token)) {
        return Err(unreadable());
    }
    let not_taken = take_in(&visit, &draft, &mut form).await?;
    if not_taken.is_empty() {
        return Ok(see_other(&path_of(draft.id, Step::Proof.as_str())));
    }
    let draft = path.draft(&visit).await?;
    let shown = Shown { not_taken, ..Shown::default() };
    page(&visit, StatusCode::UNPROCESSABLE_ENTITY, &draft, Step::Proof, &Fields::default(), shown)
        .await
}

/// Takes in every file of a form, and says which could not be.
async fn take_in(
    visit: &Visit,
    draft: &Draft,
    form: &mut Multipart,
) -> Result<Vec<NotTaken>, Problem> {
    let mut not_taken = Vec::new();
    for _ in 0..FILES_MAX {
        let Some(part) = form.next_part().await.map_err(|_| unreadable())? else { break };
        let Some(file) = part.file.filter(|file| !file.is_empty()) else { continue };
        let upload = Upload {
            mpn_id: visit.partner()?,
            by: &visit.session.caller.name,
            name: &file,
            declared: part.media_type.as_deref(),
            length: None,
        };
        match visit.web.documents.receive(&upload, form.bytes()).await {
            Ok(document) => {
                let document_id = Some(document.id.to_string());
                let proof = DraftProof { document_id, ..DraftProof::default() };
                let drafts = &visit.web.drafts;
                let added = drafts.add_proof(visit.partner()?, draft.id, &proof, name(visit)).await;
                added.map_err(|error| refused("add the document", error))?;
            }
            Err(why) => {
                let message = proofs::refused(why).in_words();
                not_taken.push(NotTaken { name: file, message });
            }
        }
    }
    Ok(not_taken)
}
