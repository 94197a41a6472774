//! The one atomic commit: state, history, items, grants, indexes, feed, jobs and acknowledgement.

mod planned;
mod prepared;

use chrono::{DateTime, Utc};

use crate::claim::event::Recorded;
use crate::claim::item::Item;
use crate::claim::{ChainTip, Claim};
use crate::metrics::Committing;
use crate::notifications::{Kind, kind_of};
use crate::store::agenda::Lease;
use crate::store::batch::{Answer, Batch};
use crate::store::{Bounds, Instant, Keys, Store, StoreError, inbox, indexes, items, windows};

pub(crate) use prepared::PreparedCommit;

/// One change of a claim, ready to be committed.
#[derive(Debug)]
pub struct Commit<'a> {
    /// The claim as it was read; `None` when it is new.
    pub before: Option<&'a Claim>,
    /// The claim after the events.
    pub after: &'a Claim,
    /// What happened.
    pub events: &'a [Recorded],
    /// The job that caused it, acknowledged by this very commit.
    pub lease: Option<&'a Lease>,
    /// What follows for other claims of the same tenant: committed with it, or not at all. They
    /// have neither leases nor companions.
    pub companions: &'a [Companion],
}

/// A change of another claim that follows from a commit.
#[derive(Debug, Clone)]
pub struct Companion {
    /// The claim as it was read.
    pub before: Claim,
    /// The claim after the events.
    pub after: Claim,
    /// What happened.
    pub events: Vec<Recorded>,
}

impl Companion {
    fn holds(&self, item: &Item) -> bool {
        self.after.held_items().contains(item)
    }

    const fn commit(&self) -> Commit<'_> {
        Commit {
            before: Some(&self.before),
            after: &self.after,
            events: self.events.as_slice(),
            lease: None,
            companions: &[],
        }
    }
}

/// What became of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// Everything is written, and the history adds up to this.
    Done(ChainTip),
    /// Somebody else was faster: read the claim again and decide anew.
    Conflict,
    /// The lease of the job was lost; nothing was written, and nothing is to be done.
    LeaseLost,
}

impl Committed {
    /// Whether everything is written.
    #[must_use]
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Done(_))
    }
}

impl Store {
    /// Commits one change of a claim with everything that follows from it, or nothing at all.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached, refuses, or finds our clock to be off.
    pub async fn commit(&self, commit: &Commit<'_>, at: Instant) -> Result<Committed, StoreError> {
        let started = std::time::Instant::now();
        let committed = self.try_commit(commit, at).await;
        let outcome = match &committed {
            Ok(Committed::Done(_)) => Committing::Done,
            Ok(Committed::Conflict) => Committing::Conflict,
            Ok(Committed::LeaseLost) => Committing::LeaseLost,
            Err(_) => Committing::Failed,
        };
        self.metrics.committed(outcome, started.elapsed());
        committed
    }

    async fn try_commit(&self, commit: &Commit<'_>, at: Instant) -> Result<Committed, StoreError> {
        let id = commit.after.id;
        let partition = id.partition();
        let (batch, chain) = batch(&self.keys, commit, at.now, self.bounds)?;
        let doing = || format!("commit claim {id}");
        match self.run(&batch, partition, at, doing).await? {
            Answer::Done => {
                self.submissions.remember(commit.after);
                for companion in commit.companions {
                    self.submissions.remember(&companion.after);
                }
                Ok(Committed::Done(chain))
            }
            Answer::Guard { number: LEASE_GUARD, .. } if commit.lease.is_some() => {
                Ok(Committed::LeaseLost)
            }
            Answer::Guard { .. } => Ok(Committed::Conflict),
            Answer::Skew { theirs_ms } => Err(StoreError::Skew {
                doing: doing(),
                ours_ms: at.now.timestamp_millis(),
                theirs_ms,
                allowed_ms: at.skew_ms.unwrap_or_default(),
            }),
        }
    }
}

/// The lease, where there is one, is the first guard.
const LEASE_GUARD: usize = 0;

fn batch(
    keys: &Keys,
    commit: &Commit<'_>,
    now: DateTime<Utc>,
    bounds: Bounds,
) -> Result<(Batch, ChainTip), StoreError> {
    let mut batch = Batch::new(keys.waiting(commit.after.id.partition()));
    guard(&mut batch, keys, commit);
    for companion in commit.companions {
        guard(&mut batch, keys, &companion.commit());
    }
    // What others let go of is free before it is taken.
    for companion in commit.companions {
        write_change(&mut batch, keys, &companion.commit(), now, bounds)?;
    }
    let chain = write_change(&mut batch, keys, commit, now, bounds)?;
    Ok((batch, chain))
}

