//! Whether the queues of this process move: which jobs it works, and how many attempts of each have
//! ended. What that means is judged elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cpor_jobs::Job;
use parking_lot::RwLock;

/// The progress of one process; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<RwLock<Vec<(Job, AtomicU64)>>>);

impl Progress {
    /// The process works these jobs from now on.
    pub(super) fn works(&self, jobs: &[Job]) {
        *self.0.write() = jobs.iter().map(|job| (*job, AtomicU64::new(0))).collect();
    }

    /// An attempt of the job has ended, however it ended.
    pub(super) fn ended(&self, job: Job) {
        if let Some((_, count)) = self.0.read().iter().find(|(known, _)| *known == job) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The jobs of this process, each with how many attempts have ended.
    #[must_use]
    pub fn counts(&self) -> Vec<(Job, u64)> {
        let jobs = self.0.read();
        jobs.iter().map(|(job, count)| (*job, count.load(Ordering::Relaxed))).collect()
    }
}
