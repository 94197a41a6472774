//! What a change of one claim does to others of its tenant, all in the same commit.
//!
//! Nothing here decides: each consequence is a [`Command`] that the other claim answers.

use std::collections::{BTreeMap, BTreeSet};

use crate::claim::command::{Command, Consequence};
use crate::claim::event::{Event, Recorded};
use crate::claim::identity::ClaimId;
use crate::claim::item::Item;
use crate::claim::review::{ContestOutcome, RefusalCause};
use crate::claim::state::{Holder, State};
use crate::claim::{Claim, Status};

/// What happens to other claims when this one moves from `before` to `after` by these events: at
/// most one thing to each.
#[must_use]
pub fn consequences(
    before: Option<&Claim>,
    after: &Claim,
    events: &[Recorded],
) -> Vec<(ClaimId, Command)> {
    let mut all: BTreeMap<ClaimId, Consequence> = BTreeMap::new();
    if let Some(State::Contested { holders, .. }) = before.map(|claim| &claim.state)
        && after.status() != Status::Contested
    {
        let (by, outcome, reason) = (after.id, outcome(after.status()), decided(events));
        let closed = Consequence::ContestClosed { by, outcome, reason };
        all.extend(holders.iter().map(|holder| (holder.claim_id, closed.clone())));
    }
    for recorded in events {
        match &recorded.event {
            Event::ClaimContested { holders, answer_by: Some(answer_by), .. } => {
                for (claim_id, items) in by_claim(holders) {
                    let (by, answer_by) = (after.id, *answer_by);
                    all.insert(claim_id, Consequence::Contested { by, items, answer_by });
                }
            }
            Event::ContestWon(won) => {
                let losers: BTreeSet<ClaimId> = won.over.iter().map(|h| h.claim_id).collect();
                for loser in losers {
                    let (reason, by) = (won.reason.clone(), recorded.actor.clone());
                    let until = won.until;
                    all.insert(loser, Consequence::Superseded { reason, by, until });
                }
            }
            Event::ContestAnswered(answered) => {
                let contests = before.map_or(&[][..], |claim| &claim.file.contests);
                let contest = contests.iter().find(|known| known.revision == answered.contest);
                let (incumbent, keeps) = (after.id, answered.keeps);
                let comment = answered.comment.clone();
                all.extend(contest.map(|contest| {
                    (contest.by, Consequence::Answered { incumbent, keeps, comment })
                }));
            }
            _ => {}
        }
    }
    all.remove(&after.id);
    all.into_iter().map(|(claim_id, what)| (claim_id, Command::Follow(what))).collect()
}

fn by_claim(holders: &[Holder]) -> BTreeMap<ClaimId, Vec<Item>> {
    let mut claims: BTreeMap<ClaimId, Vec<Item>> = BTreeMap::new();
    for holder in holders {
        claims.entry(holder.claim_id).or_default().push(holder.item.clone());
    }
    claims
}

/// Why a contest was decided against the contested claim: who keeps the items reads it, too.
fn decided(events: &[Recorded]) -> Option<String> {
    events.iter().find_map(|recorded| match &recorded.event {
        Event::ClaimRefused(refused) if refused.cause == RefusalCause::Arbitration => {
            refused.findings.first().map(|finding| finding.message.clone())
        }
        _ => None,
    })
}

/// How a contest went for who had the items, by what became of the contested claim.
const fn outcome(contested: Status) -> ContestOutcome {
    match contested {
        Status::Withdrawn => ContestOutcome::Withdrawn,
        Status::UnderReview | Status::Validated => ContestOutcome::Lost,
        Status::Refused
        | Status::Disqualified
        | Status::Submitted
        | Status::ActionRequired
        | Status::Contested
        | Status::Disputed
        | Status::Notified
        | Status::Paused
        | Status::Rejected
        | Status::Associated
        | Status::Ended => ContestOutcome::Kept,
    }
}
