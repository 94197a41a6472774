//! Several people at one draft: what each of them changed, and what happens when two did so at
//! once. Pure.
//!
//! A draft keeps of its latest changes what stood in the fields before, so that what somebody saw
//! who now saves can be told, and each difference be laid to who made it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::drafts::content::Leaves;
use crate::drafts::{Draft, DraftContent};

/// Changes that are remembered, at most.
const CHANGES_MAX: usize = 50;
/// Bytes of remembered changes, at most.
const BYTES_MAX: usize = 64 * 1024;

/// One change of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The revision that it made.
    pub revision: u64,
    /// Who made it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What stood in the fields that it changed; null where nothing did.
    pub before: Leaves,
}

/// Which of two people who save at once has changed a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangedBy {
    /// Only who saves now.
    You,
    /// Only somebody else, meanwhile.
    They,
    /// Both, differently; or nobody knows any more what stood there before.
    Both,
}

/// A field in which two versions differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "DraftDifference")]
pub struct Difference {
    /// The path of the field, such as `customer.contact.email`.
    pub field: String,
    /// Who has changed it.
    pub changed_by: ChangedBy,
    /// What you would have it say; null for nothing.
    pub yours: Value,
    /// What it says now; null for nothing.
    pub theirs: Value,
    /// Who changed it meanwhile.
    pub by: Option<String>,
    /// When.
    pub at: Option<DateTime<Utc>>,
}

/// What somebody would save, and what was saved meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "DraftConflict")]
pub struct Conflict {
    /// The revision that the draft has now.
    pub revision: u64,
    /// Who made it.
    pub changed_by: String,
    /// When.
    pub changed_at: DateTime<Utc>,
    /// Every field in which your version differs from it.
    pub fields: Vec<Difference>,
}

impl Draft {
    /// The draft with another content; the revision and the memory of changes go on.
    #[must_use]
    pub fn changed(&self, content: DraftContent, by: &str, at: DateTime<Utc>) -> Self {
        let (old, new) = (self.content.leaves(), content.leaves());
        let before = differing(&old, &new).map(|field| (field.clone(), at_field(&old, field)));
        let revision = self.revision + 1;
        let change = Change { revision, by: by.to_owned(), at, before: before.collect() };
        let mut changes = self.changes.clone();
        changes.push(change);
        let size = |change: &Change| serde_json::to_string(change).map_or(0, |json| json.len());
        while changes.len() > CHANGES_MAX || changes.iter().map(size).sum::<usize>() > BYTES_MAX {
            changes.remove(0);
        }
        Self {
            revision,
            content,
            changes,
            changed_by: by.to_owned(),
            changed_at: at,
            ..self.clone()
        }
    }

    /// What the draft said at a revision, if that is still known.
    #[must_use]
    pub fn at_revision(&self, revision: u64) -> Option<DraftContent> {
        if revision > self.revision {
            return None;
        }
        let since = self.changes.iter().rev().take_while(|change| change.revision > revision);
        let since: Vec<&Change> = since.collect();
        if since.len() as u64 != self.revision - revision {
            return None;
        }
        let mut leaves = self.content.leaves();
        for change in since {
            for (field, value) in &change.before {
                if value.is_null() {
                    leaves.remove(field);
                } else {
                    leaves.insert(field.clone(), value.clone());
                }
            }
        }
        Some(DraftContent::of_leaves(&leaves))
    }

    /// Your version, made of the draft as it was at `seen`, beside what the draft says now.
    #[must_use]
    pub fn conflict(&self, seen: u64, yours: &DraftContent) -> Conflict {
        let base = self.at_revision(seen).map(|base| base.leaves());
        let (yours, theirs) = (yours.leaves(), self.content.leaves());
        let difference = |field: &String| {
            let (own, other) = (at_field(&yours, field), at_field(&theirs, field));
            let before = base.as_ref().map(|base| at_field(base, field));
            let changed_by = match before {
                Some(before) if before == other => ChangedBy::You,
                Some(before) if before == own => ChangedBy::They,
                Some(_) | None => ChangedBy::Both,
            };
            let touches = |change: &&Change| change.before.contains_key(field);
            let change = self.changes.iter().rev().find(touches);
            let change = change.filter(|_| changed_by != ChangedBy::You);
            Difference {
                field: field.clone(),
                changed_by,
                yours: own,
                theirs: other,
                by: change.map(|change| change.by.clone()),
                at: change.map(|change| change.at),
            }
        };
        Conflict {
            revision: self.revision,
            changed_by: self.changed_by.clone(),
            changed_at: self.changed_at,
            fields: differing(&yours, &theirs).map(difference).collect(),
        }
    }

