//! How a handler fails.

use apalis_core::error::{AbortError, BoxDynError};

use crate::directory::DirectoryError;
use crate::ledger::LedgerError;
use crate::store::StoreError;

/// A job could not be done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The world may change: try again later.
    #[error("{0}")]
    Retry(String),
    /// It will not: a person has to look.
    #[error("{0}")]
    GiveUp(String),
    /// It will not, because of what was submitted, whose words no log may have.
    #[error("{0}")]
    Refused(String),
    /// Somebody else has the job by now; nothing this attempt did counts.
    #[error("the lease was lost")]
    LeaseLost,
}

impl JobError {
    /// What came out of a handler, in a word.
    pub(crate) fn kind_of(error: &BoxDynError) -> &'static str {
        match error.downcast_ref() {
            Some(Self::Retry(_)) => "retry",
            Some(Self::GiveUp(_)) => "give_up",
            Some(Self::Refused(_)) => "refused",
            Some(Self::LeaseLost) => "lease_lost",
            None => "other",
        }
    }

    /// Whatever came out of the layers: a handler's own error, a time-out or a panic.
    #[must_use]
    pub fn from_any(error: BoxDynError) -> Self {
        match error.downcast::<Self>() {
            Ok(job_error) => *job_error,
            Err(other) => match other.downcast::<AbortError>() {
                Ok(abort) => Self::Retry(with_causes(&*abort)),
                Err(other) => Self::Retry(with_causes(&*other)),
            },
        }
    }
}

impl From<LedgerError> for JobError {
    fn from(error: LedgerError) -> Self {
        match &error {
            LedgerError::LeaseLost(_) => Self::LeaseLost,
            _ if error.is_transient() => Self::Retry(with_causes(&error)),
            LedgerError::NoClaim(_)
            | LedgerError::Refused { .. }
            | LedgerError::Calendar { .. }
            | LedgerError::Contended { .. }
            | LedgerError::Store(_) => Self::GiveUp(with_causes(&error)),
        }
    }
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        let text = with_causes(&error);
        if error.is_transient() { Self::Retry(text) } else { Self::GiveUp(text) }
    }
}

impl From<DirectoryError> for JobError {
    fn from(error: DirectoryError) -> Self {
        Self::Retry(with_causes(&error))
    }
}

/// The error and what is behind it, on one line.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
