//! Where drafts are kept: one record each, an index per partner, and one by their last change.
//! Whether what a draft says is right, and when it expires, is not known here.

use futures_util::stream::{StreamExt as _, TryStreamExt as _, iter};

use chrono::{DateTime, Utc};

use crate::claim::identity::MpnId;
use crate::drafts::{Draft, DraftId};
use crate::store::batch::{Answer, Batch};
use crate::store::{Instant, Store, StoreError};

/// The field that is guarded.
const REVISION: &str = "revision";
const RECORD: &str = "record";
/// Partitions that are asked at once.
const AT_ONCE: usize = 64;

impl Store {
    /// A draft, if it is there.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn draft(&self, id: DraftId) -> Result<Option<Draft>, StoreError> {
        Ok(self.drafts(&[id]).await?.pop())
    }

    /// Drafts of one partition, without those that are not there.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn drafts(&self, ids: &[DraftId]) -> Result<Vec<Draft>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let doing = "read drafts";
        let mut pipeline = redis::pipe();
        for id in ids {
            pipeline.cmd("HGET").arg(self.keys.draft(*id)).arg(RECORD);
        }
        let mut connection = self.connection();
        let records: Vec<Option<String>> =
            pipeline.query_async(&mut connection).await.map_err(StoreError::doing(doing))?;
        let read = |record: String| {
            serde_json::from_str(&record).map_err(|error| StoreError::malformed(doing, error))
        };
        records.into_iter().flatten().map(read).collect()
    }

    /// Writes a draft, if it is still at the revision `before`; nothing is there before the first.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn write_draft(
        &self,
        before: Option<u64>,
        draft: &Draft,
        at: Instant,
    ) -> Result<bool, StoreError> {
        let doing = || format!("write draft {}", draft.id);
        let record =
            serde_json::to_string(draft).map_err(|error| StoreError::malformed(doing(), error))?;
        let (key, id) = (self.keys.draft(draft.id), draft.id.to_string());
        let mut batch = self.draft_batch(draft.id, before);
        batch.write("HSET", key, &[&RECORD, &record, &REVISION, &draft.revision]);
        batch.write("ZADD", self.keys.drafts_of(&draft.mpn_id), &[&0, &id]);
        let changed_ms = draft.changed_at.timestamp_millis();
        batch.write("ZADD", self.keys.drafts_changed(draft.id.partition()), &[&changed_ms, &id]);
        self.run_draft(&batch, draft.id, at, doing).await
    }

    /// Removes a draft, if it is still at its revision.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn remove_draft(&self, draft: &Draft, at: Instant) -> Result<bool, StoreError> {
        let id = draft.id.to_string();
        let mut batch = self.draft_batch(draft.id, Some(draft.revision));
        batch.write("DEL", self.keys.draft(draft.id), &[]);
        batch.write("ZREM", self.keys.drafts_of(&draft.mpn_id), &[&id]);
        batch.write("ZREM", self.keys.drafts_changed(draft.id.partition()), &[&id]);
        self.run_draft(&batch, draft.id, at, || format!("remove draft {}", draft.id)).await
    }

    fn draft_batch(&self, id: DraftId, before: Option<u64>) -> Batch {
        let mut batch = Batch::new(self.keys.waiting(id.partition()));
        let before = before.map_or_else(String::new, |revision| revision.to_string());
        batch.guard(self.keys.draft(id), REVISION, &before);
        batch
    }

    async fn run_draft(
        &self,
        batch: &Batch,
        id: DraftId,
        at: Instant,
        doing: impl Fn() -> String + Send + Sync,
    ) -> Result<bool, StoreError> {
        match self.run(batch, id.partition(), at, &doing).await? {
            Answer::Done => Ok(true),
            Answer::Guard { .. } => Ok(false),
            Answer::Skew { theirs_ms } => Err(StoreError::Skew {
                doing: doing(),
                ours_ms: at.now.timestamp_millis(),
                theirs_ms,
                allowed_ms: at.skew_ms.unwrap_or_default(),
            }),
        }
    }

    /// Drafts of a partner that were made before `before`, newest first.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn drafts_of(
        &self,
        mpn_id: &MpnId,
        before: Option<DraftId>,
        most: usize,
    ) -> Result<Vec<DraftId>, StoreError> {
        let mut command = redis::cmd("ZRANGE");
        command.arg(self.keys.drafts_of(mpn_id));
        command.arg(before.map_or_else(|| "+".to_owned(), |id| format!("({id}")));
        command.arg("-").arg("BYLEX").arg("REV").arg("LIMIT").arg(0).arg(most);
        self.draft_ids(command).await
    }

    /// So many drafts of a partition that nobody has changed since, longest unchanged first, after
    /// the first `skipped` of them.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn drafts_unchanged_since(
        &self,
        partition: u16,
        since: DateTime<Utc>,
        skipped: usize,
        most: usize,
    ) -> Result<Vec<DraftId>, StoreError> {
        let mut command = redis::cmd("ZRANGE");
        command.arg(self.keys.drafts_changed(partition)).arg("-inf");
        command.arg(since.timestamp_millis()).arg("BYSCORE");
        command.arg("LIMIT").arg(skipped).arg(most);
        self.draft_ids(command).await
    }

    async fn draft_ids(&self, command: redis::Cmd) -> Result<Vec<DraftId>, StoreError> {
        let doing = "list drafts";
        let mut connection = self.connection();
        let ids: Vec<String> =
            command.query_async(&mut connection).await.map_err(StoreError::doing(doing))?;
        let read = |id: &String| DraftId::parse(id).map_err(|e| StoreError::malformed(doing, e));
        ids.iter().map(read).collect()
    }

    /// How many drafts a partner has, expired ones that are not removed yet included.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn count_drafts_of(&self, mpn_id: &MpnId) -> Result<usize, StoreError> {
        self.count_members(self.keys.drafts_of(mpn_id)).await
    }

    /// How many drafts there are in the deployment.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn count_drafts(&self) -> Result<usize, StoreError> {
        let partitions = iter(0..self.keys.partitions());
        let counts = partitions.map(|number| self.count_members(self.keys.drafts_changed(number)));
        let counts: Vec<usize> = counts.buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(counts.into_iter().sum())
    }

    async fn count_members(&self, key: String) -> Result<usize, StoreError> {
        let mut connection = self.connection();
        let counted = redis::cmd("ZCARD").arg(key).query_async(&mut connection).await;
        counted.map_err(StoreError::doing("count drafts"))
    }

    /// Puts a draft that was restored into the indexes, which no backup has. Of any other key,
    /// nothing is done.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub(crate) async fn index_restored_draft(&self, key: &str) -> Result<(), StoreError> {
        let Some(id) = self.keys.draft_of(key) else { return Ok(()) };
        let Some(draft) = self.draft(id).await? else { return Ok(()) };
        let mut pipeline = redis::pipe();
        pipeline.cmd("ZADD").arg(self.keys.drafts_of(&draft.mpn_id)).arg(0).arg(id.to_string());
        pipeline.cmd("ZADD").arg(self.keys.drafts_changed(id.partition()));
        pipeline.arg(draft.changed_at.timestamp_millis()).arg(id.to_string());
        let mut connection = self.connection();
        let doing = StoreError::doing(format!("put draft {id} into the indexes"));
        let _: (u8, u8) = pipeline.query_async(&mut connection).await.map_err(doing)?;
        Ok(())
    }
}
