//! Which processes run: each writes its own record, again and again, and removes it when it stops.

use chrono::{DateTime, Utc};

use crate::operations::Process;
use crate::store::{Store, StoreError};

impl Store {
    /// Writes what a process says of itself.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn process_seen(&self, process: &Process) -> Result<(), StoreError> {
        let doing = || format!("record that the process {} is there", process.name);
        let json = serde_json::to_string(process)
            .map_err(|error| StoreError::malformed(doing(), error))?;
        let mut connection = self.connection();
        redis::cmd("HSET")
            .arg(self.keys.processes())
            .arg(&process.name)
            .arg(json)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(doing()))
    }

    /// A process has stopped, and says so.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn process_gone(&self, name: &str) -> Result<(), StoreError> {
        self.remove_processes(&[name]).await
    }

    async fn remove_processes(&self, names: &[&str]) -> Result<(), StoreError> {
        if names.is_empty() {
            return Ok(());
        }
        let mut connection = self.connection();
        redis::cmd("HDEL")
            .arg(self.keys.processes())
            .arg(names)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("remove processes that are gone"))
    }

    /// The processes, the oldest first; those that went silent without a word stay for ten
    /// minutes. A record that cannot be read is left out.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn processes(&self, real: DateTime<Utc>) -> Result<Vec<Process>, StoreError> {
        let mut processes = self.process_records().await?;
        processes.retain(|process| !process.is_forgotten(real));
        processes.sort_by(|a, b| (a.started_at, &a.name).cmp(&(b.started_at, &b.name)));
        Ok(processes)
    }

    async fn process_records(&self) -> Result<Vec<Process>, StoreError> {
        let mut connection = self.connection();
        let records: Vec<Vec<u8>> = redis::cmd("HVALS")
            .arg(self.keys.processes())
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("list the processes"))?;
        Ok(records.iter().filter_map(|json| serde_json::from_slice(json).ok()).collect())
    }

    /// Removes the records of processes that nobody wants to know of any more.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn forget_processes(&self, real: DateTime<Utc>) -> Result<(), StoreError> {
        let records = self.process_records().await?;
        let gone = records.iter().filter(|process| process.is_forgotten(real));
        self.remove_processes(&gone.map(|process| process.name.as_str()).collect::<Vec<_>>()).await
    }

    /// The names of the processes that work queues.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn workers(&self, real: DateTime<Utc>) -> Result<Vec<String>, StoreError> {
        let at_work = |process: &Process| !process.working.is_empty() && !process.is_silent(real);
        let processes = self.processes(real).await?.into_iter();
        Ok(processes.filter(at_work).map(|process| process.name).collect())
    }
}
