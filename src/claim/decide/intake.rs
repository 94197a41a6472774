//! From submission to verdict.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::claim::command::{Command, Refusal, Terms, Verdict, Why};
use crate::claim::decide::amendment::not_asked;
use crate::claim::decide::contest::goes_on;
use crate::claim::decide::review::right;
use crate::claim::decide::{Decision, nothing_to_do, refusal};
use crate::claim::event::{ClaimContested, Event};
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
        Command::Import(submission, event) => Ok(vec![
            Event::ClaimSubmitted { submission: Arc::clone(submission) },
            Event::AssociationImported(event.clone()),
        ]),
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
        | Command::RecordEndWarning { .. }
        | Command::Withdraw { .. }
        | Command::End { .. }
        | Command::Expire { .. }
        | Command::Review(_)
        | Command::Comment { .. }
        | Command::AddProof { .. }
        | Command::AnswerContest { .. }
        | Command::Choose(_)
        | Command::RecordChoiceAsked { .. }
        | Command::Dispute(_)
        | Command::DecideDispute(_)
        | Command::Reactivate { .. }
        | Command::RecordPartnerReminder(_)
        | Command::RecordReviewNotice { .. }
        | Command::RecordContestNotice { .. }
        | Command::Follow(_)
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
        State::ActionRequired { findings, .. } => {
            if let Some(field) = foreign_field(&claim.submission, submission) {
                return Err(Why::OtherClaim { field });
            }
            let fields = not_asked(&claim.submission, submission, findings);
            if !fields.is_empty() {
                return Err(Why::NotAsked { fields });
            }
            Ok(vec![Event::ClaimAmended { submission: Arc::clone(submission) }])
        }
        // The amendment came twice.
        State::Submitted { .. } if claim.submission == *submission => nothing_to_do(),
        State::Submitted { .. }
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
        | State::UnderReview(_)
        | State::Refused(_)
        | State::Disputed(_)
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
    let Verdict { holders, terms, .. } = verdict;
    let findings = [verdict.findings.as_slice(), &verdict.provisioning].concat();
    let patient = now < claim.submitted_at + PROVISIONING_PATIENCE;
    let waits = verdict.findings.is_empty() && !verdict.provisioning.is_empty() && patient;
    let asked = || {
        let findings = findings.clone();
        if waits {
            return Event::VerdictDeferred { findings, again_at: now + PROVISIONING_PAUSE };
        }
        let (answer_by, remind_at) = (verdict.answer_by, terms.answer.remind_at);
        Event::ActionRequested { findings, answer_by, remind_at }
    };
    if findings.is_empty() {
        goes_on(claim, holders, contested(claim, holders, terms), right(claim, terms))
    } else {
        goes_on(claim, holders, asked(), asked())
    }
}

/// R13: the claim, with who has its items.
pub(super) fn contested(claim: &Claim, holders: &[Holder], terms: &Terms) -> Event {
    Event::ClaimContested(ClaimContested {
        holders: holders_of_others(claim, holders),
        answer_by: Some(terms.contest_answer_by),
        decide: Some(terms.decide),
        customer: terms.customer,
    })
}

/// A claim does not stand in its own way.
pub(super) fn holders_of_others(claim: &Claim, holders: &[Holder]) -> Vec<Holder> {
    holders.iter().filter(|holder| holder.claim_id != claim.id).cloned().collect()
}

/// R12: the same partner already holds or claims the item.
pub(super) fn duplicate(claim: &Claim, holder: &Holder) -> Finding {
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
