//! What no single file of the module can be asked: the rule against recorded cases, against two
//! naive references, and at the edges of calendars and zones.

mod cases;
mod edges;
mod half_days;
mod million;
mod reference;

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};

use super::*;

/// The calendars of the repository, parsed once.
static CALENDARS: LazyLock<Calendars> = LazyLock::new(|| Calendars::built_in().unwrap());

/// A calendar without holidays from 1980 to 2040, with these days of the week as weekend and
/// these further lines of TOML.
fn plain_calendar(weekend: &str, days: &str) -> Arc<BusinessCalendar> {
    let text = format!(
        "id = \"XX\"\nversion = \"XX@test+0\"\nsource = \"test\"\nvalid_from = \"1980-01-01\"\n\
         valid_to = \"2040-12-31\"\nweekend = [{{ from = \"1980-01-01\", days = [{weekend}] }}]\n\
         days = [{days}]\n"
    );
    let id = CalendarId::parse("XX").unwrap();
    Arc::new(BusinessCalendar::parse(&id, "XX.toml", &text).unwrap())
}

fn built_in(id: &str) -> Arc<BusinessCalendar> {
    CALENDARS.get(&CalendarId::parse(id).unwrap()).unwrap().clone()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn terms(
    calendar: Arc<BusinessCalendar>,
    zone: &str,
    notified_at: &str,
    business_days: u32,
) -> WindowTerms {
    WindowTerms {
        notified_at: at(notified_at),
        zone: Zone::parse(zone).unwrap(),
        calendar,
        business_days: BusinessDays::new(business_days).unwrap(),
        half_days: HalfDays::Count,
        adjustments: Adjustments::default(),
    }
}
