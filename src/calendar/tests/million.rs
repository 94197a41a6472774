//! The rule against a second reference, fast enough for a million cases: day numbers since 1970, a
//! walk from day to day, and the offsets of a zone as a list. It shares no line with the rule; of
//! `jiff` it only asks when offsets change. Calendars, zones, notices, half-day policies, pauses,
//! outages and extensions are all random.
//!
//! `CPOR_TEST_CASES` says how many cases (20,000 unless given; `bin/test` asks for a million), and
//! `CPOR_TEST_SEED` plays a failure again.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "dice throw small numbers, and days are near"
)]

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{Datelike, Days, NaiveDate};
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::reference::{Dice, UNCOMMON};
use super::*;

/// Cases that share a calendar.
const PER_CALENDAR: u64 = 1_000;
const DAY_MS: i64 = 86_400_000;
/// Day 0 is 1970-01-01.
const EPOCH_FROM_CE: i32 = 719_163;

/// A zone as stretches of time in which its clocks keep one offset.
struct Clocks {
    zone: Zone,
    /// Beginning and offset of each stretch, in milliseconds, in their order.
    stretches: Vec<(i64, i64)>,
}

impl Clocks {
    fn of(name: &str, zone: &TimeZone) -> Self {
        let begin: Timestamp = "1985-01-01T00:00:00Z".parse().unwrap();
        let end: Timestamp = "2045-01-01T00:00:00Z".parse().unwrap();
        let offset = |at| i64::from(zone.to_offset(at).seconds()) * 1_000;
        let mut stretches = vec![(begin.as_millisecond(), offset(begin))];
        let changes = zone.following(begin).take_while(|change| change.timestamp() < end);
        stretches
            .extend(changes.map(|it| (it.timestamp().as_millisecond(), offset(it.timestamp()))));
        Self { zone: Zone::parse(name).unwrap(), stretches }
    }

    /// The stretches that have something in common with `from` to `to`: beginning, end, offset.
    fn between(&self, from: i64, to: i64) -> impl Iterator<Item = (i64, i64, i64)> {
        let first = self.stretches.partition_point(|(begin, _)| *begin <= from) - 1;
        let begun = self.stretches[first..].iter().take_while(move |(begin, _)| *begin < to);
        begun.enumerate().map(move |(index, (begin, offset))| {
            let next = self.stretches.get(first + index + 1);
            (*begin, next.map_or(i64::MAX / 2, |(begin, _)| *begin), *offset)
        })
    }

    fn day_at(&self, at: i64) -> i64 {
        let (_, _, offset) = self.between(at, at + 1).next().unwrap();
        (at + offset).div_euclid(DAY_MS)
    }

    /// Whether clocks show this day at any time.
    fn has(&self, day: i64) -> bool {
        let (midnight, next) = (day * DAY_MS, (day + 1) * DAY_MS);
        self.between(midnight - 2 * DAY_MS, next + 2 * DAY_MS)
            .any(|(begin, end, offset)| begin + offset < next && end + offset > midnight)
    }

    /// The instant after the last one at which clocks show this day or an earlier one.
    fn end_of(&self, day: i64) -> i64 {
        let next = (day + 1) * DAY_MS;
        let shown = self.between(next - 3 * DAY_MS, next + 3 * DAY_MS);
        let shown = shown.filter(|(begin, _, offset)| begin + offset < next);
        shown.map(|(_, end, offset)| end.min(next - offset)).max().unwrap()
    }

    /// The days that clocks show at some time of a span.
    fn days_of(&self, from: i64, to: i64) -> Vec<i64> {
        let mut days = Vec::new();
        if from < to {
            for (begin, end, offset) in self.between(from, to) {
                let first = (begin.max(from) + offset).div_euclid(DAY_MS);
                let last = (end.min(to) - 1 + offset).div_euclid(DAY_MS);
                days.extend(first..=last);
            }
        }
        days
    }
}

/// What a random calendar says of a day.
#[derive(Clone, Copy, PartialEq)]
enum Says {
    Work,
    Holiday,
    Half,
    Nothing,
}

/// A random calendar: from its first day on, what it says of each, and whether it is weekend.
struct Sheet {
    first: i64,
    days: Vec<(Says, bool)>,
    calendar: Arc<BusinessCalendar>,
}

