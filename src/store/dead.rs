//! Dead letters: entries out of attempts or beyond help, kept with the reason for a person.

mod heap;

use chrono::DateTime;
use cpor_jobs::Job;
use futures_util::future::try_join_all;
use redis::Pipeline;

use crate::claim::identity::ClaimId;
use crate::store::agenda::{DeadLetter, claim_of};
use crate::store::batch::{Answer, Batch};
use crate::store::keys::IntakePart;
use crate::store::wake::WAKE_ALL;
use crate::store::{Instant, Store, StoreError};
pub use heap::{DeadHeap, QUARANTINED, Quarantined};

/// Dead letters of one job that are listed at most, per partition.
const LIST_MAX: usize = 1_000;
/// Bytes of a raw submission that are shown.
const RAW_SHOWN: isize = 2_048;

/// Where a dead letter lies and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadEntry {
    /// The partition; `None` on the intake.
    pub partition: Option<u16>,
    /// The job that could not be done.
    pub job: Job,
    /// The entry: a claim id, or a number on the intake.
    pub entry: String,
    /// Why, and since when.
    pub letter: DeadLetter,
    /// On the intake, the beginning of what was pushed.
    pub raw: Option<String>,
}

impl DeadEntry {
    /// The claim of the entry, when it has one.
    #[must_use]
    pub fn claim_id(&self) -> Option<ClaimId> {
        self.partition.and_then(|_| claim_of(self.job, &self.entry))
    }

    /// Whether its claim cannot go on because of it. What tells others of the claim does not keep
    /// it from anything.
    #[must_use]
    pub fn keeps_claim(&self) -> bool {
        !matches!(self.job, Job::DeliverWebhook | Job::ScanDocument | Job::AskCustomer)
    }
}

