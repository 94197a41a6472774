//! The agenda: taking what is due under leases.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use redis::Value;
use serde::Deserialize;

use crate::claim::identity::ClaimId;
use crate::claim::submission::Submission;
use crate::claim::{Claim, Snapshot};
pub use crate::store::lease::Lease;
pub use crate::store::settle::{DeadLetter, Outcome};
use crate::store::{Instant, Store, StoreError};

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
        let reply: Vec<Value> =
            invocation.invoke_async(&mut connection).await.map_err(StoreError::doing(doing()))?;
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
        Ok(self.read_take(partition, jobs, &reply))
    }

    /// Puts a claim together from its snapshot and the event that brought its submission.
    pub(super) fn read_claim(
        &self,
        id: ClaimId,
        snapshot: &[u8],
        event: &[u8],
    ) -> Result<Claim, String> {
        #[derive(Deserialize)]
        struct WithSubmission {
            submission: Arc<Submission>,
        }
        let snapshot: Snapshot = serde_json::from_slice(snapshot)
            .map_err(|error| format!("the snapshot of claim {id} cannot be read: {error}"))?;
        if let Some(submission) = self.submissions.find(id, snapshot.submission_revision) {
            return Ok(Claim { submission, snapshot });
        }
        let event: WithSubmission = serde_json::from_slice(event)
            .map_err(|error| format!("the submission of claim {id} cannot be read: {error}"))?;
        let claim = Claim { submission: event.submission, snapshot };
        self.submissions.remember(&claim);
        Ok(claim)
    }
}

impl Store {
    fn read_take(&self, partition: u16, jobs: &[(Job, usize)], reply: &[Value]) -> Take {
        let instant =
            |at: usize| reply.get(at).and_then(number).and_then(DateTime::from_timestamp_millis);
        let mut take =
            Take { next_due: instant(1), next_lease_end: instant(2), entries: Vec::new() };
        for (&(job, _), entries) in jobs.iter().zip(reply.iter().skip(3)) {
            let Value::Array(entries) = entries else { continue };
            take.entries
                .extend(entries.iter().filter_map(|entry| self.read_taken(partition, job, entry)));
        }
        take
    }

    fn read_taken(&self, partition: u16, job: Job, value: &Value) -> Option<Taken> {
        let Value::Array(parts) = value else { return None };
        let [entry, record, due, revision, snapshot, submission] = parts.as_slice() else {
            return None;
        };
        let lease = Lease::on_agenda(partition, job, bytes(entry), text(record));
        let claim = match ClaimId::parse(lease.entry()) {
            Err(_) => Err(format!("`{}` is not a claim id", shortened(lease.entry()))),
            Ok(_) if text(revision).is_empty() => {
                Err(format!("there is no claim {}", lease.entry()))
            }
            Ok(id) => self.read_claim(id, bytes(snapshot), bytes(submission)),
        };
        Some(Taken { lease, due_at: number(due).and_then(DateTime::from_timestamp_millis), claim })
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
