//! `expire_claim`: the partner did not answer an *action required*, or dispute a refusal, in time.

use std::sync::Arc;

use apalis_core::task::data::Data;

use crate::claim::State;
use crate::claim::command::{Command, Terms};
use crate::worker::desk::{Delivery, Work};
use crate::worker::{Context, Done, JobError, apply_when_due};

pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let Work::Claim(claim) = delivery.work else { return Ok(Done::NothingToDo) };
    if !matches!(claim.state, State::ActionRequired { .. } | State::Refused(_)) {
        return Ok(Done::NothingToDo);
    }
    let command = Command::Expire { terms: Terms::default() };
    apply_when_due(&cx, *claim, &command, &delivery.lease).await
}
