//! `scan_document`: asks the scanner about a document that came when it did not answer.

use std::sync::Arc;

use apalis_core::task::data::Data;

use crate::claim::identity::DocumentId;
use crate::proofs::Rescan;
use crate::worker::desk::Delivery;
use crate::worker::{Context, Done, JobError};

pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let id = DocumentId::parse(delivery.lease.entry())
        .map_err(|finding| JobError::GiveUp(finding.to_string()))?;
    match cx.documents.rescan(id).await? {
        Rescan::Settled => Ok(Done::NothingToDo),
        Rescan::Later(pause) => {
            Ok(Done::Postponed { due_at: cx.ledger.clock().working_instant().now + pause })
        }
    }
}
