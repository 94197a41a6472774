//! The operator's own entries over a calendar: `config/calendars.d/<ID>.toml`.
//!
//! ```toml
//! days = [
//!   { date = "2026-11-30", kind = "holiday", name = "Declared late" },
//!   { date = "2026-12-05", kind = "work", name = "Make-up day" },
//!   { date = "2026-12-24", kind = "none" },                # removes the calendar's own entry
//! ]
//! weekend = [{ from = "2027-01-01", days = ["fri", "sat"] }] # optional
//! ```
//!
//! An entry takes the place of the calendar's entry for its date, a weekend mask that of the mask
//! with its date. Deliberately not possible: changing a calendar's id, source or span.

use chrono::NaiveDate;
use serde::Deserialize;

use super::content::{Content, Entry, EntryKind, InFile, WeekendMask, strict_date};
use super::error::CalendarError;

/// An override file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OverrideFile {
    id: Option<String>,
    #[serde(default)]
    days: Vec<ChangeRow>,
    #[serde(default)]
    weekend: Vec<WeekendMask>,
}

/// One change as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeRow {
    #[serde(deserialize_with = "strict_date")]
    date: NaiveDate,
    kind: ChangeKind,
    name: Option<String>,
}

/// What a change puts in the place of the calendar's own entry.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ChangeKind {
    Holiday,
    Half,
    Work,
    None,
}

impl ChangeKind {
    fn entry_kind(self) -> Option<EntryKind> {
        match self {
            Self::Holiday => Some(EntryKind::Holiday),
            Self::Half => Some(EntryKind::Half),
            Self::Work => Some(EntryKind::Work),
            Self::None => None,
        }
    }
}

/// The content of a calendar with the operator's entries in the text of `file` laid over it.
pub(super) fn apply_overrides(
    base: &Content,
    file: &str,
    text: &str,
) -> Result<Content, CalendarError> {
    let mut errors = Vec::new();
    let content = apply_all(base, InFile(file), text, &mut errors);
    errors.into_iter().next().map_or(Ok(content), Err)
}

/// Everything that is wrong with the text of the override file `file`, in its order.
pub(super) fn override_errors(base: &Content, file: &str, text: &str) -> Vec<CalendarError> {
    let mut errors = InFile(file).shape_errors::<ChangeRow>(text);
    if errors.is_empty() {
        apply_all(base, InFile(file), text, &mut errors);
    }
    errors
}

/// The places of an override file that say what the calendar says anyway.
pub(super) fn without_effect(base: &Content, text: &str) -> Vec<String> {
    let Ok(raw) = toml::from_str::<OverrideFile>(text) else { return Vec::new() };
    let same = |row: &ChangeRow| {
        let now = base.entries.get(&row.date);
        now.is_some_and(|now| {
            Some(now.kind) == row.kind.entry_kind() && Some(&now.name) == row.name.as_ref()
        })
    };
    let days = raw.days.iter().enumerate().filter(|(_, row)| same(row));
    let days = days.map(|(index, row)| format!("days[{index}] ({})", row.date));
    let weekends = raw.weekend.iter().enumerate().filter(|(_, mask)| base.masks.contains(mask));
    let weekends = weekends.map(|(index, mask)| format!("weekend[{index}] (from {})", mask.from));
    days.chain(weekends).collect()
}

/// Lays the entries that are right over the calendar, and says which are not.
fn apply_all(
    base: &Content,
    file: InFile<'_>,
    text: &str,
    errors: &mut Vec<CalendarError>,
) -> Content {
    let mut content = base.clone();
    let raw: OverrideFile = match toml::from_str(text) {
        Ok(raw) => raw,
        Err(source) => {
            errors.push(file.syntax(source));
            return content;
        }
    };
    if raw.id.as_ref().is_some_and(|id| id != base.id.as_str()) {
        let problem = format!("differs from the file's name {}; correct or remove it", base.id);
        errors.push(file.entry("id", problem));
    }
    let masks = merged_masks(file, &base.masks, raw.weekend);
    let masks = masks.and_then(|masks| {
        content.masks = masks;
        content.check_masks(file)
    });
    errors.extend(masks.err());
    let mut seen: Vec<NaiveDate> = Vec::new();
    for (index, row) in raw.days.into_iter().enumerate() {
        let place = format!("days[{index}] ({})", row.date);
        if let Err(at) = seen.binary_search(&row.date) {
            seen.insert(at, row.date);
            errors.extend(change(&mut content, file, &place, row).err());
        } else {
            let problem = "the date is given twice in this file; keep one of them";
            errors.push(file.entry(&place, problem.to_owned()));
        }
    }
    content
}

/// Applies one change. Removing what is not there is an error, for it is a mistyped date.
fn change(
    content: &mut Content,
    file: InFile<'_>,
    place: &str,
    row: ChangeRow,
) -> Result<(), CalendarError> {
    content.check_entry(file, place, row.date, row.name.as_deref())?;
    match (row.kind.entry_kind(), row.name) {
        (Some(kind), Some(name)) => {
            content.entries.insert(row.date, Entry { kind, name });
            Ok(())
        }
        (Some(_), None) => {
            let problem = "needs a name; people are shown it";
            Err(file.entry(place, problem.to_owned()))
        }
        (None, _) if content.entries.remove(&row.date).is_some() => Ok(()),
        (None, _) => {
            let problem = format!(
                "removes an entry that {} does not have; correct the date or remove the line",
                content.id
            );
            Err(file.entry(place, problem))
        }
    }
}

/// The calendar's masks with the operator's in between, each in the place of one of its date.
fn merged_masks(
    file: InFile<'_>,
    base: &[WeekendMask],
    own: Vec<WeekendMask>,
) -> Result<Vec<WeekendMask>, CalendarError> {
    for (index, pair) in own.windows(2).enumerate() {
        if let [earlier, later] = pair
            && earlier.from >= later.from
        {
            let entry = format!("weekend[{}] (from {})", index + 1, later.from);
            let problem = "is not later than the mask before it; put the masks in the order of \
                           their dates, one per date";
            return Err(file.entry(&entry, problem.to_owned()));
        }
    }
    let replaced = |mask: &&WeekendMask| own.iter().any(|new| new.from == mask.from);
    let kept = base.iter().filter(|mask| !replaced(mask)).cloned();
    let mut masks: Vec<WeekendMask> = kept.collect();
    masks.extend(own);
    masks.sort_by_key(|mask| mask.from);
    Ok(masks)
}
