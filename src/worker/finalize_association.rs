//! `finalize_association`: the window has ended in silence.

use std::sync::Arc;

use apalis_core::task::data::Data;

use crate::claim::State;
use crate::claim::command::{Command, Why};
use crate::ledger::LedgerError;
use crate::worker::desk::{Delivery, Work};
use crate::worker::{Context, Done, JobError};

pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let Work::Claim(claim) = delivery.work else { return Ok(Done::NothingToDo) };
    if !matches!(claim.state, State::Notified { .. }) {
        return Ok(Done::NothingToDo);
    }
    let applied = cx.ledger.apply_and_acknowledge(*claim, &Command::Finalize, &delivery.lease);
    match applied.await {
        Ok(applied) => Ok(applied.into()),
        // The entry came early, by somebody's hand or clock: it waits.
        Err(LedgerError::Refused { refusal, .. })
            if matches!(refusal.why, Why::WindowOpen { .. }) =>
        {
            Err(JobError::Retry(refusal.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}
