//! What half days are worth, in every calendar that has any.

use chrono::NaiveDate;

use super::*;

/// The dates counted by a window of five business days with its notice at noon of the day before.
fn counted(calendar: &Arc<BusinessCalendar>, first: NaiveDate, half_days: HalfDays) -> Deadline {
    let day_before = first.pred_opt().unwrap().and_hms_opt(12, 0, 0).unwrap().and_utc();
    let terms =
        WindowTerms { half_days, ..terms(calendar.clone(), "UTC", "2026-01-01T00:00:00Z", 5) };
    WindowTerms { notified_at: day_before, ..terms }.deadline().unwrap()
}

fn dates(deadline: &Deadline) -> Vec<NaiveDate> {
    deadline.days().iter().filter(|day| day.counted).map(|day| day.date).collect()
}

/// Under `skip`, the half days leave the window and as many later business days come in: that is
/// the only difference.
fn check(calendar: &Arc<BusinessCalendar>, half_day: NaiveDate) {
    let count = counted(calendar, half_day, HalfDays::Count);
    let skip = counted(calendar, half_day, HalfDays::Skip);
    let (with, without) = (dates(&count), dates(&skip));
    let place = format!("{} on {half_day}", calendar.id());
    assert_eq!(with.first(), Some(&half_day), "{place}");
    let is_half = |day: &NaiveDate| calendar.day(*day) == Some(DayKind::Half);
    let left: Vec<NaiveDate> = with.iter().copied().filter(|day| !is_half(day)).collect();
    let (kept, later) = without.split_at(left.len());
    assert_eq!(kept, left, "{place}");
    assert!(later.iter().all(|day| *day > count.last_day && !is_half(day)), "{place}");
    let between = count.last_day.iter_days().skip(1).take_while(|day| *day < skip.last_day);
    let business = between
        .filter(|day| matches!(calendar.day(*day), Some(DayKind::Business | DayKind::MakeUp)));
    assert_eq!(business.count(), later.len() - 1, "{place}");
    assert!(skip.closes_at > count.closes_at, "{place}");
}

#[test]
fn a_half_day_is_one_day_more_or_less_in_every_calendar_that_has_one() {
    let mut calendars = 0;
    for calendar in CALENDARS.iter() {
        let days = calendar.valid_from().iter_days().skip(1);
        let mut half_days = days
            .take_while(|day| *day < calendar.valid_to() - chrono::Days::new(30))
            .filter(|day| calendar.day(*day) == Some(DayKind::Half))
            .peekable();
        calendars += usize::from(half_days.peek().is_some());
        half_days.for_each(|half_day| check(calendar, half_day));
    }
    assert!(calendars >= 15, "only {calendars} calendars with half days");
}
