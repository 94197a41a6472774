//! `expire_claim`: the partner did not answer an *action required* in time.

use std::sync::Arc;

use apalis_core::task::data::Data;

use crate::claim::State;
use crate::claim::command::{Command, Why};
use crate::ledger::LedgerError;
use crate::worker::desk::{Delivery, Work};
use crate::worker::{Context, Done, JobError};

pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let Work::Claim(claim) = delivery.work else { return Ok(Done::NothingToDo) };
    if !matches!(claim.state, State::ActionRequired { .. }) {
        return Ok(Done::NothingToDo);
    }
    let applied = cx.ledger.apply_and_acknowledge(*claim, &Command::Expire, &delivery.lease);
    match applied.await {
        Ok(applied) => Ok(applied.into()),
        // The entry came early, by somebody's hand or clock: it waits.
        Err(LedgerError::Refused { refusal, .. })
            if matches!(refusal.why, Why::AnswerOpen { .. }) =>
        {
            Err(JobError::Retry(refusal.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}
