//! Whether the picture of a claim's life shows every move the code makes, and no other.

use std::collections::BTreeSet;

use cpor_jobs::Job;

use super::samples::{Cast, moved};
use super::situations::{situation, situations};
use super::table::rows;
use crate::claim::{Claim, Status, decide};

type Arrow = (String, String);

/// The arrows of the picture; `[*]` is before there is a claim.
pub fn drawn() -> BTreeSet<Arrow> {
    let arrow = |line: &str| {
        let (from, rest) = line.trim().split_once(" --> ")?;
        let to = rest.split(':').next()?;
        Some((from.to_owned(), to.to_owned()))
    };
    include_str!("../life.md").lines().filter_map(arrow).collect()
}

/// The arrow of a move: to another status, or back to the same one to do the same job later. A
/// receipt or a correction that waits behind another one is not the same job.
pub fn arrow(before: Option<&Claim>, after: &Claim) -> Option<Arrow> {
    let to = after.status().to_string();
    let Some(before) = before else { return Some(("[*]".to_owned(), to)) };
    let later = before.plan().iter().any(|(job, due_at)| {
        let again = |(same, later_at)| same == job && due_at < later_at;
        let tells =
            [Job::SendReceipt, Job::SendCorrection, Job::NotifyPartner, Job::EscalateReview]
                .contains(job);
        !tells && after.plan().iter().any(|(same, at)| again((same, at)))
    });
    (before.status() != after.status() || later).then(|| (before.status().to_string(), to))
}

#[test]
fn every_arrow_is_a_move_and_every_move_is_an_arrow() {
    let cast = Cast::new();
    let names = Status::ALL.into_iter().flat_map(situations).copied().chain(["none"]);
    let mut made = BTreeSet::new();
    for name in names {
        for (ask, _) in rows() {
            let (before, now) = situation(&cast, name);
            let command = cast.ask(ask, before.as_ref(), now);
            let Ok(events) = decide(before.as_ref(), &command, now) else { continue };
            if !events.is_empty() {
                let after = moved(&cast, before.clone(), &events, now);
                made.extend(arrow(before.as_ref(), &after));
            }
        }
    }
    let drawn = drawn();
    let only_made: Vec<_> = made.difference(&drawn).collect();
    let only_drawn: Vec<_> = drawn.difference(&made).collect();
    assert!(only_made.is_empty(), "not in the picture: {only_made:?}");
    assert!(only_drawn.is_empty(), "in the picture, but never made: {only_drawn:?}");
}
