//! One claim on one line: what it looks like to programs, what it was folded into, and its whole
//! history, as the events are written.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::claim::event::closed_at;
use crate::claim::{Claim, ClaimId, Recorded};
use crate::view::{ClaimView, Dossier};

/// The version of the format. Fields may be added to it; what is there keeps its meaning.
pub const FORMAT: u32 = 1;

/// An archived claim.
#[derive(Debug, Clone, PartialEq)]
pub struct ArchivedClaim {
    /// The claim as it was when it left.
    pub claim: Claim,
    /// Everything that has happened to it.
    pub history: Vec<Recorded>,
    /// When it was closed.
    pub closed_at: DateTime<Utc>,
}

/// Why a line cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadLine {
    /// It is no JSON, or not that of an archived claim.
    #[error("it is not the JSON of an archived claim: {0}")]
    Json(#[from] serde_json::Error),
    /// It was written by a later release.
    #[error("it has format {0}, and this release reads format {FORMAT}")]
    Format(u32),
    /// It says of itself what its history does not.
    #[error("its history does not add up to {0}")]
    NotItsHistory(&'static str),
    /// It is longer than any claim.
    #[error("it is longer than {0} bytes")]
    TooLong(usize),
}

#[derive(Serialize)]
struct Written<'a> {
    format: u32,
    #[serde(flatten)]
    view: ClaimView<'a>,
    closed_at: DateTime<Utc>,
    snapshot: &'a crate::claim::Snapshot,
    history: &'a [Box<RawValue>],
}

/// Enough to know which claim a line has.
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    pub id: ClaimId,
    pub revision: u64,
}

#[derive(Deserialize)]
struct Read {
    format: u32,
    id: ClaimId,
    revision: u64,
    closed_at: DateTime<Utc>,
    snapshot: crate::claim::Snapshot,
    history: Vec<Recorded>,
}

impl ArchivedClaim {
    /// A closed claim as Redis has it; `None` while it is not closed.
    #[must_use]
    pub fn new(claim: Claim, history: Vec<Recorded>) -> Option<Self> {
        let closed_at = closed_at(&history)?;
        Some(Self { claim, history, closed_at })
    }

    /// The line, without its end. Events that are at hand as they were written are kept so.
    ///
    /// # Errors
    ///
    /// When it cannot be written as JSON.
    pub(super) fn line(&self, as_written: Option<&[Vec<u8>]>) -> Result<Vec<u8>, BadLine> {
        let history: Vec<Box<RawValue>> = match as_written {
            Some(events) => {
                let raw = |event: &Vec<u8>| serde_json::from_slice(event);
                events.iter().map(raw).collect::<Result<_, _>>()?
            }
            None => {
                let raw = |recorded| serde_json::value::to_raw_value(recorded);
                self.history.iter().map(raw).collect::<Result<_, _>>()?
            }
        };
        let dossier = self.dossier();
        Ok(serde_json::to_vec(&Written {
            format: FORMAT,
            view: dossier.view(),
            closed_at: self.closed_at,
            snapshot: &self.claim.snapshot,
            history: &history,
        })?)
    }

    /// Reads a line.
    ///
    /// # Errors
    ///
    /// When it is none of ours, or does not fit together: its history has to add up to its
    /// snapshot.
    pub fn parse(line: &[u8]) -> Result<Self, BadLine> {
        let read: Read = serde_json::from_slice(line)?;
        if read.format != FORMAT {
            return Err(BadLine::Format(read.format));
        }
        let replayed = Claim::replay(read.id, &read.history);
        let claim = replayed.ok_or(BadLine::NotItsHistory("a claim"))?;
        if claim.snapshot != read.snapshot {
            return Err(BadLine::NotItsHistory("its snapshot"));
        }
        if claim.revision != read.revision || claim.revision != read.history.len() as u64 {
            return Err(BadLine::NotItsHistory("its revision"));
        }
        if closed_at(&read.history) != Some(read.closed_at) {
            return Err(BadLine::NotItsHistory("when it was closed"));
        }
        Ok(Self { claim, history: read.history, closed_at: read.closed_at })
    }

    /// As what is shown to people and programs.
    #[must_use]
    pub fn dossier(&self) -> Dossier {
        let claim = Claim {
            submission: Arc::clone(&self.claim.submission),
            snapshot: self.claim.snapshot.clone(),
        };
        Dossier { claim, history: self.history.clone(), stuck: None }
    }
}
