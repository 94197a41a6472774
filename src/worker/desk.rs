//! What is on the desk of one job's worker: entries taken and not yet settled.
//!
//! Between the taker, which fills the desks, and apalis, which empties them. The desk knows every
//! lease it has, so that leases of long handlers can be renewed and leases that are left at the
//! end of a process can be given back.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cpor_jobs::Job;
use parking_lot::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::claim::Claim;
use crate::store::agenda::Lease;
use crate::store::wake::Wake;
use crate::worker::flags::Flags;

/// An entry on its way to a handler.
#[derive(Debug)]
pub struct Delivery {
    /// The right to work it.
    pub lease: Lease,
    /// What there is to work with.
    pub work: Work,
}

/// What a handler gets to see.
#[derive(Debug)]
pub enum Work {
    /// The claim as it was when the entry was taken.
    Claim(Box<Claim>),
    /// A raw submission.
    Raw(Vec<u8>),
}

/// The desk of one job.
#[derive(Debug)]
pub struct Desk {
    job: Job,
    capacity: usize,
    deliveries: UnboundedSender<Delivery>,
    leases: Mutex<HashMap<String, Lease>>,
    starved: AtomicBool,
    /// Raised when there is room again and more to take.
    flags: Arc<Flags>,
}

impl Desk {
    /// A desk with room for `capacity` entries, and the end that apalis takes from.
    #[must_use]
    pub fn new(
        job: Job,
        capacity: usize,
        flags: Arc<Flags>,
    ) -> (Arc<Self>, UnboundedReceiver<Delivery>) {
        let (deliveries, receiver) = unbounded_channel();
        let desk = Self {
            job,
            capacity,
            deliveries,
            leases: Mutex::new(HashMap::with_capacity(capacity)),
            starved: AtomicBool::new(false),
            flags,
        };
        (Arc::new(desk), receiver)
    }

    /// Whose desk it is.
    #[must_use]
    pub const fn job(&self) -> Job {
        self.job
    }

    /// How many entries to take now: none while the desk is more than half full, so that a busy
    /// worker takes many at once. The taker is told when that has changed.
    #[must_use]
    pub fn room(&self) -> usize {
        let taken = self.leases.lock().len();
        if taken <= self.capacity / 2 {
            return self.capacity - taken;
        }
        self.starved.store(true, Ordering::SeqCst);
        self.tell_if_roomy(self.leases.lock().len());
        0
    }

    fn tell_if_roomy(&self, taken: usize) {
        if taken <= self.capacity / 2 && self.starved.swap(false, Ordering::SeqCst) {
            // While there was no room, partitions were looked at without asking for this job.
            self.flags.raise(match self.job {
                Job::SubmitClaim => Wake::Intake,
                Job::ValidateClaim
                | Job::NotifyCustomer
                | Job::RemindCustomer
                | Job::FinalizeAssociation
                | Job::NotifyPartner
                | Job::ExpireClaim
                | Job::DeliverWebhook
                | Job::SendReceipt
                | Job::SendCorrection => Wake::Agenda,
            });
        }
    }

    /// Puts an entry on the desk.
    pub fn put(&self, delivery: Delivery) {
        let lease = delivery.lease.clone();
        self.leases.lock().insert(lease.entry().to_owned(), lease);
        // The receiving end closes only when the worker stops, and what it leaves is given back.
        let _ = self.deliveries.send(delivery);
    }

    /// The entry is settled, or its lease is lost.
    pub fn clear(&self, lease: &Lease) {
        let mut leases = self.leases.lock();
        if leases.get(lease.entry()) == Some(lease) {
            leases.remove(lease.entry());
        }
        let taken = leases.len();
        drop(leases);
        self.tell_if_roomy(taken);
    }

    /// Every lease on the desk.
    #[must_use]
    pub fn leases(&self) -> Vec<Lease> {
        self.leases.lock().values().cloned().collect()
    }
}
