//! One event of an iCalendar file, understood as whole dates, or refused with a reason.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use super::super::content::{Entry, EntryKind};
use super::super::estimate::is_estimate;
use super::line::ContentLine;
use super::parts::{ALL_DAY, RawEvent};
use super::recur::{Budget, Rule, TooMuch, date_part};

/// Longest event, in days; more is no holiday.
const DAYS_MAX: u64 = 366;

/// An event, understood.
#[derive(Debug)]
pub struct Event {
    /// The instance of a recurring event that this one takes the place of.
    pub replaces: Option<NaiveDate>,
    pub uid: Option<String>,
    pub cancelled: bool,
    /// What its dates are called.
    pub name: String,
    pub kind: Option<EntryKind>,
    start: NaiveDate,
    days: u64,
    rule: Option<Rule>,
    more: Vec<NaiveDate>,
    except: BTreeSet<NaiveDate>,
}

impl RawEvent {
    /// What people call the event: its summary, shortened.
    pub fn title(&self) -> Option<String> {
        let text = self.get("SUMMARY")?.text();
        (!text.is_empty()).then(|| text.chars().take(60).collect())
    }

    /// Understands the event.
    pub fn understood(&self) -> Result<Event, String> {
        if self.get("EXRULE").is_some() {
            return Err("uses EXRULE, which RFC 5545 has abolished; write EXDATE".to_owned());
        }
        let start = self.get("DTSTART").ok_or("has no DTSTART")?;
        let first = whole_day(start, self.marked_all_day())?;
        let rules: Vec<_> = self.all("RRULE").collect();
        let rule = match rules.as_slice() {
            [] => None,
            [rule] => Some(Rule::parse(&rule.value).map_err(|problem| rule_problem(&problem))?),
            _ => return Err("has more than one RRULE; split it into events".to_owned()),
        };
        let upper = |name: &str| self.get(name).map(|line| line.text().to_ascii_uppercase());
        let status = upper("STATUS");
        Ok(Event {
            replaces: self.replaces()?,
            uid: self.get("UID").map(ContentLine::text),
            cancelled: status.as_deref() == Some("CANCELLED"),
            name: self.name(status.as_deref() == Some("TENTATIVE"))?,
            kind: upper("X-CPOR-KIND").map(|kind| own_kind(&kind)).transpose()?,
            start: first,
            days: self.days(first)?,
            rule,
            more: self.dates("RDATE")?,
            except: self.dates("EXDATE")?.into_iter().collect(),
        })
    }

    fn marked_all_day(&self) -> bool {
        let mark = self.get(ALL_DAY);
        mark.is_some_and(|mark| mark.value.trim().eq_ignore_ascii_case("TRUE"))
    }

    /// A tentative event is an estimate, and called one.
    fn name(&self, tentative: bool) -> Result<String, String> {
        const NAME_CHARS_MAX: usize = 200;
        let mut name = self.get("SUMMARY").map(ContentLine::text).unwrap_or_default();
        if name.is_empty() {
            return Err("has no SUMMARY; an entry needs a name that people are shown".to_owned());
        }
        if tentative && !is_estimate(&name) {
            name = format!("{name} {}", Entry::ESTIMATED);
        }
        if name.chars().count() > NAME_CHARS_MAX {
            return Err(format!("has a SUMMARY of more than {NAME_CHARS_MAX} characters"));
        }
        Ok(name)
    }

    /// How many days it lasts; DTEND is the day after the last one.
    fn days(&self, first: NaiveDate) -> Result<u64, String> {
        let days = match (self.get("DTEND"), self.get("DURATION")) {
            (Some(end), _) => {
                let end = whole_day(end, self.marked_all_day())?;
                let days = end.signed_duration_since(first).num_days();
                // Some programs write the same date twice and mean that day.
                u64::try_from(days).map_err(|_| "ends before it begins")?.max(1)
            }
            (None, Some(duration)) => whole_days(&duration.value).ok_or_else(|| {
                format!("lasts {}, which is no number of whole days", duration.value)
            })?,
            (None, None) => 1,
        };
        if days > DAYS_MAX {
            return Err(format!("lasts {days} days; more than {DAYS_MAX} is no holiday"));
        }
        Ok(days)
    }

