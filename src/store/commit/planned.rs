//! What a commit puts on the agenda and takes off it.

use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::Job;

use crate::claim::event::Event;
use crate::claim::{Claim, Next, react};
use crate::store::agenda::Lease;
use crate::store::batch::Batch;
use crate::store::{Commit, Keys};

/// Takers look again at least this often, so only what is due sooner has to wake them.
const WAKE_HORIZON: TimeDelta = TimeDelta::seconds(5);

pub(super) fn write(batch: &mut Batch, keys: &Keys, commit: &Commit<'_>, now: DateTime<Utc>) {
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
