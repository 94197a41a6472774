//! Whether there is anything to do, and what comes next: what travelling in time asks again and
//! again. Counts for people are in `report.rs`.

use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use futures_util::future::try_join_all;
use redis::Pipeline;

use crate::operations::QueueSettings;
use crate::store::{Store, StoreError};

/// How the queues of a namespace stand in one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Something is due, or a worker has it.
    pub is_busy: bool,
    /// When the earliest entry of the agenda falls due; in the past when it is due already.
    pub next_due: Option<DateTime<Utc>>,
}

/// An entry of the agenda, and when it falls due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// When.
    pub due_at: DateTime<Utc>,
    /// What is to be done.
    pub job: Job,
    /// About what.
    pub entry: String,
}

impl Store {
    /// How the queues stand at `now`. What moves from the intake to the agenda meanwhile is seen,
    /// and each partition is seen as it was in one instant.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn standing(&self, now: DateTime<Utc>) -> Result<Standing, StoreError> {
        // Entries of a paused job wait for a person, and not for time to go on.
        let settings = self.queue_settings().await?;
        let intake = self.queue(Job::SubmitClaim, now).await?;
        let intake_due = intake.due > 0 && !settings.is_paused(Job::SubmitClaim);
        let partitions = (0..self.keys.partitions()).map(|p| self.standing_of(p, now, &settings));
        let partitions = try_join_all(partitions).await?;
        let is_busy = intake_due || intake.running > 0 || partitions.iter().any(|p| p.is_busy);
        let next_due = partitions.iter().filter_map(|p| p.next_due).min();
        Ok(Standing { is_busy, next_due })
    }

    async fn standing_of(
        &self,
        partition: u16,
        now: DateTime<Utc>,
        settings: &QueueSettings,
    ) -> Result<Standing, StoreError> {
        let mut invocation = self.scripts.standing.prepare_invoke();
        invocation.arg(now.timestamp_millis());
        for job in on_agenda() {
            invocation.key(self.keys.agenda(partition, job));
            invocation.key(self.keys.running(partition, job));
            invocation.arg(u8::from(settings.is_paused(job)));
        }
        let mut connection = self.connection();
        let (is_busy, next_due): (bool, String) = invocation
            .invoke_async(&mut connection)
            .await
            .map_err(StoreError::doing("look whether anything is due or running"))?;
        let next_due = next_due.parse().ok().and_then(DateTime::from_timestamp_millis);
        Ok(Standing { is_busy, next_due })
    }

    /// The next entries of the agenda, at most so many, the earliest first.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn planned(&self, most: usize) -> Result<Vec<Planned>, StoreError> {
        let partitions = (0..self.keys.partitions()).map(|p| self.planned_in(p, most));
        let mut planned: Vec<_> = try_join_all(partitions).await?.into_iter().flatten().collect();
        planned.sort_by(|a, b| a.due_at.cmp(&b.due_at).then_with(|| a.entry.cmp(&b.entry)));
        planned.truncate(most);
        Ok(planned)
    }

    async fn planned_in(&self, partition: u16, most: usize) -> Result<Vec<Planned>, StoreError> {
        let mut pipeline = Pipeline::new();
        for job in on_agenda() {
            let agenda = self.keys.agenda(partition, job);
            pipeline.cmd("ZRANGE").arg(agenda).arg(0).arg(most.max(1) - 1).arg("WITHSCORES");
        }
        let mut connection = self.connection();
        let heads: Vec<Vec<(String, f64)>> = pipeline
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("look for the next due entries"))?;
        let read = |job, (entry, score): (String, f64)| {
            #[expect(clippy::cast_possible_truncation, reason = "ms fit in 53 bits")]
            let due_at = DateTime::from_timestamp_millis(score as i64)?;
            Some(Planned { due_at, job, entry })
        };
        let of_job = |(job, head): (Job, Vec<(String, f64)>)| {
            head.into_iter().filter_map(move |entry| read(job, entry))
        };
        Ok(on_agenda().zip(heads).flat_map(of_job).collect())
    }
}

/// Every job but the one of the intake.
fn on_agenda() -> impl Iterator<Item = Job> {
    Job::ALL.into_iter().filter(|job| *job != Job::SubmitClaim)
}
