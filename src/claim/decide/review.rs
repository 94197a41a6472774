//! What a reviewer decides about a claim before its customer is told.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::claim::command::{ReviewOutcome, Reviewed, Terms, Why};
use crate::claim::decide::{Decision, nothing_to_do};
use crate::claim::event::{ClaimRefused, Event, ReviewApproved, ReviewRequested};
use crate::claim::finding::Finding;
use crate::claim::identity::Comment;
use crate::claim::item::Item;
use crate::claim::item_key::ItemKey;
use crate::claim::review::{RefusalCause, Review};
use crate::claim::state::State;
use crate::claim::{Claim, Submission};

/// A claim that is right goes on to its customer, or to a reviewer first.
pub(super) fn right(claim: &Claim, terms: &Terms) -> Event {
    match terms.draw {
        Some(drawn) if !claim.file.reviewed => {
            Event::ReviewRequested(ReviewRequested { drawn, decide: terms.decide })
        }
        Some(_) | None => Event::ClaimValidated,
    }
}

pub(super) fn decide(claim: &Claim, reviewed: &Reviewed, now: DateTime<Utc>) -> Decision {
    let Reviewed { outcome, terms } = reviewed;
    match &claim.state {
        State::UnderReview(review) => match outcome {
            ReviewOutcome::Approve { dropped, comment } => {
                approve(claim, review, (dropped, comment.as_ref()), terms)
            }
            ReviewOutcome::AskAction { findings } | ReviewOutcome::Refuse { findings }
                if findings.is_empty() =>
            {
                Err(Why::NoReason)
            }
            ReviewOutcome::AskAction { findings } => Ok(vec![Event::ActionRequested {
                findings: findings.clone(),
                answer_by: terms.answer.by,
                remind_at: terms.answer.remind_at,
            }]),
            ReviewOutcome::Refuse { findings } => Ok(vec![refused(
                claim,
                ClaimRefused {
                    findings: findings.clone(),
                    cause: RefusalCause::Reviewer,
                    until: terms.dispute_until,
                    by: terms.actor.clone(),
                },
                now,
            )]),
        },
        // The decision came twice.
        State::Validated { .. } if matches!(outcome, ReviewOutcome::Approve { .. }) => {
            nothing_to_do()
        }
        State::Refused(refused)
            if refused.cause == RefusalCause::Reviewer
                && matches!(outcome, ReviewOutcome::Refuse { .. }) =>
        {
            nothing_to_do()
        }
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
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

/// With four eyes the first approval waits for another reviewer's.
fn approve(
    claim: &Claim,
    review: &Review,
    (dropped, comment): (&[ItemKey], Option<&Comment>),
    terms: &Terms,
) -> Decision {
    let first = review.approved_by.as_ref();
    if let Some(actor) = first.filter(|first| terms.four_eyes && **first == terms.actor) {
        return Err(Why::SamePerson { actor: actor.clone() });
    }
    let dropped = named(&claim.submission, dropped)?;
    let submission = (!dropped.is_empty()).then(|| without(&claim.submission, &dropped));
    let comment = comment.cloned();
    let approved = Event::ReviewApproved(ReviewApproved { dropped, submission, comment });
    if terms.four_eyes && first.is_none() {
        return Ok(vec![approved]);
    }
    Ok(vec![approved, Event::ClaimValidated])
}

/// The items that are named so, at least one of which stays.
fn named(submission: &Submission, keys: &[ItemKey]) -> Result<Vec<Item>, Why> {
    let is_named = |item: &&Item| keys.iter().any(|key| key.names(item));
    let unknown = keys.iter().find(|key| !submission.items.iter().any(|item| key.names(item)));
    if let Some(item) = unknown {
        return Err(Why::NoSuchItem { item: item.clone() });
    }
    let dropped: Vec<Item> = submission.items.iter().filter(is_named).cloned().collect();
    if dropped.len() == submission.items.len() {
        return Err(Why::NothingLeft);
    }
    Ok(dropped)
}

fn without(submission: &Submission, dropped: &[Item]) -> Arc<Submission> {
    let mut submission = submission.clone();
    submission.items.retain(|item| !dropped.contains(item));
    Arc::new(submission)
}

/// A refusal that the partner can dispute; one that follows a dispute is final at once.
pub(super) fn refused(claim: &Claim, refused: ClaimRefused, now: DateTime<Utc>) -> Event {
    let until = if claim.file.disputed { now } else { refused.until };
    Event::ClaimRefused(ClaimRefused { until, ..refused })
}

/// R13, decided by a person.
pub(super) fn arbitration_lost(reason: &str, winner: &str) -> Vec<Finding> {
    let message = format!("The contest was decided for {winner}: {reason}");
    vec![Finding::new("items", "arbitration_lost", message)]
}
