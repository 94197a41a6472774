//! Making what is planned for later due at once, as a person asks for it.

use cpor_jobs::Job;

use crate::claim::ClaimId;
use crate::store::{Instant, Store, StoreError};

impl Store {
    /// Makes the entry of a job that is planned for later due at once; false when nothing is
    /// planned for later any more. What is planned stays one entry, and its attempts are counted
    /// on.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn hasten(&self, id: ClaimId, job: Job, at: Instant) -> Result<bool, StoreError> {
        let mut connection = self.connection();
        let changed: u64 = redis::cmd("ZADD")
            .arg(self.keys().agenda(id.partition(), job))
            .arg("XX")
            .arg("LT")
            .arg("CH")
            .arg(at.now.timestamp_millis())
            .arg(id.to_string())
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("make {job} of claim {id} due")))?;
        if changed == 0 {
            return Ok(false);
        }
        self.wake_everybody().await?;
        Ok(true)
    }
}
