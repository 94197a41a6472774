//! Months as they hang on a wall. Kinds of days are told apart by marks, so that a terminal
//! without colors, a log and a screen reader show the same.

use chrono::{Datelike, Days, NaiveDate};

use cpor::calendar::{BusinessCalendar, DayKind};

/// What the marks mean.
const LEGEND: &str =
    " 12  business day  (12) weekend  [12] holiday  <12> half day  +12+ make-up day  - outside";
/// Columns of a day.
const CELL: usize = 5;

/// Every month that has one of the dates, one below the other, with its entries beside its weeks.
pub fn months(calendar: &BusinessCalendar, from: NaiveDate, to: NaiveDate) -> String {
    let mut text = format!("\n{LEGEND}\n");
    let mut first = from.with_day(1).unwrap_or(from);
    while first <= to {
        text.push_str(&month(calendar, first));
        first = next_month(first);
    }
    text.trim_end().to_owned()
}

/// One month; weeks begin on Monday.
fn month(calendar: &BusinessCalendar, first: NaiveDate) -> String {
    let mut text = format!("\n{}\n", first.format("%B %Y"));
    let header = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    text.push_str(header.map(|day| format!("{day:^CELL$}")).join("").trim_end());
    text.push('\n');
    let end = next_month(first);
    let days_before = u64::from(first.weekday().num_days_from_monday());
    let mut monday = first.checked_sub_days(Days::new(days_before)).unwrap_or(first);
    while monday < end {
        let week: Vec<NaiveDate> =
            monday.iter_days().take(7).filter(|date| (first..end).contains(date)).collect();
        let indent = if monday < first { CELL * (7 - week.len()) } else { 0 };
        let cells: String = week.iter().map(|date| cell(calendar, *date)).collect();
        let row = format!("{}{cells}", " ".repeat(indent));
        let names: Vec<String> = week.iter().filter_map(|date| named(calendar, *date)).collect();
        let line = format!("{row:<width$}  {}", names.join("; "), width = CELL * 7);
        text.push_str(line.trim_end());
        text.push('\n');
        let Some(next) = monday.checked_add_days(Days::new(7)) else { break };
        monday = next;
    }
    text
}

fn cell(calendar: &BusinessCalendar, date: NaiveDate) -> String {
    let day = date.day();
    match calendar.day(date) {
        Some(DayKind::Business) => format!(" {day:>2}  "),
        Some(DayKind::Weekend) => format!("({day:>2}) "),
        Some(DayKind::Holiday) => format!("[{day:>2}] "),
        Some(DayKind::Half) => format!("<{day:>2}> "),
        Some(DayKind::MakeUp) => format!("+{day:>2}+ "),
        None => "  -  ".to_owned(),
    }
}

/// `23 National Sovereignty and Children's Day`.
fn named(calendar: &BusinessCalendar, date: NaiveDate) -> Option<String> {
    calendar.name(date).map(|name| format!("{} {name}", date.day()))
}

/// The first of the month after; the end of time is not reached by any calendar.
fn next_month(first: NaiveDate) -> NaiveDate {
    first.checked_add_months(chrono::Months::new(1)).unwrap_or(NaiveDate::MAX)
}
