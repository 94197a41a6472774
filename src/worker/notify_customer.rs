//! `notify_customer`: sends the notice whose acceptance opens the rejection window.
//!
//! Intent before effect: the commit that says "about to send" fixes Message-ID and date, so that
//! every copy is the same message. A copy that was out when its worker died counts as a copy of
//! which nobody knows what became of it.

use std::sync::Arc;

use apalis_core::task::data::Data;
use chrono::TimeDelta;

use crate::claim::command::{Command, NoticeOutcome};
use crate::claim::identity::Comment;
use crate::claim::retry::{Retry, retry};
use crate::claim::state::{Notice, Sending};
use crate::claim::{Claim, ClaimId, State};
use crate::ledger::{Adjustment, LedgerError};
use crate::mail::{Attempt, Delivery as MailDelivery, MailKind};
use crate::store::agenda::Lease;
use crate::store::editions::Counted;
use crate::worker::desk::{Delivery, Work};
use crate::worker::error::with_causes;
use crate::worker::texts::{message_id, notice_mail, opened};
use crate::worker::{Context, Done, JobError};

/// How long a copy that may have arrived is left alone before the same message goes out again.
const UNKNOWN_PAUSE: TimeDelta = TimeDelta::minutes(10);
/// After so many copies of unknown fate a person has to look (`reliability.md`, F20).
const UNKNOWNS_MAX: u32 = 3;

pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let Work::Claim(claim) = delivery.work else { return Ok(Done::NothingToDo) };
    let State::Validated { notice } = &claim.state else { return Ok(Done::NothingToDo) };
    let notice = notice.clone();
    let lease = &delivery.lease;
    if notice.sending.as_ref().is_some_and(|sending| sending.in_flight) {
        let cause = "the worker ended before the outcome was recorded".to_owned();
        return unknown(&cx, *claim, lease, cause).await;
    }
    if out_of_copies(&notice, &cx, lease) {
        let error = "nobody knows what became of three copies of the notice, or the mail server \
                     has deferred it too often; `cpor dead retry` sends the same message again";
        return Err(JobError::GiveUp(error.to_owned()));
    }
    let (claim, sending) = announce(&cx, *claim, &notice).await?;
    let mail = notice_mail(&cx.stationery, &claim, &sending)?;
    record(&cx, claim, lease, &sending, cx.send(&mail).await).await
}

/// Then the entry is left to a person, whose retry starts the count anew.
fn out_of_copies(notice: &Notice, cx: &Context, lease: &Lease) -> bool {
    let Some(sending) = &notice.sending else { return false };
    let attempts_max = cx.settings.limits.of(lease.job()).attempts_max;
    sending.unknowns >= UNKNOWNS_MAX || sending.deferrals >= attempts_max
}

/// Commits the intent, and reads back what every copy has in common.
async fn announce(
    cx: &Context,
    claim: Claim,
    notice: &Notice,
) -> Result<(Claim, Sending), JobError> {
    let message_id = message_id(&cx.stationery, MailKind::Notice, notice.number, claim.id)?;
    let command =
        Command::RecordNoticeSending { message_id, link_key: cx.stationery.links.current_key() };
    let claim = cx.ledger.apply_to(claim, &command).await?.claim;
    match &claim.state {
        State::Validated { notice: Notice { sending: Some(sending), .. } } => {
            let sending = sending.clone();
            Ok((claim, sending))
        }
        _ => Err(JobError::Retry("the claim moved on while its notice was prepared".to_owned())),
    }
}

async fn record(
    cx: &Context,
    claim: Claim,
    lease: &Lease,
    sending: &Sending,
    attempt: Attempt,
) -> Result<Done, JobError> {
    let now = cx.ledger.clock().working_instant().now;
    let edition = cx.ledger.rules().edition();
    let outcome = match attempt.delivery {
        MailDelivery::Accepted { reply } => {
            let window = Box::new(opened(&cx.stationery, &claim, now)?);
            NoticeOutcome::Accepted { reply, mail_sha256: attempt.sha256, window }
        }
        MailDelivery::TryAgain { phase, code, text } => {
            let cause = said(&phase.to_string(), code, &text);
            let attempt = sending.deferrals + 1;
            let again_at = match retry(lease.job(), lease.entry(), attempt, u32::MAX, now) {
                Retry::At(again_at) => again_at,
                Retry::Dead => now + UNKNOWN_PAUSE,
            };
            NoticeOutcome::Deferred { cause, again_at }
        }
        MailDelivery::Refused { phase, code, text } => {
            let answer_by = cx.ledger.rules().window().answer_by(&claim.submission, now);
            let answer_by =
                answer_by.map_err(|error| JobError::GiveUp(with_causes(&error)))?.closes_at;
            let cause = said(&phase.to_string(), code, &text);
            NoticeOutcome::Refused { cause, answer_by, remind_at: None }
        }
        MailDelivery::Unknown { text } => return unknown(cx, claim, lease, text).await,
    };
    let (claim_id, command) = (claim.id, Command::RecordNotice(outcome));
    let done = cx.ledger.apply_and_acknowledge(claim, &command, lease).await?.into();
    keep_in_line(cx, claim_id, edition).await?;
    Ok(done)
}

/// A window that was committed before an edition is found by whoever brings open windows in line
/// with it. One that was committed after it, and opened with the calendars before, is brought in
/// line here.
async fn keep_in_line(cx: &Context, claim_id: ClaimId, opened_with: u64) -> Result<(), JobError> {
    let in_force = cx.ledger.store().counted(Counted::Editions).await;
    let retry = |error: &dyn std::error::Error| JobError::Retry(with_causes(error));
    if in_force.map_err(|error| retry(&error))? == opened_with {
        return Ok(());
    }
    let edition = cx.editions.follow().await.map_err(|error| retry(&error))?;
    if edition == opened_with {
        return Ok(());
    }
    let reason = Comment::parse("The calendars were changed while the window was opened.");
    let reason = reason.map_err(|finding| JobError::Retry(finding.message))?;
    let adjustment = Adjustment::Calendars { edition, reason };
    match cx.ledger.adjust(claim_id, &adjustment, "worker").await {
        // There is no window, or not any more.
        Ok(_) | Err(LedgerError::Refused { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn unknown(
    cx: &Context,
    claim: Claim,
    lease: &Lease,
    cause: String,
) -> Result<Done, JobError> {
    let now = cx.ledger.clock().working_instant().now;
    let outcome = NoticeOutcome::Unknown { cause, again_at: now + UNKNOWN_PAUSE };
    let command = Command::RecordNotice(outcome);
    Ok(cx.ledger.apply_and_acknowledge(claim, &command, lease).await?.into())
}

/// How far the mail came and what the server said.
fn said(phase: &str, code: Option<u16>, text: &str) -> String {
    match code {
        Some(code) if !text.starts_with(&code.to_string()) => format!("{phase}: {code} {text}"),
        Some(_) | None => format!("{phase}: {text}"),
    }
}
