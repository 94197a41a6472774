//! Where the edition of the calendars in force is kept, its history, and what still has to be done
//! to open windows. All keys share one slot.
//!
//! What an edition says is the business of [`crate::editions`]: here it is text.

use std::time::Duration;

use chrono::{DateTime, Utc};
use redis::Script;

use crate::operations::SILENCE;
use crate::store::keys::CalendarsPart;
use crate::store::wake::WAKE_CALENDARS;
use crate::store::{Store, StoreError};

/// Most entries of the history that are kept.
const HISTORY_MAX: u64 = 1_000;

/// What a step of the history counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Editions.
    Editions,
    /// Outages of the page.
    Outages,
}

impl Counted {
    const fn field(self) -> &'static str {
        match self {
            Self::Editions => "number",
            Self::Outages => "outages",
        }
    }

    /// The name of the sweep that a step asks for.
    #[must_use]
    pub fn sweep_id(self, number: u64) -> String {
        match self {
            Self::Editions => format!("edition-{number}"),
            Self::Outages => format!("outage-{number}"),
        }
    }
}

/// A step of the history, as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// What it counts in.
    pub counted: Counted,
    /// Its number: one more than there were.
    pub number: u64,
    /// JSON of the edition that is in force from now on; empty with an outage.
    pub edition: &'a str,
    /// JSON for the history.
    pub entry: &'a str,
    /// JSON of the sweep it asks for, if it does.
    pub sweep: Option<&'a str>,
}

