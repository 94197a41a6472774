//! A calendar that changes while a window is paused.

use super::*;
use crate::calendar::BusinessCalendar;

/// The calendar `XX` with these holidays, and Saturday and Sunday off.
fn calendars(version: &str, holidays: &[&str]) -> Calendars {
    let days = holidays
        .iter()
        .map(|date| format!("{{ date = \"{date}\", kind = \"holiday\", name = \"Holiday\" }},\n"));
    let text = format!(
        "id = \"XX\"\nversion = \"{version}\"\nsource = \"test\"\nvalid_from = \"2026-01-01\"\n\
         valid_to = \"2027-12-31\"\nweekend = [{{ from = \"2026-01-01\", days = [\"sat\", \
         \"sun\"] }}]\ndays = [\n{}]\n",
        days.collect::<String>()
    );
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("XX.toml"), text).unwrap();
    Calendars::load(Some(folder.path()), None).unwrap()
}

fn calendar(calendars: &Calendars) -> Arc<BusinessCalendar> {
    Arc::clone(calendars.iter().next().unwrap())
}

#[test]
fn a_calendar_that_has_lost_its_holidays_takes_no_day_from_a_paused_window() {
    let at = |instant: &str| instant.parse::<DateTime<Utc>>().unwrap();
    let opened_at = at("2026-11-20T15:00:00Z");
    let check = |holidays: &[&str], pause: &str, resume: &str, closes_at: &str| {
        let before = calendars("1", holidays);
        let terms = WindowTerms {
            notified_at: opened_at,
            zone: Zone::UTC,
            calendar: calendar(&before),
            business_days: BusinessDays::FIVE,
            half_days: HalfDays::Count,
            adjustments: Adjustments::default(),
        };
        let mut life = Life::of(policy(before), &submission(opened_at), terms);
        life.now = at(pause);
        life.perform(&Adjustment::Pause { reason: reason() });
        let left = life.left();
        life.policy = policy(calendars("2", &[]));
        life.now = at(resume);
        life.perform(&Adjustment::Resume { reason: reason() });
        assert_eq!(life.left(), left);
        assert_eq!(life.window().closes_at(), at(closes_at), "{holidays:?}, {pause}, {resume}");
    };
    // Monday to Friday were no business days; the five are those of the week after.
    let week = ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"];
    check(&week, "2026-11-28T12:00:00Z", "2026-11-29T12:00:00Z", "2026-12-05T00:00:00Z");
    check(&week, "2026-12-03T12:00:00Z", "2026-12-10T12:00:00Z", "2026-12-15T00:00:00Z");
    check(&[], "2026-11-26T12:00:00Z", "2026-12-10T12:00:00Z", "2026-12-15T00:00:00Z");
}
