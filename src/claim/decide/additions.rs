//! What is added to a claim without changing where it stands: comments, newer proof, and that
//! somebody was told again.

use crate::claim::Claim;
use crate::claim::command::{Told, Why};
use crate::claim::decide::Decision;
use crate::claim::event::{
    CommentAdded, Event, IncumbentNotified, ProofAdded, ReviewersTold, ToldAgain,
};
use crate::claim::identity::Comment;
use crate::claim::review::{ADDITIONS_MAX, DecideBy, Side, Urgency};
use crate::claim::state::State;
use crate::claim::submission::ProofOfExecution;

impl From<&Told> for ToldAgain {
    fn from(told: &Told) -> Self {
        let Told { delivered, reply, mail_sha256 } = told.clone();
        Self { delivered, reply, mail_sha256 }
    }
}

/// As long as anything can become of the claim.
pub(super) fn comment(claim: &Claim, from: Side, text: &Comment) -> Decision {
    if claim.status().is_closed() {
        return Err(Why::WrongStatus);
    }
    if claim.file.comments >= ADDITIONS_MAX {
        return Err(Why::TooMany);
    }
    Ok(vec![Event::CommentAdded(CommentAdded { from, text: text.clone() })])
}

/// Whether newer proof can be added to a claim: a dispute brings its own.
#[must_use]
pub fn takes_proof(claim: &Claim) -> bool {
    match &claim.state {
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
        | State::Disputed(_)
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. }
        | State::Associated { .. } => true,
        State::Disqualified { .. }
        | State::Refused(_)
        | State::Rejected { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => false,
    }
}

pub(super) fn add_proof(claim: &Claim, proof_of_execution: &[ProofOfExecution]) -> Decision {
    if !takes_proof(claim) {
        return Err(Why::WrongStatus);
    }
    if proof_of_execution.is_empty() {
        return Err(Why::NoReason);
    }
    let has = claim.file.added_proof.iter().map(|added| added.proof_of_execution.len());
    if has.sum::<usize>() + proof_of_execution.len() > ADDITIONS_MAX as usize {
        return Err(Why::TooMany);
    }
    let proof_of_execution = proof_of_execution.to_vec();
    Ok(vec![Event::ProofAdded(ProofAdded { proof_of_execution })])
}

/// Fits every state: the partner may have answered while it was reminded.
pub(super) fn record_partner_reminder(claim: &Claim, told: &Told) -> Vec<Event> {
    match &claim.state {
        State::ActionRequired { remind_at: Some(_), .. } => {
            vec![Event::PartnerReminded(told.into())]
        }
        State::ActionRequired { remind_at: None, .. }
        | State::Submitted { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
        | State::Refused(_)
        | State::Disputed(_)
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => Vec::new(),
    }
}

/// Fits every state: it may have been decided while reviewers were told.
pub(super) fn record_review_notice(claim: &Claim, urgency: Urgency, told: &Told) -> Vec<Event> {
    let next = claim.decide_by().and_then(DecideBy::next);
    if next.is_none_or(|(next, _)| next != urgency) {
        return Vec::new();
    }
    vec![Event::ReviewersTold(ReviewersTold { urgency, told: told.into() })]
}

/// Fits every state: the contest may have been decided while the partner was told of it.
pub(super) fn record_contest_notice(claim: &Claim, contest: u64, told: &Told) -> Vec<Event> {
    let mut contests = claim.file.contests.iter();
    if !contests.any(|known| known.revision == contest && !known.told) {
        return Vec::new();
    }
    vec![Event::IncumbentNotified(IncumbentNotified { contest, told: told.into() })]
}
