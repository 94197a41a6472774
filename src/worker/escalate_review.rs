//! `escalate_review`: tells reviewers that a claim waits for them; it decides nothing.

use std::sync::Arc;

use apalis_core::task::data::Data;

use crate::claim::command::{Command, Told};
use crate::claim::review::DecideBy;
use crate::worker::desk::{Delivery, Work};
use crate::worker::texts::review_notice;
use crate::worker::{Context, Done, JobError, told};

/// Without an address nobody is told by mail; the history says so, and lists show it.
pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let Work::Claim(claim) = delivery.work else { return Ok(Done::NothingToDo) };
    let Some((urgency, due_at)) = claim.decide_by().and_then(DecideBy::next) else {
        return Ok(Done::NothingToDo);
    };
    let told = match review_notice(&cx.stationery, &claim, urgency, due_at)? {
        Some(mail) => told(cx.send(&mail).await)?,
        None => {
            let reply = "no address is set for it (review.escalation_address)".to_owned();
            Told { delivered: false, reply, mail_sha256: None }
        }
    };
    let command = Command::RecordReviewNotice { urgency, told };
    let applied = cx.ledger.apply_and_acknowledge(*claim, &command, &delivery.lease).await?;
    Ok(Done::told(applied, &delivery.lease))
}
