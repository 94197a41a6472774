//! The static provider: a tenant directory and the registry of partners in a TOML file, kept in
//! memory and read again when it changes.
//!
//! Each look-up asks the file system whether the file is still the same (about a microsecond),
//! so that an edit counts from the next claim on. It deliberately never gives up knowledge
//! because of a slip: while the file is missing or broken, the last good version stays in force.
//! Replace the file by a rename; a file written in place can be seen half-written.

mod parse;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fs::{self, File, Metadata};
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;
use uuid::Uuid;

use super::settings::DirectorySetupError;
use super::{
    DirectoryAnswer, DomainAnswer, Organization, Registered, SubscriptionRecord,
    SubscriptionsAnswer,
};
use crate::claim::identity::MpnId;

pub use parse::FileProblem;

/// A larger file is refused; 64 MiB are some 150,000 tenants.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// File systems stamp changes in ticks of a few milliseconds, so two versions of one size may
/// bear one stamp. A stamp is trusted only when the file was read this long after it was seen.
const STAMP_SETTLES_AFTER: Duration = Duration::from_millis(100);

/// The directory of one file, or an empty one.
pub struct StaticDirectory {
    source: Option<Source>,
    in_force: RwLock<Arc<Snapshot>>,
}

struct Source {
    path: PathBuf,
    /// Whoever holds it reads the file; everyone else goes on with the version in force.
    seen: Mutex<Seen>,
}

/// One version of the file, ready to be asked.
#[derive(Default)]
struct Snapshot {
    tenants: HashMap<Uuid, Tenant>,
    owners: HashMap<String, Uuid>,
    organizations: HashMap<MpnId, Arc<Organization>>,
}

struct Tenant {
    domains: Arc<[String]>,
    subscriptions: HashMap<Uuid, SubscriptionRecord>,
}

/// What was last seen of the file, good or broken.
struct Seen {
    /// `None` while there is no such file.
    stamp: Option<Stamp>,
    since: Instant,
    settled: bool,
    fingerprint: Fingerprint,
}

/// Tells one content, or one way of not being readable, from another.
type Fingerprint = Result<u64, io::ErrorKind>;

