//! The right to work an entry, and where that entry lies.

use cpor_jobs::Job;

use crate::store::Keys;
use crate::store::batch::Batch;
use crate::store::keys::IntakePart;

/// The right to work an entry until the lease ends, unless it is renewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub(super) place: Place,
    pub(super) job: Job,
    pub(super) entry: String,
    record: String,
}

/// Which slot an entry lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Partition(u16),
    Intake,
}

impl Lease {
    pub(super) const fn on_agenda(partition: u16, job: Job, entry: String, record: String) -> Self {
        Self { place: Place::Partition(partition), job, entry, record }
    }

    pub(super) const fn on_intake(entry: String, record: String) -> Self {
        Self { place: Place::Intake, job: Job::SubmitClaim, entry, record }
    }

    /// The job of the entry.
    #[must_use]
    pub const fn job(&self) -> Job {
        self.job
    }

    /// The entry itself: a claim id, or a number on the intake.
    #[must_use]
    pub fn entry(&self) -> &str {
        &self.entry
    }

    /// Attempts that have failed so far.
    #[must_use]
    pub fn failed_attempts(&self) -> u32 {
        self.record_part(0)
    }

    /// How often the entry was taken since its last outcome, this time included.
    #[must_use]
    pub fn deliveries(&self) -> u32 {
        self.record_part(1)
    }

    fn record_part(&self, part: usize) -> u32 {
        self.record.split(':').nth(part).and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    /// The lease is still ours.
    pub(super) fn guard(&self, batch: &mut Batch, keys: &Keys) {
        batch.guard(self.attempts(keys), &self.entry, &self.record);
    }

    /// The entry is done.
    pub(super) fn acknowledge(&self, batch: &mut Batch, keys: &Keys) {
        batch.write("ZREM", self.running(keys), &[&self.entry]);
        batch.write("HDEL", self.attempts(keys), &[&self.entry]);
        if self.place == Place::Intake {
            batch.write("HDEL", keys.intake_part(IntakePart::Taken), &[&self.entry]);
        }
    }

    pub(super) fn running(&self, keys: &Keys) -> String {
        match self.place {
            Place::Partition(partition) => keys.running(partition, self.job),
            Place::Intake => keys.intake_part(IntakePart::Running),
        }
    }

    pub(super) fn attempts(&self, keys: &Keys) -> String {
        match self.place {
            Place::Partition(partition) => keys.attempts(partition, self.job),
            Place::Intake => keys.intake_part(IntakePart::Attempts),
        }
    }

    pub(super) fn dead(&self, keys: &Keys) -> (String, String) {
        match self.place {
            Place::Partition(partition) => {
                (keys.dead(partition, self.job), keys.dead_letters(partition, self.job))
            }
            Place::Intake => {
                (keys.intake_part(IntakePart::Dead), keys.intake_part(IntakePart::DeadLetters))
            }
        }
    }

    /// The key in the slot of the entry that takers wait on, and the partition to wake.
    pub(super) fn waiting(&self, keys: &Keys) -> (String, u16) {
        match self.place {
            Place::Partition(partition) => (keys.waiting(partition), partition),
            Place::Intake => (keys.intake_part(IntakePart::Waiting), 0),
        }
    }
}
