//! PURE: whether one claim is as it should be, with everything there is about it.
//!
//! A claim that cannot be read violates I05 and is not judged further, except for the place it
//! has in the indexes.

mod agenda;
mod history;
mod items;
#[cfg(test)]
mod tests;
mod window;

use chrono::{DateTime, Utc};

use crate::check::report::Looks;
use crate::check::{Invariant, Patience};
use crate::claim::window_policy::WindowPolicy;
use crate::claim::{ChainTip, Claim, ClaimId, Event, Recorded, Snapshot, Submission};
use crate::store::inspect::{Head, Inspection};

/// What claims are held against.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The deployment's time.
    pub now: DateTime<Utc>,
    /// Redis's own time, which leases are on.
    pub real: DateTime<Utc>,
    /// How long things may take.
    pub patience: Patience,
    /// The rule of windows.
    pub window: &'a WindowPolicy,
}

/// A claim as it is stored, put together for judging.
struct Stored<'a> {
    /// The snapshot, with the submission and the chain of the history.
    claim: Claim,
    /// Everything that has happened.
    history: Vec<Recorded>,
    head: &'a Head,
    seen: &'a Inspection,
}

/// Looks at one claim under every invariant that concerns it.
#[must_use]
pub fn judge(id: ClaimId, seen: &Inspection, terms: &Terms<'_>) -> Looks {
    let mut looks = Looks::default();
    match Stored::read(id, seen) {
        Err(unreadable) => looks.look(Invariant::I05, false, || unreadable),
        Ok(stored) => {
            history::judge(&stored, &mut looks);
            window::judge(&stored, terms, &mut looks);
            agenda::judge(&stored, terms, &mut looks);
            items::judge(&stored, &mut looks);
        }
    }
    looks
}

impl<'a> Stored<'a> {
    fn read(id: ClaimId, seen: &'a Inspection) -> Result<Self, String> {
        let head = seen.head.as_ref().ok_or("the claim's key cannot be read")?;
        let history = seen.history.iter().enumerate().map(|(i, json)| {
            serde_json::from_slice::<Recorded>(json)
                .map_err(|error| format!("event {} cannot be read: {error}", i + 1))
        });
        let history = history.collect::<Result<Vec<_>, _>>()?;
        let snapshot: Snapshot = serde_json::from_slice(&head.snapshot)
            .map_err(|error| format!("the snapshot cannot be read: {error}"))?;
        if snapshot.id != id {
            return Err(format!("the snapshot is that of claim {}", snapshot.id));
        }
        let brought = head.submission.checked_sub(1).and_then(|at| usize::try_from(at).ok());
        let event = brought.and_then(|at| history.get(at)).map(|recorded| &recorded.event);
        let submission = event.and_then(Event::submission).cloned();
        let none = || format!("event {} brought no submission", head.submission);
        let submission = submission.ok_or_else(none)?;
        let chain = ChainTip::of(id, &seen.history);
        Ok(Self { claim: Claim { submission, snapshot, chain }, history, head, seen })
    }

    /// The submission that made it a claim.
    fn first_submission(&self) -> Option<&Submission> {
        match &self.history.first()?.event {
            Event::ClaimSubmitted { submission } => Some(submission),
            _ => None,
        }
    }
}

/// What the key of a submission says: `<claim> <digest>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmissionRecord {
    /// Whose it is.
    pub claim_id: ClaimId,
    /// SHA-256 of the body.
    pub digest: String,
}

impl SubmissionRecord {
    /// Reads a record; `None` when it is not one.
    #[must_use]
    pub fn parse(record: &str) -> Option<Self> {
        let (id, digest) = record.split_once(' ')?;
        Some(Self { claim_id: ClaimId::parse(id).ok()?, digest: digest.to_owned() })
    }
}

/// The claim that a record of an item or a grant begins with.
#[must_use]
pub fn claim_of(record: &str) -> Option<ClaimId> {
    record.split(' ').next().and_then(|id| ClaimId::parse(id).ok())
}
