//! Writing entries into an override file. What is there stays as it is, comments and order
//! included, wherever that is possible; what comes out is read again before it is given back.
//!
//! Deliberately not here: files. The text goes in and the text comes out.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Deserialize;
use toml::{Spanned, Table, Value};

use super::content::{Entry, EntryKind, InFile, strict_date};
use super::error::CalendarError;
use super::id::CalendarId;

/// An override file with entries added to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The new text of the file.
    pub text: String,
    /// Whether the old text is still in it, comments included. If not, it was written anew.
    pub comments_kept: bool,
}

/// Where the rows of a file are in its text; what they say does not matter here.
#[derive(Deserialize)]
struct Layout {
    days: Spanned<Vec<Spanned<Value>>>,
}

/// The dates that an override file decides.
#[derive(Deserialize)]
struct Dates {
    #[serde(default)]
    days: Vec<Dated>,
}

#[derive(Deserialize)]
struct Dated {
    #[serde(deserialize_with = "strict_date")]
    date: NaiveDate,
}

/// The text of an override file for `calendar` with these entries and nothing else.
#[must_use]
pub fn own_file(calendar: &CalendarId, entries: &BTreeMap<NaiveDate, Entry>) -> String {
    let rows: String =
        entries.iter().map(|(date, entry)| format!("  {},\n", row(*date, entry))).collect();
    format!("# Own entries over the calendar {calendar}.\ndays = [\n{rows}]\n")
}

/// The dates that the text of an override file decides.
///
/// # Errors
/// [`CalendarError::Syntax`] if it is no override file.
pub fn own_dates(file: &str, text: &str) -> Result<BTreeSet<NaiveDate>, CalendarError> {
    let dates: Dates = toml::from_str(text).map_err(|source| InFile(file).syntax(source))?;
    Ok(dates.days.into_iter().map(|row| row.date).collect())
}

/// The text of an override file with more entries, for dates it does not decide yet.
///
/// # Errors
/// [`CalendarError::Syntax`] if the text is no TOML.
pub fn merged(
    file: &str,
    text: &str,
    entries: &BTreeMap<NaiveDate, Entry>,
) -> Result<Merged, CalendarError> {
    let mut expected: Table = toml::from_str(text).map_err(|source| InFile(file).syntax(source))?;
    if entries.is_empty() {
        return Ok(Merged { text: text.to_owned(), comments_kept: true });
    }
    let rows = entries.iter().map(|(date, entry)| value(*date, entry));
    if let Value::Array(days) = expected.entry("days").or_insert_with(|| Value::Array(Vec::new())) {
        days.extend(rows);
    }
    let candidates = [with_rows(text, entries), Some(with_tables(text, entries))];
    let kept = candidates
        .into_iter()
        .flatten()
        .find(|candidate| toml::from_str::<Table>(candidate).is_ok_and(|table| table == expected));
    if let Some(text) = kept {
        return Ok(Merged { text, comments_kept: true });
    }
    // Plain values in plain tables: there is nothing that could not be written.
    Ok(Merged { text: toml::to_string(&expected).unwrap_or_default(), comments_kept: false })
}

/// The text with rows behind the last one of `days = [ … ]`; nothing if it has no such array.
fn with_rows(text: &str, entries: &BTreeMap<NaiveDate, Entry>) -> Option<String> {
    let layout: Layout = toml::from_str(text).ok()?;
    let end = match layout.days.get_ref().last() {
        Some(last) => last.span().end,
        None => layout.days.span().start + 1,
    };
    let empty = layout.days.get_ref().is_empty();
    let (before, after) = text.split_at_checked(end)?;
    // A comma and a comment behind the last row stay where they are.
    let comma = after.trim_start().starts_with(',');
    let line = after.find('\n').unwrap_or(0);
    let rest_of_line = after.get(..line)?.trim().trim_start_matches(',').trim_start();
    let stays = if rest_of_line.is_empty() || rest_of_line.starts_with('#') { line } else { 0 };
    let (behind, after) = after.split_at_checked(stays)?;
    let rows: Vec<_> =
        entries.iter().map(|(date, entry)| format!("\n  {}", row(*date, entry))).collect();
    let rows = rows.join(",");
    if comma && stays == 0 {
        // The comma that followed the last row follows the last new one.
        return Some(format!("{before},{rows}{after}"));
    }
    let first_comma = if comma || empty { "" } else { "," };
    let last_comma = if stays > 0 || empty { "," } else { "" };
    Some(format!("{before}{first_comma}{behind}{rows}{last_comma}{after}"))
}

