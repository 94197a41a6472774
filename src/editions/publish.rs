//! Putting a candidate in force as the next edition; and the first edition of a deployment.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::calendar::{CalendarError, Calendars, built_in_digest, tzdb_version};
use crate::claim::identity::{Comment, Line};
use crate::editions::edition::{changes, kept};
use crate::editions::{
    Candidate, Edition, EditionRecord, Editions, HistoryRecord, Preview, Scope, Sweep, SweepTask,
};
use crate::store::editions::{Counted, Step};
use crate::store::{Store, StoreError};

/// Longest edition that is put in force, in bytes of JSON.
const EDITION_BYTES_MAX: usize = 32 << 20;

/// Who puts a candidate in force, why, and for which windows.
#[derive(Debug, Clone, PartialEq)]
pub struct Publication {
    /// Who.
    pub author: Line,
    /// Why; customers whose window moves read it.
    pub reason: Comment,
    /// For which windows.
    pub scope: Scope,
}

/// A candidate was not put in force, and nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Redis is in trouble.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The files are not what was previewed.
    #[error(
        "the files have changed since the preview: it was of {previewed}, and now they are \
         {now}; preview them again"
    )]
    FilesChanged {
        /// The digest of the preview.
        previewed: String,
        /// The digest of the files now.
        now: String,
    },
    /// Somebody else put an edition in force meanwhile.
    #[error("another edition was put in force meanwhile; preview the files against it")]
    Overtaken,
    /// An edition before this one is not done with open windows.
    #[error(
        "an edition before this one is still being applied to open windows ({0}); reload when it \
         is done (cpor calendar history)"
    )]
    Sweeping(String),
    /// Nothing would change.
    #[error("the files say what edition {0} in force says, so there is nothing to reload")]
    NothingChanged(u64),
    /// A calendar is in use that would be gone, or would not reach far enough.
    #[error("{}", in_use(.0))]
    InUse(Box<Preview>),
    /// The calendars are too many to be put in force.
    #[error("the calendars that differ from those built in take more than 32 MiB; leave some out")]
    TooLarge,
}

fn in_use(preview: &Preview) -> String {
    let windows = preview.windows.problems.iter().map(|one| {
        format!("the open window of claim {} needs {}: {}", one.claim_id, one.calendar, one.problem)
    });
    let claims = preview.needed.iter().map(|one| {
        format!("claim {} ({}) will need its calendar: {}", one.claim_id, one.status, one.problem)
    });
    let examples: Vec<String> = windows.chain(claims).take(3).collect();
    let (cannot, needed) = (preview.windows.cannot, preview.needed.len());
    format!(
        "calendars are in use that would be gone or end too early ({cannot} open windows, {needed} \
         claims without a window yet); keep them, or wait until no claim needs them: {}",
        examples.join("; ")
    )
}

impl Editions {
    /// Puts the candidate in force as the next edition, if nothing has changed since `preview`,
    /// and wakes every process. Open windows are then swept, if the scope says so, by whichever
    /// process is first.
    ///
    /// # Errors
    ///
    /// When a calendar in use would be gone, somebody else was first, or Redis fails; nothing has
    /// changed then.
    pub async fn publish(
        &self,
        candidate: &Candidate,
        preview: &Preview,
        publication: Publication,
    ) -> Result<Edition, PublishError> {
        let Publication { author, reason, scope } = publication;
        if preview.digest != candidate.digest() {
            let (previewed, now) = (preview.digest.clone(), candidate.digest().to_owned());
            return Err(PublishError::FilesChanged { previewed, now });
        }
        if !preview.can_be_applied() {
            return Err(PublishError::InUse(Box::new(preview.clone())));
        }
        if preview.same && scope == Scope::NewWindows {
            return Err(PublishError::NothingChanged(preview.edition));
        }
        let store = self.ledger.store();
        if let Some(pending) = self.pending_edition().await? {
            return Err(PublishError::Sweeping(pending));
        }
        let number = preview.edition + 1;
        let at = self.ledger.clock().now().await?;
        let record = EditionRecord {
            number,
            at,
            author: author.clone(),
            reason: reason.clone(),
            scope,
            digest: candidate.digest().to_owned(),
            base: built_in_digest().to_owned(),
            tzdb: tzdb_version().to_owned(),
            changed: preview.changes.len(),
            changes: kept(preview.changes.clone()),
        };
        let sweep = (scope == Scope::OpenWindows)
            .then(|| Sweep::new(author, SweepTask::Calendars { edition: number, reason }));
        let edition = Edition { record, own: candidate.own.clone() };
        if !write(store, &edition, sweep.as_ref(), at).await? {
            return Err(PublishError::Overtaken);
        }
        self.ledger.rules().use_edition(number, Arc::clone(&candidate.calendars));
        tracing::info!(calendars.edition = number, "edition {number} of the calendars is in force");
        Ok(edition)
    }
}

