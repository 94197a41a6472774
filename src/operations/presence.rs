//! A process that says that it is there.

use std::sync::Arc;

use chrono::TimeDelta;
use cpor_jobs::Job;

use crate::ledger::Ledger;
use crate::operations::process::CalendarsDiffer;
use crate::operations::{Handler, MailWatch, Process, ProcessKind, Working};
use crate::store::StoreError;

/// What this process says of itself, again and again.
#[derive(Debug)]
pub struct Presence {
    ledger: Ledger,
    mail: Option<Arc<MailWatch>>,
    record: Process,
}

impl Presence {
    /// What a process of this name says, which has just started.
    #[must_use]
    pub fn new(
        ledger: &Ledger,
        name: String,
        kind: ProcessKind,
        calendars_differ: Option<String>,
        mail: Option<Arc<MailWatch>>,
    ) -> Self {
        let real = ledger.clock().real();
        let edition = ledger.rules().edition();
        let record = Process {
            name,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
            pid: std::process::id(),
            kind,
            started_at: real,
            seen_at: real,
            working: Vec::new(),
            handlers: Vec::new(),
            clock_ahead_ms: 0,
            mail: None,
            calendars_differ: calendars_differ.map(|says| CalendarsDiffer { edition, says }),
        };
        Self { ledger: ledger.clone(), mail, record }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.record.name
    }

    /// Says that it is there and what it does, and hands in what it has counted.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn tell(
        &self,
        working: Vec<Working>,
        handlers: Vec<Handler>,
    ) -> Result<(), StoreError> {
        let (store, clock) = (self.ledger.store(), self.ledger.clock());
        let real = clock.real();
        let record = Process {
            seen_at: real,
            working,
            handlers,
            clock_ahead_ms: clock.ahead_of_host().num_milliseconds(),
            mail: self.mail.as_ref().map(|mail| mail.health(real)),
            ..self.record.clone()
        };
        store.process_seen(&record).await?;
        store.hand_in_rates(real).await
    }

    /// Says once that it works all jobs for so long, for a namespace that only this process knows.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn stay(&self, for_so_long: TimeDelta) -> Result<(), StoreError> {
        let working =
            Job::ALL.map(|job| Working { job, concurrency: 1, running: 0, paused: false });
        let seen_at = self.ledger.clock().real() + for_so_long;
        let record = Process { seen_at, working: working.to_vec(), ..self.record.clone() };
        self.ledger.store().process_seen(&record).await
    }

    /// Removes what is left of processes that are long gone.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn forget_others(&self) -> Result<(), StoreError> {
        self.ledger.store().forget_processes(self.ledger.clock().real()).await
    }

    /// Says that it stops.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn goodbye(&self) -> Result<(), StoreError> {
        self.ledger.store().hand_in_rates(self.ledger.clock().real()).await?;
        self.ledger.store().process_gone(&self.record.name).await
    }
}
