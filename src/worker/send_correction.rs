//! `send_correction`: tells the customer that the time to answer has changed.

use std::sync::Arc;

use apalis_core::task::data::Data;

use crate::claim::command::Command;
use crate::worker::desk::{Delivery, Work};
use crate::worker::texts::correction_mail;
use crate::worker::{Context, Done, JobError, told};

/// One correction after the other, the oldest first; the commit that records one plans the next.
pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let Work::Claim(claim) = delivery.work else { return Ok(Done::NothingToDo) };
    let (Some(correction), Some(window)) = (claim.corrections.first(), claim.open_window()) else {
        return Ok(Done::NothingToDo);
    };
    let revision = correction.revision;
    let mail = correction_mail(&cx.stationery, &claim, correction, window)?;
    let told = told(cx.send(&mail).await)?;
    let command = Command::RecordCorrection { revision, told };
    Ok(cx.ledger.apply_and_acknowledge(*claim, &command, &delivery.lease).await?.into())
}
