//! One claim: where it stands and why, what has happened and what comes, its mails, its items and
//! who else wants them, and what can be done about it.
//!
//! | file | holds |
//! |---|---|
//! | `standing.rs` | the status in words |
//! | `course.rs` | what has happened, and what is on the agenda |
//! | `mails.rs` | what became of each mail |
//! | `items.rs` | who has each item, and who else wants it |
//! | `facts.rs` | what was submitted; how the end of the window came about |
//! | `offers.rs` | what this visitor can do |
//! | `acts.rs` | doing it |

mod acts;
mod course;
mod facts;
mod items;
mod mails;
mod offers;
mod standing;

use axum::http::{Method, Uri};
use axum::response::Response;
use serde::Serialize;

use crate::access::Role;
use crate::claim::{Claim, ClaimId};
use crate::http::extract::Path;
use crate::http::form::Fields;
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::http::v1::ClaimPath;
use crate::http::v1::claims::dossier;
use crate::http::v1::evidence::zip_of;
use crate::view::ClaimView;

use super::LOOKS;
use super::claims;
use super::frame::{Page, Section, Visit};
pub(super) use course::{Past, past};
pub(super) use facts::Facts;
pub(super) use items::{Held, held};
pub(super) use offers::still_to_answer;
pub(super) use standing::Standing;

/// Characters of what was done that are shown.
const SAID_MAX: usize = 300;

pub(super) fn routes() -> Vec<Route> {
    let page =
        Route::new(Method::GET, "/ops/claims/{claim_id}", "show_claim_page", "A claim", show);
    let evidence = Route::new(
        Method::GET,
        "/ops/claims/{claim_id}/evidence.zip",
        "download_evidence",
        "The evidence of a claim, as a signed zip",
        evidence,
    );
    let looks = vec![page.signed_in(LOOKS), evidence.signed_in(&[Role::Reviewer])];
    [looks, acts::routes()].concat()
}

/// Where the page of a claim is.
pub(super) fn path_of(id: ClaimId) -> String {
    format!("{}/{id}", claims::PATH)
}

#[derive(Serialize)]
struct View<'a> {
    claim: ClaimView<'a>,
    standing: Standing,
    offers: offers::Offers,
    planned: Vec<course::Planned>,
    past: Vec<Past>,
    mails: Vec<mails::Mail>,
    items: Vec<Held>,
    rivals: Vec<items::Rival>,
    deadline: Option<facts::Deadline>,
    facts: Facts,
    /// The customer's zone.
    zone: String,
    /// The address of this page, for a chat.
    link: String,
    path: String,
    done: String,
}

async fn show(visit: Visit, Path(path): Path<ClaimPath>, uri: Uri) -> Result<Response, Problem> {
    let web = &visit.web;
    let claim = the_claim(&visit, &path).await?;
    let now = web.ledger.clock().now().await?;
    let inspection = web.ledger.store().inspect(claim.id, Some(&claim)).await?;
    let holders = web.ledger.store().holders(&claim).await?;
    let dossier = dossier(web, claim).await?;
    let (claim, authority) = (&dossier.claim, &visit.session.caller.authority);
    let zone = web.customers_zone(claim);
    let sees = authority.sees_personal_data();
    let planned = course::planned(&dossier, &inspection.entries, &zone, now);
    let path = path_of(claim.id);
    let view = View {
        claim: dossier.view().for_caller(authority),
        standing: Standing::of(&dossier, &zone, now),
        offers: offers::Offers::of(&visit, &dossier, &planned, &holders, now),
        planned,
        past: past(&dossier.history, &zone, now, sees),
        mails: mails::of(&dossier.history, &zone, sees),
        items: held(&visit, claim, &holders, &zone),
        rivals: items::rivals(&visit, claim, &zone).await?,
        deadline: facts::Deadline::of(&dossier, now),
        facts: Facts::of(&visit, &claim.submission),
        zone: zone.to_string(),
        link: format!("{}{path}", web.public_url),
        path,
        done: Fields::of_query(&uri).text("done").chars().take(SAID_MAX).collect(),
    };
    let title = format!("Claim {}", claim.id);
    let page = Page { file: "claim.html", title: &title, section: Section::Claims, view };
    visit.reply(&page).await
}

async fn evidence(visit: Visit, Path(path): Path<ClaimPath>) -> Result<Response, Problem> {
    zip_of(&visit.web, the_claim(&visit, &path).await?).await
}

/// The claim in a path; a page that says so when there is none.
pub(super) async fn the_claim(visit: &Visit, path: &ClaimPath) -> Result<Claim, Problem> {
    path.claim(&visit.web, &visit.session.caller).await.map_err(|problem| {
        if problem.is(ProblemType::NotFound) {
            let detail = "There is no claim with this id in this deployment.";
            let remedy = "Compare it with where you have it from, or look among the claims. One \
                          that was closed long ago is in the archive: `cpor claim show ID \
                          --archive`.";
            return Problem::new(ProblemType::NotFound, detail, remedy);
        }
        problem
    })
}
