//! The inbox of a partner: one sorted set per partition, written by the commits of its claims.

use std::str::from_utf8;

use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use redis::Pipeline;

use crate::backup::line::{KeyLine, Values};
use crate::claim::Claim;
use crate::claim::Recorded;
use crate::claim::identity::MpnId;
use crate::notifications::{About, Entry, Kind, Read, SubscriptionId, kind_of};
use crate::store::batch::Batch;
use crate::store::{InboxBounds, Keys, Store, StoreError};

/// The entry of an event that concerns a partner's people.
pub(super) fn write(
    batch: &mut Batch,
    keys: &Keys,
    bounds: InboxBounds,
    after: &Claim,
    recorded: &Recorded,
) {
    let Some(kind) = kind_of(&recorded.event) else { return };
    let key = keys.inbox(after.id.partition(), &after.submission.partner.mpn_id);
    let (at_ms, about) = (recorded.at.timestamp_millis(), about(after, recorded, kind));
    batch.write("ZADD", key.clone(), &[&at_ms, &about]);
    batch.write("ZREMRANGEBYRANK", key.clone(), &[&0, &last_to_go(bounds)]);
    batch.write("EXPIRE", key, &[&bounds.seconds]);
}

/// The place of the newest of the entries that are too many.
fn last_to_go(bounds: InboxBounds) -> i64 {
    -1 - i64::try_from(bounds.entries_max).unwrap_or(i64::MAX / 2)
}

/// The entries of a claim that leaves Redis.
pub(super) fn remove(batch: &mut Batch, keys: &Keys, claim: &Claim, history: &[Recorded]) {
    let key = keys.inbox(claim.id.partition(), &claim.submission.partner.mpn_id);
    let told = history.iter().filter_map(|one| kind_of(&one.event).map(|kind| (one, kind)));
    for (recorded, kind) in told {
        batch.write("ZREM", key.clone(), &[&about(claim, recorded, kind)]);
    }
}

fn about(claim: &Claim, recorded: &Recorded, kind: Kind) -> String {
    let (claim_id, revision) = (claim.id, recorded.revision);
    let event = recorded.event.name().to_owned();
    About::Event { claim_id, revision, kind, event }.to_string()
}

