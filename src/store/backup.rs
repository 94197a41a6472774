//! What a backup reads: claims whole, each in one step, and how far the feed was in that very
//! step. In what order, and why that is enough, is the business of [`crate::backup`].

use cpor_jobs::Job;
use futures_util::future::try_join_all;
use redis::Value;

use crate::backup::line::{ClaimLine, EntryLine, Text};
use crate::claim::{Claim, ClaimId, Event, Recorded};
use crate::store::inspect::jobs;
use crate::store::{Store, StoreError};

/// Events of one claim that are read at most; a claim with more fails the backup.
const HISTORY_MAX: usize = 100_000;
/// Entries of the feed and claims that one step reads at most, so that it takes about a
/// millisecond.
pub const STEP_MAX: usize = 32;

/// What one step has read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadStep {
    /// The id of the newest entry of the feed that was read.
    pub upto: String,
    /// Whether there was no newer one in that instant.
    pub is_complete: bool,
    /// How far the feed has been relayed to webhooks, as fields and values.
    pub relay: Vec<(Text, Text)>,
    /// The claims that are there.
    pub claims: Vec<ClaimLine>,
}

type Bytes = Vec<u8>;
type Found = (String, Vec<Bytes>, Vec<Bytes>, Vec<Vec<Option<Bytes>>>);

impl Store {
    /// Reads the named claims of a partition, [`STEP_MAX`] at most, and, where an id is given,
    /// those that the next entries of its feed after that id name: all in one instant.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or a claim has more events than can be read.
    pub async fn read_step(
        &self,
        partition: u16,
        ids: &[ClaimId],
        feed_after: Option<&str>,
    ) -> Result<ReadStep, StoreError> {
        let doing = || format!("back up claims of partition {partition}");
        let (keys, jobs) = (self.keys(), jobs());
        let mut invocation = self.scripts.backup_read.prepare_invoke();
        invocation.key(keys.feed(partition)).key(keys.relay(partition));
        for &job in &jobs {
            invocation.key(keys.agenda(partition, job)).key(keys.running(partition, job));
            invocation.key(keys.dead(partition, job)).key(keys.dead_letters(partition, job));
            invocation.key(keys.attempts(partition, job));
        }
        invocation.arg(keys.claim_prefix(partition)).arg(keys.history_prefix(partition));
        invocation.arg(HISTORY_MAX).arg(feed_after.unwrap_or_default()).arg(STEP_MAX);
        for id in ids {
            invocation.arg(id.to_string());
        }
        let mut connection = self.connection();
        let reply: Vec<Value> =
            invocation.invoke_async(&mut connection).await.map_err(StoreError::doing(doing()))?;
        let mut step = read_reply(&jobs, &reply)
            .ok_or_else(|| StoreError::malformed(doing(), "an answer of another shape"))?;
        let records = step.claims.iter().map(|claim| self.key_record(claim));
        let records = try_join_all(records).await?;
        for (claim, record) in step.claims.iter_mut().zip(records) {
            claim.key = record;
        }
        Ok(step)
    }

    /// The record of the source's own key lies in a slot of its own and never changes.
    async fn key_record(&self, claim: &ClaimLine) -> Result<Option<Text>, StoreError> {
        let Some(key) = claim.submission_key(self.keys()) else { return Ok(None) };
        Ok(self.text_of(&key).await?.map(|record| Text(record.into_bytes())))
    }
}

impl ClaimLine {
    /// The events, where all of them can be read.
    #[must_use]
    pub fn events(&self) -> Option<Vec<Recorded>> {
        self.history.iter().map(|json| serde_json::from_slice(&json.0).ok()).collect()
    }

    /// The claim that its events add up to, where they can be read.
    #[must_use]
    pub fn claim(&self) -> Option<Claim> {
        Claim::replay(self.id, &self.events()?)
    }

    /// The name of the key that stands for the source's own; nothing when that cannot be read.
    #[must_use]
    pub fn submission_key(&self, keys: &crate::store::Keys) -> Option<String> {
        let first: Recorded = serde_json::from_slice(&self.history.first()?.0).ok()?;
        let Event::ClaimSubmitted { submission } = &first.event else { return None };
        Some(keys.submission(&submission.source, &submission.idempotency_key))
    }

    /// A field of the claim's own key.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        let field = self.fields.iter().find(|(field, _)| field.0 == name.as_bytes());
        field.map(|(_, value)| value.lossy())
    }
}

fn read_reply(jobs: &[Job], reply: &[Value]) -> Option<ReadStep> {
    let [upto, complete, relay, claims @ ..] = reply else { return None };
    let relay: Vec<Bytes> = redis::from_redis_value_ref(relay).ok()?;
    Some(ReadStep {
        upto: redis::from_redis_value_ref(upto).ok()?,
        is_complete: redis::from_redis_value_ref::<u8>(complete).ok()? == 1,
        relay: pairs(relay),
        claims: claims.iter().map(|claim| read_claim(jobs, claim)).collect::<Option<_>>()?,
    })
}

fn read_claim(jobs: &[Job], value: &Value) -> Option<ClaimLine> {
    let (id, fields, history, entries): Found = redis::from_redis_value_ref(value).ok()?;
    let entries = jobs.iter().zip(entries).filter_map(|(job, parts)| read_entry(*job, parts));
    Some(ClaimLine {
        id: ClaimId::parse(&id).ok()?,
        fields: pairs(fields),
        history: history.into_iter().map(Text).collect(),
        entries: entries.collect(),
        key: None,
    })
}

fn read_entry(job: Job, parts: Vec<Option<Bytes>>) -> Option<EntryLine> {
    let [due, lease_end, died, letter, attempts] = <[Option<Bytes>; 5]>::try_from(parts).ok()?;
    if due.is_none() && lease_end.is_none() && died.is_none() {
        return None;
    }
    let ms = |score: Option<Bytes>| {
        let score = score.and_then(|bytes| String::from_utf8(bytes).ok()?.parse::<f64>().ok());
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds fit in 53 bits")]
        score.map(|ms| ms as i64)
    };
    let (letter, attempts) = (letter.map(Text), attempts.map(Text));
    Some(EntryLine { job, due_ms: ms(due), dead_ms: ms(died), letter, attempts })
}

/// A flat list of fields and values as pairs.
pub(super) fn pairs(flat: Vec<Bytes>) -> Vec<(Text, Text)> {
    let mut flat = flat.into_iter();
    std::iter::from_fn(|| Some((Text(flat.next()?), Text(flat.next()?)))).collect()
}
