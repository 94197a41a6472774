//! Turns a wish into facts: one function per command, one arm per state, no wildcard.
//!
//! An empty list of events means that the command has already had its effect: deliveries repeat.

mod additions;
mod amendment;
mod contact;
mod contest;
mod dispute;
mod ending;
mod intake;
mod lasting;
mod notice;
mod outcome;
mod review;
mod window;

pub use additions::takes_proof;
pub use amendment::may_change;

use chrono::{DateTime, Utc};

use crate::claim::command::{Command, Refusal, Why};
use crate::claim::event::Event;
use crate::claim::{Claim, Status};

/// What happens to `claim` (`None`: it does not exist yet) when `command` is asked of it at `now`.
///
/// # Errors
///
/// A [`Refusal`] when the command does not fit the state; it names both.
pub fn decide(
    claim: Option<&Claim>,
    command: &Command,
    now: DateTime<Utc>,
) -> Result<Vec<Event>, Refusal> {
    let Some(claim) = claim else { return intake::submit_new(command) };
    let decision = match command {
        Command::Submit(submission) => intake::submit(claim, submission),
        Command::Amend(submission) => intake::amend(claim, submission),
        Command::RecordVerdict(verdict) => intake::record_verdict(claim, verdict, now),
        Command::Arbitrate(arbitration) => contest::arbitrate(claim, arbitration, now),
        Command::RecordNoticeSending { message_id, link_key } => {
            notice::record_sending(claim, message_id, *link_key)
        }
        Command::RecordNotice(outcome) => notice::record(claim, outcome),
        Command::ResumeNotice => notice::resume(claim),
        Command::RecordReminder(told) => notice::record_reminder(claim, told),
        Command::Reject { received_at, reason } => {
            outcome::reject(claim, *received_at, reason.as_ref(), now)
        }
        Command::Confirm { received_at } => outcome::confirm(claim, *received_at, now),
        Command::ProposeContact(proposal) => contact::propose(claim, proposal, now),
        Command::ConfirmContact => contact::confirm(claim),
        Command::Finalize => outcome::finalize(claim, now),
        Command::Import(submission, _) => lasting::import(claim, submission),
        Command::RecordEndWarning { warning, told } => {
            Ok(lasting::record_end_warning(claim, *warning, told))
        }
        Command::Withdraw { reason } => ending::withdraw(claim, reason.as_ref()),
        Command::End { reason, detail } => ending::end(claim, reason, detail.as_ref(), now),
        Command::Expire { terms } => ending::expire(claim, terms, now),
        Command::Review(reviewed) => review::decide(claim, reviewed, now),
        Command::Comment { from, text } => additions::comment(claim, *from, text),
        Command::AddProof { proof_of_execution } => additions::add_proof(claim, proof_of_execution),
        Command::AnswerContest { contest, keeps, comment } => {
            contest::answer(claim, *contest, *keeps, comment.as_ref())
        }
        Command::Dispute(wish) => dispute::dispute(claim, wish, now),
        Command::DecideDispute(decision) => dispute::decide(claim, decision),
        Command::Reactivate { reason, terms } => dispute::reactivate(claim, reason, terms, now),
        Command::RecordPartnerReminder(told) => Ok(additions::record_partner_reminder(claim, told)),
        Command::RecordReviewNotice { urgency, told } => {
            Ok(additions::record_review_notice(claim, *urgency, told))
        }
        Command::RecordContestNotice { contest, told } => {
            Ok(additions::record_contest_notice(claim, *contest, told))
        }
        Command::Follow(consequence) => Ok(contest::follow(claim, consequence, now)),
        Command::RecordPartnerNotice { outcome, told } => {
            Ok(notice::record_partner_notice(claim, *outcome, told))
        }
        Command::Pause { reason } => window::pause(claim, reason, now),
        Command::Resume { window, reason } => window::resume(claim, window, reason),
        Command::Extend { business_days, window, reason } => {
            window::extend(claim, *business_days, window, reason, now)
        }
        Command::Realign { window, cause } => window::realign(claim, window, cause, now),
        Command::RecordCorrection { revision, told } => {
            Ok(window::record_correction(claim, *revision, told))
        }
        Command::RecordReceipt { revision, told } => {
            Ok(notice::record_receipt(claim, *revision, told))
        }
    };
    decision.map_err(|why| refusal(command, claim.status(), why))
}

/// A refusal that names the command and the status.
const fn refusal(command: &Command, status: Status, why: Why) -> Refusal {
    Refusal { command: command.name(), status, why }
}

/// What one function per command answers.
type Decision = Result<Vec<Event>, Why>;

/// The command has had its effect already.
#[expect(clippy::unnecessary_wraps, reason = "it is one of the decisions")]
const fn nothing_to_do() -> Decision {
    Ok(Vec::new())
}