impl Store {
    /// The newest entries of an inbox that were read for, newest first, one more than asked for if
    /// there is one; nothing from before `kept_from`.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn inbox(
        &self,
        mpn_id: &MpnId,
        read: &Read,
        kept_from: DateTime<Utc>,
    ) -> Result<Vec<Entry>, StoreError> {
        let of_partition = |partition| self.inbox_in(partition, mpn_id, read, kept_from);
        let found = try_join_all((0..self.keys().partitions()).map(of_partition)).await?;
        let mut entries: Vec<Entry> = found.into_iter().flatten().collect();
        entries.sort_unstable_by(|a, b| b.cmp(a));
        entries.truncate(read.limit + 1);
        Ok(entries)
    }

    async fn inbox_in(
        &self,
        partition: u16,
        mpn_id: &MpnId,
        read: &Read,
        kept_from: DateTime<Utc>,
    ) -> Result<Vec<Entry>, StoreError> {
        let key = self.keys().inbox(partition, mpn_id);
        let from = read.since.as_ref().map_or(kept_from, |since| since.at().max(kept_from));
        let from_ms = from.timestamp_millis();
        let mut pipeline = Pipeline::new();
        let by_score = |pipeline: &mut Pipeline, high: String, low: String, limit: usize| {
            pipeline.cmd("ZRANGE").arg(&key).arg(high).arg(low).arg("BYSCORE").arg("REV");
            pipeline.arg("LIMIT").arg(0).arg(limit).arg("WITHSCORES");
        };
        match &read.before {
            // Of the very moment of the place all are read: a part of them comes before it.
            Some(before) => {
                let at_ms = before.at().timestamp_millis().to_string();
                by_score(
                    &mut pipeline,
                    at_ms.clone(),
                    at_ms.clone(),
                    self.bounds.inbox.entries_max,
                );
                let limit = read.limit + 1;
                by_score(&mut pipeline, format!("({at_ms}"), from_ms.to_string(), limit);
            }
            None => {
                let limit = match &read.since {
                    // Some of the moment of the place were there before it.
                    Some(_) => self.bounds.inbox.entries_max,
                    None => read.limit + 1,
                };
                by_score(&mut pipeline, "+inf".to_owned(), from_ms.to_string(), limit);
            }
        }
        let mut connection = self.connection();
        let found: Vec<Vec<(String, f64)>> = pipeline
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("read the inbox of partner {mpn_id}")))?;
        let entries = found.into_iter().flatten().filter_map(|(about, score)| entry(&about, score));
        let fits = |entry: &Entry| {
            read.before.as_ref().is_none_or(|before| before.is_after(entry))
                && read.since.as_ref().is_none_or(|since| since.is_before(entry))
                && kept_from <= entry.at
        };
        Ok(entries.filter(fits).collect())
    }

    /// What came into an inbox from an instant to another, that one not included; oldest first and
    /// bounded, of more than that the newest.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn inbox_between(
        &self,
        mpn_id: &MpnId,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Entry>, StoreError> {
        let of_partition = async |partition| {
            let mut connection = self.connection();
            let found: Vec<(String, f64)> = redis::cmd("ZRANGE")
                .arg(self.keys().inbox(partition, mpn_id))
                .arg(format!("({}", to.timestamp_millis()))
                .arg(from.timestamp_millis())
                .arg(&["BYSCORE", "REV", "LIMIT"])
                .arg(0)
                .arg(self.bounds.inbox.entries_max)
                .arg("WITHSCORES")
                .query_async(&mut connection)
                .await
                .map_err(StoreError::doing(format!("read the inbox of partner {mpn_id}")))?;
            Ok::<_, StoreError>(found)
        };
        let found = try_join_all((0..self.keys().partitions()).map(of_partition)).await?;
        let entries = found.into_iter().flatten();
        let mut entries: Vec<Entry> =
            entries.filter_map(|(about, score)| entry(&about, score)).collect();
        entries.sort_unstable();
        Ok(entries)
    }

    /// Puts back what a backup has of an inbox, but for what claims tell: that is restored with
    /// them. Partitions are backed up one after the other, and an inbox last, so it may tell of
    /// claims that came too late to be in the backup.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub(crate) async fn restore_inbox(&self, key: &str, line: &KeyLine) -> Result<(), StoreError> {
        let Values::Zset(entries) = &line.values else { return Ok(()) };
        let mut pipeline = Pipeline::new();
        for (about, at_ms) in entries {
            let read = from_utf8(&about.0).ok().and_then(|about| about.parse().ok());
            if !matches!(read, Some(About::Event { .. })) {
                pipeline.cmd("ZADD").arg(key).arg(*at_ms).arg(&about.0).ignore();
            }
        }
        pipeline.cmd("EXPIRE").arg(key).arg(self.bounds.inbox.seconds).ignore();
        let mut connection = self.connection();
        let doing = StoreError::doing(format!("restore the inbox {key}"));
        pipeline.query_async(&mut connection).await.map_err(doing)
    }

    /// How many entries an inbox has, how many it may have, and whether it goes by itself when
    /// nothing comes any more; `key` is its name.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn inbox_size(&self, key: &str) -> Result<(usize, usize, bool), StoreError> {
        let mut pipeline = Pipeline::new();
        pipeline.atomic().cmd("ZCARD").arg(key).cmd("PTTL").arg(key);
        let mut connection = self.connection();
        let (entries, left_ms): (usize, i64) = pipeline
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("look at the inbox {key}")))?;
        // -1 is a key that stays, -2 one that is gone.
        Ok((entries, self.bounds.inbox.entries_max, left_ms != -1))
    }

    /// Tells a partner that a subscription of its is suspended.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn tell_suspended(
        &self,
        mpn_id: &MpnId,
        subscription_id: SubscriptionId,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let key = self.keys().inbox(self.keys().partition_of_partner(mpn_id), mpn_id);
        let about = About::Suspended { subscription_id }.to_string();
        let mut pipeline = Pipeline::new();
        pipeline.cmd("ZADD").arg(&key).arg(at.timestamp_millis()).arg(about).ignore();
        let oldest = last_to_go(self.bounds.inbox);
        pipeline.cmd("ZREMRANGEBYRANK").arg(&key).arg(0).arg(oldest).ignore();
        pipeline.cmd("EXPIRE").arg(&key).arg(self.bounds.inbox.seconds).ignore();
        let mut connection = self.connection();
        let doing = StoreError::doing(format!("tell partner {mpn_id} of a suspended address"));
        pipeline.query_async(&mut connection).await.map_err(doing)
    }
}

/// Nothing for what another version has written.
fn entry(about: &str, score_ms: f64) -> Option<Entry> {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds fit in 53 bits")]
    let at = DateTime::from_timestamp_millis(score_ms as i64)?;
    Some(Entry { at, about: about.parse().ok()? })
}
