//! A history without personal data: who people are and what they wrote is replaced by a marker;
//! what was decided, when, by which partner and about what stays as it is.
//!
//! Which claims it is done to, and where they lie, is not known here.

mod decision;
mod event;
mod personal;

use chrono::{DateTime, Utc};

use crate::claim::event::{Event, PersonalDataErased, Recorded};
use crate::claim::identity::Comment;
use crate::claim::{Claim, ClaimId, Status};
use event::Eraser;
pub use personal::{mentions, persons};

/// What stands where something was erased.
pub const MARKER: &str = "(erased)";
/// What stands where an address was erased; no mail can ever be sent there.
pub const ADDRESS_MARKER: &str = "erased@erased.invalid";

/// That personal data is to be erased: when, on whose behalf, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// When.
    pub at: DateTime<Utc>,
    /// Who does it.
    pub actor: String,
    /// Why, without personal data.
    pub reason: Comment,
    /// What vouches for the history as it is, where something does.
    pub former_tip: Option<String>,
}

/// Why the personal data of a claim is not erased, with what to do first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotErasable {
    /// It was done before.
    #[error("its personal data was erased before")]
    ErasedBefore,
    /// People are still asked or told something.
    #[error("it is {0}: {remedy}", remedy = remedy(*.0))]
    Open(Status),
    /// Somebody is still to be told how it ended.
    #[error(
        "a mail about its end is still owed: wait until it was sent, or see `cpor dead list` for \
         what keeps it"
    )]
    MailOwed,
    /// The words that are to be kept name a person.
    #[error(
        "the reason or the actor names a person of this claim, and they are kept: refer to the \
         request by its number instead"
    )]
    ReasonNamesPerson,
    /// Its history is none that this release has written.
    #[error("its history cannot be read as one")]
    Unreadable,
}

/// What has to be done before personal data can be erased.
const fn remedy(status: Status) -> &'static str {
    match status {
        Status::Submitted | Status::Contested | Status::UnderReview | Status::Validated => {
            "the customer may still have to be asked; withdraw it first (`cpor claim withdraw`), \
             or wait for its end"
        }
        Status::Refused | Status::Disputed => {
            "it can still go on; withdraw it first (`cpor claim withdraw`), or wait for its end"
        }
        Status::ActionRequired => {
            "the partner can still answer; amend it without the person, withdraw it first (`cpor \
             claim withdraw`), or wait for its end"
        }
        Status::Notified | Status::Paused => {
            "the customer can still answer; withdraw it first (`cpor claim withdraw`), or wait for \
             the end of its window"
        }
        Status::Associated => {
            "its contacts are told when the association ends; end it first (`cpor claim end`)"
        }
        Status::Disqualified | Status::Rejected | Status::Withdrawn | Status::Ended => {
            "it is closed"
        }
    }
}

/// The history without personal data, with one more event that says so.
///
/// # Errors
///
/// When the claim is not closed, or it was done before.
pub fn erase(
    id: ClaimId,
    history: &[Recorded],
    erasure: &Erasure,
) -> Result<Vec<Recorded>, NotErasable> {
    let claim = Claim::replay(id, history).ok_or(NotErasable::Unreadable)?;
    let Some(Event::ClaimSubmitted { submission }) = history.first().map(|first| &first.event)
    else {
        return Err(NotErasable::Unreadable);
    };
    if history.iter().any(|recorded| matches!(recorded.event, Event::PersonalDataErased { .. })) {
        return Err(NotErasable::ErasedBefore);
    }
    if !claim.status().is_closed() {
        return Err(NotErasable::Open(claim.status()));
    }
    if !claim.plan().is_empty() {
        return Err(NotErasable::MailOwed);
    }
    let submission_digest = submission.digest();
    let mut eraser = Eraser::new(persons(history));
    if eraser.names_person(erasure.reason.as_str()) || eraser.names_person(&erasure.actor) {
        return Err(NotErasable::ReasonNamesPerson);
    }
    let mut rewritten: Vec<Recorded> = history.iter().map(|old| eraser.recorded(old)).collect();
    let submission = eraser.submission(&claim.submission);
    rewritten.push(Recorded {
        revision: claim.revision + 1,
        at: erasure.at.max(claim.changed_at),
        actor: erasure.actor.clone(),
        event: Event::PersonalDataErased(PersonalDataErased {
            submission,
            reason: erasure.reason.clone(),
            fields: eraser.fields(),
            submission_digest,
            former_tip: erasure.former_tip.clone(),
        }),
    });
    Ok(rewritten)
}

#[cfg(test)]
mod tests;
