//! `remind_partner`: reminds the partner of what it has to put right, while there is time.

use std::sync::Arc;

use apalis_core::task::data::Data;

use crate::claim::State;
use crate::claim::command::{Command, Told};
use crate::worker::desk::{Delivery, Work};
use crate::worker::texts::partner_reminder;
use crate::worker::{Context, Done, JobError, told};

/// A reminder that comes when the time to answer has ended would only confuse: it is left out.
pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let Work::Claim(claim) = delivery.work else { return Ok(Done::NothingToDo) };
    let State::ActionRequired { answer_by, remind_at: Some(remind_at), .. } = &claim.state else {
        return Ok(Done::NothingToDo);
    };
    let told = if cx.ledger.clock().working_instant().now < *answer_by {
        let mail = partner_reminder(&cx.stationery, &claim, *remind_at)?;
        told(cx.send(&mail).await)?
    } else {
        let reply = "the time to answer had ended already".to_owned();
        Told { delivered: false, reply, mail_sha256: None }
    };
    let command = Command::RecordPartnerReminder(told);
    let applied = cx.ledger.apply_and_acknowledge(*claim, &command, &delivery.lease).await?;
    Ok(Done::told(applied, &delivery.lease))
}
