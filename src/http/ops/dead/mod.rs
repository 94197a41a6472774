//! Dead letters: what is left to a person, by job and reason; look, try again, forget.
//!
//! An act on a group takes so many entries at a time that it is done within a second, and says how
//! many are left. An entry that died of something else meanwhile is left alone.

mod acts;
mod group;
mod show;

use axum::http::Method;
use cpor_jobs::Job;

use crate::http::form::Fields;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::store::dead::DeadEntry;

use super::frame::Visit;
use super::{LOOKS, OPERATES};
use crate::http::form::encoded;
use group::{Group, groups};

const PATH: &str = "/ops/dead";
const RETRY_PATH: &str = "/ops/dead/retry";
const DROP_PATH: &str = "/ops/dead/drop";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, PATH, "show_dead", "Dead letters", show::show).signed_in(LOOKS),
        Route::new(Method::POST, RETRY_PATH, "retry_dead", "Try dead letters again", acts::retry)
            .signed_in(OPERATES),
        Route::new(Method::POST, DROP_PATH, "drop_dead", "Forget dead letters", acts::forget)
            .signed_in(OPERATES),
    ]
}

/// Which dead letters a link or a form is about.
enum Which {
    /// All of them, or of one job.
    All(Option<Job>),
    /// Those of one job that died of the same.
    Group(String),
    /// One.
    Entry(Job, String),
}

impl Which {
    /// What the fields of a query or form say. A job that nobody knows has no dead letters.
    fn of(fields: &Fields) -> Self {
        let (job, group) = (fields.text("job").parse().ok(), fields.text("group"));
        let entry = fields.text("entry");
        match (job, group) {
            (Some(job), _) if !entry.is_empty() => Self::Entry(job, entry),
            (_, group) if !group.is_empty() => Self::Group(group),
            (job, _) => Self::All(job),
        }
    }

    /// Where they are to be seen.
    fn link(&self) -> String {
        match self {
            Self::All(None) => PATH.to_owned(),
            Self::All(Some(job)) => format!("{PATH}?job={job}"),
            Self::Group(id) => format!("{PATH}?group={}", encoded(id)),
            Self::Entry(job, entry) => format!("{PATH}?job={job}&entry={}", encoded(entry)),
        }
    }
}

/// All dead letters, grouped.
async fn all(visit: &Visit) -> Result<Vec<Group>, Problem> {
    Ok(groups(visit.web.ledger.store().dead_letters().await?))
}

/// The group of an id, and the one entry of it that was asked for.
async fn find(
    visit: &Visit,
    job: Job,
    entry: &str,
) -> Result<Option<(String, DeadEntry)>, Problem> {
    for group in all(visit).await?.into_iter().filter(|group| group.job == job) {
        let id = group.id();
        if let Some(found) = group.entries.into_iter().find(|dead| dead.entry == entry) {
            return Ok(Some((id, found)));
        }
    }
    Ok(None)
}