/// Two versions of a file differ in one of these, except within one tick of the file system.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl StaticDirectory {
    /// Reads the file for the first time; without one the directory knows nobody.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, DirectorySetupError> {
        let Some(path) = path.filter(|path| !path.as_os_str().is_empty()) else {
            return Ok(Self { source: None, in_force: RwLock::default() });
        };
        // The stamp is taken first: a change while we read is then seen as a change.
        let (stamp, since) = (Stamp::of(path), Instant::now());
        let content = read(path);
        let fingerprint = fingerprint(&content);
        let snapshot = content
            .map_err(FileProblem::Unreadable)
            .and_then(|bytes| parse::parse(&bytes))
            .map_err(|source| DirectorySetupError::File { path: path.to_owned(), source })?;
        let seen = Mutex::new(Seen { stamp, since, settled: false, fingerprint });
        Ok(Self {
            source: Some(Source { path: path.to_owned(), seen }),
            in_force: RwLock::new(Arc::new(snapshot)),
        })
    }

    /// The customers of the demo, which are built in.
    pub(super) fn demo() -> Result<Self, DirectorySetupError> {
        let path = "config/demo/directory.toml";
        let text = include_str!("../../config/demo/directory.toml");
        let snapshot = parse::parse(text.as_bytes())
            .map_err(|source| DirectorySetupError::File { path: path.into(), source })?;
        Ok(Self { source: None, in_force: RwLock::new(Arc::new(snapshot)) })
    }

    /// Answers from the newest good version of the file. The domain is in lower case.
    pub(super) async fn look_up(
        &self,
        domain: &str,
        tenant_id: Uuid,
        subscriptions: &[Uuid],
    ) -> DirectoryAnswer {
        self.newest().await.answer(domain, tenant_id, subscriptions)
    }

    /// Whose a partner's location is.
    pub(super) async fn registered(&self, mpn_id: &MpnId) -> Registered {
        let snapshot = self.newest().await;
        match snapshot.organizations.get(mpn_id) {
            Some(organization) => Registered::Of(Arc::clone(organization)),
            None if snapshot.organizations.is_empty() => Registered::NoRegistry,
            None => Registered::Unknown,
        }
    }

    async fn newest(&self) -> Arc<Snapshot> {
        if let Some(source) = &self.source {
            self.keep_up(source).await;
        }
        Arc::clone(&self.in_force.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whoever comes while somebody reads the file waits for a change that is already there, and
    /// does not read the file once more.
    async fn keep_up(&self, source: &Source) {
        if let Ok(mut seen) = source.seen.try_lock() {
            return self.refresh(&source.path, &mut seen).await;
        }
        let mut seen = source.seen.lock().await;
        if Stamp::of(&source.path) != seen.stamp {
            self.refresh(&source.path, &mut seen).await;
        }
    }

    /// Takes a changed file into force; says so once if it is broken, and keeps the old one.
    async fn refresh(&self, path: &Path, seen: &mut Seen) {
        let (stamp, now) = (Stamp::of(path), Instant::now());
        if stamp == seen.stamp && seen.settled {
            return;
        }
        if stamp != seen.stamp {
            (seen.stamp, seen.since, seen.settled) = (stamp, now, false);
        }
        let (owned, last) = (path.to_owned(), seen.fingerprint);
        // A large file takes a second to parse; the claims of this thread must not wait for it.
        let reading = tokio::task::spawn_blocking(move || read_anew(&owned, last));
        let Ok((fingerprint, parsed)) = reading.await else {
            return; // The runtime is shutting down.
        };
        seen.fingerprint = fingerprint;
        seen.settled = now.duration_since(seen.since) >= STAMP_SETTLES_AFTER;
        match parsed {
            None => {}
            Some(Ok(snapshot)) => {
                let mut in_force = self.in_force.write().unwrap_or_else(PoisonError::into_inner);
                *in_force = Arc::new(snapshot);
                tracing::debug!(file.path = %path.display(), "loaded the changed tenant directory");
            }
            Some(Err(problem)) => tracing::warn!(
                file.path = %path.display(),
                error = &problem as &(dyn std::error::Error + 'static),
                "kept the last good tenant directory in force: could not load {}: {problem}",
                path.display(),
            ),
        }
    }
}

/// Reads the file and parses it, unless its content is what was `last` seen.
fn read_anew(
    path: &Path,
    last: Fingerprint,
) -> (Fingerprint, Option<Result<Snapshot, FileProblem>>) {
    let content = read(path);
    let fingerprint = fingerprint(&content);
    if fingerprint == last {
        return (fingerprint, None);
    }
    let parsed = content.map_err(FileProblem::Unreadable).and_then(|bytes| parse::parse(&bytes));
    (fingerprint, Some(parsed))
}

/// Reads at most the size limit; refuses what is not a file, as a pipe would keep us for ever.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 64 MiB"));
    }
    Ok(bytes)
}

fn fingerprint(content: &io::Result<Vec<u8>>) -> Fingerprint {
    let bytes = content.as_ref().map_err(io::Error::kind)?;
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    Ok(hasher.finish())
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        fs::metadata(path).ok().map(|metadata| Self::from(&metadata))
    }
}

impl From<&Metadata> for Stamp {
    fn from(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

impl Snapshot {
    fn answer(&self, domain: &str, tenant_id: Uuid, subscriptions: &[Uuid]) -> DirectoryAnswer {
        let tenant = self.tenants.get(&tenant_id);
        let domain = match (self.owners.get(domain), tenant) {
            (Some(owner), _) => DomainAnswer::owned_by(*owner, tenant_id),
            (None, Some(_)) => DomainAnswer::UnknownDomain,
            (None, None) => DomainAnswer::UnknownTenant,
        };
        let record = |id: &Uuid| tenant.and_then(|tenant| tenant.subscriptions.get(id)).cloned();
        DirectoryAnswer {
            domain,
            domains: tenant.map(|tenant| Arc::clone(&tenant.domains)),
            subscriptions: SubscriptionsAnswer::Known(
                subscriptions.iter().map(|id| (*id, record(id))).collect(),
            ),
        }
    }
}
