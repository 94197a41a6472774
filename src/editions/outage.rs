//! An outage of the page on which customers answer. Every window that it touched gets the time
//! back, in whole business days (`calendar/adjustments.rs`).

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::Span;
use crate::claim::identity::{Comment, Line};
use crate::editions::{Editions, HistoryEntry, HistoryRecord, Sweep, SweepTask};
use crate::store::StoreError;
use crate::store::editions::{Counted, Step};

/// Longest outage that is recorded in one piece, in days: a mistyped year must not move every
/// window by one.
pub(super) const DAYS_MAX: i64 = 31;

/// An outage of the customer's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Outage {
    /// Its number; the first is 1.
    pub number: u64,
    /// When it was recorded.
    pub at: DateTime<Utc>,
    /// Who recorded it.
    #[schemars(with = "String")]
    pub author: Line,
    /// Why there was one, in the author's words.
    #[schemars(with = "String")]
    pub reason: Comment,
    /// Its first instant.
    pub from: DateTime<Utc>,
    /// The first instant after it.
    pub to: DateTime<Utc>,
}

/// An outage was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum OutageRefused {
    /// Redis is in trouble.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It ends before it begins.
    #[error("the outage ends at {to}, which is not after its beginning at {from}; exchange them")]
    Empty {
        /// Its beginning.
        from: DateTime<Utc>,
        /// Its end.
        to: DateTime<Utc>,
    },
    /// It is not over.
    #[error(
        "the outage ends at {to}, which is after now, {now}; record it when it is over, or up to \
         now"
    )]
    NotOver {
        /// Its end.
        to: DateTime<Utc>,
        /// Now.
        now: DateTime<Utc>,
    },
    /// It is too long.
    #[error("the outage is longer than 31 days; if it was, record it in pieces")]
    TooLong,
    /// It is recorded already.
    #[error("this outage was recorded already, as number {0}")]
    Known(u64),
    /// Others were recorded at the same time.
    #[error("other outages were recorded at the same time; try again")]
    Overtaken,
}

impl Editions {
    /// Records an outage; every open window that it touched is then extended.
    ///
    /// # Errors
    ///
    /// When it cannot have been like that, was recorded already, or Redis fails.
    pub async fn record_outage(
        &self,
        span: Span,
        author: Line,
        reason: Comment,
    ) -> Result<Outage, OutageRefused> {
        let Span { from, to } = span;
        let at = self.ledger.clock().now().await?;
        if to <= from {
            return Err(OutageRefused::Empty { from, to });
        }
        if at < to {
            return Err(OutageRefused::NotOver { to, now: at });
        }
        if TimeDelta::days(DAYS_MAX) < span.duration() {
            return Err(OutageRefused::TooLong);
        }
        let store = self.ledger.store();
        let number = store.counted(Counted::Outages).await? + 1;
        let known = self.outages().await?;
        let same = |entry: &(Outage, _)| (entry.0.from, entry.0.to) == (from, to);
        if let Some((outage, _)) = known.iter().find(|entry| same(entry)) {
            return Err(OutageRefused::Known(outage.number));
        }
        let outage = Outage { number, at, author, reason, from, to };
        let malformed = |error| StoreError::malformed("write an outage", error);
        let entry = serde_json::to_string(&HistoryRecord::Outage(outage.clone()));
        let entry = entry.map_err(malformed)?;
        let task = SweepTask::Outage { outage: span, reason: outage.reason.clone() };
        let sweep = serde_json::to_string(&Sweep::new(outage.author.clone(), task));
        let sweep = sweep.map_err(malformed)?;
        let counted = Counted::Outages;
        let step = Step { counted, number, edition: "", entry: &entry, sweep: Some(&sweep) };
        if !store.take_step(step, at).await? {
            return Err(OutageRefused::Overtaken);
        }
        Ok(outage)
    }

    /// The outages that were recorded, the newest first, and what they did to open windows.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached, or what lies there cannot be read.
    pub async fn outages(&self) -> Result<Vec<(Outage, Option<Sweep>)>, StoreError> {
        let outage = |entry: HistoryEntry| match entry.record {
            HistoryRecord::Outage(outage) => Some((outage, entry.sweep)),
            HistoryRecord::Edition(_) => None,
        };
        Ok(self.history().await?.into_iter().filter_map(outage).collect())
    }
}
