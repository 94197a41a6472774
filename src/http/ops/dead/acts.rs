//! Trying dead letters again, and forgetting them.

use axum::response::Response;

use crate::claim::identity::{Comment, Line};
use crate::http::figures::count;
use crate::http::ops::frame::Act;
use crate::http::problem::{Problem, ProblemType};
use crate::ledger::Ledger;
use crate::operations;
use crate::store::dead::DeadEntry;

use super::{PATH, Which, all, find};

/// Entries of a group that one act takes.
const BATCH: usize = 200;

#[derive(Clone, Copy)]
enum Verb {
    Retry,
    Forget,
}

pub(super) async fn retry(act: Act) -> Result<Response, Problem> {
    run(&act, Verb::Retry).await
}

pub(super) async fn forget(act: Act) -> Result<Response, Problem> {
    run(&act, Verb::Forget).await
}

async fn run(act: &Act, verb: Verb) -> Result<Response, Problem> {
    let (reason, actor) = (act.reason()?, act.visit.actor()?);
    let which = Which::of(&act.fields);
    let mut entries = entries(act, &which).await?;
    let left = entries.len().saturating_sub(BATCH);
    entries.truncate(BATCH);
    let mut done = 0;
    for entry in &entries {
        let ledger = &act.visit.web.ledger;
        done += usize::from(verb.run(ledger, entry, &reason, &actor).await?);
    }
    act.visit.web.look_again().await;
    let place = if left > 0 { which.link() } else { PATH.to_owned() };
    Ok(act.done(&place, &said(verb, done, entries.len() - done, left)))
}

async fn entries(act: &Act, which: &Which) -> Result<Vec<DeadEntry>, Problem> {
    match which {
        Which::All(_) => {
            let detail = "Nothing was done, because the form does not say to which dead letters.";
            Err(Problem::new(ProblemType::RequestMalformed, detail, "Choose a group or an entry."))
        }
        Which::Group(id) => {
            let group = all(&act.visit).await?.into_iter().find(|group| group.id() == *id);
            Ok(group.map(|group| group.entries).unwrap_or_default())
        }
        Which::Entry(job, entry) => {
            let found = find(&act.visit, *job, entry).await?;
            Ok(found.map(|(_, entry)| entry).into_iter().collect())
        }
    }
}

impl Verb {
    async fn run(
        self,
        ledger: &Ledger,
        entry: &DeadEntry,
        reason: &Comment,
        actor: &Line,
    ) -> Result<bool, Problem> {
        match self {
            Self::Retry => Ok(operations::retry_dead(ledger, entry, Some(reason), actor).await?),
            Self::Forget => Ok(operations::drop_dead(ledger, entry, Some(reason), actor).await?),
        }
    }
}

/// What was done, how many were gone meanwhile, and how many are left.
fn said(verb: Verb, done: usize, gone: usize, left: usize) -> String {
    let letters = |n| count(n, "dead letter", "dead letters");
    let mut words = match (verb, done) {
        (Verb::Retry, 1) => "1 dead letter is due again.".to_owned(),
        (Verb::Retry, n) => format!("{} are due again.", letters(n)),
        (Verb::Forget, 1) => "1 dead letter is forgotten.".to_owned(),
        (Verb::Forget, n) => format!("{} are forgotten.", letters(n)),
    };
    if gone > 0 {
        words += &format!(" {} had changed meanwhile, and stay as they are.", letters(gone));
    }
    if left > 0 {
        words += &format!(" {} of the group left: do it again for them.", letters(left));
    }
    words
}