impl Sheet {
    fn random(dice: &mut Dice, near: i64) -> Self {
        const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let weekends: [&[&str]; 6] =
            [&["sat", "sun"], &["fri", "sat"], &["sun"], &[], &["thu", "fri"], &["mon", "wed"]];
        let first = near - dice.below(6) as i64;
        let length = 2 + dice.below(80) as i64;
        let (mut mask, mut masks) = (*dice.pick(&weekends), String::new());
        let (mut days, mut entries) = (Vec::new(), String::new());
        for day in first..first + length {
            if day == first || dice.below(40) == 0 {
                mask = *dice.pick(&weekends);
                masks += &format!("{{ from = \"{}\", days = {mask:?} }},\n", date_of(day));
            }
            // Day 0 was a Thursday.
            let is_weekend = mask.contains(&WEEKDAYS[(day + 3).rem_euclid(7) as usize]);
            let (says, kind) = match dice.below(20) {
                0 => (Says::Work, "work"),
                1 | 2 => (Says::Holiday, "holiday"),
                3 => (Says::Half, "half"),
                _ => (Says::Nothing, ""),
            };
            if says != Says::Nothing {
                let date = date_of(day);
                entries += &format!("{{ date = \"{date}\", kind = \"{kind}\", name = \"N\" }},\n");
            }
            days.push((says, is_weekend));
        }
        let text = format!(
            "id = \"XX\"\nversion = \"1\"\nsource = \"test\"\nvalid_from = \"{}\"\n\
             valid_to = \"{}\"\nweekend = [\n{masks}]\ndays = [\n{entries}]\n",
            date_of(first),
            date_of(first + length - 1)
        );
        let id = CalendarId::parse("XX").unwrap();
        let calendar = Arc::new(BusinessCalendar::parse(&id, "XX.toml", &text).unwrap());
        Self { first, days, calendar }
    }

    /// Whether people work on a day; nothing outside the calendar.
    fn works(&self, day: i64, half_days: HalfDays) -> Option<bool> {
        Some(match self.days.get(usize::try_from(day - self.first).ok()?)? {
            (Says::Work, _) => true,
            (Says::Holiday, _) | (_, true) => false,
            (Says::Half, false) => half_days == HalfDays::Count,
            (Says::Nothing, false) => true,
        })
    }
}

/// What the reference finds: the days that count, those made good, and the end.
#[derive(Debug, PartialEq)]
struct Found {
    counted: Vec<i64>,
    made_good: usize,
    closes_at: i64,
}

/// Walks from day to day. A debt of business days is paid by every day that counts; an outage on
/// any other day than a business day adds to it, and on a business day keeps it from paying.
fn walk(sheet: &Sheet, clocks: &Clocks, window: &WindowTerms) -> Option<Found> {
    let notified_at = window.notified_at.timestamp_millis();
    let touched = |spans: &[Span]| -> Vec<i64> {
        let since = |at: DateTime<Utc>| at.timestamp_millis().max(notified_at);
        let days = |span: &Span| clocks.days_of(since(span.from), since(span.to));
        spans.iter().flat_map(days).collect()
    };
    let paused = touched(&window.adjustments.pauses);
    let out = touched(&window.adjustments.outages);
    let mut day = clocks.day_at(notified_at);
    let mut debt = window.business_days.get() + window.adjustments.extra_business_days;
    let (mut counted, mut made_good) = (Vec::new(), usize::from(out.contains(&day)));
    debt += made_good as u32;
    while debt > 0 {
        day += 1;
        let is_business_day = sheet.works(day, window.half_days)? && clocks.has(day);
        if is_business_day && !paused.contains(&day) && !out.contains(&day) {
            counted.push(day);
            debt -= 1;
        } else if !is_business_day && out.contains(&day) {
            made_good += 1;
            debt += 1;
        }
    }
    Some(Found { counted, made_good, closes_at: clocks.end_of(day) })
}

fn found(deadline: &Deadline, notified_at: DateTime<Utc>) -> Found {
    let day = |date: NaiveDate| i64::from(date.num_days_from_ce() - EPOCH_FROM_CE);
    let counted = deadline.days().into_iter().filter(|it| it.counted);
    let counted: Vec<i64> = counted.map(|it| day(it.date)).collect();
    assert_eq!(counted.last(), Some(&day(deadline.last_day)), "{deadline:?}");
    let made_good = deadline.made_good(notified_at).len();
    Found { counted, made_good, closes_at: deadline.closes_at.timestamp_millis() }
}

