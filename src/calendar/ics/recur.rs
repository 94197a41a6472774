//! Recurrence rules of RFC 5545, section 3.3.10, over whole dates: the rules holidays are written
//! with. A part that makes no sense for dates, or that nobody writes for holidays, is refused by
//! name and never left out silently.
//!
//! Deliberately not here: EXDATE and RDATE, which belong to the event.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

/// A rule, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    freq: Freq,
    interval: u32,
    count: Option<u32>,
    until: Option<NaiveDate>,
    months: Vec<u32>,
    month_days: Vec<i32>,
    /// Weekdays, with which of them in its month or year; 0 for every one.
    weekdays: Vec<(i32, Weekday)>,
    positions: Vec<i32>,
    week_start: Weekday,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Freq {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// How many more dates may be looked at; what a file can make us do has an end.
pub struct Budget(pub u64);

/// The rules of the file would take too long.
#[derive(Debug, PartialEq, Eq)]
pub struct TooMuch;

impl Rule {
    /// Parses a rule such as `FREQ=YEARLY;BYMONTH=11;BYDAY=4TH`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut rule = Self {
            freq: Freq::Yearly,
            interval: 1,
            count: None,
            until: None,
            months: Vec::new(),
            month_days: Vec::new(),
            weekdays: Vec::new(),
            positions: Vec::new(),
            week_start: Weekday::Mon,
        };
        let mut freq = None;
        for part in text.trim().split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            if name.eq_ignore_ascii_case("FREQ") {
                freq = Some(Freq::parse(value)?);
            } else {
                rule.take(&name.to_ascii_uppercase(), &value.to_ascii_uppercase())?;
            }
        }
        rule.freq = freq.ok_or("has no FREQ")?;
        rule.checked()
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), String> {
        let bad = || format!("has {name}={value}, which is not understood");
        let within = |raw: &str, most: i32| {
            let number = raw.parse::<i32>().ok().filter(|n| *n != 0 && n.abs() <= most);
            number.ok_or_else(bad)
        };
        let numbers =
            |most| value.split(',').map(|raw| within(raw, most)).collect::<Result<Vec<_>, _>>();
        let positive = || value.parse::<u32>().ok().filter(|n| *n > 0).ok_or_else(bad);
        match name {
            "INTERVAL" => self.interval = positive()?,
            "COUNT" => self.count = Some(positive()?),
            "UNTIL" => self.until = Some(date_part(value).ok_or_else(bad)?),
            "BYMONTH" => {
                let month = |raw: &str| raw.parse().ok().filter(|n| (1..=12).contains(n));
                self.months = value.split(',').map(month).collect::<Option<_>>().ok_or_else(bad)?;
            }
            "BYMONTHDAY" => self.month_days = numbers(31)?,
            "BYSETPOS" => self.positions = numbers(366)?,
            "BYDAY" => {
                self.weekdays =
                    value.split(',').map(weekday).collect::<Option<_>>().ok_or_else(bad)?;
            }
            "WKST" => match weekday(value) {
                Some((0, day)) => self.week_start = day,
                _ => return Err(bad()),
            },
            _ => return Err(format!("uses {name}, which is not supported for whole days")),
        }
        Ok(())
    }

    fn checked(self) -> Result<Self, String> {
        let ordinal = self.weekdays.iter().any(|(nth, _)| *nth != 0);
        let by_month = matches!(self.freq, Freq::Monthly | Freq::Yearly);
        if ordinal && !by_month {
            return Err("names the n-th weekday without a month or year".to_owned());
        }
        if self.freq == Freq::Weekly && !self.month_days.is_empty() {
            return Err("has BYMONTHDAY with FREQ=WEEKLY, which RFC 5545 forbids".to_owned());
        }
        if self.count.is_some() && self.until.is_some() {
            return Err("has both COUNT and UNTIL, which RFC 5545 forbids".to_owned());
        }
        Ok(self)
    }

    /// The dates from `from` to `to`, both included, of an event that begins at `start`, which is
    /// always the first of them.
    pub fn dates(
        &self,
        start: NaiveDate,
        from: NaiveDate,
        to: NaiveDate,
        budget: &mut Budget,
    ) -> Result<Vec<NaiveDate>, TooMuch> {
        let to = self.until.map_or(to, |until| until.min(to));
        let mut left = self.count.unwrap_or(u32::MAX);
        let mut dates = Vec::new();
        // The start counts, whether it fits the rule or not.
        let mut found = |date: NaiveDate| {
            let taken = left > 0;
            left = left.saturating_sub(1);
            if taken && (from..=to).contains(&date) {
                dates.push(date);
            }
            taken
        };
        found(start);
        for step in 0.. {
            budget.take(1)?;
            let Some((first, last)) = self.period(start, step) else { break };
            if first > to {
                break;
            }
            if self.count.is_none() && last < from {
                continue;
            }
            budget.take(last.signed_duration_since(first).num_days().unsigned_abs() + 1)?;
            let mut new =
                self.of_period(start, first, last).into_iter().filter(|date| *date > start);
            if !new.all(&mut found) {
                break;
            }
        }
        Ok(dates)
    }

    /// The first and last date of the period that is `step` intervals after that of the start.
    fn period(&self, start: NaiveDate, step: u32) -> Option<(NaiveDate, NaiveDate)> {
        let steps = step.checked_mul(self.interval)?;
        let day_before = |date: NaiveDate| date.pred_opt();
        match self.freq {
            Freq::Daily => {
                let day = start.checked_add_days(Days::new(steps.into()))?;
                Some((day, day))
            }
            Freq::Weekly => {
                let since = start.weekday().days_since(self.week_start);
                let week = start.checked_sub_days(Days::new(since.into()))?;
                let first = week.checked_add_days(Days::new(u64::from(steps) * 7))?;
                Some((first, first.checked_add_days(Days::new(6))?))
            }
            Freq::Monthly => {
                let first = start.with_day(1)?.checked_add_months(Months::new(steps))?;
                Some((first, day_before(first.checked_add_months(Months::new(1))?)?))
            }
            Freq::Yearly => {
                let year = start.year().checked_add_unsigned(steps)?;
                Some((NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year, 12, 31)?))
            }
        }
    }

    /// The dates the rule means in one of its periods.
    fn of_period(&self, start: NaiveDate, first: NaiveDate, last: NaiveDate) -> Vec<NaiveDate> {
        let period = first.iter_days().take_while(|date| *date <= last);
        let dates: Vec<NaiveDate> = period.filter(|date| self.means(start, *date)).collect();
        if self.positions.is_empty() {
            return dates;
        }
        let chosen = |index: usize| {
            let from_start = i32::try_from(index).unwrap_or(i32::MAX).saturating_add(1);
            let from_end = i32::try_from(dates.len() - index).unwrap_or(i32::MAX);
            self.positions.iter().any(|n| *n == from_start || n.saturating_neg() == from_end)
        };
        dates.iter().enumerate().filter(|(at, _)| chosen(*at)).map(|(_, date)| *date).collect()
    }

    fn means(&self, start: NaiveDate, date: NaiveDate) -> bool {
        let named = !self.month_days.is_empty() || !self.weekdays.is_empty();
        let month = match (self.freq, self.months.is_empty()) {
            (_, false) => self.months.contains(&date.month()),
            (Freq::Yearly, true) => named || date.month() == start.month(),
            (Freq::Daily | Freq::Weekly | Freq::Monthly, true) => true,
        };
        let day = match self.freq {
            _ if named => self.is_month_day(date) && self.is_weekday(date),
            Freq::Daily => true,
            Freq::Weekly => date.weekday() == start.weekday(),
            Freq::Monthly | Freq::Yearly => date.day() == start.day(),
        };
        month && day
    }

    fn is_month_day(&self, date: NaiveDate) -> bool {
        let (day, days) = (date.day().cast_signed(), i32::from(date.num_days_in_month()));
        let fits = |n: &i32| *n == day || *n == day - days - 1;
        self.month_days.is_empty() || self.month_days.iter().any(fits)
    }

    /// A weekday counts in its month, or in its year when the rule names no months.
    fn is_weekday(&self, date: NaiveDate) -> bool {
        let in_year = self.freq == Freq::Yearly && self.months.is_empty();
        let (at, of) = if in_year {
            let days = if date.leap_year() { 366 } else { 365 };
            (date.ordinal().cast_signed(), days)
        } else {
            (date.day().cast_signed(), i32::from(date.num_days_in_month()))
        };
        let (nth, nth_last) = ((at - 1) / 7 + 1, -((of - at) / 7 + 1));
        let fits = |(n, weekday): &(i32, Weekday)| {
            *weekday == date.weekday() && (*n == 0 || *n == nth || *n == nth_last)
        };
        self.weekdays.is_empty() || self.weekdays.iter().any(fits)
    }
}

