//! The ways to travel. Every front end offers these and computes none of its own.

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};

use crate::calendar::BusinessDays;
use crate::claim::{Claim, ClaimId, State};
use crate::ledger::Ledger;
use crate::travel::JourneyError;
use crate::travel::settle::settled;

/// The last year to which the clock can be moved.
const YEAR_MAX: i32 = 9_999;

/// How far to travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By a length of time.
    By(TimeDelta),
    /// To an instant.
    To(DateTime<Utc>),
    /// To the next entry on the agenda.
    ToNext,
    /// To the end of the n-th business day after today, in the claim's calendar and zone.
    BusinessDays {
        /// How many.
        days: BusinessDays,
        /// Whose calendar and zone.
        claim_id: ClaimId,
    },
    /// To one millisecond before the end of a claim's rejection window, which is the last instant
    /// at which a rejection is in time.
    BeforeEnd {
        /// Whose window.
        claim_id: ClaimId,
    },
}

impl Way {
    /// The claim that the way depends on.
    #[must_use]
    pub const fn claim_id(&self) -> Option<ClaimId> {
        match self {
            Self::BusinessDays { claim_id, .. } | Self::BeforeEnd { claim_id } => Some(*claim_id),
            Self::By(_) | Self::To(_) | Self::ToNext => None,
        }
    }

    /// Where the way leads, from `now`.
    pub(super) async fn destination(
        self,
        ledger: &Ledger,
        now: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, JourneyError> {
        let to = match self {
            Self::By(length) => now.checked_add_signed(length).ok_or(JourneyError::TooFar)?,
            Self::To(to) => to,
            Self::ToNext => settled(ledger).await?.next_due.ok_or(JourneyError::NothingDue)?,
            Self::BusinessDays { days, claim_id } => {
                let claim = claim(ledger, claim_id).await?;
                let deadline = ledger.rules().window().deadline(&claim.submission, now, days);
                let refused = |source| JourneyError::BusinessDays { claim_id, source };
                deadline.map_err(refused)?.closes_at
            }
            Self::BeforeEnd { claim_id } => before_end(&claim(ledger, claim_id).await?, now)?,
        };
        if to.year() > YEAR_MAX { Err(JourneyError::TooFar) } else { Ok(to) }
    }
}

async fn claim(ledger: &Ledger, id: ClaimId) -> Result<Claim, JourneyError> {
    ledger.store().claim(id).await?.ok_or(JourneyError::NoClaim(id))
}

/// The last millisecond of the claim's window, if it is still to come.
fn before_end(claim: &Claim, now: DateTime<Utc>) -> Result<DateTime<Utc>, JourneyError> {
    let claim_id = claim.id;
    let Some(window) = claim.window() else {
        return Err(JourneyError::NoWindow { claim_id, status: claim.status() });
    };
    let closes_at = window.closes_at();
    let is_open = matches!(claim.snapshot.state, State::Notified { .. }) && window.admits(now);
    if is_open {
        Ok(closes_at - TimeDelta::milliseconds(1))
    } else {
        Err(JourneyError::WindowPassed { claim_id, closes_at })
    }
}
