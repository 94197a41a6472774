//! What a restore writes: a claim with everything that follows from it, in one step.
//!
//! Only the claim's own key, its history and where its jobs stood are taken from the backup. Its
//! items, grants, indexes, counters and entries of inboxes are derived by what derives them in a
//! commit, so they are right whatever wrote the backup.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::backup::line::{
    ClaimLine, DeliveriesLine, EntryLine, KeyLine, PartitionLine, Text, Values,
};
use crate::claim::{Claim, Recorded, Status};
use crate::store::agenda::DeadLetter;
use crate::store::batch::{Answer, Batch};
use crate::store::{Commit, Instant, Keys, Store, StoreError, inbox, indexes, items, windows};

/// The field of `meta` that is there while a restore is not done.
const RESTORING: &str = "restoring";
/// Nothing written here is a matter of time.
const TIMELESS: Instant =
    Instant { now: DateTime::UNIX_EPOCH, real: DateTime::UNIX_EPOCH, skew_ms: None };

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestoredClaim {
    /// It is back.
    Done,
    /// It was back already.
    There,
    /// Its events could not be read, also not before: it is back as it was, and in no index but
    /// that of its status.
    Unreadable,
}

impl Store {
    /// Says that the namespace is being restored from the backup with this digest, so that nobody
    /// works in it before that is done; false when another one is being restored.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn begin_restore(&self, sha256: &str) -> Result<bool, StoreError> {
        let mut pipeline = redis::pipe();
        pipeline.atomic().cmd("HSETNX").arg(self.keys().meta()).arg(RESTORING).arg(sha256);
        pipeline.ignore().cmd("HGET").arg(self.keys().meta()).arg(RESTORING);
        let mut connection = self.connection();
        let (found,): (String,) = pipeline
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("begin the restore"))?;
        Ok(found == sha256)
    }

    /// Whether a restore of the namespace was begun and not done.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn is_being_restored(&self) -> Result<bool, StoreError> {
        is_being_restored(&mut self.connection(), self.keys()).await
    }

    /// Writes what the namespace was created with, and says that the restore is done.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn end_restore(&self, meta: &[(Text, Text)]) -> Result<(), StoreError> {
        let mut pipeline = redis::pipe();
        pipeline.atomic();
        for (field, value) in meta.iter().filter(|(field, _)| field.0 != RESTORING.as_bytes()) {
            pipeline.cmd("HSET").arg(self.keys().meta()).arg(&field.0).arg(&value.0).ignore();
        }
        pipeline.cmd("HDEL").arg(self.keys().meta()).arg(RESTORING).ignore();
        let mut connection = self.connection();
        pipeline.query_async(&mut connection).await.map_err(StoreError::doing("end the restore"))
    }

    /// Brings a claim back with everything that follows from it.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn restore_claim(&self, line: &ClaimLine) -> Result<RestoredClaim, StoreError> {
        let (keys, partition) = (self.keys(), line.id.partition());
        let mut batch = Batch::new(keys.waiting(partition));
        batch.guard(keys.claim(line.id), "revision", "");
        for (field, value) in &line.fields {
            batch.write("HSET", keys.claim(line.id), &[&field.0.as_slice(), &value.0.as_slice()]);
        }
        batch.write("DEL", keys.history(line.id), &[]);
        for event in &line.history {
            batch.write("RPUSH", keys.history(line.id), &[&event.0.as_slice()]);
        }
        let events = line.events();
        let claim = events.as_ref().and_then(|events| Claim::replay(line.id, events));
        match (&events, &claim) {
            (Some(events), Some(claim)) => {
                let since = held_since(line, events);
                let commit = Commit {
                    before: None,
                    after: claim,
                    events: &[],
                    lease: None,
                    companions: &[],
                };
                items::write_held(&mut batch, keys, claim, |item| since.get(item).copied());
                indexes::write(&mut batch, keys, &commit);
                windows::write(&mut batch, keys, &commit);
                for recorded in events {
                    inbox::write(&mut batch, keys, self.bounds.inbox, claim, recorded);
                }
                write_entries(&mut batch, keys, line, claim);
            }
            _ => write_unreadable(&mut batch, keys, line),
        }
        if let (Some(key), Some(record)) = (line.submission_key(keys), &line.key) {
            // It lies in a slot of its own, and a second time it is the same.
            let mut connection = self.connection();
            let () = redis::cmd("SET")
                .arg(key)
                .arg(&record.0)
                .query_async(&mut connection)
                .await
                .map_err(StoreError::doing(format!("restore the key of claim {}", line.id)))?;
        }
        let doing = || format!("restore claim {}", line.id);
        Ok(match self.run(&batch, partition, TIMELESS, doing).await? {
            Answer::Guard { .. } => RestoredClaim::There,
            _ if claim.is_none() => RestoredClaim::Unreadable,
            _ => RestoredClaim::Done,
        })
    }

    /// Puts back what others than a claim wait for: those that were being tried are due since `at`.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn restore_deliveries(
        &self,
        line: &DeliveriesLine,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (keys, partition, job) = (self.keys(), line.partition, line.job);
        let (agenda, attempts) = (keys.agenda(partition, job), keys.attempts(partition, job));
        let mut pipeline = redis::pipe();
        pipeline.atomic();
        for (entry, due_ms) in &line.due {
            pipeline.cmd("ZADD").arg(&agenda).arg("NX").arg(*due_ms).arg(&entry.0).ignore();
        }
        for (entry, record) in &line.tried {
            let at_ms = at.timestamp_millis();
            pipeline.cmd("ZADD").arg(&agenda).arg("NX").arg(at_ms).arg(&entry.0).ignore();
            pipeline.cmd("HSET").arg(&attempts).arg(&entry.0).arg(&record.0).ignore();
        }
        for (entry, letter) in &line.dead {
            let read = serde_json::from_slice::<DeadLetter>(&letter.0);
            let since_ms = read.map_or(at, |letter| letter.at).timestamp_millis();
            let letters = keys.dead_letters(partition, job);
            pipeline.cmd("HSET").arg(letters).arg(&entry.0).arg(&letter.0).ignore();
            pipeline.cmd("ZADD").arg(keys.dead(partition, job)).arg(since_ms).arg(&entry.0);
            pipeline.ignore();
            pipeline.cmd("ZREM").arg(&agenda).arg(&entry.0).ignore();
            pipeline.cmd("HDEL").arg(&attempts).arg(&entry.0).ignore();
        }
        let mut connection = self.connection();
        let doing = StoreError::doing("restore deliveries to webhooks");
        pipeline.query_async(&mut connection).await.map_err(doing)
    }

    /// Ends a partition: how far its feed was relayed, and that its feed goes on where it was.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn restore_partition(&self, line: &PartitionLine) -> Result<(), StoreError> {
        let name = self.keys().relay(line.number);
        let relay = KeyLine {
            name: String::new(),
            first: true,
            expires_ms: None,
            values: Values::Hash(line.relay.clone()),
        };
        self.write_raw(&name, &relay).await?;
        let (feed, doing) = (self.keys().feed(line.number), "restore the end of the feed");
        let mut connection = self.connection();
        let length: u64 = redis::cmd("XLEN")
            .arg(&feed)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(doing))?;
        if length == 0 {
            return Ok(()); // Redis has no stream that never had an entry.
        }
        redis::cmd("XSETID")
            .arg(&feed)
            .arg(&line.upto)
            .arg("ENTRIESADDED")
            .arg(length + line.removed)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(doing))
    }
}

