//! Which days of a window are judged otherwise than when its end was announced: what a change of a
//! calendar did to it. Deliberately not here: whether the window follows (`deadline.rs`).

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::deadline::{DayReason, Deadline};

/// One day of an announced window that is judged otherwise now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChangedDay {
    /// The date, in the zone of the window.
    pub date: NaiveDate,
    /// How it was judged when the end was announced.
    pub before: DayReason,
    /// How it is judged now.
    pub after: DayReason,
    /// What the calendar calls the day now, or called it before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The days of the announced window that are judged otherwise in the recomputed one.
#[must_use]
pub fn changed_days(announced: &Deadline, recomputed: &Deadline) -> Vec<ChangedDay> {
    let pairs = announced.days().into_iter().zip(recomputed.days());
    pairs
        .filter(|(before, after)| before.date == after.date && before.reason != after.reason)
        .map(|(before, after)| ChangedDay {
            date: after.date,
            before: before.reason,
            after: after.reason,
            name: after.name.or(before.name),
        })
        .collect()
}
