//! What proves a claim: documents, each with its digest and what the scanner says of it, and what
//! seems to be missing in them. Nothing of a document is shown in place; it is downloaded.

use std::time::Duration;

use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::time::timeout;

use crate::calendar::Zone;
use crate::claim::Claim;
use crate::claim::identity::DocumentId;
use crate::claim::submission::ProofOfExecution;
use crate::http::figures::grouped;
use crate::http::ops::frame::Visit;
use crate::http::ops::when::At;
use crate::http::problem::Problem;
use crate::proofs::{Document, Scan};
use crate::worker::with_causes;

/// Documents that are shown: those of a submission and as many that came later.
const SHOWN_MAX: usize = 40;
/// How long reading documents may keep a page waiting.
const PATIENCE: Duration = Duration::from_secs(5);

/// One proof.
#[derive(Serialize)]
pub(super) struct Proof {
    name: String,
    /// What it is, and how long.
    what: Option<String>,
    sha256: Option<String>,
    /// What the scanner says, and how that looks.
    scan: (String, &'static str),
    /// Where it is downloaded, if it can be.
    download: Option<String>,
    /// Where the partner keeps it, if we do not.
    place: Option<String>,
    is_link: bool,
    /// When it came.
    at: At,
    /// It came after the submission.
    is_newer: bool,
    #[serde(skip)]
    came_at: DateTime<Utc>,
}

/// What seems to be missing in uploaded documents.
#[derive(Serialize)]
pub(super) struct Advice {
    sentences: Vec<String>,
    /// How many documents a program can read.
    documents: usize,
    /// They could not be read now.
    is_unknown: bool,
}

/// Every proof of a claim, in the order in which they came, and when it came.
fn all(claim: &Claim) -> Vec<(&ProofOfExecution, DateTime<Utc>, bool)> {
    let first = claim.submission.proof_of_execution.iter();
    let first = first.map(|proof| (proof, claim.submitted_at, false));
    let newer = claim.file.added_proof.iter().flat_map(|added| {
        added.proof_of_execution.iter().map(move |proof| (proof, added.at, true))
    });
    first.chain(newer).take(SHOWN_MAX).collect()
}

/// The proofs of a claim.
pub(super) async fn proofs(
    visit: &Visit,
    claim: &Claim,
    zone: &Zone,
) -> Result<Vec<Proof>, Problem> {
    let mut proofs = Vec::new();
    for (proof, at, is_newer) in all(claim) {
        proofs.push(match proof {
            ProofOfExecution::Document { name, location, sha256 } => Proof {
                name: name.as_str().to_owned(),
                what: None,
                sha256: Some(sha256.as_str().to_owned()),
                scan: ("with the partner".to_owned(), ""),
                download: None,
                is_link: location.as_str().starts_with("https://"),
                place: Some(location.as_str().to_owned()),
                at: At::of(at, zone),
                is_newer,
                came_at: at,
            },
            ProofOfExecution::Uploaded { document_id } => {
                let document = visit.web.ledger.store().document(*document_id).await?;
                let own = &claim.submission.partner.mpn_id;
                let document = document.filter(|document| document.mpn_id == *own);
                uploaded(*document_id, document.as_ref(), (at, is_newer), zone)
            }
        });
    }
    Ok(proofs)
}

fn uploaded(
    id: DocumentId,
    document: Option<&Document>,
    (at, is_newer): (DateTime<Utc>, bool),
    zone: &Zone,
) -> Proof {
    let at = document.map_or(at, |document| document.uploaded_at);
    let usable = document.filter(|document| document.is_usable());
    Proof {
        name: document.map_or_else(|| id.to_string(), |one| one.name.as_str().to_owned()),
        what: document.map(|one| format!("{}, {} bytes", one.kind, grouped(one.size))),
        sha256: document.map(|document| document.sha256.as_str().to_owned()),
        scan: scanned(document.map(|document| &document.scan)),
        download: usable.map(|document| format!("/ops/documents/{}", document.id)),
        place: None,
        is_link: false,
        at: At::of(at, zone),
        is_newer,
        came_at: at,
    }
}

fn scanned(scan: Option<&Scan>) -> (String, &'static str) {
    match scan {
        None => ("not there any more".to_owned(), "bad"),
        Some(Scan::NotScanned) => ("not scanned".to_owned(), ""),
        Some(Scan::WaitingForScan) => ("waits for the scan".to_owned(), "warn"),
        Some(Scan::Clean { .. }) => ("scanned: nothing found".to_owned(), "good"),
        Some(Scan::Infected { found, .. }) => (format!("infected: {found}"), "bad"),
    }
}

/// When the newest proof came.
pub(super) fn newest(proofs: &[Proof]) -> Option<DateTime<Utc>> {
    proofs.iter().map(|proof| proof.came_at).max()
}

/// What seems to be missing, when somebody asks for the page: a page that only reads itself again
/// keeps what it has.
pub(super) async fn advice(
    visit: &Visit,
    claim: &Claim,
    headers: &HeaderMap,
    now: DateTime<Utc>,
) -> Option<Advice> {
    if headers.get("sec-fetch-dest").is_some_and(|dest| dest == "empty") {
        return None;
    }
    let ids = all(claim).into_iter().filter_map(|(proof, ..)| proof.document_id());
    let ids: Vec<DocumentId> = ids.collect();
    let (mut sentences, mut is_unknown) = (Vec::new(), false);
    if !ids.is_empty() {
        let own = &claim.submission.partner.mpn_id;
        let submission = serde_json::to_value(&*claim.submission).unwrap_or_default();
        let (catalog, today) = (&visit.web.ledger.rules().catalog, now.date_naive());
        let read = visit.web.documents.advice(&ids, own, &submission, catalog, today);
        match timeout(PATIENCE, read).await {
            Ok(Ok(advice)) => sentences = advice.into_iter().map(|one| one.message).collect(),
            Ok(Err(error)) => {
                tracing::warn!(error = with_causes(&error), "documents cannot be read for advice");
                is_unknown = true;
            }
            Err(_) => is_unknown = true,
        }
    }
    Some(Advice { sentences, documents: ids.len(), is_unknown })
}
