//! Restoring a backup into an empty namespace.

use std::io::{BufRead, Seek, SeekFrom};

use chrono::{DateTime, Utc};
use futures_util::stream::{FuturesUnordered, TryStreamExt as _};

use crate::backup::line::{ClaimLine, Header, KeyLine, Line, Text, Values};
use crate::backup::read::{Problem, Reader, verify};
use crate::backup::{AT_ONCE, FileError, Progress, Told};
use crate::claim::ClaimId;
use crate::store::keys::Found;
use crate::store::meta::ClockMode;
use crate::store::restore::RestoredClaim;
use crate::store::{Store, StoreError};

/// The key that is written last.
const META: &str = "*:meta";

/// A backup could not be restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// Redis cannot be reached or refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file is not a whole backup.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// Something is there.
    #[error(
        "the namespace `{namespace}` is not empty (it has the key `{key}`): restore into an empty \
         one, that is, another server, or another `redis.namespace`; nothing was changed"
    )]
    NotEmpty {
        /// Which namespace.
        namespace: String,
        /// A key in it.
        key: String,
    },
    /// Another backup is half there.
    #[error(
        "the restore of another backup into the namespace `{namespace}` was cut off: give that \
         one again, or choose an empty namespace"
    )]
    HalfRestored {
        /// Which namespace.
        namespace: String,
    },
    /// The settings are those of another deployment.
    #[error(
        "the backup is of a deployment with {setting} = {theirs}, and {setting} is {ours} here: \
         set it to {theirs}, and restore again"
    )]
    Settings {
        /// Which setting.
        setting: &'static str,
        /// What the backup says.
        theirs: String,
        /// What is set.
        ours: String,
    },
}

/// What is back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What was backed up, and when.
    pub header: Header,
    /// How many claims.
    pub claims: u64,
    /// Claims whose events cannot be read; they are back as they were.
    pub unreadable: Vec<ClaimId>,
}

/// Restores a backup into the namespace of `store`, which has to be empty: first the whole file is
/// looked at, then written. `mode` is the clock that is configured.
///
/// # Errors
///
/// When the file is damaged, the namespace is not empty or is configured otherwise, and nothing is
/// changed; and when Redis fails on the way: then restoring the same file again goes on.
pub async fn restore(
    store: &Store,
    mode: ClockMode,
    mut file: impl BufRead + Seek,
    told: Told<'_>,
) -> Result<Restored, RestoreError> {
    let verified = verify(&mut file)?;
    fits(store, mode, &verified.header)?;
    let namespace = || store.keys().namespace().to_owned();
    if !store.is_being_restored().await?
        && let Some(key) = some_key(store).await?
    {
        return Err(RestoreError::NotEmpty { namespace: namespace(), key });
    }
    if !store.begin_restore(&verified.footer.sha256).await? {
        return Err(RestoreError::HalfRestored { namespace: namespace() });
    }
    file.seek(SeekFrom::Start(0)).map_err(FileError::doing("read the backup again"))?;
    let mut reader = Reader::new(file);
    let mut restoring =
        Restoring { store, at: verified.header.at, claims: 0, unreadable: Vec::new() };
    let (mut meta, mut waiting) = (Vec::new(), Vec::new());
    loop {
        let line = reader.next()?;
        let counts = |id| verified.latest.get(&id).is_none_or(|line| *line == reader.number());
        match line {
            Line::Claim(claim) | Line::Changed(claim) => {
                if counts(claim.id) {
                    waiting.push(claim);
                }
            }
            Line::End(_) => break,
            Line::Key(KeyLine { name, values: Values::Hash(fields), .. }) if name == META => {
                meta.extend(fields);
            }
            other => restoring.other(other).await?,
        }
        if waiting.len() >= AT_ONCE * 8 {
            restoring.claims(&mut waiting).await?;
            told(Progress { done: reader.number(), total: verified.footer.lines });
        }
    }
    restoring.claims(&mut waiting).await?;
    store.end_restore(&meta_or_default(meta, store, mode)).await?;
    let Restoring { claims, unreadable, .. } = restoring;
    Ok(Restored { header: verified.header, claims, unreadable })
}

fn fits(store: &Store, mode: ClockMode, header: &Header) -> Result<(), RestoreError> {
    let (theirs, ours) = (header.partitions, store.keys().partitions());
    let differs = |setting, theirs: String, ours: String| {
        Err(RestoreError::Settings { setting, theirs, ours })
    };
    if theirs != ours {
        return differs("redis.partitions", theirs.to_string(), ours.to_string());
    }
    if header.clock != mode {
        let (theirs, ours) = (header.clock.as_str(), mode.as_str());
        return differs("clock.mode", format!("\"{theirs}\""), format!("\"{ours}\""));
    }
    Ok(())
}

/// Any key of the namespace.
async fn some_key(store: &Store) -> Result<Option<String>, StoreError> {
    for node in store.nodes().await? {
        let mut next = Some(0);
        while let Some(cursor) = next {
            let page = store.all_keys(&node, cursor).await?;
            if let Some(key) = page.found.into_iter().next() {
                return Ok(Some(key));
            }
            next = page.next;
        }
    }
    Ok(None)
}

/// What the namespace was created with is in every backup; nothing else can be where it is not.
fn meta_or_default(meta: Vec<(Text, Text)>, store: &Store, mode: ClockMode) -> Vec<(Text, Text)> {
    if !meta.is_empty() {
        return meta;
    }
    let partitions = store.keys().partitions().to_string();
    let format = crate::store::meta::FORMAT.to_string();
    [("format", format.as_str()), ("partitions", &partitions), ("clock", mode.as_str())]
        .map(|(field, value)| (Text::from(field), Text::from(value)))
        .to_vec()
}

struct Restoring<'a> {
    store: &'a Store,
    at: DateTime<Utc>,
    claims: u64,
    unreadable: Vec<ClaimId>,
}

impl Restoring<'_> {
    /// Claims do not depend on each other: what was read of a partition is of one instant.
    async fn claims(&mut self, waiting: &mut Vec<ClaimLine>) -> Result<(), StoreError> {
        let store = self.store;
        let restore = async |claim: ClaimLine| {
            Ok::<_, StoreError>((claim.id, store.restore_claim(&claim).await?))
        };
        let mut restored: FuturesUnordered<_> = waiting.drain(..).map(restore).collect();
        while let Some((id, what)) = restored.try_next().await? {
            self.claims += 1;
            if what == RestoredClaim::Unreadable {
                self.unreadable.push(id);
            }
        }
        Ok(())
    }

    async fn other(&self, line: Line) -> Result<(), RestoreError> {
        let store = self.store;
        match line {
            Line::Partition(partition) => store.restore_partition(&partition).await?,
            Line::Deliveries(deliveries) => {
                store.restore_deliveries(&deliveries, self.at).await?;
            }
            Line::Key(key) => {
                // A name that is of no namespace was written by nobody who could read one.
                let Some(name) = store.keys().particular(&key.name) else { return Ok(()) };
                if store.keys().found(&name) == Found::Inbox {
                    store.restore_inbox(&name, &key).await?;
                } else {
                    store.write_raw(&name, &key).await?;
                    store.index_restored_draft(&name).await?;
                }
            }
            Line::Backup(_) | Line::Claim(_) | Line::Changed(_) | Line::End(_) => {}
        }
        Ok(())
    }
}
