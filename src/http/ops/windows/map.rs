//! How many windows end on which day of the next weeks, as a calendar.

use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc};
use serde::Serialize;

use super::ends::of_date;
use crate::store::{Store, StoreError};

/// Weeks that are shown, this one included.
const WEEKS: usize = 6;
/// How strongly a day can be marked.
const LEVELS: usize = 5;

/// One week, from Monday.
#[derive(Serialize)]
pub(super) struct Week {
    days: Vec<Day>,
}

/// One day.
#[derive(Serialize)]
struct Day {
    /// For links.
    date: NaiveDate,
    /// The number of the day, with its month where that begins.
    label: String,
    /// The whole date, for who does not see the calendar.
    words: String,
    count: usize,
    /// The count where there is little room.
    short: String,
    level: usize,
    is_today: bool,
    is_chosen: bool,
}

/// The weeks from this one on; `chosen` is the day whose windows are listed.
pub(super) async fn weeks(
    store: &Store,
    now: DateTime<Utc>,
    chosen: Option<NaiveDate>,
) -> Result<Vec<Week>, StoreError> {
    let today = now.date_naive();
    let since_monday = u64::from(today.weekday().num_days_from_monday());
    let monday = today.checked_sub_days(Days::new(since_monday)).unwrap_or(today);
    let dates: Vec<NaiveDate> = monday.iter_days().take(WEEKS * 7).collect();
    let spans: Vec<_> = dates.iter().map(|date| of_date(*date)).collect();
    let counts = store.count_ending(&spans).await?;
    let most = counts.iter().copied().max().unwrap_or_default().max(1);
    let days = dates.iter().zip(counts).map(|(date, count)| Day {
        date: *date,
        label: date.format(if date.day() == 1 { "%-d %b" } else { "%-d" }).to_string(),
        words: date.format("%A %-d %B %Y").to_string(),
        count,
        short: short(count),
        level: level(count, most),
        is_today: *date == today,
        is_chosen: Some(*date) == chosen,
    });
    let mut days = days.collect::<Vec<_>>().into_iter();
    Ok((0..WEEKS).map(|_| Week { days: days.by_ref().take(7).collect() }).collect())
}

/// By the root of the count, so that one great day does not make all others look alike.
fn level(count: usize, most: usize) -> usize {
    (0..LEVELS).find(|level| count * LEVELS * LEVELS <= most * level * level).unwrap_or(LEVELS)
}

/// A count in four characters at most.
fn short(count: usize) -> String {
    match count {
        0..1_000 => count.to_string(),
        1_000..1_000_000 => format!("{}k", count / 1_000),
        _ => format!("{}M", count / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_marked_from_nothing_to_the_most() {
        for (count, most, expected) in
            [(0, 1, 0), (1, 1, 5), (1, 1_000, 1), (40, 1_000, 1), (41, 1_000, 2), (999, 1_000, 5)]
        {
            assert_eq!(level(count, most), expected, "{count} of {most}");
        }
        for (count, expected) in [(0, "0"), (999, "999"), (99_999, "99k"), (1_000_000, "1M")] {
            assert_eq!(short(count), expected);
        }
    }
}
