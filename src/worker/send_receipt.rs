//! `send_receipt`: tells the customer that its answer has arrived, and what it has decided.

use std::sync::Arc;

use apalis_core::task::data::Data;

use crate::claim::command::Command;
use crate::worker::desk::{Delivery, Work};
use crate::worker::texts::receipt_mail;
use crate::worker::{Context, Done, JobError, told};

/// One receipt after the other, the oldest first; the commit that records one plans the next.
pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let Work::Claim(claim) = delivery.work else { return Ok(Done::NothingToDo) };
    let Some(receipt) = claim.receipts.first() else { return Ok(Done::NothingToDo) };
    let revision = receipt.revision;
    let mail = receipt_mail(&cx.stationery, &claim, receipt)?;
    let told = told(cx.send(&mail).await)?;
    let command = Command::RecordReceipt { revision, told };
    Ok(cx.ledger.apply_and_acknowledge(*claim, &command, &delivery.lease).await?.into())
}
