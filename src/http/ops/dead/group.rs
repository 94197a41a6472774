//! Dead letters by job and reason: reasons are the same that differ only in ids and numbers.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use sha2::{Digest as _, Sha256};

use crate::store::dead::DeadEntry;

/// Bytes of a digest that name a group in links.
const ID_BYTES: usize = 6;
/// What stands for an id or a number.
const ANY: char = '…';

/// Dead letters of one job that died of the same.
#[derive(Debug)]
pub(super) struct Group {
    /// The job.
    pub job: Job,
    /// What they died of, without ids and numbers.
    pub reason: String,
    /// Themselves, the oldest first.
    pub entries: Vec<DeadEntry>,
}

impl Group {
    /// What links call it: always the same for the same job and reason.
    pub fn id(&self) -> String {
        let digest = Sha256::digest(format!("{} {}", self.job, self.reason));
        hex::encode(&digest[..ID_BYTES])
    }

    /// When the first of them died, and the last.
    pub fn span(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        Some((self.entries.first()?.letter.at, self.entries.last()?.letter.at))
    }
}

/// The groups, by the order of a claim's life, the greatest of each job first.
pub(super) fn groups(entries: Vec<DeadEntry>) -> Vec<Group> {
    let mut groups: BTreeMap<(Job, String), Vec<DeadEntry>> = BTreeMap::new();
    for entry in entries {
        groups.entry((entry.job, reason_of(&entry.letter.error))).or_default().push(entry);
    }
    let group = |((job, reason), mut entries): ((Job, String), Vec<DeadEntry>)| {
        entries.sort_by(|a, b| (a.letter.at, &a.entry).cmp(&(b.letter.at, &b.entry)));
        Group { job, reason, entries }
    };
    let mut groups: Vec<Group> = groups.into_iter().map(group).collect();
    let place = |job: Job| Job::ALL.iter().position(|known| *known == job);
    groups.sort_by_key(|group| (place(group.job), usize::MAX - group.entries.len()));
    groups
}

/// An error without what differs from entry to entry: words with a digit in them.
fn reason_of(error: &str) -> String {
    let mut reason = String::with_capacity(error.len());
    let mut rest = error;
    while let Some(first) = rest.chars().next() {
        let word = &rest[..word_length(rest)];
        if word.is_empty() {
            reason.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        if word.contains(|c: char| c.is_ascii_digit()) {
            reason.push(ANY);
        } else {
            reason.push_str(word);
        }
        rest = &rest[word.len()..];
    }
    reason
}

/// How long the word is that a text begins with. Signs inside a word belong to it, such as those
/// of an id, an instant or an address, and signs after it do not.
fn word_length(text: &str) -> usize {
    let mut length = 0;
    for (at, c) in text.char_indices() {
        if c.is_alphanumeric() {
            length = at + c.len_utf8();
        } else if !matches!(c, '-' | '_' | '.' | ':' | '/' | '@') || length < at {
            break;
        }
    }
    length
}

/// What was pushed, for somebody who sees no personal data: its shape, with the names of fields.
pub(super) fn without_values(raw: &str) -> String {
    let mut shape = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(first) = rest.chars().next() {
        let name = field_name(rest);
        if name.is_empty() {
            shape.push(if first.is_alphanumeric() { '·' } else { first });
            rest = &rest[first.len_utf8()..];
        } else {
            shape.push_str(name);
            rest = &rest[name.len()..];
        }
    }
    shape
}

/// The name of a field with its quotes and colon, when a text begins with one.
fn field_name(text: &str) -> &str {
    let Some(quoted) = text.strip_prefix('"') else { return "" };
    let is_ours = |c: char| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit();
    let name = quoted.find(|c: char| !is_ours(c)).unwrap_or(quoted.len());
    if quoted[name..].starts_with("\":") { &text[..name + 3] } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::agenda::DeadLetter;

    #[test]
    fn reasons_are_the_same_up_to_ids_and_numbers() {
        let check = |error: &str, expected: &str| assert_eq!(reason_of(error), expected);
        check("it cannot be done", "it cannot be done");
        check("claim 01993c2a-7e00-7000-8000-00000000002a: no.", "claim …: no.");
        check("after 17 attempts, at 2026-11-20T15:00:00Z (r2).", "after … attempts, at … (…).");
        check("line 1 column 13: a `v` of 9", "line … column …: a `v` of …");
        check("mx-1.example:25 hangs up -- twice", "… hangs up -- twice");
        check("İstanbul'da 3 iş günü…", "İstanbul'da … iş günü…");
    }

    #[test]
    fn groups_keep_the_order_of_a_claims_life_and_their_ids() {
        let entry = |job: Job, entry: &str, error: &str, second: i64| DeadEntry {
            partition: Some(0),
            job,
            entry: entry.to_owned(),
            letter: DeadLetter {
                attempts: 1,
                error: error.to_owned(),
                at: DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(second),
            },
            raw: None,
        };
        let found = groups(vec![
            entry(Job::NotifyPartner, "a", "no answer", 5),
            entry(Job::ValidateClaim, "b", "timed out", 4),
            entry(Job::ValidateClaim, "c", "no tenant 2", 3),
            entry(Job::ValidateClaim, "d", "no tenant 1", 2),
        ]);
        let shown = found.iter().map(|group| (group.job, &*group.reason, group.entries.len()));
        let expected = [
            (Job::ValidateClaim, "no tenant …", 2),
            (Job::ValidateClaim, "timed out", 1),
            (Job::NotifyPartner, "no answer", 1),
        ];
        assert_eq!(shown.collect::<Vec<_>>(), expected);
        assert_eq!(found[0].entries[0].entry, "d", "the oldest first");
        assert_eq!(found[0].id(), found[0].id());
        assert_ne!(found[0].id(), found[1].id());
    }

    #[test]
    fn what_was_pushed_keeps_its_shape_and_no_values() {
        let check = |raw: &str, expected: &str| assert_eq!(without_values(raw), expected);
        check(r#"{"v":9,"name":"Ece Yıldız"}"#, r#"{"v":·,"name":"··· ······"}"#);
        check(r#"{"mpn_id" : "12", "Mert": 1"#, r#"{"···_··" : "··", "····": ·"#);
        check("nonsense \u{1b}[31m", "········ \u{1b}[···");
        check("\"", "\"");
    }
}
