//! The agenda: taking what is due under leases, and giving it back in one of four ways.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use redis::Value;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::claim::identity::ClaimId;
use crate::claim::submission::Submission;
use crate::claim::{Claim, Snapshot};
use crate::store::batch::{Answer, Batch};
use crate::store::keys::IntakePart;
use crate::store::{Instant, Keys, Store, StoreError};

/// Longest member of the agenda that is shown as it is, in bytes.
const MEMBER_MAX: usize = 200;

/// The right to work an entry until the lease ends, unless it is renewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    place: Place,
    job: Job,
    entry: String,
    /// The entry as Redis has it, which may be anything.
    member: Vec<u8>,
    record: String,
}

/// Which slot an entry lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Partition(u16),
    Intake,
}

impl Lease {
    pub(super) fn on_agenda(partition: u16, job: Job, member: &[u8], record: String) -> Self {
        let (entry, member) = (readable(member), member.to_vec());
        Self { place: Place::Partition(partition), job, entry, member, record }
    }

    pub(super) fn on_intake(entry: String, record: String) -> Self {
        let member = entry.clone().into_bytes();
        Self { place: Place::Intake, job: Job::SubmitClaim, entry, member, record }
    }

    /// The job of the entry.
    #[must_use]
    pub const fn job(&self) -> Job {
        self.job
    }

    /// The entry: a claim id, or a number on the intake; of rubbish, what can be shown of it.
    #[must_use]
    pub fn entry(&self) -> &str {
        &self.entry
    }

    /// Attempts that have failed so far.
    #[must_use]
    pub fn failed_attempts(&self) -> u32 {
        self.record_part(0)
    }

    /// How often the entry was taken since its last outcome, this time included.
    #[must_use]
    pub fn deliveries(&self) -> u32 {
        self.record_part(1)
    }

    fn record_part(&self, part: usize) -> u32 {
        self.record.split(':').nth(part).and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    /// The lease is still ours.
    pub(super) fn guard(&self, batch: &mut Batch, keys: &Keys) {
        batch.guard(self.attempts(keys), &self.member, &self.record);
    }

    /// The entry is done.
    pub(super) fn acknowledge(&self, batch: &mut Batch, keys: &Keys) {
        batch.write("ZREM", self.running(keys), &[&self.member]);
        batch.write("HDEL", self.attempts(keys), &[&self.member]);
        if self.place == Place::Intake {
            batch.write("HDEL", keys.intake_part(IntakePart::Taken), &[&self.member]);
        }
    }

    fn running(&self, keys: &Keys) -> String {
        match self.place {
            Place::Partition(partition) => keys.running(partition, self.job),
            Place::Intake => keys.intake_part(IntakePart::Running),
        }
    }

    fn attempts(&self, keys: &Keys) -> String {
        match self.place {
            Place::Partition(partition) => keys.attempts(partition, self.job),
            Place::Intake => keys.intake_part(IntakePart::Attempts),
        }
    }

    fn dead(&self, keys: &Keys) -> (String, String) {
        match self.place {
            Place::Partition(partition) => {
                (keys.dead(partition, self.job), keys.dead_letters(partition, self.job))
            }
            Place::Intake => (
                keys.intake_part(IntakePart::Dead),
                keys.intake_part(IntakePart::DeadLetters),
            ),
        }
    }

    /// The key in the slot of the entry that takers wait on, and the partition to wake.
    fn waiting(&self, keys: &Keys) -> (String, u16) {
        match self.place {
            Place::Partition(partition) => (keys.waiting(partition), partition),
            Place::Intake => (keys.intake_part(IntakePart::Waiting), 0),
        }
    }
}

/// What becomes of an entry other than being acknowledged by a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// There was nothing to do.
    Done,
    /// It failed; it is due again later.
    Again {
        /// When.
        due_at: DateTime<Utc>,
    },
    /// It was not started; it is due at once, as if it had not been taken.
    GivenBack,
    /// It is out of attempts, or beyond help: kept for a person.
    Dead {
        /// Why, in a sentence.
        error: String,
    },
}

/// Why an entry is kept for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Failed attempts, this one included.
    pub attempts: u32,
    /// Why, in a sentence.
    pub error: String,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// An entry that was taken, with its claim as it was in that moment.
#[derive(Debug)]
pub struct Taken {
    /// The right to work it.
    pub lease: Lease,
    /// When it was due; `None` when it was taken over from a lost lease.
    pub due_at: Option<DateTime<Utc>>,
    /// The claim, or why there is none.
    pub claim: Result<Claim, String>,
}

