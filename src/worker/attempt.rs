//! What is around one attempt of a job: its span, and what a panic in it means.

use std::any::Any;

use apalis_core::task::Task;
use tracing::field::Empty;
use tracing::{Span, info_span};

use crate::worker::JobError;
use crate::worker::desk::Delivery;

/// A span per job; what happens in it is logged where it is handled.
pub(super) fn span(task: &Task<Delivery>) -> Span {
    let lease = &task.args.lease;
    info_span!("job", job.name = %lease.job(), claim.id = lease.claim_id().map(display),
        job.attempt = lease.failed_attempts() + 1, job.outcome = Empty, error.type = Empty)
}

/// A handler that panics is a failed attempt.
pub(super) fn panicked(panic: &Box<dyn Any + Send>) -> JobError {
    let words = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    JobError::Retry(format!("the handler panicked: {}", words.unwrap_or_default()))
}
