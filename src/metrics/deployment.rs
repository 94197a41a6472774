//! What every process reads from Redis about the whole deployment when it is asked for figures.

use std::sync::atomic::AtomicU64;

use chrono::TimeDelta;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::Registry;

use crate::calendar::coverage::AlarmCode;
use crate::claim::Status;
use crate::coverage::{Covered, glance};
use crate::ledger::Ledger;
use crate::metrics::table::{Figure, shared};
use crate::metrics::{Gauges, Labels, register};
use crate::store::StoreError;
use crate::store::numbers::{Memory, Overdue};
use crate::store::report::Queue;

type Seconds = Family<Labels, Gauge<f64, AtomicU64>>;

const DAY_SECONDS: i64 = 86_400;

/// A deployment in figures.
#[derive(Debug)]
pub struct Deployment {
    claims: Vec<(Status, u64)>,
    queues: Vec<Queue>,
    overdue: Overdue,
    processes: usize,
    memory: Memory,
    drafts: usize,
    clock_offset: TimeDelta,
    covered: Covered,
}

impl Deployment {
    /// Looks, at a cost that does not depend on how many claims there are.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn look(ledger: &Ledger) -> Result<Self, StoreError> {
        let (store, clock) = (ledger.store(), ledger.clock());
        let (now, real) = (clock.now().await?, clock.real());
        let (claims, queues, overdue, processes, memory, drafts, covered) = tokio::try_join!(
            store.claims_by_status(),
            store.queues(now),
            store.overdue_windows(now),
            store.workers(real),
            store.memory(),
            store.count_drafts(),
            glance(ledger, now),
        )?;
        let (processes, clock_offset) = (processes.len(), clock.ahead_of_host());
        Ok(Self { claims, queues, overdue, processes, memory, drafts, clock_offset, covered })
    }

    /// Puts everything into a registry.
    pub(super) fn register(&self, registry: &mut Registry) {
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let mut number =
            |figure: Figure, value: i64| register(registry, figure, ConstGauge::new(value));
        number(shared::DRAFTS, count(self.drafts));
        number(shared::PROCESSES, count(self.processes));
        number(shared::MEMORY_USED, whole(self.memory.used_bytes));
        number(shared::MEMORY_MAX, whole(self.memory.max_bytes));
        number(shared::WINDOWS_OVERDUE, whole(self.overdue.windows));
        let mut time = |figure: Figure, value: TimeDelta| {
            register(registry, figure, ConstGauge::new(value.as_seconds_f64()));
        };
        time(shared::CLOCK_OFFSET, self.clock_offset);
        time(shared::MOST_OVERDUE, self.overdue.most);
        let claims = Gauges::default();
        for (status, number) in &self.claims {
            claims.get_or_create(&vec![("status", status.to_string())]).set(whole(*number));
        }
        register(registry, shared::CLAIMS, claims);
        queues(registry, &self.queues);
        coverage(registry, &self.covered);
    }
}

fn queues(registry: &mut Registry, queues: &[Queue]) {
    let (entries, oldest) = (Gauges::default(), Seconds::default());
    for queue in queues {
        let name = ("queue", queue.job.to_string());
        for (state, number) in [
            ("due", queue.due),
            ("scheduled", queue.scheduled),
            ("running", queue.running),
            ("dead", queue.dead),
        ] {
            let labels = vec![name.clone(), ("state", state.to_owned())];
            entries.get_or_create(&labels).set(i64::try_from(number).unwrap_or(i64::MAX));
        }
        let due_for = TimeDelta::milliseconds(queue.oldest_due_ms.unwrap_or_default());
        oldest.get_or_create(&vec![name]).set(due_for.as_seconds_f64());
    }
    register(registry, shared::ENTRIES, entries);
    register(registry, shared::OLDEST, oldest);
}

fn coverage(registry: &mut Registry, covered: &Covered) {
    let windows = Gauges::default();
    for (used, open) in &covered.in_use {
        let labels = vec![("calendar", used.calendar.to_string()), ("tzdb", used.tzdb.clone())];
        windows.get_or_create(&labels).inc_by(i64::try_from(*open).unwrap_or(i64::MAX));
    }
    register(registry, shared::WINDOWS_OPEN, windows);
    let horizons = Gauges::default();
    for (calendar, days) in &covered.judgement.horizons {
        let seconds = days.saturating_mul(DAY_SECONDS);
        horizons.get_or_create(&vec![("calendar", calendar.to_string())]).set(seconds);
    }
    register(registry, shared::HORIZON, horizons);
    let alarms = Gauges::default();
    for code in AlarmCode::ALL {
        let count = i64::try_from(covered.judgement.count(code)).unwrap_or(i64::MAX);
        alarms.get_or_create(&vec![("code", code.to_string())]).set(count);
    }
    register(registry, shared::ALARMS, alarms);
}
