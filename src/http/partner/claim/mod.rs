//! `/partner/claims/ID`: one claim or association. Whatever is another partner's is not there.

mod acts;
mod amend;
mod course;
mod deadline;
mod facts;
mod mails;
mod proof;
mod remedies;
mod renewal;
mod standing;
mod usage;

use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use serde::Serialize;

use crate::claim::{Claim, ClaimId, takes_proof};
use crate::http::extract::Path;
use crate::http::form::Fields;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::v1::ClaimPath;
use crate::http::v1::claims::dossier;

use super::PEOPLE;
use super::frame::{Page, Section, Visit};
use super::uploads::NotTaken;

pub(super) fn routes() -> Vec<Route> {
    let path = "/partner/claims/{claim_id}";
    let page = Route::new(Method::GET, path, "show_partner_claim", "A claim", show);
    let all = [
        vec![page.signed_in(PEOPLE)],
        acts::routes(),
        amend::routes(),
        proof::routes(),
        renewal::routes(),
    ];
    all.concat()
}

/// Where the page of a claim is.
fn path_of(id: ClaimId) -> String {
    format!("/partner/claims/{id}")
}

#[derive(Serialize)]
struct View {
    path: String,
    name: String,
    standing: standing::Standing,
    offers: Vec<acts::Offer>,
    /// The claim that could take its place.
    renewal: Option<renewal::Renewal>,
    planned: Vec<course::Planned>,
    past: Vec<course::Past>,
    mails: Vec<mails::Mail>,
    deadline: Option<deadline::Deadline>,
    facts: facts::Facts,
    proofs: Vec<proof::Proof>,
    /// How large a file may be, in MiB, if newer proof can be added now.
    bytes_max: Option<u64>,
    not_taken: Vec<NotTaken>,
    /// The figures, as HTML of ours; nothing when they were not looked at.
    usage: Option<usage::Usage>,
    zone: String,
    done: String,
}

async fn show(
    visit: Visit,
    Path(path): Path<ClaimPath>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let claim = path.claim(&visit.web, &visit.session.caller).await?;
    let said = Fields::of_query(&uri).text("done");
    let done = visit.words()?.plain(&format!("done.{said}")).to_owned();
    page(&visit, claim, &headers, done, Vec::new()).await
}

/// The page of a claim, with what was done just now, or what could not be taken in.
async fn page(
    visit: &Visit,
    claim: Claim,
    headers: &HeaderMap,
    done: String,
    not_taken: Vec<NotTaken>,
) -> Result<Response, Problem> {
    let web = &visit.web;
    let now = web.ledger.clock().now().await?;
    let inspection = web.ledger.store().inspect(claim.id, Some(&claim)).await?;
    let dossier = dossier(web, claim).await?;
    let claim = &dossier.claim;
    let words = visit.words()?;
    let teller = course::Teller { visit, words, zone: web.customers_zone(claim) };
    let is_fine = not_taken.is_empty();
    let view = View {
        path: path_of(claim.id),
        name: claim.submission.name.as_str().to_owned(),
        standing: standing::Standing::of(visit, words, &dossier, now),
        offers: acts::offers(claim),
        renewal: renewal::of(visit, claim, now).await,
        planned: teller.planned(&dossier, &inspection.entries, now),
        past: teller.past(&dossier.history),
        mails: mails::of(&dossier.history, &teller),
        deadline: deadline::Deadline::of(&dossier, now, visit.language),
        facts: facts::Facts::of(visit, claim),
        proofs: proof::listed(visit, claim, &teller.zone, now).await?,
        bytes_max: takes_proof(claim).then(|| web.documents.bytes_max() / 1_048_576),
        not_taken,
        usage: usage::of(visit, claim, headers, now).await?,
        zone: teller.zone.to_string(),
        done,
    };
    let status = if is_fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.reply_as(status, &Page { file: "claim.html", section: section_of(claim), view })
}

/// What is official stands among the associations.
fn section_of(claim: &Claim) -> Section {
    match claim.state {
        crate::claim::State::Associated { .. } => Section::Associations,
        _ => Section::Claims,
    }
}
