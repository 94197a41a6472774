//! Events to entries. Nothing is left out silently: every event that does not become an entry, or
//! not as it stands, has a finding.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;

use super::super::business_calendar::BusinessCalendar;
use super::super::content::{Entry, EntryKind};
use super::event::Event;
use super::parts::{Part, RawEvent, parts};
use super::recur::Budget;

/// Most events of a file.
const EVENTS_MAX: usize = 20_000;
/// Most findings told of each severity; a file that gives more is another kind of file.
const FINDINGS_MAX: usize = 1_000;
/// Most dates looked at while rules are worked out; some 13,000 years.
const DATES_MAX: u64 = 5_000_000;

/// What an iCalendar file is imported into.
#[derive(Clone, Copy, Debug)]
pub struct ImportTerms<'a> {
    /// The calendar as it is now, with the operator's own entries.
    pub calendar: &'a BusinessCalendar,
    /// Dates that the operator's own file decides already.
    pub own: &'a BTreeSet<NaiveDate>,
    /// What an event makes of its date unless it says so itself (`X-CPOR-KIND`).
    pub kind: EntryKind,
    /// First date wanted; the calendar's first one unless given.
    pub from: Option<NaiveDate>,
    /// Last date wanted; the calendar's last one unless given.
    pub to: Option<NaiveDate>,
    /// Whether the file's names replace those of the calendar's entries that are of the same kind.
    pub rename: bool,
}

/// What an iCalendar file would add.
#[derive(Debug, Default)]
pub struct Imported {
    /// The entries to add, by date.
    pub entries: BTreeMap<NaiveDate, Entry>,
    /// What was left out or is worth knowing, in the order of the file.
    pub findings: Vec<ImportFinding>,
    /// Events in the file.
    pub events: usize,
    named: BTreeMap<NaiveDate, (usize, Entry)>,
    problems: usize,
    notes: usize,
}

/// Something about an iCalendar file that a person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportFinding {
    /// Whether it has to be put right before the file can be imported as a whole.
    pub severity: Severity,
    /// The line of the file where the event begins.
    pub line: usize,
    /// What the event calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// What is the matter, and what to do about it.
    pub message: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something that should be an entry could not become one.
    Problem,
    /// Left out or changed on purpose; nothing has to be done.
    Note,
}

/// Reads an iCalendar file of holidays, and says which entries it adds to a calendar.
#[must_use]
pub fn import(bytes: &[u8], terms: &ImportTerms<'_>) -> Imported {
    let mut imported = read(bytes, terms);
    imported.findings.sort_by_key(|finding| finding.line);
    imported
}

fn read(bytes: &[u8], terms: &ImportTerms<'_>) -> Imported {
    let mut imported = Imported::default();
    let (mut events, mut replaced) = (Vec::new(), BTreeMap::<String, BTreeSet<NaiveDate>>::new());
    for part in parts(bytes) {
        let raw = match part {
            Part::Event(raw) => raw,
            Part::Bad(bad) => {
                let message = format!("this line {}", bad.problem);
                imported.find(Severity::Problem, bad.number, None, message);
                continue;
            }
        };
        imported.events += 1;
        if imported.events > EVENTS_MAX {
            let message = format!("more than {EVENTS_MAX} events; import a file of fewer years");
            imported.find(Severity::Problem, raw.line, None, message);
            return imported;
        }
        match raw.understood() {
            Ok(event) => {
                if let (Some(uid), Some(date)) = (&event.uid, event.replaces) {
                    replaced.entry(uid.clone()).or_default().insert(date);
                }
                events.push((raw, event));
            }
            Err(problem) => imported.about(Severity::Problem, &raw, problem),
        }
    }
    let (mut budget, none) = (Budget(DATES_MAX), BTreeSet::new());
    for (raw, event) in &events {
        let of_uid = event.uid.as_ref().filter(|_| event.replaces.is_none());
        let replaced = of_uid.and_then(|uid| replaced.get(uid)).unwrap_or(&none);
        if !imported.take(raw, event, replaced, terms, &mut budget) {
            return imported;
        }
    }
    imported.compare(terms);
    imported
}

impl Imported {
    /// Whether something could not become an entry that should be one.
    #[must_use]
    pub fn has_problems(&self) -> bool {
        self.problems > 0
    }

