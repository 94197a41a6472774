//! Everything Redis has about one claim, read in one step for whoever checks it.
//!
//! What lies there is handed over as it is: whether it is right is not decided here.

use chrono::{DateTime, Utc};
use cpor_jobs::Job;

use crate::claim::identity::ClaimId;
use crate::claim::item::Item;
use crate::claim::{Claim, Status};
use crate::store::indexes::{IndexEntry, of_submission};
use crate::store::items::grant_field;
use crate::store::{Store, StoreError};

/// Events of one claim that are read at most.
const HISTORY_MAX: usize = 10_000;

/// Everything about one claim, as it was in one instant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inspection {
    /// What the claim's own key says; `None` when there is none or it cannot be read.
    pub head: Option<Head>,
    /// The events, as they are written.
    pub history: Vec<Vec<u8>>,
    /// The indexes of statuses that list the claim.
    pub indexes: Vec<Status>,
    /// Where the index of open windows has the claim.
    pub closing: Option<DateTime<Utc>>,
    /// Where the index of closed claims has the claim.
    pub closed: Option<DateTime<Utc>>,
    /// The indexes that should list the claim for what was submitted, and whether they do.
    pub listed: Vec<(String, bool)>,
    /// Where its entries are, for every job that has one.
    pub entries: Vec<Entry>,
    /// Per claimed item, who has it.
    pub items: Vec<(Item, Option<String>)>,
    /// Per claimed item, the partner's grant on it.
    pub grants: Vec<(Item, Option<String>)>,
    /// What the source's own key says.
    pub submission_key: Option<String>,
}

/// What the claim's own key says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// How many events there are.
    pub revision: u64,
    /// The name of the status.
    pub status: String,
    /// The revision of the event that brought the submission.
    pub submission: u64,
    /// The folded state, as it is written.
    pub snapshot: Vec<u8>,
    /// What the history adds up to, as it is written.
    pub chain: Option<String>,
}

/// Where the entry of one job is; more than one place is a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The job.
    pub job: Job,
    /// On the agenda: when it is due.
    pub due_at: Option<DateTime<Utc>>,
    /// With a worker: when its lease ends.
    pub lease_end: Option<DateTime<Utc>>,
    /// Left to a person: since when.
    pub dead_since: Option<DateTime<Utc>>,
    /// Attempts that have failed.
    pub failed_attempts: u32,
}

type Bytes = Vec<u8>;
type Reply = (
    Vec<Option<Bytes>>,
    Vec<Bytes>,
    Vec<Option<Bytes>>,
    Vec<Vec<Option<Bytes>>>,
    Vec<Option<Bytes>>,
    Vec<Option<Bytes>>,
    Vec<Option<Bytes>>,
);

impl Store {
    /// Everything about a claim; `known` says what it claims, when that could be read.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn inspect(
        &self,
        id: ClaimId,
        known: Option<&Claim>,
    ) -> Result<Inspection, StoreError> {
        let doing = || format!("look at claim {id}");
        let keys = self.keys();
        let partition = id.partition();
        let jobs = jobs();
        let items: &[Item] = known.map_or(&[], |claim| claim.submission.items.as_slice());
        let mut invocation = self.scripts.inspect.prepare_invoke();
        invocation.key(keys.claim(id)).key(keys.history(id));
        invocation.key(known.map_or_else(
            || keys.claim(id),
            |claim| keys.grants(&claim.submission.customer.tenant_id),
        ));
        for status in Status::ALL {
            invocation.key(keys.by_status(partition, status));
        }
        invocation.key(keys.by_closing(partition)).key(keys.by_closed(partition));
        for &job in &jobs {
            invocation.key(keys.agenda(partition, job)).key(keys.running(partition, job));
            invocation.key(keys.dead(partition, job)).key(keys.attempts(partition, job));
        }
        let listed = known.map(|claim| of_submission(keys, claim)).unwrap_or_default();
        let by_id = Status::ALL.len() + 2;
        invocation.arg(id.to_string()).arg(HISTORY_MAX).arg(by_id).arg(jobs.len());
        invocation.arg(listed.len());
        for entry in &listed {
            invocation.key(&entry.key).arg(&entry.member);
        }
        for (claim, item) in known.iter().flat_map(|claim| items.iter().map(move |i| (claim, i))) {
            invocation.key(keys.item(&claim.submission.customer.tenant_id, item));
            invocation.arg(grant_field(claim, item));
        }
        let mut connection = self.connection();
        let reply: Reply =
            invocation.invoke_async(&mut connection).await.map_err(StoreError::doing(doing()))?;
        let mut inspection = read_reply(&jobs, items, listed, reply);
        if let Some(claim) = known {
            inspection.submission_key = self.submission_key(claim).await?;
        }
        Ok(inspection)
    }

    /// The key of a submission lies in a slot of its own and never changes.
    async fn submission_key(&self, claim: &Claim) -> Result<Option<String>, StoreError> {
        let submission = &claim.submission;
        let key = self.keys().submission(&submission.source, &submission.idempotency_key);
        self.text_of(&key).await
    }

    /// The text of a key; nothing when it is not there or is no text.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn text_of(&self, key: &str) -> Result<Option<String>, StoreError> {
        let doing = || format!("read the key {key}");
        let mut connection = self.connection();
        let found = redis::cmd("GET").arg(key).query_async::<Option<Bytes>>(&mut connection).await;
        match found {
            Ok(found) => Ok(found.as_deref().map(text)),
            Err(error) if error.code() == Some("WRONGTYPE") => Ok(None),
            Err(error) => Err(StoreError::doing(doing())(error)),
        }
    }
}

