//! `submit_claim`: makes what an upstream system pushed a claim.

use std::sync::Arc;

use apalis_core::task::data::Data;

use crate::claim::Finding;
use crate::metrics::Way;
use crate::worker::desk::{Delivery, Work};
use crate::worker::{Context, Done, JobError};

/// A submission that is refused becomes a dead letter with every finding: on this way in there is
/// nobody to answer. So does one of which nobody knows that it is its source's.
pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let Work::Raw(raw) = &delivery.work else { return Ok(Done::NothingToDo) };
    let submission =
        cx.intake.open(raw).map_err(|unproven| JobError::GiveUp(format!("refused: {unproven}")))?;
    let submitted = cx.ledger.counted(Way::Intake, cx.ledger.submit(submission)).await?;
    match submitted.claim_id() {
        Ok(_) => Ok(Done::NothingToDo),
        Err(findings) => Err(JobError::Refused(sentence(&findings))),
    }
}

fn sentence(findings: &[Finding]) -> String {
    let each = findings.iter().map(|f| format!("{}: {} ({})", f.field, f.message, f.code));
    format!("refused: {}", each.collect::<Vec<_>>().join(" "))
}
