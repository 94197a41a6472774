//! `remind_customer`: reminds the customer while there is time to answer.

use std::sync::Arc;

use apalis_core::task::data::Data;

use crate::claim::State;
use crate::claim::command::{Command, Told};
use crate::mail::MailKind;
use crate::worker::desk::{Delivery, Work};
use crate::worker::texts::{customer_mail, message_id};
use crate::worker::{Context, Done, JobError, told};

/// A reminder that comes when the window has closed would only confuse: it is left out.
pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let Work::Claim(claim) = delivery.work else { return Ok(Done::NothingToDo) };
    let State::Notified { window, reminded: false } = &claim.state else {
        return Ok(Done::NothingToDo);
    };
    let now = cx.ledger.clock().working_instant().now;
    let told = if window.admits(now) {
        let kind = MailKind::Reminder;
        let message_id = message_id(&cx.stationery, kind, claim.notices, claim.id)?;
        let date = window.remind_at.unwrap_or(window.opened_at);
        let mail = customer_mail(&cx.stationery, &claim, kind, &message_id, date, window)?;
        told(cx.send(&mail).await)?
    } else {
        let reply = "the window had closed already".to_owned();
        Told { delivered: false, reply, mail_sha256: None }
    };
    let command = Command::RecordReminder(told);
    Ok(cx.ledger.apply_and_acknowledge(*claim, &command, &delivery.lease).await?.into())
}
