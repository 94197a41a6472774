//! What is on the desk of one job's worker: entries taken and not yet settled.
//!
//! Between the taker, which fills the desks, and apalis, which empties them. The desk knows every
//! lease it has, so that leases of long handlers can be renewed and leases that are left at the
//! end of a process can be given back. It hands on as many entries as handlers may run, which
//! operators change while it works.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use parking_lot::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::claim::Claim;
use crate::operations::{Handler, Working};
use crate::store::agenda::{Lease, claim_of};
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
    /// Nothing but the entry: the job is of no claim.
    Entry,
}

/// The desk of one job.
#[derive(Debug)]
pub struct Desk {
    job: Job,
    deliveries: UnboundedSender<Delivery>,
    state: Mutex<State>,
    /// Raised when there is room again and more to take.
    flags: Arc<Flags>,
}

#[derive(Debug)]
struct State {
    /// Handlers that may run at once.
    concurrency: usize,
    is_paused: bool,
    /// The taker found no room, and is to be told when there is.
    is_starved: bool,
    leases: HashMap<String, Lease>,
    /// Taken, and no handler may have it yet.
    waiting: VecDeque<Delivery>,
    /// Handed on, and not back.
    in_hand: usize,
    /// Since when which entry is in the hands of a handler.
    running: HashMap<String, DateTime<Utc>>,
}

impl State {
    /// Twice as many entries as handlers: there is always one ready, and never many waiting.
    const fn capacity(&self) -> usize {
        self.concurrency * 2
    }

    fn is_roomy(&self) -> bool {
        !self.is_paused && self.leases.len() <= self.capacity() / 2
    }

    /// The entries that handlers may have now.
    fn next(&mut self) -> Option<Delivery> {
        if self.in_hand >= self.concurrency {
            return None;
        }
        let delivery = self.waiting.pop_front()?;
        self.in_hand += 1;
        Some(delivery)
    }
}

impl Desk {
    /// A desk for so many handlers, and the end that apalis takes from.
    #[must_use]
    pub fn new(
        job: Job,
        concurrency: usize,
        flags: Arc<Flags>,
    ) -> (Arc<Self>, UnboundedReceiver<Delivery>) {
        let (deliveries, receiver) = unbounded_channel();
        let state = Mutex::new(State {
            concurrency,
            is_paused: false,
            is_starved: false,
            leases: HashMap::with_capacity(concurrency * 2),
            waiting: VecDeque::new(),
            in_hand: 0,
            running: HashMap::new(),
        });
        (Arc::new(Self { job, deliveries, state, flags }), receiver)
    }

    /// Whose desk it is.
    #[must_use]
    pub const fn job(&self) -> Job {
        self.job
    }

    /// How many entries to take now: none while the job is paused, or the desk is more than half
    /// full, so that a busy worker takes many at once. The taker is told when that has changed.
    #[must_use]
    pub fn room(&self) -> usize {
        let mut state = self.state.lock();
        if state.is_roomy() {
            return state.capacity() - state.leases.len();
        }
        state.is_starved = true;
        0
    }

    /// Hands on what may be handed on, and tells the taker if there is room that it waits for.
    fn go_on(&self, state: &mut State) {
        while let Some(delivery) = state.next() {
            // The receiving end closes only when the worker stops, and what it leaves is given
            // back.
            let _ = self.deliveries.send(delivery);
        }
        if state.is_starved && state.is_roomy() {
            state.is_starved = false;
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
                | Job::SendCorrection
                | Job::RemindPartner
                | Job::CheckSubscription
                | Job::EscalateReview
                | Job::ScanDocument
                | Job::SendNotification
                | Job::TendSubscription
                | Job::AskCustomer => Wake::Agenda,
            });
        }
    }

    /// Puts an entry on the desk.
    pub fn put(&self, delivery: Delivery) {
        let lease = delivery.lease.clone();
        let mut state = self.state.lock();
        state.leases.insert(lease.entry().to_owned(), lease);
        state.waiting.push_back(delivery);
        self.go_on(&mut state);
    }

    /// The entry is settled, or its lease is lost.
    pub fn clear(&self, lease: &Lease) {
        let mut state = self.state.lock();
        if state.leases.get(lease.entry()) == Some(lease) {
            state.leases.remove(lease.entry());
        }
        self.go_on(&mut state);
    }

    /// A handler begins with an entry that was handed on; it ends when the hand is dropped.
    #[must_use]
    pub fn begin(self: &Arc<Self>, entry: &str, real: DateTime<Utc>) -> Hand {
        self.state.lock().running.insert(entry.to_owned(), real);
        Hand { desk: Arc::clone(self), entry: entry.to_owned() }
    }

    /// Every lease on the desk.
    #[must_use]
    pub fn leases(&self) -> Vec<Lease> {
        self.state.lock().leases.values().cloned().collect()
    }

    /// Takes what waits off the desk; it is given back by whoever asks.
    #[must_use]
    pub fn take_waiting(&self) -> Vec<Lease> {
        self.state.lock().waiting.drain(..).map(|delivery| delivery.lease).collect()
    }

    /// Follows what operators have set. Returns what waits on the desk of a job that is paused,
    /// to be given back: it may be a while.
    #[must_use]
    pub fn follow(&self, is_paused: bool, concurrency: usize) -> Vec<Lease> {
        {
            let mut state = self.state.lock();
            (state.is_paused, state.concurrency) = (is_paused, concurrency);
            self.go_on(&mut state);
        }
        if is_paused { self.take_waiting() } else { Vec::new() }
    }

    /// What it works, for whoever looks at this process.
    #[must_use]
    pub fn working(&self) -> Working {
        let state = self.state.lock();
        let (concurrency, paused) = (state.concurrency, state.is_paused);
        Working { job: self.job, concurrency, running: state.running.len(), paused }
    }

    /// The handlers that run.
    #[must_use]
    pub fn handlers(&self) -> Vec<Handler> {
        let state = self.state.lock();
        let handler = |(entry, since): (&String, &DateTime<Utc>)| Handler {
            job: self.job,
            claim_id: claim_of(self.job, entry),
            since: *since,
        };
        state.running.iter().map(handler).collect()
    }
}

/// A handler at work on an entry.
#[derive(Debug)]
pub struct Hand {
    desk: Arc<Desk>,
    entry: String,
}

impl Drop for Hand {
    fn drop(&mut self) {
        let mut state = self.desk.state.lock();
        state.running.remove(&self.entry);
        state.in_hand = state.in_hand.saturating_sub(1);
        self.desk.go_on(&mut state);
    }
}
