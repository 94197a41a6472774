//! When a daily digest is due: at an hour of a time zone, every day.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::calendar::Zone;

/// How long after its hour a digest is made: what was committed before the hour is there by then,
/// whatever the clock of whoever committed it.
pub const SETTLED_AFTER: TimeDelta = TimeDelta::minutes(1);

/// The latest passing of the hour that is not after `now`, and the next one.
#[must_use]
pub fn passings(hour: u8, zone: &Zone, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let today = zone.local(now).date_naive();
    let days = (-2..=2).map(|days| passing(hour, zone, today + TimeDelta::days(days)));
    let (mut latest, mut next) = (now - TimeDelta::days(1), now + TimeDelta::days(1));
    for passing in days {
        if passing <= now {
            latest = passing;
        } else {
            next = passing;
            break;
        }
    }
    (latest, next)
}

/// When the clocks of a zone show the hour on a date; where they jump over it, soon after.
fn passing(hour: u8, zone: &Zone, date: NaiveDate) -> DateTime<Utc> {
    let shown = (date.and_time(chrono::NaiveTime::MIN) + TimeDelta::hours(hour.into())).and_utc();
    let offset = |at: DateTime<Utc>| {
        TimeDelta::seconds(i64::from(zone.local(at).offset().local_minus_utc()))
    };
    let near = shown - offset(shown);
    shown - offset(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_due_once_a_day_at_its_hour() {
        let check = |zone: &str, hour: u8, now: &str, latest: &str, next: &str| {
            let zone = Zone::parse(zone).unwrap();
            let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
            assert_eq!(passings(hour, &zone, at(now)), (at(latest), at(next)), "{now}");
        };
        let istanbul = "Europe/Istanbul";
        check(istanbul, 8, "2026-11-20T15:00:00Z", "2026-11-20T05:00:00Z", "2026-11-21T05:00:00Z");
        check(istanbul, 8, "2026-11-20T05:00:00Z", "2026-11-20T05:00:00Z", "2026-11-21T05:00:00Z");
        check(istanbul, 8, "2026-11-20T04:59:59Z", "2026-11-19T05:00:00Z", "2026-11-20T05:00:00Z");
        check(istanbul, 0, "2026-11-20T21:30:00Z", "2026-11-20T21:00:00Z", "2026-11-21T21:00:00Z");
        let apia = "Pacific/Apia";
        check(apia, 23, "2026-11-20T09:59:00Z", "2026-11-19T10:00:00Z", "2026-11-20T10:00:00Z");
        // The clocks of Berlin jump from 2 to 3, and later from 3 to 2.
        let berlin = "Europe/Berlin";
        check(berlin, 8, "2026-03-29T01:00:00Z", "2026-03-28T07:00:00Z", "2026-03-29T06:00:00Z");
        check(berlin, 8, "2026-10-25T06:59:00Z", "2026-10-24T06:00:00Z", "2026-10-25T07:00:00Z");
    }

    /// No passing is missed and none comes twice, also where clocks jump.
    #[test]
    fn the_next_passing_is_the_latest_one_then() {
        for zone in ["Europe/Berlin", "America/New_York", "Asia/Tehran", "Pacific/Apia"] {
            let zone = Zone::parse(zone).unwrap();
            for hour in [0, 2, 3, 23] {
                let mut now: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
                for _ in 0..400 {
                    let (_, next) = passings(hour, &zone, now);
                    assert!(
                        now < next && next - now <= TimeDelta::hours(26),
                        "{zone} {hour} {now}"
                    );
                    assert_eq!(passings(hour, &zone, next).0, next, "{zone} {hour}");
                    now = next;
                }
            }
        }
    }
}