/// Whether the entries of a job are the ids of documents.
pub(super) const fn is_of_document(job: Job) -> bool {
    matches!(job, Job::ScanDocument | Job::AskCustomer)
}

/// The jobs of a claim's life that are on the agenda; an entry of a delivery is no claim id.
pub(super) fn jobs() -> Vec<Job> {
    let of_a_claim =
        |job: &Job| !matches!(job, Job::SubmitClaim | Job::DeliverWebhook) && !is_of_document(*job);
    Job::ALL.into_iter().filter(of_a_claim).collect()
}

fn read_reply(jobs: &[Job], items: &[Item], listed: Vec<IndexEntry>, reply: Reply) -> Inspection {
    let (head, history, by_id, entries, records, grants, scores) = reply;
    let instant_of = |index: usize| by_id.get(index).and_then(|at| at.as_deref()).map(instant);
    let statuses = Status::ALL.len();
    let (closing, closed) = (instant_of(statuses), instant_of(statuses + 1));
    let indexed = Status::ALL.into_iter().zip(by_id);
    // Only members without scores are in the order of submission.
    let is_there = |score: Option<Bytes>| score.as_deref() == Some(b"0");
    let by_item = |found: Vec<Option<Bytes>>| {
        let found = found.into_iter().map(|record| record.as_deref().map(text));
        items.iter().cloned().zip(found).collect()
    };
    Inspection {
        head: read_head(&head),
        history,
        indexes: indexed.filter_map(|(status, s)| is_there(s).then_some(status)).collect(),
        closing,
        closed,
        listed: listed.into_iter().zip(scores).map(|(e, s)| (e.key, is_there(s))).collect(),
        entries: jobs.iter().zip(&entries).filter_map(|(job, e)| read_entry(*job, e)).collect(),
        items: by_item(records),
        grants: by_item(grants),
        submission_key: None,
    }
}

fn read_head(fields: &[Option<Bytes>]) -> Option<Head> {
    let [Some(revision), Some(status), Some(submission), Some(snapshot), chain] = fields else {
        return None;
    };
    Some(Head {
        revision: text(revision).parse().ok()?,
        status: text(status),
        submission: text(submission).parse().ok()?,
        snapshot: snapshot.clone(),
        chain: chain.as_deref().map(text),
    })
}

fn read_entry(job: Job, parts: &[Option<Bytes>]) -> Option<Entry> {
    let [due, lease_end, died, attempts] = parts else { return None };
    if due.is_none() && lease_end.is_none() && died.is_none() {
        return None;
    }
    let failed = attempts.as_deref().map(text).unwrap_or_default();
    let failed = failed.split(':').next().and_then(|count| count.parse().ok());
    Some(Entry {
        job,
        due_at: due.as_deref().map(instant),
        lease_end: lease_end.as_deref().map(instant),
        dead_since: died.as_deref().map(instant),
        failed_attempts: failed.unwrap_or_default(),
    })
}

/// A score in ms; one that is no instant is as far away as can be, and not nothing.
fn instant(score: &[u8]) -> DateTime<Utc> {
    let ms = text(score).parse::<f64>().unwrap_or(f64::INFINITY);
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds fit in 53 bits")]
    let instant = DateTime::from_timestamp_millis(ms as i64);
    instant.unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