impl Freq {
    fn parse(value: &str) -> Result<Self, String> {
        match value.to_ascii_uppercase().as_str() {
            "DAILY" => Ok(Self::Daily),
            "WEEKLY" => Ok(Self::Weekly),
            "MONTHLY" => Ok(Self::Monthly),
            "YEARLY" => Ok(Self::Yearly),
            _ => Err(format!("has FREQ={value}, which makes no whole days")),
        }
    }
}

impl Budget {
    pub fn take(&mut self, dates: u64) -> Result<(), TooMuch> {
        self.0 = self.0.checked_sub(dates).ok_or(TooMuch)?;
        Ok(())
    }
}

/// `4TH`, `-1MO` or `SU`.
fn weekday(raw: &str) -> Option<(i32, Weekday)> {
    let at = raw.len().checked_sub(2).filter(|at| raw.is_char_boundary(*at))?;
    let (nth, day) = raw.split_at(at);
    let day = match day {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return None,
    };
    let nth = match nth {
        "" => 0,
        nth => nth.parse().ok().filter(|n: &i32| *n != 0 && n.abs() <= 53)?,
    };
    Some((nth, day))
}

/// The date of `20261128` or of `20261128T210000Z`.
pub fn date_part(raw: &str) -> Option<NaiveDate> {
    let digits = raw.get(..8).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    let rest = raw.get(8..)?;
    let date = NaiveDate::parse_from_str(digits, "%Y%m%d").ok()?;
    (rest.is_empty() || rest.starts_with('T')).then_some(date)
}
