//! The rule against a reference that knows no trick: it asks what the clocks show, instant by
//! instant, and judges dates with the rule's own words, over random calendars, zones and notices.
//! Replay a failure with the seed it prints, in `CPOR_TEST_SEED`.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "dice throw small numbers"
)]

use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::*;

const CASES: u64 = 3_000;

/// Zones and dates around which something uncommon happens.
pub(super) const UNCOMMON: [(&str, &str); 14] = [
    ("Pacific/Apia", "2011-12-26"),
    ("Pacific/Fakaofo", "2011-12-26"),
    ("Pacific/Kwajalein", "1993-08-18"),
    ("Pacific/Kanton", "1994-12-27"),
    ("America/St_Johns", "2006-10-24"),
    ("America/St_Johns", "2007-03-08"),
    ("Africa/Cairo", "2031-04-20"),
    ("Africa/Cairo", "2032-10-24"),
    ("America/Havana", "2026-10-28"),
    ("Asia/Beirut", "2027-03-24"),
    ("America/Asuncion", "2020-10-01"),
    ("Australia/Lord_Howe", "2026-04-01"),
    ("Africa/Casablanca", "2026-02-11"),
    ("America/Vancouver", "2026-10-28"),
];

/// Numbers that look random and follow from a seed (SplitMix64).
pub(super) struct Dice(u64);

impl Dice {
    pub fn of(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }
}