impl Store {
    /// All dead letters, by job and partition, oldest first; bounded.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn dead_letters(&self) -> Result<Vec<DeadEntry>, StoreError> {
        let mut all = self.dead_on_intake().await?;
        for job in Job::ALL.into_iter().filter(|job| *job != Job::SubmitClaim) {
            let of_partition = async |partition| {
                let (dead, letters) =
                    (self.keys.dead(partition, job), self.keys.dead_letters(partition, job));
                self.dead_entries(&dead, &letters).await
            };
            let found = try_join_all((0..self.keys.partitions()).map(of_partition)).await?;
            for (partition, entries) in (0..).zip(found) {
                let partition = Some(partition);
                let dead = |(entry, letter)| DeadEntry { partition, job, entry, letter, raw: None };
                all.extend(entries.into_iter().map(dead));
            }
        }
        Ok(all)
    }

    /// The dead letter in the way of a claim, if there is one.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn dead_of(&self, id: ClaimId) -> Result<Option<DeadEntry>, StoreError> {
        let partition = id.partition();
        let jobs = || Job::ALL.into_iter().filter(|job| *job != Job::SubmitClaim);
        let mut pipeline = Pipeline::new();
        for job in jobs() {
            let letters = self.keys.dead_letters(partition, job);
            pipeline.cmd("HGET").arg(letters).arg(id.to_string());
        }
        let mut connection = self.connection();
        let doing = format!("read the dead letter of claim {id}");
        let found: Vec<Option<String>> =
            pipeline.query_async(&mut connection).await.map_err(StoreError::doing(doing))?;
        let found = jobs().zip(found).find(|(_, json)| json.is_some());
        Ok(found.map(|(job, json)| DeadEntry {
            partition: Some(partition),
            job,
            entry: id.to_string(),
            letter: read_letter(json),
            raw: None,
        }))
    }

    async fn dead_on_intake(&self) -> Result<Vec<DeadEntry>, StoreError> {
        let dead = self.keys.intake_part(IntakePart::Dead);
        let letters = self.keys.intake_part(IntakePart::DeadLetters);
        let taken = self.keys.intake_part(IntakePart::Taken);
        let entries = self.dead_entries(&dead, &letters).await?;
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        // HGET would read an entry of 50 MB whole; its beginning is enough for a person.
        let beginning = "return string.sub(redis.call('HGET', KEYS[1], ARGV[1]) or '', 1, ARGV[2])";
        let mut pipeline = Pipeline::new();
        for (entry, _) in &entries {
            pipeline.cmd("EVAL").arg(beginning).arg(1).arg(&taken).arg(entry).arg(RAW_SHOWN);
        }
        let mut connection = self.connection();
        let raws: Vec<Vec<u8>> = pipeline
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("read dead submissions"))?;
        let dead = |((entry, letter), raw): ((String, DeadLetter), Vec<u8>)| DeadEntry {
            partition: None,
            job: Job::SubmitClaim,
            entry,
            letter,
            raw: Some(String::from_utf8_lossy(&raw).into_owned()),
        };
        Ok(entries.into_iter().zip(raws).map(dead).collect())
    }

    async fn dead_entries(
        &self,
        dead: &str,
        letters: &str,
    ) -> Result<Vec<(String, DeadLetter)>, StoreError> {
        let doing = "list dead letters";
        let mut connection = self.connection();
        let entries: Vec<Vec<u8>> = redis::cmd("ZRANGE")
            .arg(dead)
            .arg(0)
            .arg(LIST_MAX - 1)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(doing))?;
        if entries.is_empty() {
            return Ok(Vec::new()); // A pipeline without commands is an error.
        }
        let mut pipeline = Pipeline::new();
        for entry in &entries {
            pipeline.cmd("HGET").arg(letters).arg(entry);
        }
        let found: Vec<Option<String>> =
            pipeline.query_async(&mut connection).await.map_err(StoreError::doing(doing))?;
        let text = |entry: &[u8]| String::from_utf8_lossy(entry).into_owned();
        let all = entries.iter().zip(found);
        Ok(all.map(|(entry, json)| (text(entry), read_letter(json))).collect())
    }

    /// Makes a dead entry due at once, with fresh attempts; false when it is not there any more.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn retry_dead(&self, entry: &DeadEntry, at: Instant) -> Result<bool, StoreError> {
        let mut batch = self.dead_batch(entry)?;
        match entry.partition {
            Some(partition) => {
                let agenda = self.keys.agenda(partition, entry.job);
                batch.write("ZADD", agenda, &[&at.now.timestamp_millis(), &entry.entry]);
                batch.wake();
            }
            None => {
                let running = self.keys.intake_part(IntakePart::Running);
                batch.write("ZADD", running, &[&at.real.timestamp_millis(), &entry.entry]);
            }
        }
        let retried = self.write_dead(batch, entry, at, "retry").await?;
        if retried && entry.partition.is_none() {
            self.wake_everybody().await?;
        }
        Ok(retried)
    }

    /// Pushes wake the intake by themselves; an entry that never left it, or a change of webhooks,
    /// needs somebody's call.
    pub(super) async fn wake_everybody(&self) -> Result<(), StoreError> {
        self.tell_changed();
        let mut connection = self.connection();
        redis::cmd("PUBLISH")
            .arg(self.keys.wake_channel())
            .arg(WAKE_ALL)
            .query_async::<i64>(&mut connection)
            .await
            .map(drop)
            .map_err(StoreError::doing("wake the workers"))
    }

    /// Forgets a dead entry; false when it is not there any more. The claim stays as it is.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn drop_dead(&self, entry: &DeadEntry, at: Instant) -> Result<bool, StoreError> {
        let mut batch = self.dead_batch(entry)?;
        if entry.partition.is_none() {
            batch.write("HDEL", self.keys.intake_part(IntakePart::Taken), &[&entry.entry]);
        }
        self.write_dead(batch, entry, at, "drop").await
    }

    /// Guards that the entry is still dead for the reason that was looked at.
    fn dead_batch(&self, entry: &DeadEntry) -> Result<Batch, StoreError> {
        let json = serde_json::to_string(&entry.letter)
            .map_err(|error| StoreError::malformed("write a dead letter", error))?;
        let waiting = entry.partition.map_or_else(
            || self.keys.intake_part(IntakePart::Waiting),
            |partition| self.keys.waiting(partition),
        );
        let mut batch = Batch::new(waiting);
        batch.guard(self.dead_keys(entry).1, &entry.entry, &json);
        Ok(batch)
    }

    fn dead_keys(&self, entry: &DeadEntry) -> (String, String) {
        match entry.partition {
            Some(partition) => {
                (self.keys.dead(partition, entry.job), self.keys.dead_letters(partition, entry.job))
            }
            None => (
                self.keys.intake_part(IntakePart::Dead),
                self.keys.intake_part(IntakePart::DeadLetters),
            ),
        }
    }

    async fn write_dead(
        &self,
        mut batch: Batch,
        entry: &DeadEntry,
        at: Instant,
        verb: &str,
    ) -> Result<bool, StoreError> {
        let (dead, letters) = self.dead_keys(entry);
        batch.write("ZREM", dead, &[&entry.entry]);
        batch.write("HDEL", letters, &[&entry.entry]);
        let doing = || format!("{verb} the dead {} of {}", entry.job, entry.entry);
        let partition = entry.partition.unwrap_or_default();
        Ok(self.run(&batch, partition, Instant { skew_ms: None, ..at }, doing).await?
            == Answer::Done)
    }
}

fn read_letter(json: Option<String>) -> DeadLetter {
    let unreadable = || DeadLetter {
        attempts: 0,
        error: "the reason cannot be read".to_owned(),
        at: DateTime::UNIX_EPOCH,
    };
    json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_else(unreadable)
}