/// What a take of one partition brought.
#[derive(Debug, Default)]
pub struct Take {
    /// The entries, in the order of the jobs asked for.
    pub entries: Vec<Taken>,
    /// When the next entry of these jobs falls due; in the past when there is more to take.
    pub next_due: Option<DateTime<Utc>>,
    /// When the next lease of these jobs runs out, on the clock of leases.
    pub next_lease_end: Option<DateTime<Utc>>,
}

impl Store {
    /// Takes at most the given number of due entries of each job under leases that end at
    /// `lease_end`.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached, refuses, or finds our clock to be off.
    pub async fn take(
        &self,
        partition: u16,
        jobs: &[(Job, usize)],
        token: &str,
        lease_end: DateTime<Utc>,
        at: Instant,
    ) -> Result<Take, StoreError> {
        let doing = || format!("take due entries of partition {partition}");
        let mut invocation = self.scripts.take.prepare_invoke();
        invocation.key(self.keys.waiting(partition));
        invocation.arg(at.now.timestamp_millis());
        invocation.arg(at.skew_ms.map_or_else(String::new, |ms| ms.to_string()));
        invocation.arg(at.real.timestamp_millis()).arg(lease_end.timestamp_millis()).arg(token);
        invocation.arg(self.keys.claim_prefix(partition));
        invocation.arg(self.keys.history_prefix(partition));
        for &(job, limit) in jobs {
            invocation.key(self.keys.agenda(partition, job));
            invocation.key(self.keys.running(partition, job));
            invocation.key(self.keys.attempts(partition, job));
            invocation.arg(limit);
        }
        let mut connection = self.connection();
        let reply: Vec<Value> = invocation
            .invoke_async(&mut connection)
            .await
            .map_err(StoreError::doing(doing()))?;
        if let [kind, theirs_ms] = reply.as_slice()
            && text(kind) == "skew"
        {
            return Err(StoreError::Skew {
                doing: doing(),
                ours_ms: at.now.timestamp_millis(),
                theirs_ms: number(theirs_ms).unwrap_or_default(),
                allowed_ms: at.skew_ms.unwrap_or_default(),
            });
        }
        Ok(read_take(partition, jobs, &reply))
    }

    /// Ends a lease in one of four ways; false when the lease was lost, and nothing was changed.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn settle(
        &self,
        lease: &Lease,
        outcome: &Outcome,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let (waiting, partition) = lease.waiting(&self.keys);
        let mut batch = Batch::new(waiting);
        lease.guard(&mut batch, &self.keys);
        self.write_outcome(&mut batch, lease, outcome, at)?;
        let doing = || format!("settle {} of {}", lease.job, lease.entry);
        Ok(self.run(&batch, partition, Instant { skew_ms: None, ..at }, doing).await?
            == Answer::Done)
    }

    fn write_outcome(
        &self,
        batch: &mut Batch,
        lease: &Lease,
        outcome: &Outcome,
        at: Instant,
    ) -> Result<(), StoreError> {
        let keys = &self.keys;
        match outcome {
            Outcome::Done => lease.acknowledge(batch, keys),
            Outcome::Again { due_at } => {
                self.put_back(batch, lease, *due_at, lease.failed_attempts() + 1, 0, at);
            }
            Outcome::GivenBack => {
                let deliveries = lease.deliveries().saturating_sub(1);
                self.put_back(batch, lease, at.now, lease.failed_attempts(), deliveries, at);
                if lease.place != Place::Intake {
                    batch.wake();
                }
            }
            Outcome::Dead { error } => {
                let letter = DeadLetter {
                    attempts: lease.failed_attempts() + 1,
                    error: error.chars().take(1_000).collect(),
                    at: at.now,
                };
                let json = serde_json::to_string(&letter)
                    .map_err(|error| StoreError::malformed("write a dead letter", error))?;
                let (dead, letters) = lease.dead(keys);
                // Rubbish is kept as what can be shown of it, so that a person can be shown it.
                batch.write("HSET", letters, &[&lease.entry, &json]);
                batch.write("ZADD", dead, &[&at.now.timestamp_millis(), &lease.entry]);
                batch.write("ZREM", lease.running(keys), &[&lease.member]);
                batch.write("HDEL", lease.attempts(keys), &[&lease.member]);
            }
        }
        Ok(())
    }

    /// On the intake, an entry waits for its next attempt as a lease that runs out then.
    fn put_back(
        &self,
        batch: &mut Batch,
        lease: &Lease,
        due_at: DateTime<Utc>,
        failed: u32,
        deliveries: u32,
        at: Instant,
    ) {
        let record = format!("{failed}:{deliveries}:");
        batch.write("HSET", lease.attempts(&self.keys), &[&lease.member, &record]);
        match lease.place {
            Place::Partition(partition) => {
                let agenda = self.keys.agenda(partition, lease.job);
                batch.write("ZADD", agenda, &[&due_at.timestamp_millis(), &lease.member]);
                batch.write("ZREM", lease.running(&self.keys), &[&lease.member]);
            }
            Place::Intake => {
                let pause = due_at - at.now;
                let again_ms = (at.real + pause).timestamp_millis();
                batch.write("ZADD", lease.running(&self.keys), &[&again_ms, &lease.member]);
            }
        }
    }

    /// Makes a lease last until `lease_end`; false when it was lost.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn extend(
        &self,
        lease: &Lease,
        lease_end: DateTime<Utc>,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let (waiting, partition) = lease.waiting(&self.keys);
        let mut batch = Batch::new(waiting);
        lease.guard(&mut batch, &self.keys);
        let end_ms = lease_end.timestamp_millis();
        batch.write("ZADD", lease.running(&self.keys), &[&"XX", &end_ms, &lease.member]);
        let doing = || format!("extend the lease of {} of {}", lease.job, lease.entry);
        Ok(self.run(&batch, partition, Instant { skew_ms: None, ..at }, doing).await?
            == Answer::Done)
    }
}

