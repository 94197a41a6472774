//! Travelling in time: the virtual clock moves from one due moment to the next, and waits at each
//! until the system has settled, so that everything happens at its own time and in its order.
//!
//! | file | holds |
//! |---|---|
//! | `way.rs` | the ways to travel, which command line, API, page and test kit share |
//! | `settle.rs` | waiting until there is nothing more to do |
//! | `upcoming.rs` | what comes next |
//! | `happened.rs` | what has happened since a moment |
//!
//! # Two travellers at once
//!
//! Nobody locks the clock. Every step says from where it starts, and the clock moves only if it
//! still stands there and everything there has been worked; who finds it elsewhere looks again. So
//! two journeys become one: no due moment is stepped over, the clock never goes back, and who goes
//! farther wins. A journey that is over by then ends where the clock stands, at its destination or
//! later. How far *an hour* or *five business days* lead is counted from the time at which the
//! journey began.
//!
//! A journey that nobody waits for any more, as of an HTTP client that is gone, stops at the due
//! moment at which it is. What is due there is worked; nothing is half done.

mod happened;
mod settle;
mod upcoming;
mod way;

use chrono::{DateTime, Utc};

use crate::calendar::CalendarError;
use crate::claim::{ClaimId, Status};
use crate::clock::{TravelError, Traveller};
use crate::ledger::Ledger;
use crate::store::StoreError;
pub use happened::{HAPPENED_MAX, Happened, happened_since};
pub use settle::settle;
use settle::{Settled, settled};
pub use upcoming::{UPCOMING_MAX, Upcoming, upcoming};
pub use way::Way;

/// The journey could not be made.
#[derive(Debug, thiserror::Error)]
pub enum JourneyError {
    /// The clock cannot be moved like that.
    #[error(transparent)]
    Travel(#[from] TravelError),
    /// Nobody works what falls due.
    #[error(
        "work is due and no worker is running in the namespace `{0}`, so the system cannot \
         settle; start `cpor work` and advance again"
    )]
    NoWorker(String),
    /// Nothing is planned.
    #[error("nothing is on the agenda, so there is no next due entry to travel to")]
    NothingDue,
    /// There is no such claim.
    #[error("there is no claim {0}")]
    NoClaim(ClaimId),
    /// The claim has no window whose end could be travelled to.
    #[error(
        "claim {claim_id} is {status} and has no open window, so there is no end to travel to; \
         a claim that waits for its notice has one once you have travelled to the next due entry"
    )]
    NoWindow {
        /// Which claim.
        claim_id: ClaimId,
        /// How it stands.
        status: Status,
    },
    /// The end of the claim's window is over.
    #[error(
        "the window of claim {claim_id} ended at {closes_at}, which has passed, and time does not \
         run backwards; submit another claim, in a sandbox of its own if need be"
    )]
    WindowPassed {
        /// Which claim.
        claim_id: ClaimId,
        /// When it ended.
        closes_at: DateTime<Utc>,
    },
    /// The business days cannot be counted.
    #[error("the business days of claim {claim_id} cannot be counted: {source}")]
    BusinessDays {
        /// Whose calendar.
        claim_id: ClaimId,
        /// Why not.
        #[source]
        source: CalendarError,
    },
    /// The way leads farther than dates go.
    #[error("that is farther than the year 9999, where travelling ends")]
    TooFar,
}

impl From<StoreError> for JourneyError {
    fn from(error: StoreError) -> Self {
        Self::Travel(TravelError::Store(error))
    }
}

/// Who may move the clock of a ledger.
///
/// # Errors
///
/// When the namespace follows the system clock.
pub fn traveller(ledger: &Ledger) -> Result<Traveller, TravelError> {
    let namespace = || ledger.store().keys().namespace().to_owned();
    ledger.clock().traveller().ok_or_else(|| TravelError::SystemClock(namespace()))
}

/// Travels a way, stopping at every due moment until everything has settled, and says where the
/// clock stands at its end.
///
/// # Errors
///
/// When the clock is not virtual, the way leads nowhere or back, no worker is running, or Redis
/// fails.
pub async fn go(ledger: &Ledger, way: Way) -> Result<DateTime<Utc>, JourneyError> {
    let traveller = traveller(ledger)?;
    let now = ledger.clock().now().await?;
    let to = way.destination(ledger, now).await?;
    if to < now {
        return Err(TravelError::Backwards { now, to }.into());
    }
    journey(ledger, &traveller, to).await
}

async fn journey(
    ledger: &Ledger,
    traveller: &Traveller,
    to: DateTime<Utc>,
) -> Result<DateTime<Utc>, JourneyError> {
    loop {
        let Settled { now, next_due } = settled(ledger).await?;
        if now >= to {
            return Ok(now);
        }
        let stop = next_due.filter(|due_at| *due_at <= to).unwrap_or(to);
        traveller.step(now, stop).await?;
    }
}

/// Moves the clock to `to`, stopping at every due moment on the way until everything has settled.
///
/// # Errors
///
/// As [`go`].
pub async fn travel(ledger: &Ledger, to: DateTime<Utc>) -> Result<(), JourneyError> {
    go(ledger, Way::To(to)).await.map(drop)
}

/// Moves the clock to the next due entry, and says which moment that is.
///
/// # Errors
///
/// As [`go`], and when nothing is planned.
pub async fn travel_to_next(ledger: &Ledger) -> Result<DateTime<Utc>, JourneyError> {
    go(ledger, Way::ToNext).await
}
