//! Why an upload was not taken in.

use std::time::Duration;

use super::content::Unfit;
use crate::claim::Finding;
use crate::claim::identity::DocumentId;
use crate::objects::ObjectsError;
use crate::store::StoreError;

/// An upload was not taken in; nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Its name, its declared type or what is in it is not accepted.
    #[error("{0}")]
    Unfit(Finding),
    /// The scanner found something; a record without the bytes says so.
    #[error("the scanner found `{found}` in it, and it was deleted")]
    Infected {
        /// The record.
        id: DocumentId,
        /// What was found, as the scanner names it.
        found: String,
    },
    /// It has more bytes than a document may have.
    #[error("it has more than {bytes_max} bytes")]
    TooLarge {
        /// The most that it may have.
        bytes_max: u64,
    },
    /// The partner has uploaded as many as it may today.
    #[error("{per_day_max} documents have been uploaded today, which is the most for one partner")]
    TooMany {
        /// The most on one day.
        per_day_max: usize,
        /// When the next day begins.
        next_day: Duration,
    },
    /// This address, or about this draft, was asked as often as it may be.
    #[error("{most} questions were asked, which is the most")]
    Asked {
        /// The most.
        most: usize,
        /// When one more may be asked.
        wait: Duration,
    },
    /// As many uploads as are allowed are under way.
    #[error("too many uploads are under way")]
    Busy,
    /// It did not arrive in the time there is.
    #[error("it did not arrive within {} seconds", .0.as_secs())]
    Slow(Duration),
    /// It broke off.
    #[error("it broke off: {0}")]
    BrokenOff(String),
    /// There is no room for it here, or it could not be read back.
    #[error("it could not be kept here on its way")]
    Spool(#[from] std::io::Error),
    /// The object store did not take it.
    #[error(transparent)]
    Objects(#[from] ObjectsError),
    /// Its record could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Finding> for Refused {
    fn from(finding: Finding) -> Self {
        Self::Unfit(finding)
    }
}

impl From<Unfit> for Refused {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Refused(finding) => Self::Unfit(finding),
            Unfit::Unreadable(error) => Self::Spool(error),
        }
    }
}

impl Refused {
    /// Why, as a code: that of the finding, where there is one. Each has words on the partner's
    /// pages.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Unfit(finding) => &finding.code,
            Self::Infected { .. } => "document_infected",
            Self::TooLarge { .. } => "too_large",
            Self::TooMany { .. } => "documents_of_the_day",
            Self::Asked { .. } => "questions_asked",
            Self::Busy => "busy",
            Self::Slow(_) => "slow",
            Self::BrokenOff(_) => "broken_off",
            Self::Spool(_) | Self::Objects(_) | Self::Store(_) => "failed",
        }
    }

    /// What became of the upload, as it is counted.
    pub(super) const fn outcome(&self) -> &'static str {
        match self {
            Self::Unfit(_) => "refused",
            Self::Infected { .. } => "infected",
            Self::TooLarge { .. } => "too_large",
            Self::TooMany { .. } | Self::Asked { .. } | Self::Busy => "too_many",
            Self::Slow(_) | Self::BrokenOff(_) => "broken_off",
            Self::Spool(_) | Self::Objects(_) | Self::Store(_) => "failed",
        }
    }
}