    /// Puts down the dates of one event. Returns false when the file takes too long.
    fn take(
        &mut self,
        raw: &RawEvent,
        event: &Event,
        replaced: &BTreeSet<NaiveDate>,
        terms: &ImportTerms<'_>,
        budget: &mut Budget,
    ) -> bool {
        if event.cancelled {
            self.about(Severity::Note, raw, "is cancelled and was left out".to_owned());
            return true;
        }
        let (first, last) = (terms.calendar.valid_from(), terms.calendar.valid_to());
        let from = terms.from.map_or(first, |from| from.max(first));
        let to = terms.to.map_or(last, |to| to.min(last));
        let Ok(dates) = event.dates(from, to, replaced, budget) else {
            let message = "the recurrence rules of this file take too long; import fewer years";
            self.about(Severity::Problem, raw, message.to_owned());
            return false;
        };
        let (start, repeats) = event.begins();
        let wanted =
            terms.from.is_none_or(|from| start >= from) && terms.to.is_none_or(|to| start <= to);
        if dates.is_empty() && wanted && !repeats && !(first..=last).contains(&start) {
            let message = format!(
                "is on {start}, outside the calendar's span {first} to {last}, and was left out"
            );
            self.about(Severity::Note, raw, message);
        }
        let kind = event.kind.unwrap_or(terms.kind);
        for date in dates {
            self.put(raw, date, Entry { kind, name: event.name.clone() });
        }
        true
    }

    /// Puts down what an event says about a date that another may have spoken about.
    fn put(&mut self, raw: &RawEvent, date: NaiveDate, entry: Entry) {
        let Some((_, there)) = self.named.get(&date) else {
            self.named.insert(date, (raw.line, entry));
            return;
        };
        let there = there.clone();
        if there.kind != entry.kind {
            let message = format!(
                "makes {date} a {}, and another event makes it a {}; remove one of them",
                entry.kind, there.kind
            );
            self.about(Severity::Problem, raw, message);
            return;
        }
        let known = there.name.split("; ").any(|name| name == entry.name);
        let both = format!("{}; {}", there.name, entry.name);
        let message = if known {
            format!("is twice in the file for {date}; once is enough")
        } else if both.chars().count() > 200 {
            format!("is one of too many events on {date}; its name was left out")
        } else {
            let joined = Entry { name: both, ..entry };
            self.named.insert(date, (raw.line, joined));
            format!("is on {date} like another event; the entry has both names")
        };
        self.about(Severity::Note, raw, message);
    }

    /// Keeps what the calendar does not say already.
    fn compare(&mut self, terms: &ImportTerms<'_>) {
        for (date, (line, entry)) in std::mem::take(&mut self.named) {
            let (name, now) = (entry.name.clone(), terms.calendar.entry(date));
            let left_out = match now {
                Some(now) if *now == entry => Some("the calendar says so already".to_owned()),
                _ if terms.own.contains(&date) => {
                    let now = now.map_or("no entry".to_owned(), ToString::to_string);
                    Some(format!("your own file decides this date ({now}) and keeps it"))
                }
                // An estimate that has become certain is news, though the date is the same.
                Some(now) if now.kind == entry.kind && !terms.rename => {
                    let certain = now.is_estimate() && !entry.is_estimate();
                    (!certain).then(|| format!("the calendar has it as \"{}\"", now.name))
                }
                _ => None,
            };
            match left_out {
                Some(why) => {
                    let message = format!("left out {date}: {why}");
                    self.find(Severity::Note, line, Some(name), message);
                }
                None => {
                    self.entries.insert(date, entry);
                }
            }
        }
    }

    fn about(&mut self, severity: Severity, raw: &RawEvent, message: String) {
        self.find(severity, raw.line, raw.title(), message);
    }

    fn find(&mut self, severity: Severity, line: usize, event: Option<String>, message: String) {
        let told = match severity {
            Severity::Problem => &mut self.problems,
            Severity::Note => &mut self.notes,
        };
        *told += 1;
        if *told <= FINDINGS_MAX {
            self.findings.push(ImportFinding { severity, line, event, message });
        } else if *told == FINDINGS_MAX + 1 {
            let last = self.findings.iter().map(|finding| finding.line).max().unwrap_or_default();
            let message = format!("more than {FINDINGS_MAX} of these; the others are not told");
            self.findings.push(ImportFinding { severity, line: last, event: None, message });
        }
    }
}