/// The text with a table `[[days]]` for each entry at its end.
fn with_tables(text: &str, entries: &BTreeMap<NaiveDate, Entry>) -> String {
    let mut text = text.trim_end().to_owned();
    if !text.is_empty() {
        text.push('\n');
    }
    for (date, entry) in entries {
        let (kind, name) = (kind(entry.kind), Value::from(entry.name.as_str()));
        let gap = if text.is_empty() { "" } else { "\n" };
        text.push_str(&format!(
            "{gap}[[days]]\ndate = \"{date}\"\nkind = \"{kind}\"\nname = {name}\n"
        ));
    }
    text
}

fn row(date: NaiveDate, entry: &Entry) -> String {
    let (kind, name) = (kind(entry.kind), Value::from(entry.name.as_str()));
    format!("{{ date = \"{date}\", kind = \"{kind}\", name = {name} }}")
}

fn value(date: NaiveDate, entry: &Entry) -> Value {
    let fields = [
        ("date", date.to_string()),
        ("kind", kind(entry.kind).to_owned()),
        ("name", entry.name.clone()),
    ];
    Value::Table(fields.into_iter().map(|(key, text)| (key.to_owned(), text.into())).collect())
}

/// The kind as override files write it.
fn kind(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Holiday => "holiday",
        EntryKind::Half => "half",
        EntryKind::Work => "work",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(given: &str, expected: &str, comments_kept: bool) {
        let date = |text: &str| text.parse().unwrap();
        let entry = |kind, name: &str| Entry { kind, name: name.to_owned() };
        let entries = BTreeMap::from([
            (date("2026-05-04"), entry(EntryKind::Holiday, "A \"b\"")),
            (date("2026-05-05"), entry(EntryKind::Work, "C")),
        ]);
        let merged = merged("own.toml", given, &entries).unwrap();
        assert_eq!((merged.text.as_str(), merged.comments_kept), (expected, comments_kept));
        assert!(own_dates("own.toml", &merged.text).unwrap().contains(&date("2026-05-05")));
    }

    const A: &str = "{ date = \"2026-05-04\", kind = \"holiday\", name = 'A \"b\"' }";
    const C: &str = "{ date = \"2026-05-05\", kind = \"work\", name = \"C\" }";
    const X: &str = "{ date = \"2026-01-02\", kind = \"none\" }";

    #[test]
    fn entries_are_added_and_comments_stay() {
        let tables = "[[days]]\ndate = \"2026-05-04\"\nkind = \"holiday\"\nname = 'A \"b\"'\n\n\
                      [[days]]\ndate = \"2026-05-05\"\nkind = \"work\"\nname = \"C\"\n";
        check("", tables, true);
        check("# mine\n", &format!("# mine\n\n{tables}"), true);
        let weekend = "[[weekend]]\nfrom = \"2026-01-01\"\ndays = []\n";
        check(weekend, &format!("{weekend}\n{tables}"), true);
        let one = "[[days]] # x\ndate = \"2026-01-02\"\nkind = \"none\"\n";
        check(one, &format!("{one}\n{tables}"), true);
        check(
            &format!("# a\ndays = [ # b\n  # c\n  {X}, # d\n  # e\n] # f\n"),
            &format!("# a\ndays = [ # b\n  # c\n  {X}, # d\n  {A},\n  {C},\n  # e\n] # f\n"),
            true,
        );
        check(
            &format!("days = [\n  {X} # d\n]\n"),
            &format!("days = [\n  {X}, # d\n  {A},\n  {C},\n]\n"),
            true,
        );
        check(&format!("days = [{X}]"), &format!("days = [{X},\n  {A},\n  {C}]"), true);
        check(&format!("days = [{X},]"), &format!("days = [{X},\n  {A},\n  {C},]"), true);
        check("days = []\n", &format!("days = [\n  {A},\n  {C},]\n"), true);
        check("days = [\n]\n", &format!("days = [\n  {A},\n  {C},\n]\n"), true);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_not_written() {
        assert!(merged("own.toml", "days = [", &BTreeMap::new()).is_err());
        assert!(own_dates("own.toml", "days = [{ date = \"4 May\" }]").is_err());
    }

    #[test]
    fn a_file_of_its_own_has_a_row_for_each_entry() {
        let entry = Entry { kind: EntryKind::Half, name: "Ö".to_owned() };
        let entries = BTreeMap::from([("2026-05-04".parse().unwrap(), entry)]);
        let text = own_file(&CalendarId::parse("TR").unwrap(), &entries);
        assert_eq!(
            text,
            "# Own entries over the calendar TR.\ndays = [\n  { date = \"2026-05-04\", kind = \
             \"half\", name = \"Ö\" },\n]\n"
        );
    }
}