    /// Both versions in one, unless both have changed the same field differently.
    ///
    /// # Errors
    ///
    /// The conflict that a person has to decide.
    pub fn merged(&self, seen: u64, yours: &DraftContent) -> Result<DraftContent, Box<Conflict>> {
        let conflict = self.conflict(seen, yours);
        if conflict.fields.iter().any(|field| field.changed_by == ChangedBy::Both) {
            return Err(Box::new(conflict));
        }
        let mut leaves = self.content.leaves();
        for field in conflict.fields.into_iter().filter(|f| f.changed_by == ChangedBy::You) {
            if field.yours.is_null() {
                leaves.remove(&field.field);
            } else {
                leaves.insert(field.field, field.yours);
            }
        }
        Ok(DraftContent::of_leaves(&leaves))
    }
}

/// The fields in which two versions differ, in order.
fn differing<'a>(one: &'a Leaves, other: &'a Leaves) -> impl Iterator<Item = &'a String> {
    let fields: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    fields.into_iter().filter(|field| one.get(*field) != other.get(*field))
}

fn at_field(leaves: &Leaves, field: &str) -> Value {
    leaves.get(field).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::identity::MpnId;
    use crate::drafts::DraftId;

    fn at(minute: u32) -> DateTime<Utc> {
        format!("2026-11-20T15:{minute:02}:00Z").parse().unwrap()
    }

    fn content(name: &str, domain: &str) -> DraftContent {
        let given = [("name", name), ("customer.domain", domain)];
        let given = given.into_iter().filter(|(_, text)| !text.is_empty());
        DraftContent::of_leaves(&given.map(|(f, text)| (f.to_owned(), text.into())).collect())
    }

    /// A draft that Ada began, and Ben went on with.
    fn draft() -> Draft {
        let id = DraftId::parse("01993c2a-7e00-7003-8000-00000000002a").unwrap();
        let partner = MpnId::parse("1234567").unwrap();
        let draft = Draft::new(id, partner, content("Rollout", ""), "ada", at(0));
        draft.changed(content("Rollout", "contoso.example"), "ben", at(1))
    }

    #[test]
    fn what_a_draft_said_is_known_as_long_as_its_changes_are() {
        let mut draft = draft();
        assert_eq!(draft.at_revision(2), Some(content("Rollout", "contoso.example")));
        assert_eq!(draft.at_revision(1), Some(content("Rollout", "")));
        assert_eq!((draft.at_revision(0), draft.at_revision(3)), (None, None));
        for number in 0..100_u32 {
            let name = number.to_string();
            draft = draft.changed(content(&name, ""), "ada", at(number % 60));
        }
        assert_eq!(draft.changes.len(), CHANGES_MAX);
        assert_eq!(draft.at_revision(draft.revision - 50), Some(content("49", "")));
        assert_eq!(draft.at_revision(draft.revision - 51), None);
    }

    #[test]
    fn large_changes_are_remembered_for_a_shorter_time() {
        let mut draft = draft();
        for letter in ["a", "b", "c", "d"] {
            draft = draft.changed(content(&letter.repeat(30_000), ""), "ada", at(2));
        }
        assert_eq!(draft.changes.len(), 2);
    }

    #[test]
    fn each_difference_is_laid_to_who_made_it() {
        // Each row: what Ada saves, who saw only what she began with, and what is said of it.
        let check = |yours: DraftContent, expected: &[(&str, ChangedBy, Option<&str>)]| {
            let conflict = draft().conflict(1, &yours);
            let found = conflict.fields.iter();
            let found = found.map(|d| (d.field.as_str(), d.changed_by, d.by.as_deref()));
            assert_eq!(found.collect::<Vec<_>>(), expected);
        };
        let theirs = ("customer.domain", ChangedBy::They, Some("ben"));
        check(content("Rollout", ""), &[theirs]);
        check(content("Teams", ""), &[theirs, ("name", ChangedBy::You, None)]);
        check(content("", "contoso.example"), &[("name", ChangedBy::You, None)]);
        let both = ("customer.domain", ChangedBy::Both, Some("ben"));
        check(content("Rollout", "fabrikam.example"), &[both]);
        check(content("Rollout", "contoso.example"), &[]);
    }

    #[test]
    fn what_nobody_remembers_is_taken_as_changed_by_both() {
        let mut draft = draft();
        draft.changes.clear();
        let conflict = draft.conflict(1, &content("Teams", "contoso.example"));
        assert_eq!(conflict.fields[0].changed_by, ChangedBy::Both);
        assert_eq!((&*conflict.changed_by, conflict.changed_at), ("ben", at(1)));
    }

    #[test]
    fn changes_of_different_fields_become_one_version() {
        let merged = |yours: DraftContent| draft().merged(1, &yours);
        assert_eq!(merged(content("Teams", "")), Ok(content("Teams", "contoso.example")));
        assert_eq!(merged(content("", "")), Ok(content("", "contoso.example")));
        let conflict = merged(content("Teams", "fabrikam.example")).unwrap_err();
        assert_eq!((conflict.revision, conflict.fields.len()), (2, 2));
    }
}
