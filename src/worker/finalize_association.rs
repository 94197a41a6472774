//! `finalize_association`: the window has ended in silence.

use std::sync::Arc;

use apalis_core::task::data::Data;

use crate::claim::State;
use crate::claim::command::Command;
use crate::worker::desk::{Delivery, Work};
use crate::worker::{Context, Done, JobError, apply_when_due};

pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let Work::Claim(claim) = delivery.work else { return Ok(Done::NothingToDo) };
    if !matches!(claim.state, State::Notified { .. }) {
        return Ok(Done::NothingToDo);
    }
    apply_when_due(&cx, *claim, &Command::Finalize, &delivery.lease).await
}