fn read_take(partition: u16, jobs: &[(Job, usize)], reply: &[Value]) -> Take {
    let instant = |at: usize| {
        reply.get(at).and_then(number).and_then(DateTime::from_timestamp_millis)
    };
    let mut take = Take { next_due: instant(1), next_lease_end: instant(2), entries: Vec::new() };
    for (&(job, _), entries) in jobs.iter().zip(reply.iter().skip(3)) {
        let Value::Array(entries) = entries else { continue };
        take.entries.extend(entries.iter().filter_map(|entry| read_taken(partition, job, entry)));
    }
    take
}

fn read_taken(partition: u16, job: Job, value: &Value) -> Option<Taken> {
    let Value::Array(parts) = value else { return None };
    let [entry, record, due, revision, snapshot, submission] = parts.as_slice() else {
        return None;
    };
    let lease = Lease::on_agenda(partition, job, bytes(entry), text(record));
    let claim = match ClaimId::parse(lease.entry()) {
        Err(_) => Err(format!("`{}` is not a claim id", shortened(lease.entry()))),
        Ok(_) if text(revision).is_empty() => Err(format!("there is no claim {}", lease.entry())),
        Ok(id) => read_claim(id, bytes(snapshot), bytes(submission)),
    };
    Some(Taken {
        lease,
        due_at: number(due).and_then(DateTime::from_timestamp_millis),
        claim,
    })
}

/// Puts a claim together from its snapshot and the event that brought its submission.
pub(super) fn read_claim(id: ClaimId, snapshot: &[u8], event: &[u8]) -> Result<Claim, String> {
    #[derive(Deserialize)]
    struct WithSubmission {
        submission: Arc<Submission>,
    }
    let event: WithSubmission = serde_json::from_slice(event)
        .map_err(|error| format!("the submission of claim {id} cannot be read: {error}"))?;
    let snapshot: Snapshot = serde_json::from_slice(snapshot)
        .map_err(|error| format!("the snapshot of claim {id} cannot be read: {error}"))?;
    Ok(Claim { submission: event.submission, snapshot })
}

/// What can be shown of a member of the agenda; what is no short text keeps a digest, so that two
/// of them stay two.
fn readable(member: &[u8]) -> String {
    match std::str::from_utf8(member) {
        Ok(text) if text.len() <= MEMBER_MAX => text.to_owned(),
        _ => {
            let digest: String =
                Sha256::digest(member).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            let start = String::from_utf8_lossy(&member[..member.len().min(MEMBER_MAX / 4)]);
            let start: String = start.chars().take(MEMBER_MAX / 8).collect();
            format!("{}… ({} bytes, sha256 {digest}…)", start.escape_default(), member.len())
        }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(80).collect::<String>().escape_default().to_string()
}

fn bytes(value: &Value) -> &[u8] {
    match value {
        Value::BulkString(bytes) => bytes,
        Value::SimpleString(text) => text.as_bytes(),
        _ => &[],
    }
}

fn text(value: &Value) -> String {
    String::from_utf8_lossy(bytes(value)).into_owned()
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        // Scores come as text, and Lua makes a float of a large number.
        other => text(other).parse::<f64>().ok().filter(|n| n.is_finite()).map(|n| {
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds fit in 53 bits")]
            {
                n as i64
            }
        }),
    }
}
