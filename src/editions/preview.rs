//! What a candidate would do, without doing it: which open windows would move, from when to when,
//! and by which entry; and what keeps it from being put in force.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::stream::{self, StreamExt as _};
use schemars::JsonSchema;
use serde::Serialize;

use crate::calendar::Calendars;
use crate::claim::window_policy::WindowPolicy;
use crate::editions::alignment::{Alignment, Judged};
use crate::editions::edition::changes;
use crate::editions::needed::needed;
use crate::editions::{Candidate, ChangedCalendar, Editions, Move, Needed, Problem, Stay};
use crate::store::open_windows::OpenWindows;
use crate::store::{Store, StoreError};

/// Partitions that are looked at side by side.
const AT_ONCE: usize = 8;

/// What a candidate would do.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "CalendarPreview")]
pub struct Preview {
    /// The digest of the candidate, which a reload asks for.
    pub digest: String,
    /// The edition in force that it was compared with.
    pub edition: u64,
    /// Whether the candidate says what that edition says.
    pub same: bool,
    /// The time zone database of this release.
    pub tzdb: String,
    /// The calendars that are others than in that edition.
    pub changes: Vec<ChangedCalendar>,
    /// What a reload for open windows would do to them.
    pub windows: WindowsPreview,
    /// Claims, at most 20, whose windows could never open with it. With one of them it cannot be
    /// put in force.
    pub needed: Vec<Needed>,
}

/// What would become of open windows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct WindowsPreview {
    /// How many were looked at.
    pub looked_at: u64,
    /// How many would end later.
    pub would_move: u64,
    /// How many would end sooner, and so would stay as they are.
    pub would_stay: u64,
    /// How many cannot be computed. With one of them the candidate cannot be put in force.
    pub cannot: u64,
    /// The first of those that would move, by their present end.
    pub moves: Vec<Move>,
    /// The first of those that would stay.
    pub stays: Vec<Stay>,
    /// The first of those that cannot be computed.
    pub problems: Vec<Problem>,
}

impl Preview {
    /// Whether it can be put in force.
    #[must_use]
    pub const fn can_be_applied(&self) -> bool {
        self.windows.cannot == 0 && self.needed.is_empty()
    }
}

impl Editions {
    /// What the candidate would do now; of windows that would move, stay or cannot be computed,
    /// `shown` each are listed.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn preview(
        &self,
        candidate: &Candidate,
        shown: usize,
    ) -> Result<Preview, StoreError> {
        let edition = self.in_force().await?;
        let before = edition.own.set().map_err(|error| {
            StoreError::malformed("use the edition of the calendars in force", error)
        })?;
        let after = &candidate.calendars;
        let now = self.ledger.clock().now().await?;
        let policy = self.ledger.rules().window();
        let alignment = Alignment::with(&policy, Arc::clone(after), now);
        let changes = changes(&before, after);
        let needed = if takes_something_away(&before, after, &changes) {
            let policy =
                WindowPolicy { calendars: Arc::clone(after), ..WindowPolicy::clone(&policy) };
            needed(&self.ledger, &policy, now).await?
        } else {
            Vec::new()
        };
        Ok(Preview {
            digest: candidate.digest().to_owned(),
            edition: edition.record.number,
            same: edition.record.digest == candidate.digest(),
            tzdb: crate::calendar::tzdb_version().to_owned(),
            changes,
            windows: windows(self.ledger.store(), alignment, shown).await?,
            needed,
        })
    }
}

/// Whether a calendar is gone, or says something of fewer days.
fn takes_something_away(
    before: &Calendars,
    after: &Calendars,
    changes: &[ChangedCalendar],
) -> bool {
    changes.iter().any(|change| match (before.get(&change.calendar), after.get(&change.calendar)) {
        (Ok(before), Ok(after)) => {
            after.valid_to() < before.valid_to() || before.valid_from() < after.valid_from()
        }
        (Ok(_), Err(_)) => true,
        (Err(_), _) => false,
    })
}

async fn windows(
    store: &Store,
    alignment: Alignment,
    shown: usize,
) -> Result<WindowsPreview, StoreError> {
    let alignment = Arc::new(alignment);
    let partition = |partition| {
        let (store, alignment) = (store.clone(), Arc::clone(&alignment));
        // A task of its own, because judging takes a processor.
        tokio::spawn(async move { in_partition(&store, &alignment, partition, shown).await })
    };
    let mut all =
        stream::iter(0..store.keys().partitions()).map(partition).buffer_unordered(AT_ONCE);
    let mut sum = WindowsPreview::default();
    while let Some(joined) = all.next().await {
        let part = joined.map_err(|error| StoreError::malformed("judge open windows", error))??;
        sum.looked_at += part.looked_at;
        sum.would_move += part.would_move;
        sum.would_stay += part.would_stay;
        sum.cannot += part.cannot;
        sum.moves.extend(part.moves);
        sum.stays.extend(part.stays);
        sum.problems.extend(part.problems);
    }
    sum.sort_and_keep(shown);
    Ok(sum)
}

async fn in_partition(
    store: &Store,
    alignment: &Alignment,
    partition: u16,
    shown: usize,
) -> Result<WindowsPreview, StoreError> {
    let mut found = WindowsPreview::default();
    for which in OpenWindows::ALL {
        let mut cursor = Some(0);
        while let Some(from) = cursor {
            let page = store.open_windows(partition, which, from).await?;
            cursor = page.next;
            for (claim_id, snapshot) in &page.snapshots {
                found.add(alignment.judge(*claim_id, snapshot)?);
            }
            if found.moves.len() > shown.saturating_mul(2).max(1_000) {
                found.sort_and_keep(shown);
            }
        }
    }
    found.sort_and_keep(shown);
    Ok(found)
}

impl WindowsPreview {
    fn add(&mut self, judged: Judged) {
        self.looked_at += 1;
        match judged {
            Judged::Same => {}
            Judged::Moves(one) => {
                self.would_move += 1;
                self.moves.push(*one);
            }
            Judged::Stays(one) => {
                self.would_stay += 1;
                self.stays.push(one);
            }
            Judged::Cannot(one) => {
                self.cannot += 1;
                self.problems.push(one);
            }
        }
    }

    fn sort_and_keep(&mut self, shown: usize) {
        let by_end = |one: &Move| -> (DateTime<Utc>, _) { (one.from, one.claim_id) };
        self.moves.sort_by_key(by_end);
        self.stays.sort_by_key(|one| (one.stays, one.claim_id));
        self.problems.sort_by_key(|one| one.claim_id);
        self.moves.truncate(shown);
        self.stays.truncate(shown);
        self.problems.truncate(shown);
    }
}
