//! What an official association rests on, and how long that lasts: a window that has ended, or an
//! earlier program from which it was taken over; and the subscriptions behind its items.
//!
//! Until when a subscription lasts is asked elsewhere, once a day; here is who is to be warned.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::claim::item::Item;
use crate::claim::state::Association;
use crate::claim::window::Window;
use crate::claim::{Claim, State};

/// What made an association official.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Basis {
    /// The customer was told of the claim.
    Told {
        /// The window that ended; an answer received before its end still counts.
        window: Box<Window>,
        /// True when the customer agreed, false when the window ended in silence.
        confirmed: bool,
    },
    /// It was official in an earlier program. Nobody was told of a claim, so there is no window.
    Imported {
        /// From where.
        imported: Imported,
    },
}

/// An association that was taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Imported {
    /// The program that it comes from.
    pub origin: Origin,
    /// The last day, unless the directory knows the subscription and says otherwise.
    pub ends_on: NaiveDate,
}

/// A program from which associations are taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Digital Partner of Record.
    Dpor,
    /// The claims of Power BI, which takes no new ones.
    PowerBi,
}

impl Origin {
    /// Every program.
    pub const ALL: [Self; 2] = [Self::Dpor, Self::PowerBi];

    /// The name that scripts rely on.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dpor => "dpor",
            Self::PowerBi => "power_bi",
        }
    }
}

/// One of the two sides of an association.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndingSide {
    /// The customer's contact.
    Customer,
    /// The partner's contact.
    Partner,
}

impl EndingSide {
    /// The name that people read.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Partner => "partner",
        }
    }
}

/// That one side is told, so many days before, that an association ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndWarning {
    /// The last day that it tells.
    pub ends_on: NaiveDate,
    /// How many days before that it is due.
    pub days: u32,
    /// Whom it is for.
    pub side: EndingSide,
}

impl EndWarning {
    /// What is on the mail as its date: the first instant of the day on which it was due, so that
    /// a copy is the same.
    #[must_use]
    pub fn date(&self) -> DateTime<Utc> {
        let day = self.ends_on - TimeDelta::days(i64::from(self.days));
        day.and_time(chrono::NaiveTime::MIN).and_utc()
    }
}

impl Association {
    /// The window that ended, if there was one.
    #[must_use]
    pub fn window(&self) -> Option<&Window> {
        match &self.basis {
            Basis::Told { window, .. } => Some(window),
            Basis::Imported { .. } => None,
        }
    }

    /// Whether the customer agreed.
    #[must_use]
    pub const fn is_confirmed(&self) -> bool {
        match &self.basis {
            Basis::Told { confirmed, .. } => *confirmed,
            Basis::Imported { .. } => false,
        }
    }

    /// From where it was taken over, if it was.
    #[must_use]
    pub const fn imported(&self) -> Option<Imported> {
        match &self.basis {
            Basis::Told { .. } => None,
            Basis::Imported { imported } => Some(*imported),
        }
    }

    /// The warning that is owed today, when the last day is `ends_on`: the most urgent one, the
    /// customer first. What was told of another last day does not count.
    #[must_use]
    pub fn owed_warning(
        &self,
        ends_on: NaiveDate,
        today: NaiveDate,
        days: &[u32],
    ) -> Option<EndWarning> {
        let left = u32::try_from((ends_on - today).num_days()).ok()?;
        let days = *days.iter().filter(|days| left <= **days).min()?;
        let warning = |side| EndWarning { ends_on, days, side };
        let owed = [EndingSide::Customer, EndingSide::Partner].map(warning);
        owed.into_iter().find(|warning| !self.warned.contains(warning))
    }
}

impl Claim {
    /// Since when the end of its subscriptions is looked for; nothing where there is none to look
    /// for.
    #[must_use]
    pub fn watched_since(&self) -> Option<DateTime<Utc>> {
        let State::Associated { association } = &self.state else { return None };
        let subscribed = |item: &Item| matches!(item, Item::Subscription { .. });
        let watched =
            association.imported().is_some() || self.submission.items.iter().any(subscribed);
        watched.then_some(association.since)
    }
}
