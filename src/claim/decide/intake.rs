//! From submission to verdict.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::claim::command::{Arbitration, Command, Refusal, Verdict, Why};
use crate::claim::decide::{Decision, nothing_to_do, refusal};
use crate::claim::event::Event;
use crate::claim::finding::Finding;
use crate::claim::state::{Holder, State};
use crate::claim::{Claim, Status, Submission};

/// How long a verdict waits for a subscription that is being provisioned (`domain.md`, R07).
const PROVISIONING_PATIENCE: TimeDelta = TimeDelta::days(7);
/// How often it looks again meanwhile.
const PROVISIONING_PAUSE: TimeDelta = TimeDelta::hours(6);

/// Only a submission makes a claim; anything else is refused as if it were asked too early.
pub(super) fn submit_new(command: &Command) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Submit(submission) => {
            Ok(vec![Event::ClaimSubmitted { submission: Arc::clone(submission) }])
        }
        Command::Amend(_)
        | Command::RecordVerdict(_)
        | Command::Arbitrate(_)
        | Command::RecordNoticeSending { .. }
        | Command::RecordNotice(_)
        | Command::ResumeNotice
        | Command::RecordReminder(_)
        | Command::Reject { .. }
        | Command::Confirm { .. }
        | Command::ProposeContact(_)
        | Command::ConfirmContact
        | Command::Finalize
        | Command::Withdraw { .. }
        | Command::End { .. }
        | Command::Expire
        | Command::RecordPartnerNotice { .. }
        | Command::Pause { .. }
        | Command::Resume { .. }
        | Command::Extend { .. }
        | Command::Realign { .. }
        | Command::RecordCorrection { .. }
        | Command::RecordReceipt { .. } => {
            Err(refusal(command, Status::Submitted, Why::WrongStatus))
        }
    }
}

/// The same submission twice is one claim; another one under the same id is refused.
pub(super) fn submit(claim: &Claim, submission: &Arc<Submission>) -> Decision {
    if claim.submission.source == submission.source
        && claim.submission.idempotency_key == submission.idempotency_key
    {
        return nothing_to_do();
    }
    Err(Why::Exists)
}

pub(super) fn amend(claim: &Claim, submission: &Arc<Submission>) -> Decision {
    match &claim.state {
        State::ActionRequired { .. } => {
            if let Some(field) = foreign_field(&claim.submission, submission) {
                return Err(Why::OtherClaim { field });
            }
            Ok(vec![Event::ClaimAmended { submission: Arc::clone(submission) }])
        }
        // The amendment came twice.
        State::Submitted { .. } if claim.submission == *submission => nothing_to_do(),
        State::Submitted { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => Err(Why::WrongStatus),
    }
}

/// The first field that makes an amendment another claim.
fn foreign_field(old: &Submission, new: &Submission) -> Option<&'static str> {
    [
        ("source", old.source != new.source),
        ("idempotency_key", old.idempotency_key != new.idempotency_key),
        ("partner.mpn_id", old.partner.mpn_id != new.partner.mpn_id),
        ("customer.tenant_id", old.customer.tenant_id != new.customer.tenant_id),
    ]
    .into_iter()
    .find_map(|(field, differs)| differs.then_some(field))
}

pub(super) fn record_verdict(claim: &Claim, verdict: &Verdict, now: DateTime<Utc>) -> Decision {
    match &claim.state {
        State::Submitted { .. } => Ok(vec![verdict_event(claim, verdict, now)]),
        // The job came twice.
        State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => nothing_to_do(),
    }
}

/// What no answer can cure comes first, then what the partner can put right, then what a person
/// has to decide.
fn verdict_event(claim: &Claim, verdict: &Verdict, now: DateTime<Utc>) -> Event {
    let others = holders_of_others(claim, &verdict.holders);
    let (own, foreign): (Vec<Holder>, Vec<Holder>) =
        others.into_iter().partition(|holder| holder.mpn_id == claim.submission.partner.mpn_id);
    if !own.is_empty() {
        let findings = own.iter().map(|holder| duplicate(claim, holder)).collect();
        return Event::ClaimDisqualified { findings };
    }
    let patient = now < claim.submitted_at + PROVISIONING_PATIENCE;
    if verdict.findings.is_empty() && !verdict.provisioning.is_empty() && patient {
        let findings = verdict.provisioning.clone();
        return Event::VerdictDeferred { findings, again_at: now + PROVISIONING_PAUSE };
    }
    let findings = [verdict.findings.as_slice(), &verdict.provisioning].concat();
    if !findings.is_empty() {
        return Event::ActionRequested { findings, answer_by: verdict.answer_by };
    }
    if foreign.is_empty() {
        return Event::ClaimValidated;
    }
    Event::ClaimContested { holders: foreign }
}

/// A claim does not stand in its own way.
fn holders_of_others(claim: &Claim, holders: &[Holder]) -> Vec<Holder> {
    holders.iter().filter(|holder| holder.claim_id != claim.id).cloned().collect()
}

/// R12: the same partner already holds or claims the item.
fn duplicate(claim: &Claim, holder: &Holder) -> Finding {
    let index = claim.submission.items.iter().position(|item| *item == holder.item);
    let key = holder.item.key();
    let has = if holder.official { "is already partner of record for" } else { "already claims" };
    Finding::new(
        format!("items[{}]", index.unwrap_or_default()),
        "duplicate",
        format!(
            "The partner {has} {key} by claim {}; nothing needs to be claimed twice.",
            holder.claim_id
        ),
    )
}

pub(super) fn arbitrate(claim: &Claim, arbitration: &Arbitration) -> Decision {
    match &claim.state {
        State::Contested { .. } if arbitration.upheld => {
            let holders = holders_of_others(claim, &arbitration.holders);
            if holders.is_empty() {
                return Ok(vec![Event::ClaimValidated]);
            }
            Err(Why::ItemsHeld { holders })
        }
        State::Contested { .. } => {
            let message = format!("The contest was decided for the holder: {}", arbitration.reason);
            let findings = vec![Finding::new("items", "arbitration_lost", message)];
            Ok(vec![Event::ClaimDisqualified { findings }])
        }
        State::Validated { .. } if arbitration.upheld => nothing_to_do(),
        State::Disqualified { .. } if !arbitration.upheld => nothing_to_do(),
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => Err(Why::WrongStatus),
    }
}