/// A random calendar, as lists that are searched from one end to the other.
struct Draft {
    from: NaiveDate,
    to: NaiveDate,
    masks: Vec<(NaiveDate, Vec<&'static str>)>,
    entries: Vec<(NaiveDate, &'static str)>,
}

impl Draft {
    fn random(dice: &mut Dice, near: NaiveDate) -> Self {
        let from = near - Days::new(dice.below(6));
        let to = from + Days::new(1 + dice.below(60));
        let weekends: [&[&str]; 6] =
            [&["sat", "sun"], &["fri", "sat"], &["sun"], &[], &["thu", "fri"], &["mon", "wed"]];
        let mut masks = vec![(from, dice.pick(&weekends).to_vec())];
        if dice.below(3) == 0 && from < to {
            let later = from + Days::new(1 + dice.below((to - from).num_days() as u64));
            masks.push((later, dice.pick(&weekends).to_vec()));
        }
        let mut entries = Vec::new();
        for date in from.iter_days().take_while(|date| *date <= to) {
            if dice.below(5) == 0 {
                entries.push((date, *dice.pick(&["holiday", "half", "work"])));
            }
        }
        Self { from, to, masks, entries }
    }

    fn calendar(&self) -> Arc<BusinessCalendar> {
        let mut text = format!(
            "id = \"XX\"\nversion = \"1\"\nsource = \"test\"\nvalid_from = \"{}\"\n\
             valid_to = \"{}\"\nweekend = [\n",
            self.from, self.to
        );
        for (from, days) in &self.masks {
            text.push_str(&format!("{{ from = \"{from}\", days = {days:?} }},\n"));
        }
        text.push_str("]\ndays = [\n");
        for (date, kind) in &self.entries {
            text.push_str(&format!("{{ date = \"{date}\", kind = \"{kind}\", name = \"N\" }},\n"));
        }
        text.push_str("]\n");
        let id = CalendarId::parse("XX").unwrap();
        Arc::new(BusinessCalendar::parse(&id, "XX.toml", &text).unwrap())
    }

    /// The five cases of the rule, first match wins; nothing outside the span.
    fn is_business_day(&self, date: NaiveDate, half_days: HalfDays) -> Option<bool> {
        if date < self.from || date > self.to {
            return None;
        }
        let kind = self.entries.iter().find(|(day, _)| *day == date).map(|(_, kind)| *kind);
        let mask = self.masks.iter().rfind(|(from, _)| *from <= date);
        let weekday = date.weekday().to_string().to_lowercase();
        Some(match kind {
            Some("work") => true,
            Some("holiday") => false,
            _ if mask.unwrap().1.contains(&weekday.as_str()) => false,
            Some("half") => half_days == HalfDays::Count,
            _ => true,
        })
    }
}

fn local_date(zone: &TimeZone, at: DateTime<Utc>) -> NaiveDate {
    let offset = zone.to_offset(Timestamp::from_second(at.timestamp()).unwrap());
    (at + TimeDelta::seconds(offset.seconds().into())).date_naive()
}

fn exists(zone: &TimeZone, date: NaiveDate) -> bool {
    let noon = date.and_hms_opt(12, 0, 0).unwrap().and_utc();
    let near = (0..160).flat_map(|step| [step, -step]);
    near.map(|step| noon + TimeDelta::minutes(15 * step)).any(|at| local_date(zone, at) == date)
}

/// The first instant from which the date stays after `last`: back from long after, in ever
/// smaller steps.
fn end(zone: &TimeZone, last: NaiveDate) -> DateTime<Utc> {
    let mut at = (last + Days::new(3)).and_hms_opt(0, 0, 0).unwrap().and_utc();
    for step in [600, 60, 1].map(TimeDelta::seconds) {
        while local_date(zone, at - step) > last {
            at -= step;
        }
    }
    at
}

/// Last day and end, or nothing if a date outside the calendar would have to be judged.
fn reference(
    draft: &Draft,
    zone: &TimeZone,
    window: &WindowTerms,
) -> Option<(NaiveDate, DateTime<Utc>)> {
    let mut day = local_date(zone, window.notified_at);
    let mut left = window.business_days.get();
    while left > 0 {
        day = day + Days::new(1);
        if draft.is_business_day(day, window.half_days)? && exists(zone, day) {
            left -= 1;
        }
    }
    Some((day, end(zone, day)))
}

#[test]
fn the_rule_agrees_with_a_reference_that_looks_at_every_clock() {
    let seed = std::env::var("CPOR_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = seed.unwrap_or(20_261_120);
    println!("CPOR_TEST_SEED={seed}");
    let database = TimeZoneDatabase::bundled();
    let names: Vec<String> = database.available().map(|name| name.to_string()).collect();
    let names: Vec<&String> = names.iter().filter(|name| Zone::parse(name).is_ok()).collect();
    let (mut deadlines, mut errors) = (0, 0);
    for case in 0..CASES {
        let mut dice = Dice::of(seed.wrapping_add(case << 32));
        let uncommon = *dice.pick(&UNCOMMON);
        let anywhere = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + Days::new(dice.below(16_000));
        let (name, date) = match dice.below(2) {
            0 => (uncommon.0, uncommon.1.parse::<NaiveDate>().unwrap()),
            _ => (dice.pick(&names).as_str(), anywhere),
        };
        let draft = Draft::random(&mut dice, date);
        let notice = date.and_hms_opt(0, 0, 0).unwrap().and_utc()
            + TimeDelta::milliseconds(dice.below(4 * 86_400_000) as i64);
        let window = WindowTerms {
            notified_at: notice,
            zone: Zone::parse(name).unwrap(),
            calendar: draft.calendar(),
            business_days: BusinessDays::new(1 + dice.below(8) as u32).unwrap(),
            half_days: *dice.pick(&[HalfDays::Count, HalfDays::Skip]),
            adjustments: Adjustments::default(),
        };
        let expected = reference(&draft, &database.get(name).unwrap(), &window);
        let told = window.deadline();
        assert_eq!(
            told.as_ref().ok().map(|deadline| (deadline.last_day, deadline.closes_at)),
            expected,
            "CPOR_TEST_SEED={seed}, case {case}: {name}, {notice}, {told:?}"
        );
        *(if expected.is_some() { &mut deadlines } else { &mut errors }) += 1;
    }
    assert!(deadlines > CASES / 2 && errors > CASES / 50, "{deadlines}, {errors}");
}
