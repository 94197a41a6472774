//! The proof of a claim: what was submitted with it, what came later, how each document stands, and
//! adding newer documents.

use axum::extract::Request;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::calendar::{Zone, moment};
use crate::claim::identity::DocumentId;
use crate::claim::submission::ProofOfExecution;
use crate::claim::{Claim, Command, takes_proof};
use crate::http::extract::{Path, Query};
use crate::http::partner::PEOPLE;
use crate::http::partner::drafts::uploads::standing;
use crate::http::partner::frame::Visit;
use crate::http::partner::uploads::{Files, NotTaken};
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::signed::see_other;
use crate::http::v1::ClaimPath;
use crate::http::v1::proofs::forms::DocumentPath;
use crate::http::v1::proofs::help::TemplateQuery;
use crate::http::v1::proofs::served;
use crate::proofs::template::StatementOfWork;
use crate::proofs::{Answer, Document, document_findings};

use super::{page, path_of};

pub(super) fn routes() -> Vec<Route> {
    let (proof, statement, document) = (
        "/partner/claims/{claim_id}/proof",
        "/partner/claims/{claim_id}/statement-of-work",
        "/partner/documents/{document_id}",
    );
    vec![
        Route::new(Method::POST, proof, "add_partner_proof", "Add newer proof", add).streams(),
        Route::new(Method::GET, document, "show_partner_document", "A document", content).streams(),
        Route::new(
            Method::GET,
            statement,
            "partner_statement_of_work",
            "A statement of work to sign",
            template,
        ),
    ]
    .into_iter()
    .map(|route| route.signed_in(PEOPLE))
    .collect()
}

/// One document of a claim.
#[derive(Serialize)]
pub(super) struct Proof {
    name: String,
    /// Where it is, if it can be followed.
    href: Option<String>,
    sha256: String,
    /// The key of the words in the table `scan` for an uploaded one, and how good that is.
    scan: Option<(&'static str, &'static str)>,
    /// When it was added, if it came after the submission.
    added: Option<String>,
    acknowledgement: Option<Acknowledged>,
}

/// What the customer was asked, and has answered.
#[derive(Serialize)]
struct Acknowledged {
    name: String,
    email: String,
    /// When it was answered, or until when it can be.
    when: String,
    statement: String,
    sha256: String,
}

/// The proof of a claim, what was submitted first, and when it was added if it was.
fn all(claim: &Claim) -> Vec<(&ProofOfExecution, Option<DateTime<Utc>>)> {
    let mut all = Vec::new();
    all.extend(claim.submission.proof_of_execution.iter().map(|proof| (proof, None)));
    for added in &claim.file.added_proof {
        all.extend(added.proof_of_execution.iter().map(|proof| (proof, Some(added.at))));
    }
    all
}

/// The proof of a claim, in words.
pub(super) async fn listed(
    visit: &Visit,
    claim: &Claim,
    zone: &Zone,
    now: DateTime<Utc>,
) -> Result<Vec<Proof>, Problem> {
    let told = |at| moment(at, zone, visit.language);
    let mut proofs = Vec::new();
    for (proof, at) in all(claim) {
        let proof = match proof {
            ProofOfExecution::Document { name, location, sha256 } => {
                let place = location.as_str();
                Proof {
                    name: name.as_str().to_owned(),
                    href: place.starts_with("https://").then(|| place.to_owned()),
                    sha256: sha256.as_str().to_owned(),
                    scan: None,
                    added: None,
                    acknowledgement: None,
                }
            }
            ProofOfExecution::Uploaded { document_id } => {
                let found = visit.web.ledger.store().document(*document_id).await?;
                let own = &claim.submission.partner.mpn_id;
                let found = found.filter(|document| document.mpn_id == *own);
                uploaded(*document_id, found.as_ref(), &told, now)
            }
        };
        proofs.push(Proof { added: at.map(told), ..proof });
    }
    Ok(proofs)
}

fn uploaded(
    id: DocumentId,
    document: Option<&Document>,
    told: &(dyn Fn(DateTime<Utc>) -> String + Sync),
    now: DateTime<Utc>,
) -> Proof {
    let Some(document) = document else {
        return Proof {
            name: id.to_string(),
            href: None,
            sha256: String::new(),
            scan: Some(("gone", "bad")),
            added: None,
            acknowledgement: None,
        };
    };
    let is_there = document.is_usable() && document.is_acknowledged();
    let acknowledgement = document.acknowledgement.as_ref().map(|asked| Acknowledged {
        name: asked.name.as_str().to_owned(),
        email: asked.email.as_str().to_owned(),
        when: told(match asked.answer_at(now) {
            Answer::Sending | Answer::Asked { .. } => asked.open_until,
            Answer::Undeliverable { at, .. }
            | Answer::Acknowledged { at }
            | Answer::Declined { at }
            | Answer::Expired { at } => at,
        }),
        statement: asked.statement.as_str().to_owned(),
        sha256: asked.statement_sha256.as_str().to_owned(),
    });
    Proof {
        name: document.name.as_str().to_owned(),
        href: is_there.then(|| format!("/partner/documents/{id}")),
        sha256: document.sha256.as_str().to_owned(),
        scan: Some(standing(document, now)),
        added: None,
        acknowledgement,
    }
}

/// A document of the partner's own, as an attachment.
async fn content(visit: Visit, Path(path): Path<DocumentPath>) -> Result<Response, Problem> {
    let missing = || Problem::not_found("such document");
    let id = DocumentId::parse(&path.document_id).map_err(|_| missing())?;
    let document = visit.web.ledger.store().document(id).await?;
    let document = document.filter(|document| {
        visit.partner().is_ok_and(|own| *own == document.mpn_id)
            && document.is_usable()
            && document.is_acknowledged()
    });
    served(&visit.web, &document.ok_or_else(missing)?).await
}

async fn template(
    visit: Visit,
    Path(path): Path<ClaimPath>,
    Query(query): Query<TemplateQuery>,
) -> Result<Response, Problem> {
    let claim = path.claim(&visit.web, &visit.session.caller).await?;
    query.file(&StatementOfWork::of(&claim.submission, &visit.web.ledger.rules().catalog))
}

/// Takes in every file of the form, and adds those that could be to the claim.
async fn add(
    visit: Visit,
    Path(path): Path<ClaimPath>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let claim = path.claim(&visit.web, &visit.session.caller).await?;
    if !takes_proof(&claim) {
        return Ok(see_other(&format!("{}?done=not_offered", path_of(claim.id))));
    }
    let mut files = Files::of(&visit, request).await?;
    let (mut proofs, mut not_taken) = (Vec::new(), Vec::new());
    while let Some(file) = files.next(&visit).await? {
        match file {
            Ok(document) => proofs.push(ProofOfExecution::Uploaded { document_id: document.id }),
            Err(why) => not_taken.push(why),
        }
    }
    let is_any = !proofs.is_empty();
    if is_any {
        let documents = &visit.web.documents;
        let standings = documents.standings(claim.id, &claim.submission, &proofs).await?;
        for finding in document_findings(&standings) {
            not_taken.push(NotTaken::of(&visit, String::new(), &finding)?);
        }
        let command = Command::AddProof { proof_of_execution: proofs };
        visit.web.ledger.apply(claim.id, &command, &visit.session.caller.name).await?;
    }
    if not_taken.is_empty() {
        let done = if is_any { "proof" } else { "nothing" };
        return Ok(see_other(&format!("{}?done={done}", path_of(claim.id))));
    }
    let claim = path.claim(&visit.web, &visit.session.caller).await?;
    page(&visit, claim, &headers, String::new(), not_taken).await
}
