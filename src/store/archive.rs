//! How closed claims leave Redis: which there are, what may still be on its way about them, and
//! their departure.
//!
//! A claim departs in one step with everything that its partition has of it. Its source's own key
//! lies in another slot; until that is freed, a note says that it has to be, so that a crash in
//! between leaves neither a key that names nothing nor one that would bring the claim back.
//! Where claims go to is not known here.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use redis::Script;

use crate::calendar::Span;
use crate::claim::event::closed_at;
use crate::claim::{Claim, ClaimId, Status};
use crate::store::agenda::{Names, claim_of, names};
use crate::store::batch::{Answer, Batch};
use crate::store::scan::ClaimSet;
use crate::store::{Instant, Store, StoreError, inbox, indexes};

const DOING: &str = "look for closed claims";

impl Store {
    /// When the first claim of a partition that was closed in that time was closed.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn first_closed(
        &self,
        partition: u16,
        within: Span,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let mut connection = self.connection();
        let found: Vec<(String, i64)> = self
            .closed_range(partition, within, 1)
            .arg("WITHSCORES")
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(DOING))?;
        Ok(found.first().and_then(|(_, ms)| DateTime::from_timestamp_millis(*ms)))
    }

    /// The claims of a partition that were closed in that time, `limit` at most.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn closed_within(
        &self,
        partition: u16,
        within: Span,
        limit: usize,
    ) -> Result<Vec<ClaimId>, StoreError> {
        let mut connection = self.connection();
        let found: Vec<String> = self
            .closed_range(partition, within, limit)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(DOING))?;
        let id = |member: &String| {
            let wrong = |_| StoreError::malformed(DOING, "a member that is no claim");
            ClaimId::parse(member).map_err(wrong)
        };
        found.iter().map(id).collect()
    }

    fn closed_range(&self, partition: u16, within: Span, limit: usize) -> redis::Cmd {
        let mut command = redis::cmd("ZRANGE");
        command.arg(self.keys().by_closed(partition)).arg(within.from.timestamp_millis());
        command.arg(format!("({}", within.to.timestamp_millis())).arg("BYSCORE");
        command.arg("LIMIT").arg(0).arg(limit);
        command
    }

    /// Enters claims in the index of closed claims that earlier releases have closed without one,
    /// and says how many.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn index_closed(&self, partition: u16) -> Result<u64, StoreError> {
        let closed = || Status::ALL.into_iter().filter(|status| status.is_closed());
        let mut pipeline = redis::pipe();
        pipeline.atomic().cmd("ZCARD").arg(self.keys().by_closed(partition));
        for status in closed() {
            pipeline.cmd("ZCARD").arg(self.keys().by_status(partition, status));
        }
        let mut connection = self.connection();
        let counts: Vec<u64> =
            pipeline.query_async(&mut connection).await.map_err(StoreError::doing(DOING))?;
        if counts.first() == Some(&counts.iter().skip(1).sum()) {
            return Ok(0);
        }
        let mut entered = 0;
        for status in closed() {
            let mut next = Some(0);
            while let Some(cursor) = next {
                let page = self.claims_in(partition, ClaimSet::Status(status), cursor).await?;
                next = page.next;
                for (member, _) in page.found {
                    entered += u64::from(self.enter_closed(partition, &member).await?);
                }
            }
        }
        Ok(entered)
    }

    async fn enter_closed(&self, partition: u16, member: &str) -> Result<bool, StoreError> {
        let key = self.keys().by_closed(partition);
        let Ok(id) = ClaimId::parse(member) else { return Ok(false) };
        if self.index_score(&key, member).await?.is_some() {
            return Ok(false);
        }
        let Some(at) = closed_at(&self.history(id).await?) else { return Ok(false) };
        let mut connection = self.connection();
        redis::cmd("ZADD")
            .arg(key)
            .arg(at.timestamp_millis())
            .arg(member)
            .query_async::<bool>(&mut connection)
            .await
            .map_err(StoreError::doing(format!("enter claim {id} among the closed ones")))
    }

    /// Those of the claims about which somebody is still to be told something, or could not be.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn with_deliveries(
        &self,
        partition: u16,
        claims: &HashSet<ClaimId>,
    ) -> Result<HashSet<ClaimId>, StoreError> {
        let keys = self.keys();
        let mut found = HashSet::new();
        let jobs = Job::ALL.into_iter().filter(|job| names(*job) == Names::Event);
        let sets = jobs.flat_map(|job| {
            [keys.agenda(partition, job), keys.running(partition, job), keys.dead(partition, job)]
                .map(|key| (job, key))
        });
        for (job, key) in sets {
            let mut next = Some(0);
            while let Some(cursor) = next {
                let page = self.index_entries(&key, cursor).await?;
                next = page.next;
                let ids = page.found.iter().filter_map(|(entry, _)| claim_of(job, entry));
                found.extend(ids.filter(|id| claims.contains(id)));
            }
        }
        Ok(found)
    }

    /// Takes a closed claim out of Redis, with everything that there is of it; false when it is
    /// not as it was read, and nothing was changed.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses; it can be repeated then.
    pub async fn depart(&self, claim: &Claim, at: Instant) -> Result<bool, StoreError> {
        let (keys, id, partition) = (self.keys(), claim.id, claim.id.partition());
        let submission = &claim.submission;
        let own_key = keys.submission(&submission.source, &submission.idempotency_key);
        let member = id.to_string();
        let history = self.history(id).await?;
        let mut batch = Batch::new(keys.waiting(partition));
        batch.guard(keys.claim(id), "revision", &claim.revision.to_string());
        batch.write("HSET", keys.leaving(partition), &[&member, &own_key]);
        batch.write("INCR", keys.archived(partition), &[]);
        batch.write("DEL", keys.claim(id), &[]);
        batch.write("DEL", keys.history(id), &[]);
        batch.write("ZREM", keys.by_closed(partition), &[&member]);
        for entry in indexes::of_claim(keys, claim) {
            batch.write("ZREM", entry.key, &[&entry.member]);
        }
        inbox::remove(&mut batch, keys, claim, &history);
        let doing = || format!("take claim {id} out of Redis");
        let at = Instant { skew_ms: None, ..at };
        if self.run(&batch, partition, at, doing).await? != Answer::Done {
            return Ok(false);
        }
        self.free_key(id, &own_key).await?;
        Ok(true)
    }

    /// Finishes departures that a crash has left half done.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn finish_departures(&self, partition: u16) -> Result<(), StoreError> {
        let mut next = Some(0);
        while let Some(cursor) = next {
            let page = self.grants_in(&self.keys().leaving(partition), cursor).await?;
            next = page.next;
            for (id, own_key) in page.found {
                let Ok(id) = ClaimId::parse(&id) else { continue };
                self.free_key(id, &own_key).await?;
            }
        }
        Ok(())
    }

    /// Whether a claim has left, and its source's own key has not been freed yet.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn is_leaving(&self, id: ClaimId) -> Result<bool, StoreError> {
        let leaving = self.keys().leaving(id.partition());
        Ok(self.grant(&leaving, &id.to_string()).await?.is_some())
    }

    /// Frees the own key of the source of a claim that has left, unless it is another claim's by
    /// now; and only then forgets that it has to.
    pub(crate) async fn free_key(&self, id: ClaimId, own_key: &str) -> Result<(), StoreError> {
        let doing = || format!("free the key under which claim {id} was submitted");
        let mut connection = self.connection();
        let script = Script::new(include_str!("lua/free_key.lua"));
        let mut invocation = script.prepare_invoke();
        invocation.key(own_key).arg(id.to_string());
        let _: u8 =
            invocation.invoke_async(&mut connection).await.map_err(StoreError::doing(doing()))?;
        let _: u8 = redis::cmd("HDEL")
            .arg(self.keys().leaving(id.partition()))
            .arg(id.to_string())
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(doing()))?;
        Ok(())
    }

    /// How many claims of a partition are in the archive.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn archived(&self, partition: u16) -> Result<u64, StoreError> {
        let count = self.text_of(&self.keys().archived(partition)).await?;
        Ok(count.and_then(|count| count.parse().ok()).unwrap_or_default())
    }
}