async fn write(
    store: &Store,
    edition: &Edition,
    sweep: Option<&Sweep>,
    now: DateTime<Utc>,
) -> Result<bool, PublishError> {
    let number = edition.record.number;
    let malformed = |error| StoreError::malformed("write an edition of the calendars", error);
    let text = serde_json::to_string(edition).map_err(malformed)?;
    if text.len() > EDITION_BYTES_MAX {
        return Err(PublishError::TooLarge);
    }
    let entry = HistoryRecord::Edition(edition.record.clone());
    let entry = serde_json::to_string(&entry).map_err(malformed)?;
    let sweep = sweep.map(serde_json::to_string).transpose().map_err(malformed)?;
    let step = Step {
        counted: Counted::Editions,
        number,
        edition: &text,
        entry: &entry,
        sweep: sweep.as_deref(),
    };
    Ok(store.take_step(step, now).await?)
}

/// What a process starts with.
#[derive(Debug)]
pub struct Opened {
    /// The edition in force.
    pub edition: u64,
    /// Its calendars.
    pub calendars: Arc<Calendars>,
    /// How the files of this process differ from it, in a sentence with its remedy.
    pub difference: Option<String>,
}

/// The edition in force; the first is published from the files of the process that is first.
///
/// # Errors
///
/// When there is no edition and the files cannot be used, the edition is of no use to this
/// release, or Redis fails.
pub async fn open(
    store: &Store,
    now: DateTime<Utc>,
    files: Result<Calendars, CalendarError>,
) -> Result<Opened, OpenError> {
    let files = files.and_then(Candidate::of);
    let Some(text) = store.edition().await? else {
        let candidate = files?;
        let first = first(&candidate, now)?;
        if write(store, &first, None, now).await.map_err(OpenError::first)? {
            return Ok(Opened { edition: 1, calendars: candidate.calendars, difference: None });
        }
        let text = store.edition().await?;
        return in_force(&text.unwrap_or_default(), Ok(candidate));
    };
    in_force(&text, files)
}

fn in_force(text: &str, files: Result<Candidate, CalendarError>) -> Result<Opened, OpenError> {
    let Edition { record, own } = Edition::read(text)?;
    let number = record.number;
    match files {
        Ok(candidate) if candidate.digest() == record.digest => {
            Ok(Opened { edition: number, calendars: candidate.calendars, difference: None })
        }
        files => Ok(Opened {
            edition: number,
            calendars: Arc::new(own.set()?),
            difference: Some(difference(&record, files.as_ref().err())),
        }),
    }
}

fn difference(record: &EditionRecord, wrong: Option<&CalendarError>) -> String {
    let number = record.number;
    if let Some(error) = wrong {
        return format!(
            "the files of the calendars cannot be used, and edition {number} stays in force: {}",
            crate::worker::with_causes(error)
        );
    }
    let what = if record.base == built_in_digest() && record.tzdb == tzdb_version() {
        format!("the files of the calendars differ from edition {number} in force")
    } else {
        format!(
            "this release has other calendars or time zones built in than the one that put \
             edition {number} in force"
        )
    };
    format!("{what}: `cpor calendar preview`, then `cpor calendar reload`")
}

fn first(candidate: &Candidate, now: DateTime<Utc>) -> Result<Edition, StoreError> {
    let malformed = |finding: crate::claim::Finding| {
        StoreError::malformed("write the first edition of the calendars", finding.message)
    };
    let built_in = Calendars::built_in().unwrap_or_else(|_| Calendars::clone(&candidate.calendars));
    let changes = changes(&built_in, &candidate.calendars);
    let record = EditionRecord {
        number: 1,
        at: now,
        author: Line::parse("start").map_err(malformed)?,
        reason: Comment::parse("First start").map_err(malformed)?,
        scope: Scope::NewWindows,
        digest: candidate.digest().to_owned(),
        base: built_in_digest().to_owned(),
        tzdb: tzdb_version().to_owned(),
        changed: changes.len(),
        changes: kept(changes),
    };
    Ok(Edition { record, own: candidate.own.clone() })
}

/// A process cannot start with the calendars.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Redis is in trouble.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A calendar cannot be used.
    #[error(transparent)]
    Calendars(#[from] CalendarError),
}

impl OpenError {
    fn first(error: PublishError) -> Self {
        match error {
            PublishError::Store(error) => Self::Store(error),
            other => Self::Store(StoreError::Unfit(other.to_string())),
        }
    }
}