fn date_of(day: i64) -> NaiveDate {
    NaiveDate::from_num_days_from_ce_opt(EPOCH_FROM_CE + day as i32).unwrap()
}

fn instant(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap()
}

/// Spans of any length around a window, some without any time.
fn spans(dice: &mut Dice, notice: i64) -> Vec<Span> {
    let count = [0, 0, 1, 2][dice.below(4) as usize];
    let span = |_| {
        let from = notice + dice.below(16 * DAY_MS as u64) as i64 - 2 * DAY_MS;
        let longest = [1_000, DAY_MS / 4, 4 * DAY_MS][dice.below(3) as usize];
        let to = from + dice.below(longest as u64) as i64 - longest / 8;
        Span { from: instant(from), to: instant(to) }
    };
    (0..count).map(span).collect()
}

/// One calendar, and the cases that share it; how many of them ended in a deadline.
fn block(seed: u64, number: u64, cases: u64, uncommon: &[Clocks], all: &[Clocks]) -> u64 {
    let mut dice = Dice::of(seed.wrapping_add(number << 32));
    let (place, near) = dice.pick(&UNCOMMON[..]);
    let is_uncommon = dice.below(2) == 0;
    let date = near.parse::<NaiveDate>().unwrap();
    let anywhere = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + Days::new(dice.below(16_000));
    let date = if is_uncommon { date } else { anywhere };
    let place = uncommon.iter().find(|clocks| clocks.zone.name() == *place).unwrap();
    let near = i64::from(date.num_days_from_ce() - EPOCH_FROM_CE);
    let sheet = Sheet::random(&mut dice, near);
    let mut deadlines = 0;
    for case in 0..cases {
        let here = is_uncommon && dice.below(4) > 0;
        let clocks = if here { place } else { dice.pick(all) };
        let notice = near * DAY_MS + dice.below(4 * DAY_MS as u64) as i64;
        let window = WindowTerms {
            notified_at: instant(notice),
            zone: clocks.zone.clone(),
            calendar: Arc::clone(&sheet.calendar),
            business_days: BusinessDays::new(1 + dice.below(8) as u32).unwrap(),
            half_days: *dice.pick(&[HalfDays::Count, HalfDays::Skip]),
            adjustments: Adjustments {
                extra_business_days: [0, 0, 0, 1, 4][dice.below(5) as usize],
                pauses: spans(&mut dice, notice),
                outages: spans(&mut dice, notice),
            },
        };
        let told = window.deadline().ok().map(|deadline| found(&deadline, window.notified_at));
        let expected = walk(&sheet, clocks, &window);
        assert_eq!(told, expected, "CPOR_TEST_SEED={seed}, {number}, {case}: {window:#?}");
        deadlines += u64::from(told.is_some());
    }
    deadlines
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn the_rule_agrees_with_a_walk_from_day_to_day() {
    let (seed, cases) = (number("CPOR_TEST_SEED", 20_261_120), number("CPOR_TEST_CASES", 20_000));
    println!("CPOR_TEST_SEED={seed} CPOR_TEST_CASES={cases}");
    let database = TimeZoneDatabase::bundled();
    let clocks = |name: &str| Clocks::of(name, &database.get(name).unwrap());
    let uncommon: Vec<Clocks> = UNCOMMON.iter().map(|(name, _)| clocks(name)).collect();
    let names = database.available().map(|name| name.to_string());
    let all: Vec<Clocks> =
        names.filter(|name| Zone::parse(name).is_ok()).map(|name| clocks(&name)).collect();
    let (next, deadlines) = (AtomicU64::new(0), AtomicU64::new(0));
    let blocks = cases.div_ceil(PER_CALENDAR);
    let work = || loop {
        let block_number = next.fetch_add(1, Ordering::Relaxed);
        if block_number >= blocks {
            break;
        }
        let some = PER_CALENDAR.min(cases - block_number * PER_CALENDAR);
        deadlines.fetch_add(block(seed, block_number, some, &uncommon, &all), Ordering::Relaxed);
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(work);
        }
    });
    let deadlines = deadlines.into_inner();
    println!("{deadlines} of {cases} cases have a deadline");
    assert!(deadlines > cases / 3 && cases - deadlines > cases / 50, "{deadlines} of {cases}");
}
