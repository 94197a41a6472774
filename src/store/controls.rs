//! What operators have set on queues, and the log of what they did.

use std::collections::HashMap;

use cpor_jobs::Job;

use crate::operations::{OperatorAction, Pause, QueueSettings};
use crate::store::wake::WAKE_QUEUES;
use crate::store::{Store, StoreError};

/// Lines of the log that are kept.
const LOG_MAX: isize = 10_000;

impl Store {
    /// What operators have set on queues.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn queue_settings(&self) -> Result<QueueSettings, StoreError> {
        let mut connection = self.connection();
        let fields: HashMap<String, String> = redis::cmd("HGETALL")
            .arg(self.keys.queue_settings())
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("read what is set on queues"))?;
        read_settings(&fields)
    }

    /// Pauses a job, or lets it go on; everybody is told. Says whether anything was there before.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn set_paused(&self, job: Job, pause: Option<&Pause>) -> Result<bool, StoreError> {
        let json = pause.map(serde_json::to_string).transpose();
        let json = json.map_err(|error| StoreError::malformed("write a pause as JSON", error))?;
        self.set_on_queue(&format!("pause:{job}"), json).await
    }

    /// Sets how many handlers of a job run at once, or nothing; everybody is told.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn set_concurrency(
        &self,
        job: Job,
        concurrency: Option<usize>,
    ) -> Result<bool, StoreError> {
        self.set_on_queue(&format!("concurrency:{job}"), concurrency.map(|n| n.to_string())).await
    }

    async fn set_on_queue(&self, field: &str, value: Option<String>) -> Result<bool, StoreError> {
        let doing = || StoreError::doing(format!("set {field} on the queues"));
        let mut command = redis::cmd(if value.is_some() { "HSET" } else { "HDEL" });
        command.arg(self.keys.queue_settings()).arg(field).arg(&value);
        let mut connection = self.connection();
        let changed: i64 = command.query_async(&mut connection).await.map_err(doing())?;
        redis::cmd("PUBLISH")
            .arg(self.keys.wake_channel())
            .arg(WAKE_QUEUES)
            .query_async::<i64>(&mut connection)
            .await
            .map_err(doing())?;
        // HSET counts the fields that are new, HDEL those that were there.
        Ok((changed == 1) != value.is_some())
    }

    /// Writes what an operator did into the log, of which the last 10,000 lines are kept.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn record_operation(&self, action: &OperatorAction) -> Result<(), StoreError> {
        let doing = "write the log of operators' actions";
        let json =
            serde_json::to_string(action).map_err(|error| StoreError::malformed(doing, error))?;
        let mut pipeline = redis::pipe();
        let log = self.keys.operations();
        pipeline.cmd("LPUSH").arg(&log).arg(json).ignore();
        pipeline.cmd("LTRIM").arg(&log).arg(0).arg(LOG_MAX - 1).ignore();
        let mut connection = self.connection();
        pipeline.query_async(&mut connection).await.map_err(StoreError::doing(doing))
    }

    /// What operators did, the newest first, at most so many. A line that this version cannot
    /// read is left out.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn operations(&self, limit: usize) -> Result<Vec<OperatorAction>, StoreError> {
        let Some(last) = limit.checked_sub(1) else { return Ok(Vec::new()) };
        let mut connection = self.connection();
        let lines: Vec<Vec<u8>> = redis::cmd("LRANGE")
            .arg(self.keys.operations())
            .arg(0)
            .arg(last)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("read the log of operators' actions"))?;
        Ok(lines.iter().filter_map(|json| serde_json::from_slice(json).ok()).collect())
    }
}

/// A pause that cannot be read is no reason to go on.
fn read_settings(fields: &HashMap<String, String>) -> Result<QueueSettings, StoreError> {
    let mut settings = QueueSettings::default();
    let doing = "read what is set on queues";
    for (field, value) in fields {
        let Some((what, job)) = field.split_once(':') else { continue };
        let Ok(job) = job.parse::<Job>() else { continue };
        let setting = settings.0.entry(job).or_default();
        match what {
            "pause" => {
                let pause = serde_json::from_str(value);
                setting.paused = Some(pause.map_err(|e| StoreError::malformed(doing, e))?);
            }
            "concurrency" => {
                let number = value.parse();
                setting.concurrency = Some(number.map_err(|e| StoreError::malformed(doing, e))?);
            }
            _ => {}
        }
    }
    Ok(settings)
}
