//! The agenda: taking what is due under leases.

use std::error::Error as _;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use cpor_jobs::{DeliverWebhook, Job, SendNotification};
use futures_util::future::join_all;
use redis::Value;
use serde::Deserialize;

use crate::claim::identity::ClaimId;
use crate::claim::submission::Submission;
use crate::claim::{ChainTip, Claim, Snapshot};
use crate::metrics::Operation;
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
    /// The claim, or why there is none; nothing for a job that is of no claim.
    pub claim: Result<Option<Claim>, String>,
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
        invocation.arg(at.real.timestamp_millis()).arg(lease_end.timestamp_millis());
        invocation.arg(self.fence(token));
        invocation.arg(self.keys.claim_prefix(partition));
        for &(job, limit) in jobs {
            invocation.key(self.keys.agenda(partition, job));
            invocation.key(self.keys.running(partition, job));
            invocation.key(self.keys.attempts(partition, job));
            invocation.arg(limit);
        }
        let mut connection = self.connection();
        let started = std::time::Instant::now();
        let reply = invocation.invoke_async::<Vec<Value>>(&mut connection).await;
        self.metrics.asked_redis(Operation::Take, started.elapsed());
        let reply = reply.map_err(StoreError::doing(doing()))?;
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
        Ok(self.read_take(partition, jobs, &reply).await)
    }

    /// Puts a claim together from its snapshot and the event that brought its submission, which
    /// is only read when this process does not remember it.
    pub(super) async fn read_claim(
        &self,
        id: ClaimId,
        snapshot: &[u8],
        chain: &str,
    ) -> Result<Claim, StoreError> {
        #[derive(Deserialize)]
        struct WithSubmission {
            submission: Arc<Submission>,
        }
        let doing = || format!("read claim {id}");
        let snapshot: Snapshot = serde_json::from_slice(snapshot)
            .map_err(|error| StoreError::malformed(doing(), format!("its snapshot: {error}")))?;
        let revision = snapshot.submission_revision;
        let chain = ChainTip::parse(chain).ok_or_else(|| {
            let found = format!("its chain: `{}` is not 64 hexadecimal digits", shortened(chain));
            StoreError::malformed(doing(), found)
        })?;
        if let Some(submission) = self.submissions.find(id, revision) {
            return Ok(Claim { submission, snapshot, chain });
        }
        let mut connection = self.connection();
        let event: Option<Vec<u8>> = redis::cmd("LINDEX")
            .arg(self.keys.history(id))
            .arg(revision.saturating_sub(1))
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(doing()))?;
        let event: WithSubmission = serde_json::from_slice(&event.unwrap_or_default())
            .map_err(|error| StoreError::malformed(doing(), format!("its submission: {error}")))?;
        let claim = Claim { submission: event.submission, snapshot, chain };
        self.submissions.remember(&claim);
        Ok(claim)
    }

    async fn read_take(&self, partition: u16, jobs: &[(Job, usize)], reply: &[Value]) -> Take {
        let instant =
            |at: usize| reply.get(at).and_then(number).and_then(DateTime::from_timestamp_millis);
        let entries = jobs.iter().zip(reply.iter().skip(3)).flat_map(|(&(job, _), entries)| {
            let entries =
                if let Value::Array(entries) = entries { entries.as_slice() } else { &[] };
            entries.iter().map(move |entry| self.read_taken(partition, job, entry))
        });
        let entries = join_all(entries).await.into_iter().flatten().collect();
        Take { next_due: instant(1), next_lease_end: instant(2), entries }
    }

    /// Nothing when the submission cannot be read for now: the lease runs out, and the entry is
    /// taken again.
    async fn read_taken(&self, partition: u16, job: Job, value: &Value) -> Option<Taken> {
        let Value::Array(parts) = value else { return None };
        let [entry, record, due, snapshot, chain] = parts.as_slice() else { return None };
        let lease = Lease::on_agenda(partition, job, bytes(entry), text(record));
        let claim = match claim_of(job, lease.entry()) {
            None if matches!(names(job), Names::Subscription | Names::Document) => Ok(None),
            None => Err(format!("`{}` is not a claim id", shortened(lease.entry()))),
            Some(id) if bytes(snapshot).is_empty() => Err(format!("there is no claim {id}")),
            Some(id) => match self.read_claim(id, bytes(snapshot), &text(chain)).await {
                Err(error) if error.is_transient() => return None,
                read => read.map(Some).map_err(|error| with_cause(&error)),
            },
        };
        Some(Taken { lease, due_at: number(due).and_then(DateTime::from_timestamp_millis), claim })
    }
}

/// The claim that an entry of the agenda is about.
#[must_use]
pub fn claim_of(job: Job, entry: &str) -> Option<ClaimId> {
    match job {
        Job::DeliverWebhook => ClaimId::try_from(DeliverWebhook::parse(entry).ok()?.claim_id).ok(),
        Job::SendNotification => {
            ClaimId::try_from(SendNotification::parse(entry).ok()?.claim_id).ok()
        }
        Job::TendSubscription | Job::ScanDocument | Job::AskCustomer => None,
        _ => ClaimId::parse(entry).ok(),
    }
}

/// What the entries of a job name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// A raw submission on the intake.
    Intake,
    /// A claim: the job is a step of its life.
    Claim,
    /// An event of a claim, and who is told of it: the claim waits for nothing of that.
    Event,
    /// A subscription of a partner.
    Subscription,
    /// An uploaded document, which may be of no claim yet.
    Document,
}

/// What the entries of a job name.
#[must_use]
pub const fn names(job: Job) -> Names {
    match job {
        Job::SubmitClaim => Names::Intake,
        Job::ValidateClaim
        | Job::NotifyCustomer
        | Job::RemindCustomer
        | Job::FinalizeAssociation
        | Job::NotifyPartner
        | Job::ExpireClaim
        | Job::SendReceipt
        | Job::SendCorrection
        | Job::RemindPartner
        | Job::EscalateReview
        | Job::CheckSubscription => Names::Claim,
        Job::DeliverWebhook | Job::SendNotification => Names::Event,
        Job::TendSubscription => Names::Subscription,
        Job::ScanDocument | Job::AskCustomer => Names::Document,
    }
}

fn with_cause(error: &StoreError) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
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
