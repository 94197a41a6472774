//! Goes through all keys, page by page, and has everything judged.
//!
//! Claims are judged one by one with everything there is about them. Going through the records
//! that name claims (items, grants, submissions, histories, indexes, queues, drafts, inboxes) finds
//! what no claim stands behind any more.

mod contests;
mod documents;
mod drafts;
mod inboxes;
mod indexes;
mod looked;
mod records;
mod windows;

use std::future::Future;

use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::Job;
use futures_util::stream::{StreamExt, TryStreamExt, iter};

use crate::check::Invariant::{self, I01, I02, I04, I05, I17, I25, I34, I38};
use crate::check::judge::{Terms, judge};
use crate::check::report::{Looks, Reports};
use crate::check::{CheckError, InvariantReport, Patience};
use crate::claim::{Claim, ClaimId, Status};
use crate::ledger::Ledger;
use crate::proofs::Documents;
use crate::store::agenda::{Names, claim_of, names};
use crate::store::keys::Found;
use crate::store::scan::ClaimSet;
use crate::store::{Instant, Store, StoreError};

/// Things looked at at once: enough to keep the connection busy.
const AT_ONCE: usize = 128;
/// How often something that moves is looked at again.
const LOOKS_MAX: u32 = 5;
/// How long a submission may be on its way to being a claim, and an entry on its way to a worker.
const IN_FLIGHT_MAX: TimeDelta = TimeDelta::minutes(1);

/// A walk through everything.
pub struct Walk<'a> {
    ledger: &'a Ledger,
    documents: &'a Documents,
    patience: Patience,
}

type Seen = Result<Option<(String, Looks)>, CheckError>;
/// What is wrong, if anything.
type Wrong = Result<Option<String>, CheckError>;

impl<'a> Walk<'a> {
    /// Begins a walk.
    #[must_use]
    pub const fn new(ledger: &'a Ledger, documents: &'a Documents, patience: Patience) -> Self {
        Self { ledger, documents, patience }
    }

    /// Looks at everything once.
    ///
    /// # Errors
    ///
    /// When Redis or the object store cannot be reached or refuses.
    pub async fn run(&self) -> Result<Vec<InvariantReport>, CheckError> {
        let mut reports = Reports::new();
        for node in self.store().nodes().await? {
            let mut next = Some(0);
            while let Some(cursor) = next {
                let page = self.store().scan(&node, cursor).await?;
                next = page.next;
                let at = self.ledger.clock().instant().await?;
                self.all(&mut reports, page.found, |key| self.key(key, at)).await?;
            }
        }
        for partition in 0..self.store().keys().partitions() {
            for set in sets() {
                self.set(&mut reports, partition, set).await?;
            }
            self.counters(&mut reports, partition).await?;
        }
        Ok(reports.done())
    }

    const fn store(&self) -> &Store {
        self.ledger.store()
    }

    /// Looks at everything of a page, many at once.
    async fn all<T, F: Future<Output = Seen>>(
        &self,
        reports: &mut Reports,
        page: Vec<T>,
        look: impl Fn(T) -> F,
    ) -> Result<(), CheckError> {
        let mut seen = iter(page).map(look).buffer_unordered(AT_ONCE);
        while let Some(seen) = seen.try_next().await? {
            if let Some((subject, looks)) = seen {
                reports.add(&subject, looks);
            }
        }
        Ok(())
    }

    async fn key(&self, key: String, at: Instant) -> Seen {
        let (invariant, wrong) = match self.store().keys().found(&key) {
            Found::Other => return Ok(None),
            Found::Claim(id) => return self.claim(id, at).await,
            Found::Grants { tenant_id } => return self.grants(key, &tenant_id).await,
            Found::Index => return self.index(key).await,
            Found::Document(id) => return self.document(id).await,
            Found::Inbox => return self.inbox(key).await,
            Found::Looks { tenant_id } => return self.looks(key, &tenant_id, at.now).await,
            Found::Draft(id) => (I38, self.twice(|| self.draft(id, at.now)).await?),
            Found::History(id) => (I04, self.twice(|| self.history(id)).await?),
            Found::Submission => (I01, self.twice(|| self.submission(&key, at.now)).await?),
            Found::Item { tenant_id, item } => {
                (I17, self.twice(|| self.item(&key, &tenant_id, &item)).await?)
            }
        };
        Ok(Some((format!("key {key}"), looks(invariant, wrong))))
    }

    /// Wrong is what is wrong in the same way when it is looked at again.
    async fn twice<F: Future<Output = Wrong>>(&self, look: impl Fn() -> F) -> Wrong {
        let mut before = None;
        for _ in 0..LOOKS_MAX {
            let found = look().await?;
            if found.is_none() || found == before {
                return Ok(found);
            }
            before = found;
        }
        Ok(None)
    }

    /// An inspection is of one instant; only what is claimed has to be known before.
    async fn claim(&self, id: ClaimId, at: Instant) -> Seen {
        let subject = format!("claim {id}");
        for _ in 0..LOOKS_MAX {
            let known = self.readable(id).await?;
            let seen = self.store().inspect(id, known.as_ref()).await?;
            let known_at = known.as_ref().map(|claim| claim.submission_revision);
            if known_at.is_some() && known_at != seen.head.as_ref().map(|head| head.submission) {
                continue;
            }
            if seen.head.is_none() && !self.store().exists(&self.store().keys().claim(id)).await? {
                return Ok(None);
            }
            let window = &self.ledger.rules().window();
            let terms = Terms { now: at.now, real: at.real, patience: self.patience, window };
            let mut looks = judge(id, &seen, &terms);
            if let Some(claim) = known {
                self.beside(&claim, at.now, &mut looks).await?;
            }
            return Ok(Some((subject, looks)));
        }
        let wrong = Some("it kept changing while it was looked at".to_owned());
        Ok(Some((subject, looks(I05, wrong))))
    }

