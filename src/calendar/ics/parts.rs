//! The events of an iCalendar file, with the properties that matter, and the lines that make no
//! sense. Deliberately not here: what a property means.

use super::line::{BadLine, ContentLine, content_lines};

/// The properties of one event, as they are written.
#[derive(Debug, Default)]
pub struct RawEvent {
    /// The line of its BEGIN.
    pub line: usize,
    properties: Vec<ContentLine>,
}

/// What a file consists of, in its order.
pub enum Part {
    Event(RawEvent),
    /// A line that cannot be read, or a component that is not closed.
    Bad(BadLine),
}

/// The properties that are looked at; the others are not kept.
const KNOWN: [&str; 12] = [
    "DTEND",
    "DTSTART",
    "DURATION",
    "EXDATE",
    "EXRULE",
    "RDATE",
    "RECURRENCE-ID",
    "RRULE",
    "STATUS",
    "SUMMARY",
    "UID",
    "X-CPOR-KIND",
];
/// How Outlook marks an all-day event that it writes from midnight to midnight.
pub const ALL_DAY: &str = "X-MICROSOFT-CDO-ALLDAYEVENT";
/// Most lines told about that cannot be read; whoever has more has another kind of file.
const BAD_LINES_MAX: usize = 20;

/// Reads the events of a file. Components inside an event, such as alarms, and others beside it,
/// such as time zones, are none of ours.
pub fn parts(bytes: &[u8]) -> Vec<Part> {
    let mut reading = Reading::default();
    for line in content_lines(bytes) {
        let go_on = match line {
            Ok(line) => reading.take(line),
            Err(bad) => reading.bad(bad.number, bad.problem),
        };
        if !go_on {
            return reading.parts;
        }
    }
    let problem = match (reading.begun, reading.open.is_empty()) {
        (false, _) => "has no BEGIN:VCALENDAR before it; this is no iCalendar file",
        (true, false) => "is the last one, and a component is still open; the file was cut",
        (true, true) => return reading.parts,
    };
    reading.bad(reading.last, problem);
    reading.parts
}

/// How far a file has been read.
#[derive(Default)]
struct Reading {
    parts: Vec<Part>,
    /// The components that are open, from the outside in.
    open: Vec<String>,
    /// The event that is open, and how many components are around it.
    event: Option<(usize, RawEvent)>,
    begun: bool,
    bad: usize,
    last: usize,
}

impl Reading {
    /// Takes a line; false if there is no use in going on.
    fn take(&mut self, line: ContentLine) -> bool {
        self.last = line.number;
        let name = line.value.trim().to_ascii_uppercase();
        match (line.name.as_str(), &mut self.event) {
            ("BEGIN", event) => {
                self.begun |= name == "VCALENDAR";
                if name == "VEVENT" && event.is_none() {
                    let raw = RawEvent { line: line.number, properties: Vec::new() };
                    *event = Some((self.open.len(), raw));
                }
                self.open.push(name);
            }
            ("END", event) => {
                if self.open.pop().is_none_or(|opened| opened != name) {
                    self.bad(line.number, "ends a component that is not the open one");
                    return false;
                }
                if let Some((_, raw)) = event.take_if(|(around, _)| *around == self.open.len()) {
                    self.parts.push(Part::Event(raw));
                }
            }
            (property, Some((around, event)))
                if self.open.len() == *around + 1
                    && (KNOWN.contains(&property) || property == ALL_DAY) =>
            {
                event.properties.push(line);
            }
            _ => {}
        }
        true
    }

    fn bad(&mut self, number: usize, problem: &'static str) -> bool {
        self.parts.push(Part::Bad(BadLine { number, problem }));
        self.bad += 1;
        self.bad < BAD_LINES_MAX
    }
}

impl RawEvent {
    /// The first property of that name.
    pub fn get(&self, name: &str) -> Option<&ContentLine> {
        self.properties.iter().find(|line| line.name == name)
    }

    /// Every property of that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a ContentLine> {
        self.properties.iter().filter(move |line| line.name == name)
    }
}
