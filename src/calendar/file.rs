//! The TOML format of a calendar file, read strictly: an unknown field, a date given twice or an
//! entry outside the calendar's span is an error that names file and entry and says what to do.
//! Deliberately not here: reading files from disk (`calendars.rs`).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::content::{Content, Entry, EntryKind, InFile, WeekendMask, strict_date};
use super::error::CalendarError;
use super::id::CalendarId;

/// A calendar file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarFile {
    id: String,
    version: String,
    source: String,
    #[serde(deserialize_with = "strict_date")]
    valid_from: NaiveDate,
    #[serde(deserialize_with = "strict_date")]
    valid_to: NaiveDate,
    weekend: Vec<WeekendMask>,
    days: Vec<DayRow>,
}

/// One dated entry as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DayRow {
    #[serde(deserialize_with = "strict_date")]
    date: NaiveDate,
    kind: EntryKind,
    name: String,
}

/// A calendar as its file declares it.
pub(super) struct Declared {
    pub version: String,
    pub content: Content,
}

/// Parses the text of the calendar file `file`, which must be the calendar `id`.
pub(super) fn parse_calendar(
    id: &CalendarId,
    file: &str,
    text: &str,
) -> Result<Declared, CalendarError> {
    parse_all(id, InFile(file), text).map_err(|errors| errors.first)
}

/// Everything that is wrong with the text of the calendar file `file`, in its order.
pub(super) fn calendar_errors(id: &CalendarId, file: &str, text: &str) -> Vec<CalendarError> {
    let shape = InFile(file).shape_errors::<DayRow>(text);
    match parse_all(id, InFile(file), text) {
        Err(_) if !shape.is_empty() => shape,
        Err(Errors { first, more }) => std::iter::once(first).chain(more).collect(),
        Ok(_) => Vec::new(),
    }
}

/// At least one error.
struct Errors {
    first: CalendarError,
    more: Vec<CalendarError>,
}

fn parse_all(id: &CalendarId, file: InFile<'_>, text: &str) -> Result<Declared, Errors> {
    let raw: CalendarFile = toml::from_str(text).map_err(|source| file.syntax(source))?;
    let mut errors = Vec::new();
    if raw.id != id.as_str() {
        let given = CalendarError::shortened(&raw.id);
        let problem = format!(
            "is {given:?}, but the file is named after {id}; correct the id or rename the file"
        );
        errors.push(file.entry("id", problem));
    }
    errors.extend(check_label(file, "version", &raw.version).err());
    errors.extend(check_label(file, "source", &raw.source).err());
    let mut content = Content {
        id: id.clone(),
        source: raw.source,
        valid_from: raw.valid_from,
        valid_to: raw.valid_to,
        masks: raw.weekend,
        entries: BTreeMap::new(),
    };
    errors.extend(content.check_span(file).err());
    errors.extend(content.check_masks(file).err());
    for (index, row) in raw.days.into_iter().enumerate() {
        errors.extend(add_row(&mut content, file, index, row).err());
    }
    match Errors::of(errors) {
        Some(errors) => Err(errors),
        None => Ok(Declared { version: raw.version, content }),
    }
}

impl Errors {
    fn of(errors: Vec<CalendarError>) -> Option<Self> {
        let mut errors = errors.into_iter();
        let first = errors.next()?;
        Some(Self { first, more: errors.collect() })
    }
}

impl From<CalendarError> for Errors {
    fn from(first: CalendarError) -> Self {
        Self { first, more: Vec::new() }
    }
}

/// Adds one dated entry, unless its date already has one.
fn add_row(
    content: &mut Content,
    file: InFile<'_>,
    index: usize,
    row: DayRow,
) -> Result<(), CalendarError> {
    let place = format!("days[{index}] ({})", row.date);
    content.check_entry(file, &place, row.date, Some(&row.name))?;
    if let Some(first) = content.entries.get(&row.date) {
        let problem = format!("the date already has the entry {:?}; keep one of them", first.name);
        return Err(file.entry(&place, problem));
    }
    content.entries.insert(row.date, Entry { kind: row.kind, name: row.name });
    Ok(())
}

/// Version and source are stored with every claim: short, printable, without blanks.
fn check_label(file: InFile<'_>, entry: &str, label: &str) -> Result<(), CalendarError> {
    const LABEL_BYTES_MAX: usize = 100;
    let fits = (1..=LABEL_BYTES_MAX).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_graphic());
    if fits {
        return Ok(());
    }
    Err(file.entry(entry, "must be 1 to 100 visible ASCII characters; correct it".to_owned()))
}