    fn replaces(&self) -> Result<Option<NaiveDate>, String> {
        let Some(line) = self.get("RECURRENCE-ID") else { return Ok(None) };
        if line.param("RANGE").is_some() {
            return Err("changes this and all later instances; write each as an event".to_owned());
        }
        let date = date_part(line.value.trim());
        date.map(Some).ok_or_else(|| "has a RECURRENCE-ID that is no date".to_owned())
    }

    fn dates(&self, name: &str) -> Result<Vec<NaiveDate>, String> {
        let lines = self.all(name).flat_map(ContentLine::list);
        let dates = lines.map(|raw| {
            let date = date_part(raw).filter(|_| raw.len() == 8 || name == "EXDATE");
            date.ok_or_else(|| format!("has {name}:{raw}, which is no date"))
        });
        dates.collect()
    }
}

impl Event {
    /// The dates it makes special, from `from` to `to`, both included, without the instances
    /// that other events have `replaced`.
    pub fn dates(
        &self,
        from: NaiveDate,
        to: NaiveDate,
        replaced: &BTreeSet<NaiveDate>,
        budget: &mut Budget,
    ) -> Result<Vec<NaiveDate>, TooMuch> {
        let reach = from.checked_sub_days(Days::new(self.days)).unwrap_or(from);
        let mut starts = match &self.rule {
            Some(rule) => rule.dates(self.start, reach, to, budget)?,
            None => vec![self.start],
        };
        starts.extend(&self.more);
        starts.retain(|date| !self.except.contains(date) && !replaced.contains(date));
        let mut dates = Vec::new();
        for start in starts {
            budget.take(self.days)?;
            let days = start.iter_days().zip(0..self.days).map(|(date, _)| date);
            dates.extend(days.filter(|date| (from..=to).contains(date)));
        }
        dates.sort_unstable();
        dates.dedup();
        Ok(dates)
    }

    /// Its first date, and whether others follow by rule or list.
    pub fn begins(&self) -> (NaiveDate, bool) {
        (self.start, self.rule.is_some() || !self.more.is_empty())
    }
}

fn rule_problem(problem: &str) -> String {
    format!("has an RRULE that {problem}; write its dates as events of their own")
}

fn own_kind(kind: &str) -> Result<EntryKind, String> {
    match kind {
        "HOLIDAY" => Ok(EntryKind::Holiday),
        "HALF" => Ok(EntryKind::Half),
        "WORK" => Ok(EntryKind::Work),
        _ => Err("has an X-CPOR-KIND that is not holiday, half or work".to_owned()),
    }
}

/// The date of an all-day event. `marked` is for midnight where a program means the whole day.
fn whole_day(line: &ContentLine, marked: bool) -> Result<NaiveDate, String> {
    let raw = line.value.trim();
    let date = date_part(raw).ok_or_else(|| format!("has a {} that is no date", line.name))?;
    if raw.len() == 8 || marked && raw.get(8..) == Some("T000000") {
        return Ok(date);
    }
    let problem = "has a time of day; a holiday is a whole date. Make it an all-day event";
    Err(problem.to_owned())
}

/// `P3D` or `P1W`.
fn whole_days(duration: &str) -> Option<u64> {
    let body = duration.trim().trim_start_matches('+').strip_prefix('P')?;
    let (number, days) = match (body.strip_suffix('D'), body.strip_suffix('W')) {
        (Some(number), _) => (number, 1),
        (None, Some(number)) => (number, 7),
        (None, None) => return None,
    };
    let number: u64 = number.parse().ok().filter(|number| *number > 0)?;
    number.checked_mul(days)
}