/// Everything that follows from the change of one claim.
fn write_change(
    batch: &mut Batch,
    keys: &Keys,
    commit: &Commit<'_>,
    now: DateTime<Utc>,
    bounds: Bounds,
) -> Result<ChainTip, StoreError> {
    let chain = write_claim(batch, keys, commit, bounds)?;
    items::write(batch, keys, commit);
    indexes::write(batch, keys, commit);
    windows::write(batch, keys, commit);
    if let Some(lease) = commit.lease {
        lease.acknowledge(batch, keys);
    }
    planned::write(batch, keys, commit, now);
    Ok(chain)
}

/// The lease is ours, the claim is as we read it, and nobody took the items meanwhile: what a
/// companion lets go of is nobody else's, because that claim, too, is as we read it.
fn guard(batch: &mut Batch, keys: &Keys, commit: &Commit<'_>) {
    let after = commit.after;
    if let Some(lease) = commit.lease {
        lease.guard(batch, keys);
    }
    let revision = commit.before.map_or_else(String::new, |claim| claim.revision.to_string());
    batch.guard(keys.claim(after.id), "revision", &revision);
    let held = commit.before.map(Claim::held_items).unwrap_or_default();
    let tenant_id = &after.submission.customer.tenant_id;
    let freed = |item: &Item| {
        let mut others = commit.companions.iter();
        others.any(|other| other.before.held_items().contains(item) && !other.holds(item))
    };
    for item in after.held_items().iter().filter(|item| !held.contains(item) && !freed(item)) {
        batch.guard_absent(keys.item(tenant_id, item));
    }
}

fn write_claim(
    batch: &mut Batch,
    keys: &Keys,
    commit: &Commit<'_>,
    bounds: Bounds,
) -> Result<ChainTip, StoreError> {
    let after = commit.after;
    let json_error = |error: serde_json::Error| {
        StoreError::malformed(format!("write claim {} as JSON", after.id), error)
    };
    let mut chain = commit.before.map_or_else(|| ChainTip::origin(after.id), |claim| claim.chain);
    let mut chains = Vec::with_capacity(commit.events.len());
    for recorded in commit.events {
        let json = serde_json::to_string(recorded).map_err(json_error)?;
        chain = chain.after(json.as_bytes());
        chains.push(chain);
        batch.write("RPUSH", keys.history(after.id), &[&json]);
    }
    write_head(batch, keys, after, chain)?;
    for (recorded, chain) in commit.events.iter().zip(chains) {
        write_event(batch, keys, after, (recorded, chain), bounds);
    }
    Ok(chain)
}

/// What the claim's own key says.
pub(super) fn write_head(
    batch: &mut Batch,
    keys: &Keys,
    after: &Claim,
    chain: ChainTip,
) -> Result<(), StoreError> {
    let snapshot = serde_json::to_string(&after.snapshot).map_err(|error| {
        StoreError::malformed(format!("write claim {} as JSON", after.id), error)
    })?;
    batch.write(
        "HSET",
        keys.claim(after.id),
        &[
            &"revision",
            &after.revision,
            &"status",
            &after.status().as_str(),
            &"submission",
            &after.submission_revision,
            &"snapshot",
            &snapshot,
            &"chain",
            &chain.to_string(),
        ],
    );
    Ok(())
}

/// What the feed says of an event.
pub(super) fn write_event(
    batch: &mut Batch,
    keys: &Keys,
    after: &Claim,
    (recorded, chain): (&Recorded, ChainTip),
    bounds: Bounds,
) {
    let kind = kind_of(&recorded.event).map_or("", Kind::as_str);
    let (mpn_id, source) = (&after.submission.partner.mpn_id, &after.submission.source);
    batch.write(
        "XADD",
        keys.feed(after.id.partition()),
        &[
            &"MAXLEN",
            &"~",
            &bounds.feed_max,
            &"*",
            &"claim",
            &after.id.to_string(),
            &"revision",
            &recorded.revision,
            &"event",
            &recorded.event.name(),
            &"at",
            &recorded.at.timestamp_millis(),
            &"mpn_id",
            &mpn_id.as_str(),
            &"source",
            &source.as_str(),
            &"status",
            &after.status().as_str(),
            &"chain",
            &chain.to_string(),
            &"kind",
            &kind,
        ],
    );
    inbox::write(batch, keys, bounds.inbox, after, recorded);
}
