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
    let file = InFile(file);
    let raw: CalendarFile = toml::from_str(text).map_err(|source| file.syntax(source))?;
    if raw.id != id.as_str() {
        let given = CalendarError::shortened(&raw.id);
        let problem = format!(
            "is {given:?}, but the file is named after {id}; correct the id or rename the file"
        );
        return Err(file.entry("id", problem));
    }
    check_label(file, "version", &raw.version)?;
    check_label(file, "source", &raw.source)?;
    let mut content = Content {
        id: id.clone(),
        source: raw.source,
        valid_from: raw.valid_from,
        valid_to: raw.valid_to,
        masks: raw.weekend,
        entries: BTreeMap::new(),
    };
    content.check_span(file)?;
    content.check_masks(file)?;
    for (index, row) in raw.days.into_iter().enumerate() {
        add_row(&mut content, file, index, row)?;
    }
    Ok(Declared { version: raw.version, content })
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
