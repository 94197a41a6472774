//! The documents of a draft, and uploading them: several files of one form.

use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::claim::identity::DocumentId;
use crate::drafts::{Draft, DraftProof, Step};
use crate::http::extract::Path;
use crate::http::form::Fields;
use crate::http::partner::frame::Visit;
use crate::http::partner::uploads::Files;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::signed::see_other;
use crate::proofs::{Answer, Document, Scan};

use super::step::{Shown, page};
use super::{DraftPath, path_of, refused};

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
    /// How good that is.
    tone: &'static str,
    /// Whom the customer's acknowledgement is asked of, where it is one.
    asked: Option<String>,
}

/// How a document stands: the key of its words in the table `scan`, and how good that is.
pub(in crate::http::partner) fn standing(
    document: &Document,
    now: DateTime<Utc>,
) -> (&'static str, &'static str) {
    let answer = document.acknowledgement.as_ref().map(|asked| asked.answer_at(now));
    match (answer, &document.scan) {
        (Some(Answer::Sending), _) => ("sending", "warn"),
        (Some(Answer::Asked { .. }), _) => ("asked", "warn"),
        (Some(Answer::Acknowledged { .. }), _) => ("acknowledged", "good"),
        (Some(Answer::Declined { .. }), _) => ("declined", "bad"),
        (Some(Answer::Undeliverable { .. }), _) => ("undeliverable", "bad"),
        (Some(Answer::Expired { .. }), _) => ("expired", "bad"),
        (None, Scan::NotScanned | Scan::Clean { .. }) => ("kept", "good"),
        (None, Scan::WaitingForScan) => ("waiting", "warn"),
        (None, Scan::Infected { .. }) => ("infected", "bad"),
    }
}

/// The documents of a draft.
pub(super) async fn listed(visit: &Visit, draft: &Draft) -> Result<Vec<Proof>, Problem> {
    let (mut proofs, now) = (Vec::new(), visit.web.ledger.clock().now().await?);
    for proof in &draft.content.proof_of_execution {
        let id = proof.document_id.as_deref().and_then(|id| DocumentId::parse(id).ok());
        let document = match id {
            Some(id) => visit.web.ledger.store().document(id).await?,
            None => None,
        };
        let document = document.filter(|document| document.mpn_id == draft.mpn_id);
        let (scan, tone) = match &document {
            Some(document) => standing(document, now),
            None if proof.document_id.is_some() => ("gone", "bad"),
            None => ("elsewhere", "good"),
        };
        let asked = document.as_ref().and_then(|document| document.acknowledgement.as_ref());
        let asked = asked.map(|asked| asked.name.as_str().to_owned());
        let known = document.map(|document| document.name.as_str().to_owned());
        let named = [known, proof.name.clone(), proof.document_id.clone(), proof.location.clone()];
        proofs.push(Proof {
            name: named.into_iter().flatten().next().unwrap_or_default(),
            said: serde_json::to_string(proof).unwrap_or_default(),
            scan,
            tone,
            asked,
        });
    }
    Ok(proofs)
}

async fn upload(
    visit: Visit,
    Path(path): Path<DraftPath>,
    request: Request,
) -> Result<Response, Problem> {
    let draft = path.draft(&visit).await?;
    let mut files = Files::of(&visit, request).await?;
    let mut not_taken = Vec::new();
    while let Some(file) = files.next(&visit).await? {
        match file {
            Ok(document) => {
                let document_id = Some(document.id.to_string());
                let proof = DraftProof { document_id, ..DraftProof::default() };
                let drafts = &visit.web.drafts;
                let added =
                    drafts.add_proof(visit.partner()?, draft.id, &proof, visit.name()).await;
                added.map_err(|error| refused("add the document", error))?;
            }
            Err(why) => not_taken.push(why),
        }
    }
    if not_taken.is_empty() {
        return Ok(see_other(&path_of(draft.id, Step::Proof.as_str())));
    }
    let draft = path.draft(&visit).await?;
    let shown = Shown { not_taken, ..Shown::default() };
    page(&visit, StatusCode::UNPROCESSABLE_ENTITY, &draft, Step::Proof, &Fields::default(), shown)
        .await
}
