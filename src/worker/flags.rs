//! Where the taker has to look: raised by wake-ups and by desks that have room again.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use crate::store::wake::Wake;

/// Where to look next; shared with whoever hears wake-ups.
#[derive(Debug)]
pub struct Flags {
    partitions: Vec<AtomicBool>,
    intake: AtomicBool,
    wake: Notify,
}

impl Flags {
    /// Flags for so many partitions; everything is to be looked at first.
    #[must_use]
    pub fn new(partitions: u16) -> Self {
        Self {
            partitions: (0..partitions).map(|_| AtomicBool::new(true)).collect(),
            intake: AtomicBool::new(true),
            wake: Notify::new(),
        }
    }

    fn raise_partitions(&self) {
        self.partitions.iter().for_each(|flag| flag.store(true, Ordering::SeqCst));
    }

    /// Ends when a flag has been raised since the last time.
    pub async fn raised(&self) {
        self.wake.notified().await;
    }

    /// Whether the partition was to be looked at; it is not any more.
    #[must_use]
    pub fn lower(&self, partition: u16) -> bool {
        let flag = self.partitions.get(usize::from(partition));
        flag.is_some_and(|flag| flag.swap(false, Ordering::SeqCst))
    }

    /// Whether the intake was to be looked at; it is not any more.
    #[must_use]
    pub fn lower_intake(&self) -> bool {
        self.intake.swap(false, Ordering::SeqCst)
    }

    /// There may be something to take.
    pub fn raise(&self, wake: Wake) {
        match wake {
            Wake::Everything => {
                self.intake.store(true, Ordering::SeqCst);
                self.raise_partitions();
            }
            Wake::Agenda => self.raise_partitions(),
            Wake::Partition(partition) => {
                if let Some(flag) = self.partitions.get(usize::from(partition)) {
                    flag.store(true, Ordering::SeqCst);
                }
            }
            Wake::Intake => self.intake.store(true, Ordering::SeqCst),
            Wake::Calendars | Wake::Queues => return,
        }
        self.wake.notify_one();
    }
}