    /// The claim, if there is one and it can be read.
    async fn readable(&self, id: ClaimId) -> Result<Option<Claim>, StoreError> {
        match self.store().claim(id).await {
            Ok(claim) => Ok(claim),
            Err(error) if error.is_transient() => Err(error),
            Err(_) => Ok(None),
        }
    }

    async fn exists(&self, id: ClaimId) -> Result<bool, StoreError> {
        self.store().exists(&self.store().keys().claim(id)).await
    }

    async fn set(
        &self,
        reports: &mut Reports,
        partition: u16,
        set: ClaimSet,
    ) -> Result<(), CheckError> {
        let mut next = Some(0);
        while let Some(cursor) = next {
            let page = self.store().claims_in(partition, set, cursor).await?;
            next = page.next;
            let at = self.ledger.clock().instant().await?;
            let look = |member| self.member(partition, set, member, at);
            self.all(reports, page.found, look).await?;
        }
        Ok(())
    }

    /// A document that was removed is asked for once more, and then not any more.
    async fn of_document(&self, partition: u16, job: Job, entry: &str) -> Seen {
        let wrong = self.twice(|| self.in_one_place(partition, job, entry)).await?;
        Ok(Some((format!("{job} of document {entry}"), looks(I25, wrong))))
    }

    /// An entry that no claim stands behind is on its way to the dead letters for a moment.
    async fn member(
        &self,
        partition: u16,
        set: ClaimSet,
        (entry, score_ms): (String, f64),
        at: Instant,
    ) -> Seen {
        let job = set.job().unwrap_or(Job::SubmitClaim);
        let id = claim_of(job, &entry).filter(|id| id.partition() == partition);
        let known = match id {
            Some(id) => self.exists(id).await?,
            None => false,
        };
        if names(job) == Names::Document {
            return self.of_document(partition, job, &entry).await;
        }
        if known && names(job) == Names::Event {
            let name = format!("delivery {entry}");
            let wrong = self.twice(|| self.in_one_place(partition, job, &entry)).await?;
            return Ok(Some((name, looks(I25, wrong))));
        }
        let (lease, soon) = (self.patience.lease, IN_FLIGHT_MAX);
        #[expect(clippy::cast_precision_loss, reason = "milliseconds fit in 53 bits")]
        let within = |from: DateTime<Utc>, to: DateTime<Utc>| {
            (from.timestamp_millis() as f64..=to.timestamp_millis() as f64).contains(&score_ms)
        };
        let (invariant, name, in_flight) = match set {
            ClaimSet::Status(status) => (I02, format!("the index {status}"), false),
            ClaimSet::Closing => (I02, "the index of open windows".to_owned(), false),
            ClaimSet::Closed => (I02, "the index of closed claims".to_owned(), false),
            ClaimSet::Agenda(job) => {
                (I25, format!("the agenda of {job}"), within(at.now - soon, at.now))
            }
            ClaimSet::Running(job) => {
                let in_flight = within(at.real - soon, at.real + lease + soon);
                (I25, format!("what runs of {job}"), in_flight)
            }
        };
        let shown: String = entry.chars().take(64).collect();
        let wrong = || format!("no claim stands behind `{}`", shown.escape_debug());
        Ok(Some((name, looks(invariant, (!known && !in_flight).then(wrong)))))
    }

    /// The entries of a claim's own jobs are judged with their claim; others only here.
    async fn in_one_place(&self, partition: u16, job: Job, entry: &str) -> Wrong {
        let places = self.store().places(partition, job, entry).await?;
        Ok((places.len() > 1).then(|| format!("it is in {}", places.join(" and "))))
    }

    async fn counters(&self, reports: &mut Reports, partition: u16) -> Result<(), CheckError> {
        let (submissions, claims) = self.store().counters(partition).await?;
        let wrong = (submissions != claims)
            .then(|| format!("{submissions} submissions were counted, and {claims} claims"));
        let subject = format!("partition {partition}");
        reports.add(&subject, looks(I34, wrong));
        reports.add(&subject, looks(I34, self.windows(partition).await?));
        Ok(())
    }
}

fn looks(invariant: Invariant, wrong: Option<String>) -> Looks {
    let mut looks = Looks::default();
    looks.look(invariant, wrong.is_none(), || wrong.unwrap_or_default());
    looks
}

/// Every set whose members have to be claims or documents. Dead letters are no such set: what is
/// neither belongs there.
fn sets() -> Vec<ClaimSet> {
    let statuses = Status::ALL.into_iter().map(ClaimSet::Status);
    let looked_at =
        |job: &Job| matches!(names(*job), Names::Claim | Names::Event | Names::Document);
    let jobs = || Job::ALL.into_iter().filter(looked_at);
    let statuses = statuses.chain([ClaimSet::Closing, ClaimSet::Closed]);
    statuses.chain(jobs().map(ClaimSet::Agenda)).chain(jobs().map(ClaimSet::Running)).collect()
}
