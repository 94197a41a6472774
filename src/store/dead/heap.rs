//! Dead letters from afar: since when there are some, and which of them may end who works them.

use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use futures_util::future::try_join_all;
use redis::Pipeline;

use crate::store::agenda::DeadLetter;
use crate::store::dead::read_letter;
use crate::store::keys::IntakePart;
use crate::store::{Store, StoreError};

/// What the reason of an entry begins with that was taken again and again without an outcome.
pub const QUARANTINED: &str = "quarantined: ";
/// Members and their scores.
type Scored = Vec<(Vec<u8>, f64)>;
/// The newest dead letters of one job in one partition among which quarantined ones are looked for.
const NEWEST: usize = 20;

/// The dead letters of one job, from afar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadHeap {
    /// The job.
    pub job: Job,
    /// When the first of them died.
    pub since: Option<DateTime<Utc>>,
    /// Those of the newest that may end the process that works them.
    pub quarantined: Vec<Quarantined>,
}

/// A dead letter that may end the process that works it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// The entry.
    pub entry: String,
    /// When it was set aside.
    pub at: DateTime<Utc>,
    /// Why.
    pub error: String,
}

impl Store {
    /// The dead letters of these jobs, from afar.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn dead_heaps(&self, jobs: &[Job]) -> Result<Vec<DeadHeap>, StoreError> {
        let mut heaps = Vec::with_capacity(jobs.len());
        for &job in jobs {
            let places: Vec<(String, String)> = if job == Job::SubmitClaim {
                let part = |part| self.keys.intake_part(part);
                vec![(part(IntakePart::Dead), part(IntakePart::DeadLetters))]
            } else {
                let in_partition = |p| (self.keys.dead(p, job), self.keys.dead_letters(p, job));
                (0..self.keys.partitions()).map(in_partition).collect()
            };
            let mut heap = DeadHeap { job, since: None, quarantined: Vec::new() };
            let looks = places.iter().map(|(dead, letters)| self.dead_heap(dead, letters));
            for (since, quarantined) in try_join_all(looks).await? {
                heap.since = [heap.since, since].into_iter().flatten().min();
                heap.quarantined.extend(quarantined);
            }
            heaps.push(heap);
        }
        Ok(heaps)
    }

    async fn dead_heap(
        &self,
        dead: &str,
        letters: &str,
    ) -> Result<(Option<DateTime<Utc>>, Vec<Quarantined>), StoreError> {
        let doing = || StoreError::doing("look at dead letters");
        let mut pipeline = Pipeline::new();
        pipeline.cmd("ZRANGE").arg(dead).arg(0).arg(0).arg("WITHSCORES");
        pipeline.cmd("ZRANGE").arg(dead).arg(0).arg(NEWEST - 1).arg("REV");
        let mut connection = self.connection();
        let (first, newest): (Scored, Vec<Vec<u8>>) =
            pipeline.query_async(&mut connection).await.map_err(doing())?;
        if newest.is_empty() {
            return Ok((None, Vec::new()));
        }
        let mut command = redis::cmd("HMGET");
        command.arg(letters).arg(&newest);
        let found: Vec<Option<String>> =
            command.query_async(&mut connection).await.map_err(doing())?;
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds fit in 53 bits")]
        let since = first.first().map(|(_, score)| *score as i64);
        let quarantined = newest.iter().zip(found).filter_map(|(entry, json)| {
            let DeadLetter { error, at, .. } = read_letter(json);
            let error = error.strip_prefix(QUARANTINED)?.to_owned();
            Some(Quarantined { entry: String::from_utf8_lossy(entry).into_owned(), at, error })
        });
        Ok((since.and_then(DateTime::from_timestamp_millis), quarantined.collect()))
    }
}