impl Store {
    /// How many editions or outages there were; of editions that is the number of the one in
    /// force.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn counted(&self, counted: Counted) -> Result<u64, StoreError> {
        let mut connection = self.connection();
        let number: Option<u64> = redis::cmd("HGET")
            .arg(self.keys().calendars())
            .arg(counted.field())
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("see which edition of the calendars is in force"))?;
        Ok(number.unwrap_or_default())
    }

    /// The JSON of the edition in force; nothing in a namespace without one.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn edition(&self) -> Result<Option<String>, StoreError> {
        let mut connection = self.connection();
        redis::cmd("HGET")
            .arg(self.keys().calendars())
            .arg("edition")
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("read the edition of the calendars in force"))
    }

    /// Takes a step, unless another process was first; says whether it did.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn take_step(&self, step: Step<'_>, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let (keys, sweep_id) = (self.keys(), step.counted.sweep_id(step.number));
        let script = Script::new(include_str!("lua/calendars_publish.lua"));
        let mut invocation = script.prepare_invoke();
        invocation.key(keys.calendars());
        for part in [CalendarsPart::History, CalendarsPart::Sweeps, CalendarsPart::Pending] {
            invocation.key(keys.calendars_part(part));
        }
        invocation.arg(step.counted.field()).arg(step.number.saturating_sub(1)).arg(step.number);
        invocation.arg(step.edition).arg(step.entry).arg(HISTORY_MAX);
        invocation.arg(step.sweep.map_or("", |_| sweep_id.as_str()));
        invocation.arg(step.sweep.unwrap_or_default());
        invocation.arg(step.counted.sweep_id(step.number.saturating_sub(HISTORY_MAX)));
        invocation.arg(now.timestamp_millis()).arg(keys.wake_channel()).arg(WAKE_CALENDARS);
        let mut connection = self.connection();
        let taken: u8 = invocation
            .invoke_async(&mut connection)
            .await
            .map_err(StoreError::doing("put calendars in force"))?;
        Ok(taken == 1)
    }

    /// The newest entries of the history, the newest first.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn calendar_history(&self) -> Result<Vec<String>, StoreError> {
        let mut connection = self.connection();
        let mut entries: Vec<String> = redis::cmd("LRANGE")
            .arg(self.keys().calendars_part(CalendarsPart::History))
            .arg(0)
            .arg(HISTORY_MAX)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("read the history of the calendars"))?;
        entries.reverse();
        Ok(entries)
    }

    /// How far sweeps are, each as its JSON, in the order asked for.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn sweeps(&self, ids: &[String]) -> Result<Vec<Option<String>>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut connection = self.connection();
        redis::cmd("HMGET")
            .arg(self.keys().calendars_part(CalendarsPart::Sweeps))
            .arg(ids)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("read how far open windows have been swept"))
    }

    /// The sweeps that are not done, the oldest first.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn pending_sweeps(&self) -> Result<Vec<String>, StoreError> {
        let mut connection = self.connection();
        redis::cmd("ZRANGE")
            .arg(self.keys().calendars_part(CalendarsPart::Pending))
            .arg(0)
            .arg(-1)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("see which sweeps are not done"))
    }

    /// Writes down how far a sweep is; one that is done is not pending any more.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn save_sweep(&self, id: &str, json: &str, done: bool) -> Result<(), StoreError> {
        let keys = self.keys();
        let mut pipeline = redis::pipe();
        pipeline.atomic();
        let sweeps = keys.calendars_part(CalendarsPart::Sweeps);
        pipeline.cmd("HSET").arg(sweeps).arg(id).arg(json).ignore();
        if done {
            let pending = keys.calendars_part(CalendarsPart::Pending);
            pipeline.cmd("ZREM").arg(pending).arg(id).ignore();
        }
        let mut connection = self.connection();
        pipeline
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("write down how far the sweep {id} is")))
    }

    /// Makes a process the one that sweeps, or keeps it so; false when another is.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn hold_sweeper(&self, owner: &str, lease: Duration) -> Result<bool, StoreError> {
        let script = Script::new(include_str!("lua/sweeper_lease.lua"));
        let mut invocation = script.prepare_invoke();
        invocation.key(self.keys().calendars_part(CalendarsPart::Sweeper));
        invocation.arg(owner).arg(u64::try_from(lease.as_millis()).unwrap_or_default());
        let mut connection = self.connection();
        let held: u8 = invocation
            .invoke_async(&mut connection)
            .await
            .map_err(StoreError::doing("become the one who sweeps open windows"))?;
        Ok(held == 1)
    }

    /// Says which edition a process follows.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn follows(
        &self,
        process: &str,
        number: u64,
        real: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut connection = self.connection();
        redis::cmd("HSET")
            .arg(self.keys().calendars_part(CalendarsPart::Followers))
            .arg(process)
            .arg(format!("{number} {}", real.timestamp_millis()))
            .query_async::<u64>(&mut connection)
            .await
            .map(drop)
            .map_err(StoreError::doing("say which edition of the calendars is followed"))
    }

    /// The lowest edition that a running process follows; nothing if none is running. Who was not
    /// heard of for a long time is forgotten.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn followed(&self, real: DateTime<Utc>) -> Result<Option<u64>, StoreError> {
        let doing = "see which edition of the calendars is followed";
        let key = self.keys().calendars_part(CalendarsPart::Followers);
        let mut connection = self.connection();
        let followers: Vec<(String, String)> = redis::cmd("HGETALL")
            .arg(&key)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(doing))?;
        let silent_ms = (real - SILENCE).timestamp_millis();
        let forgotten_ms = (real - SILENCE * 60).timestamp_millis();
        let (mut lowest, mut forgotten) = (None, Vec::new());
        for (process, said) in followers {
            let (number, at) = said.split_once(' ').unwrap_or_default();
            let at: i64 = at.parse().unwrap_or_default();
            if at < forgotten_ms {
                forgotten.push(process);
            } else if at >= silent_ms {
                let number: u64 = number.parse().unwrap_or_default();
                lowest = Some(lowest.map_or(number, |lowest: u64| lowest.min(number)));
            }
        }
        for process in forgotten {
            self.follows_no_more(&process).await?;
        }
        Ok(lowest)
    }

    /// Says that a process has stopped.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn follows_no_more(&self, process: &str) -> Result<(), StoreError> {
        let mut connection = self.connection();
        redis::cmd("HDEL")
            .arg(self.keys().calendars_part(CalendarsPart::Followers))
            .arg(process)
            .query_async::<u64>(&mut connection)
            .await
            .map(drop)
            .map_err(StoreError::doing("say that no edition of the calendars is followed"))
    }
}
