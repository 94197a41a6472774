//! The one atomic commit: state, history, items, grants, indexes, feed, jobs and acknowledgement.

use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::Job;

use crate::claim::event::{Event, Recorded};
use crate::claim::{ChainTip, Claim, Next, react};
use crate::metrics::Committing;
use crate::notifications::{Kind, kind_of};
use crate::store::agenda::Lease;
use crate::store::batch::{Answer, Batch};
use crate::store::{Bounds, Instant, Keys, Store, StoreError, inbox, indexes, items, windows};

/// Takers look again at least this often, so only what is due sooner has to wake them.
pub const WAKE_HORIZON: TimeDelta = TimeDelta::seconds(5);

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

/// A commit as it goes over the wire.
#[derive(Debug, Clone)]
pub(crate) struct PreparedCommit(redis::Cmd);

impl Store {
    /// Sends prepared commits in one pipeline.
    pub(crate) async fn send(&self, commits: &[PreparedCommit]) -> Result<(), StoreError> {
        let mut pipeline = redis::Pipeline::with_capacity(commits.len());
        for commit in commits {
            pipeline.add_command(commit.0.clone()).ignore();
        }
        let mut connection = self.connection();
        pipeline
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("send prepared commits"))
    }

    /// The command that [`Store::commit`] would send, for measuring what it costs by itself.
    pub(crate) fn commit_command(
        &self,
        commit: &Commit<'_>,
        at: Instant,
    ) -> Result<PreparedCommit, StoreError> {
        let (batch, _) = batch(&self.keys, commit, at.now, self.bounds)?;
        let channel = self.keys.wake_channel();
        let wake = (channel.as_str(), commit.after.id.partition());
        let now_ms = at.now.timestamp_millis();
        Ok(PreparedCommit(batch.command(&self.scripts.commit, now_ms, at.skew_ms, wake)))
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
    let chain = write_claim(&mut batch, keys, commit, bounds)?;
    items::write(&mut batch, keys, commit);
    indexes::write(&mut batch, keys, commit);
    windows::write(&mut batch, keys, commit);
    if let Some(lease) = commit.lease {
        lease.acknowledge(&mut batch, keys);
    }
    write_agenda(&mut batch, keys, commit, now);
    Ok((batch, chain))
}

/// The lease is ours, the claim is as we read it, and nobody took the items meanwhile.
fn guard(batch: &mut Batch, keys: &Keys, commit: &Commit<'_>) {
    let after = commit.after;
    if let Some(lease) = commit.lease {
        lease.guard(batch, keys);
    }
    let revision = commit.before.map_or_else(String::new, |claim| claim.revision.to_string());
    batch.guard(keys.claim(after.id), "revision", &revision);
    let held = commit.before.map(Claim::held_items).unwrap_or_default();
    let tenant_id = &after.submission.customer.tenant_id;
    for item in after.held_items().iter().filter(|item| !held.contains(item)) {
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

fn write_agenda(batch: &mut Batch, keys: &Keys, commit: &Commit<'_>, now: DateTime<Utc>) {
    let after = commit.after;
    let acknowledged = commit.lease.map(Lease::job);
    let mut changes = react(commit.before, after);
    let resumed = commit.events.iter().any(|r| matches!(r.event, Event::NoticeResumed { .. }));
    // A job that was acknowledged and is still planned goes back; and so does a notice that is
    // resumed, which lies among the dead letters although it is planned, maybe for this moment.
    for (job, due_at) in after.plan() {
        let put = Next::Put { job, due_at };
        let goes_back = acknowledged == Some(job) || (resumed && job == Job::NotifyCustomer);
        if goes_back && !changes.contains(&put) {
            changes.push(put);
        }
    }
    let planned_before = |job: Job| {
        commit.before.is_some_and(|claim| claim.plan().iter().any(|(old, _)| *old == job))
    };
    for change in changes {
        match change {
            Next::Drop { job } if acknowledged == Some(job) => {}
            Next::Drop { job } => clear(batch, keys, after, job),
            Next::Put { job, due_at } => {
                if planned_before(job) && acknowledged != Some(job) {
                    clear(batch, keys, after, job);
                }
                let entry = after.id.to_string();
                let due_ms = due_at.timestamp_millis();
                batch.write("ZADD", keys.agenda(after.id.partition(), job), &[&due_ms, &entry]);
                if due_at < now + WAKE_HORIZON {
                    batch.wake();
                }
            }
        }
    }
}

/// Takes a claim's entry off wherever it is; a worker that has it loses its lease.
fn clear(batch: &mut Batch, keys: &Keys, claim: &Claim, job: Job) {
    let (partition, entry) = (claim.id.partition(), claim.id.to_string());
    batch.write("ZREM", keys.agenda(partition, job), &[&entry]);
    batch.write("ZREM", keys.running(partition, job), &[&entry]);
    batch.write("HDEL", keys.attempts(partition, job), &[&entry]);
    batch.write("ZREM", keys.dead(partition, job), &[&entry]);
    batch.write("HDEL", keys.dead_letters(partition, job), &[&entry]);
}
