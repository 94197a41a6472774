//! One claim on one line: what it looks like to programs, what it was folded into, and its whole
//! history, as the events are written.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::claim::event::closed_at;
use crate::claim::{ChainTip, Chained, Claim, ClaimId, Recorded};
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
    /// The same, as it is written.
    written: Vec<Vec<u8>>,
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
    chain: String,
    closed_at: DateTime<Utc>,
    snapshot: crate::claim::Snapshot,
    history: Vec<Box<RawValue>>,
}

impl ArchivedClaim {
    /// A closed claim with the events of its history as they are written; `None` while it is not
    /// closed, and where they cannot be read or are no history of a claim.
    #[must_use]
    pub fn new(id: ClaimId, written: Vec<Vec<u8>>) -> Option<Self> {
        let events = written.iter().map(|line| serde_json::from_slice(line));
        let history: Vec<Recorded> = events.collect::<Result<_, _>>().ok()?;
        let mut claim = Claim::replay(id, &history)?;
        claim.chain = ChainTip::of(id, &written);
        let closed_at = closed_at(&history).filter(|_| claim.status().is_closed())?;
        Some(Self { claim, history, written, closed_at })
    }

    /// The history, each event with what the history up to it adds up to.
    #[must_use]
    pub fn chained_history(&self) -> Vec<Chained> {
        let chains = ChainTip::each(self.claim.id, &self.written);
        let events = self.history.iter().cloned().zip(chains);
        events.map(|(recorded, chain)| Chained { recorded, chain }).collect()
    }

    /// The line, without its end, with the events as they were written.
    ///
    /// # Errors
    ///
    /// When it cannot be written as JSON.
    pub(super) fn line(&self) -> Result<Vec<u8>, BadLine> {
        let raw = |event: &Vec<u8>| serde_json::from_slice(event);
        let history: Vec<Box<RawValue>> = self.written.iter().map(raw).collect::<Result<_, _>>()?;
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
        let written: Vec<Vec<u8>> =
            read.history.iter().map(|event| event.get().as_bytes().to_vec()).collect();
        let found = Self::new(read.id, written);
        let found = found.ok_or(BadLine::NotItsHistory("a closed claim"))?;
        let claim = &found.claim;
        if claim.snapshot != read.snapshot {
            return Err(BadLine::NotItsHistory("its snapshot"));
        }
        if claim.chain.to_string() != read.chain {
            return Err(BadLine::NotItsHistory("its chain"));
        }
        if claim.revision != read.revision || claim.revision != read.history.len() as u64 {
            return Err(BadLine::NotItsHistory("its revision"));
        }
        if found.closed_at != read.closed_at {
            return Err(BadLine::NotItsHistory("when it was closed"));
        }
        Ok(found)
    }

    /// As what is shown to people and programs.
    #[must_use]
    pub fn dossier(&self) -> Dossier {
        let claim = Claim {
            submission: Arc::clone(&self.claim.submission),
            snapshot: self.claim.snapshot.clone(),
            chain: self.claim.chain,
        };
        Dossier { claim, history: self.history.clone(), stuck: None }
    }
}
