//! Entries to events: an iCalendar file that says the same for the same calendar, whoever writes
//! it and whenever.

use chrono::NaiveDate;

use super::super::business_calendar::BusinessCalendar;
use super::super::content::{Entry, EntryKind};
use super::line::{escaped, push_folded};

/// The entries of a calendar from `from` to `to`, both included, as an iCalendar file with one
/// all-day event each; nothing if there are none, for a file needs at least one event.
///
/// The UID is made of calendar and date, so that a later file updates what was imported from an
/// earlier one. DTSTAMP is the beginning of the calendar's span and not the clock's time, so that
/// the same calendar always gives the same bytes.
#[must_use]
pub fn export(calendar: &BusinessCalendar, from: NaiveDate, to: NaiveDate) -> Option<String> {
    let entries = calendar.entries().filter(|(date, _)| (from..=to).contains(date));
    let mut text = String::new();
    for line in [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//cpor//Business calendars//EN".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        format!("X-WR-CALNAME:{}", calendar.id()),
        format!("X-CPOR-CALENDAR:{}", calendar.id()),
        format!("X-CPOR-CALENDAR-VERSION:{}", escaped(calendar.version())),
    ] {
        push_folded(&mut text, &line);
    }
    let empty = text.len();
    for (date, entry) in entries {
        for line in event(calendar, date, entry) {
            push_folded(&mut text, &line);
        }
    }
    let has_events = text.len() > empty;
    push_folded(&mut text, "END:VCALENDAR");
    has_events.then_some(text)
}

fn event(calendar: &BusinessCalendar, date: NaiveDate, entry: &Entry) -> [String; 11] {
    let (kind, category) = match entry.kind {
        EntryKind::Holiday => ("holiday", "HOLIDAY"),
        EntryKind::Half => ("half", "HALF"),
        EntryKind::Work => ("work", "WORK"),
    };
    let day = |date: NaiveDate| date.format("%Y%m%d");
    let end = date.succ_opt().unwrap_or(date);
    let status = if entry.is_estimate() { "TENTATIVE" } else { "CONFIRMED" };
    [
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}-{date}@calendars.cpor", calendar.id()),
        format!("DTSTAMP:{}T000000Z", day(calendar.valid_from())),
        format!("DTSTART;VALUE=DATE:{}", day(date)),
        format!("DTEND;VALUE=DATE:{}", day(end)),
        format!("SUMMARY:{}", escaped(&entry.name)),
        format!("CATEGORIES:{category}"),
        format!("STATUS:{status}"),
        "TRANSP:TRANSPARENT".to_owned(),
        format!("X-CPOR-KIND:{kind}"),
        "END:VEVENT".to_owned(),
    ]
}
