//! The end of the customer's time, explained: the calendar's sentences, and day by day.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::calendar::{DayReason, Language, date_in_words};
use crate::view::{DeadlineView, Dossier};

/// The end of the window, explained.
#[derive(Serialize)]
pub(super) struct Deadline {
    sentences: Vec<String>,
    notice_day: String,
    days: Vec<Day>,
}

/// One day of the window; its words are in the table `day`.
#[derive(Serialize)]
struct Day {
    date: String,
    number: Option<u32>,
    reason: DayReason,
    /// What the calendar calls it.
    name: Option<String>,
}

impl Deadline {
    /// The newest window of the claim, if it ever had one.
    pub fn of(dossier: &Dossier, now: DateTime<Utc>, language: Language) -> Option<Self> {
        let explanation = DeadlineView::of(dossier, now, language)?.explanation;
        let date = |date| date_in_words(date, language);
        let days = explanation.days.into_iter().map(|day| Day {
            date: date(day.date),
            number: day.number,
            reason: day.reason,
            name: day.name,
        });
        Some(Self {
            days: days.collect(),
            notice_day: date(explanation.notified_local_date),
            sentences: explanation.sentences,
        })
    }
}
