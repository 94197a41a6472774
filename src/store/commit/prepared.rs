//! A commit that is sent without reading what becomes of it, for measuring.

use crate::store::commit::batch;
use crate::store::{Commit, Instant, Store, StoreError};

/// A commit as it goes over the wire.
#[derive(Debug, Clone)]
pub(crate) struct PreparedCommit(redis::Cmd);

impl Store {
    /// Sends prepared commits in one pipeline.
    pub(crate) async fn send(&self, commits: &[PreparedCommit]) -> Result<(), StoreError> {
        let mut pipeline = redis::Pipeline::with_capacity(commits.len());
        for commit in commits {
            pipeline.add_command(commit.0.clone()).ignore();
        }
        let mut connection = self.connection();
        pipeline
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("send prepared commits"))
    }

    /// The command that [`Store::commit`] would send, for measuring what it costs by itself.
    pub(crate) fn commit_command(
        &self,
        commit: &Commit<'_>,
        at: Instant,
    ) -> Result<PreparedCommit, StoreError> {
        let (batch, _) = batch(&self.keys, commit, at.now, self.bounds)?;
        let channel = self.keys.wake_channel();
        let wake = (channel.as_str(), commit.after.id.partition());
        let now_ms = at.now.timestamp_millis();
        Ok(PreparedCommit(batch.command(&self.scripts.commit, now_ms, at.skew_ms, wake)))
    }
}
