//! Preparing a customer association, step by step, with a draft behind the steps.
//!
//! | file | holds |
//! |---|---|
//! | `list.rs` | the partner's drafts; beginning and discarding one |
//! | `step.rs` | a step: showing it, saving it, two people at the same field |
//! | `choices.rs` | what a step offers to choose from |
//! | `form.rs` | what stands in the fields of a step, and what is made of them |
//! | `activity.rs` | solution area and activity, and the questions that pick them; pure |
//! | `live.rs` | what is asked while somebody is writing: domains, items that others have |
//! | `found.rs` | what was found, beside its field |
//! | `uploads.rs` | documents: several files of one form |
//! | `ask.rs` | asking the customer to acknowledge the work; the statement of work to sign |
//! | `summary.rs` | everything at a glance, what the customer will be told, submitting |
//!
//! Each step is a form that is saved on its way to the next, so that everything works without
//! scripts and the browser's own way back works; with them (`config/partner/draft.js`), answers
//! come while somebody writes. What is right is never decided here.

mod activity;
mod ask;
mod choices;
mod form;
mod found;
mod list;
mod live;
mod step;
mod summary;
pub(super) mod uploads;

use serde::Deserialize;

use crate::drafts::{Draft, DraftError, DraftId};
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::v1::drafts::problem;

use super::PEOPLE;
use super::frame::Visit;

const ALL: &str = "/partner/drafts";

pub(super) fn routes() -> Vec<Route> {
    let all = [list::routes(), live::routes(), summary::routes(), uploads::routes(), ask::routes()];
    all.concat().into_iter().chain(step::routes()).map(|route| route.signed_in(PEOPLE)).collect()
}

/// The draft in a path.
#[derive(Debug, Deserialize)]
struct DraftPath {
    draft_id: String,
}

impl DraftPath {
    fn id(&self) -> Result<DraftId, Problem> {
        DraftId::parse(&self.draft_id).map_err(|_| Problem::not_found("such draft"))
    }

    /// The draft, if it is the visitor's partner's.
    async fn draft(&self, visit: &Visit) -> Result<Draft, Problem> {
        let found = visit.web.drafts.find(Some(visit.partner()?), self.id()?).await;
        found.map_err(|error| refused("show the draft", error))
    }
}

fn refused(attempted: &str, error: DraftError) -> Problem {
    problem(attempted, error)
}

/// Where a step of a draft is.
fn path_of(id: DraftId, step: &str) -> String {
    format!("{ALL}/{id}/{step}")
}
