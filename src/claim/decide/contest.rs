//! Two partners, one item: the incumbent answers, a reviewer decides, and what that does to the
//! other claim.

use chrono::{DateTime, Utc};

use crate::claim::Claim;
use crate::claim::command::{Arbitration, Consequence, Why};
use crate::claim::decide::intake::{duplicate, holders_of_others};
use crate::claim::decide::review::{arbitration_lost, refused, right};
use crate::claim::decide::{Decision, nothing_to_do};
use crate::claim::event::{
    ClaimRefused, ContestAnswered, ContestClosed, ContestWon, Event, IncumbentAnswered,
    ItemsContested,
};
use crate::claim::identity::{ClaimId, Comment};
use crate::claim::item::Item;
use crate::claim::review::{CONTESTS_MAX, Contest, ContestOutcome, RefusalCause};
use crate::claim::state::{EndReason, Holder, State};

pub(super) fn arbitrate(claim: &Claim, arbitration: &Arbitration, now: DateTime<Utc>) -> Decision {
    let Arbitration { upheld, reason, holders, terms } = arbitration;
    match &claim.state {
        State::Contested { .. } if *upheld => {
            if let Some(answer_by) = still_to_answer(claim, holders, now) {
                return Err(Why::AnswerOpen { answer_by });
            }
            let mut events = won(claim, reason, holders, terms.dispute_until)?;
            events.push(right(claim, terms));
            Ok(events)
        }
        State::Contested { .. } => Ok(vec![refused(
            claim,
            ClaimRefused {
                findings: arbitration_lost(reason, "the holder"),
                cause: RefusalCause::Arbitration,
                until: terms.dispute_until,
                by: terms.actor.clone(),
            },
            now,
        )]),
        State::Validated { .. } | State::UnderReview(_) if *upheld => nothing_to_do(),
        State::Disqualified { .. } if !upheld => nothing_to_do(),
        State::Refused(refused) if !upheld && refused.cause == RefusalCause::Arbitration => {
            nothing_to_do()
        }
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::UnderReview(_)
        | State::Refused(_)
        | State::Disputed(_)
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => Err(Why::WrongStatus),
    }
}

/// Until when nobody decides for the claim, because one that has the items may still answer.
fn still_to_answer(claim: &Claim, holders: &[Holder], now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let State::Contested { holders: told, answer_by: Some(answer_by), answers, .. } = &claim.state
    else {
        return None;
    };
    let was_told = |id: ClaimId| told.iter().any(|holder| holder.claim_id == id);
    let has_answered = |id: ClaimId| answers.iter().any(|answer| answer.claim_id == id);
    let mut others = holders.iter().map(|holder| holder.claim_id).filter(|id| *id != claim.id);
    (now < *answer_by && others.any(|id| was_told(id) && !has_answered(id))).then_some(*answer_by)
}

/// Whose claims on the items end now; the partner's own do not.
pub(super) fn won(
    claim: &Claim,
    reason: &str,
    holders: &[Holder],
    until: DateTime<Utc>,
) -> Result<Vec<Event>, Why> {
    let over = holders_of_others(claim, holders);
    let is_own = |holder: &Holder| holder.mpn_id == claim.submission.partner.mpn_id;
    if over.iter().any(is_own) {
        let holders = over.into_iter().filter(is_own).collect();
        return Err(Why::ItemsHeld { holders });
    }
    let reason = reason.to_owned();
    Ok(vec![Event::ContestWon(ContestWon { reason, over, until })])
}

/// What becomes of a claim that may go on, by who has its items now.
pub(super) fn goes_on(claim: &Claim, holders: &[Holder], contested: Event, right: Event) -> Event {
    let others = holders_of_others(claim, holders);
    let (own, foreign): (Vec<Holder>, Vec<Holder>) =
        others.into_iter().partition(|holder| holder.mpn_id == claim.submission.partner.mpn_id);
    if !own.is_empty() {
        let findings = own.iter().map(|holder| duplicate(claim, holder)).collect();
        return Event::ClaimDisqualified { findings };
    }
    if foreign.is_empty() { right } else { contested }
}

/// The incumbent keeps its claim on the items, or does not; the arbiter reads it.
pub(super) fn answer(
    claim: &Claim,
    contest: u64,
    keeps: bool,
    comment: Option<&Comment>,
) -> Decision {
    let Some(known) = claim.file.contests.iter().find(|known| known.revision == contest) else {
        return Err(Why::NoSuchContest { contest });
    };
    let same = |given: &crate::claim::review::ContestAnswer| {
        given.keeps == keeps && given.comment.as_ref() == comment
    };
    match &known.answer {
        Some(given) if same(given) => nothing_to_do(),
        Some(_) => Err(Why::Once),
        None => {
            let comment = comment.cloned();
            Ok(vec![Event::ContestAnswered(ContestAnswered { contest, keeps, comment })])
        }
    }
}

/// What a change of another claim does to this one. It fits every state: what has no effect any
/// more does nothing.
pub(super) fn follow(claim: &Claim, consequence: &Consequence, now: DateTime<Utc>) -> Vec<Event> {
    match consequence {
        Consequence::Contested { by, items, answer_by } => contested(claim, *by, items, *answer_by),
        Consequence::Answered { incumbent, keeps, comment } => {
            let State::Contested { .. } = &claim.state else { return Vec::new() };
            let (incumbent, keeps, comment) = (*incumbent, *keeps, comment.clone());
            vec![Event::IncumbentAnswered(IncumbentAnswered { incumbent, keeps, comment })]
        }
        Consequence::ContestClosed { by, outcome, reason } => {
            closed(claim, *by, *outcome, reason.as_ref())
        }
        Consequence::Superseded { reason, by, until } => {
            superseded(claim, (reason, by), *until, now)
        }
    }
}

/// One contest at a time with the same claim, and no more than can be looked at.
fn contested(claim: &Claim, by: ClaimId, items: &[Item], answer_by: DateTime<Utc>) -> Vec<Event> {
    let contests = &claim.file.contests;
    let is_known = contests.iter().any(|known| known.by == by);
    if is_known || contests.len() >= CONTESTS_MAX || claim.held_items().is_empty() {
        return Vec::new();
    }
    vec![Event::ItemsContested(ItemsContested { by, items: items.to_vec(), answer_by })]
}

fn closed(
    claim: &Claim,
    by: ClaimId,
    outcome: ContestOutcome,
    reason: Option<&String>,
) -> Vec<Event> {
    let known = claim.file.contests.iter().find(|known| known.by == by);
    let closed = |known: &Contest| {
        let (contest, reason) = (known.revision, reason.cloned());
        Event::ContestClosed(ContestClosed { contest, outcome, reason })
    };
    known.map(closed).into_iter().collect()
}

/// The loser reads why; which claim won is not its business.
fn superseded(
    claim: &Claim,
    (reason, by): (&str, &str),
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Vec<Event> {
    if let State::Associated { .. } = &claim.state {
        let detail = Some(format!("Another partner's claim won the arbitration: {reason}"));
        return vec![Event::AssociationEnded {
            reason: EndReason::Superseded,
            detail,
            received_at: None,
        }];
    }
    if claim.held_items().is_empty() {
        return Vec::new();
    }
    let findings = arbitration_lost(reason, "another partner's claim");
    let cause = RefusalCause::Arbitration;
    vec![refused(claim, ClaimRefused { findings, cause, until, by: by.to_owned() }, now)]
}