/// Whether a restore of the namespace was begun and not done.
pub(super) async fn is_being_restored(
    connection: &mut crate::store::Connection,
    keys: &Keys,
) -> Result<bool, StoreError> {
    redis::cmd("HEXISTS")
        .arg(keys.meta())
        .arg(RESTORING)
        .query_async(connection)
        .await
        .map_err(StoreError::doing("see whether the namespace is being restored"))
}

/// Since when the claim has each of its items: the event with which its holding began.
fn held_since(line: &ClaimLine, events: &[Recorded]) -> HashMap<String, DateTime<Utc>> {
    let mut since = HashMap::new();
    let mut claim = None;
    for (index, recorded) in events.iter().enumerate() {
        let after = match claim.take() {
            None => Claim::replay(line.id, &events[..=index]),
            Some(before) => Some(Claim::evolve(before, recorded)),
        };
        let held: Vec<String> =
            after.iter().flat_map(Claim::held_items).map(|item| item.key()).collect();
        since.retain(|item, _| held.contains(item));
        for item in held {
            since.entry(item).or_insert(recorded.at);
        }
        claim = after;
    }
    since
}

/// What is planned is on the agenda: when it was due then, dead if it was dead, and due as planned
/// if a worker had it.
fn write_entries(batch: &mut Batch, keys: &Keys, line: &ClaimLine, claim: &Claim) {
    let (partition, id) = (line.id.partition(), line.id.to_string());
    for (job, planned_at) in claim.plan() {
        let entry = line.entries.iter().find(|entry| entry.job == job);
        if let Some(EntryLine { dead_ms: Some(dead_ms), letter: Some(letter), .. }) = entry {
            let letters = keys.dead_letters(partition, job);
            batch.write("HSET", letters, &[&id, &letter.0.as_slice()]);
            batch.write("ZADD", keys.dead(partition, job), &[dead_ms, &id]);
            continue;
        }
        let due_ms = entry.and_then(|entry| entry.due_ms);
        let due_ms = due_ms.unwrap_or_else(|| planned_at.timestamp_millis());
        batch.write("ZADD", keys.agenda(partition, job), &[&due_ms, &id]);
        if let Some(attempts) = entry.and_then(|entry| entry.attempts.as_ref()) {
            batch.write("HSET", keys.attempts(partition, job), &[&id, &attempts.0.as_slice()]);
        }
    }
}

/// A claim that could not be read before stays one that a person finds and `cpor check` names.
fn write_unreadable(batch: &mut Batch, keys: &Keys, line: &ClaimLine) {
    let (partition, id) = (line.id.partition(), line.id.to_string());
    if let Some(status) = line.field("status").and_then(|name| name.parse::<Status>().ok()) {
        batch.write("ZADD", keys.by_status(partition, status), &[&0, &id]);
    }
    batch.write("INCR", keys.submissions(partition), &[]);
}
