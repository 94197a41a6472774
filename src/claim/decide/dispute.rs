//! What a partner can still do about a refusal, once; and what becomes of it.

use chrono::{DateTime, Utc};

use crate::claim::Claim;
use crate::claim::command::{Dispute, DisputeDecision, Terms, Why};
use crate::claim::decide::contest::{goes_on, won};
use crate::claim::decide::intake::contested;
use crate::claim::decide::{Decision, nothing_to_do};
use crate::claim::event::{ClaimDisputed, ClaimReactivated, DisputeDecided, Event};
use crate::claim::finding::Finding;
use crate::claim::identity::Comment;
use crate::claim::review::{Disputed, RefusalCause};
use crate::claim::state::State;

pub(super) fn dispute(claim: &Claim, dispute: &Dispute, now: DateTime<Utc>) -> Decision {
    match &claim.state {
        State::Refused(refused) if !refused.cause.can_be_disputed() => Err(Why::WrongStatus),
        State::Refused(_) if claim.file.disputed => Err(Why::Once),
        State::Refused(refused) if now >= refused.until => {
            Err(Why::TimeOver { until: refused.until })
        }
        State::Refused(_) => Ok(vec![Event::ClaimDisputed(ClaimDisputed {
            justification: dispute.justification.clone(),
            proof_of_execution: dispute.proof_of_execution.clone(),
            decide: dispute.terms.decide,
        })]),
        State::Disputed(_) => nothing_to_do(),
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => Err(Why::WrongStatus),
    }
}

pub(super) fn decide(claim: &Claim, decision: &DisputeDecision) -> Decision {
    match &claim.state {
        State::Disputed(disputed) if disputed.refusal.by == decision.terms.actor => {
            Err(Why::SamePerson { actor: decision.terms.actor.clone() })
        }
        State::Disputed(disputed) if decision.upheld => upheld(claim, disputed, decision),
        State::Disputed(disputed) => {
            let mut findings = disputed.refusal.findings.clone();
            let message =
                format!("The dispute was decided against the claim: {}", decision.reason.as_str());
            findings.push(Finding::new("$", "dispute_lost", message));
            Ok(vec![decided(decision), Event::ClaimDisqualified { findings }])
        }
        // The decision came twice.
        State::Validated { .. } if decision.upheld && claim.file.disputed => nothing_to_do(),
        State::Disqualified { .. } if !decision.upheld && claim.file.disputed => nothing_to_do(),
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
        | State::Refused(_)
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => Err(Why::WrongStatus),
    }
}

fn decided(decision: &DisputeDecision) -> Event {
    let (upheld, reason) = (decision.upheld, decision.reason.clone());
    Event::DisputeDecided(DisputeDecided { upheld, reason })
}

/// A contest that was decided wrongly is decided the other way. Who has taken the items after a
/// reviewer's refusal did so rightly: then the claim is contested.
fn upheld(claim: &Claim, disputed: &Disputed, decision: &DisputeDecision) -> Decision {
    let DisputeDecision { reason, holders, terms, .. } = decision;
    let mut events = vec![decided(decision)];
    match disputed.refusal.cause {
        RefusalCause::Arbitration => {
            events.extend(won(claim, reason.as_str(), holders, terms.dispute_until)?);
            events.push(Event::ClaimValidated);
        }
        RefusalCause::Reviewer | RefusalCause::NoAnswer => {
            let contested = contested(claim, holders, terms);
            events.push(goes_on(claim, holders, contested, Event::ClaimValidated));
        }
    }
    Ok(events)
}

/// One more time to answer, for a reason.
pub(super) fn reactivate(
    claim: &Claim,
    reason: &Comment,
    terms: &Terms,
    now: DateTime<Utc>,
) -> Decision {
    match &claim.state {
        State::Refused(refused) if refused.cause.can_be_disputed() => Err(Why::WrongStatus),
        State::Refused(_) if claim.file.reactivated => Err(Why::Once),
        State::Refused(refused) if now >= refused.until => {
            Err(Why::TimeOver { until: refused.until })
        }
        State::Refused(refused) => {
            let open = refused.findings.iter().filter(|finding| finding.code != NO_ANSWER);
            Ok(vec![Event::ClaimReactivated(ClaimReactivated {
                reason: reason.clone(),
                findings: open.cloned().collect(),
                answer: terms.answer,
            })])
        }
        State::ActionRequired { .. } if claim.file.reactivated => nothing_to_do(),
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
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

/// The code of the finding that the partner did not answer.
const NO_ANSWER: &str = "no_answer";

/// The findings that were never answered, and that this is what ended the claim.
pub(super) fn unanswered(findings: &[Finding]) -> Vec<Finding> {
    let message = "The partner did not answer the action required in time.";
    let mut all = vec![Finding::new("claim", NO_ANSWER, message.to_owned())];
    all.extend_from_slice(findings);
    all
}
