//! Each script against a real Redis: what it guards, what it limits, what it leaves alone.

mod access;
mod agenda;
mod commit;
mod dead;
mod intake;
mod paging;
mod search;
mod wake;
mod walk;
mod windows;

use chrono::{DateTime, TimeDelta, Utc};
use cpor::app::App;
use cpor::claim::command::{Command, NoticeOutcome, Verdict};
use cpor::claim::{Claim, ClaimId, Recorded, decide};
use cpor::settings::Settings;
use cpor::store::agenda::{Lease, Take};
use cpor::store::report::Queue;
use cpor::store::{Instant, Store};
use cpor::testkit::redis::shared_redis;
use cpor_jobs::{Item, Job, SubmitClaim};
use uuid::Uuid;

const WORKLOADS: [&str; 5] = ["teams", "exchange", "sharepoint", "intune", "yammer"];

/// A namespace of its own, in which nobody works.
struct Deployment {
    app: App,
}

impl Deployment {
    async fn virtual_clock() -> Self {
        Self::with_clock("virtual").await
    }

    async fn with_clock(mode: &str) -> Self {
        Self::of(mode, "1").await
    }

    async fn of(mode: &str, partitions: &str) -> Self {
        let namespace = format!("store-{}", Uuid::new_v4().simple());
        let settings = Settings::built_in(&[
            ("redis.url", shared_redis().await),
            ("redis.namespace", &namespace),
            ("redis.partitions", partitions),
            ("clock.mode", mode),
            ("clock.starts_at", "2026-11-20T15:00:00Z"),
            ("calendars.overrides_directory", ""),
        ]);
        Self { app: App::open(settings.unwrap()).await.unwrap() }
    }

    const fn store(&self) -> &Store {
        self.app.ledger.store()
    }

    async fn at(&self) -> Instant {
        self.app.ledger.clock().instant().await.unwrap()
    }

    async fn submit(&self, submission: &SubmitClaim) -> Claim {
        let json = submission.to_json().unwrap();
        let submitted = self.app.ledger.submit(json.as_bytes()).await.unwrap();
        self.claim(submitted.claim_id().unwrap()).await
    }

    /// The clock moves on by some seconds.
    async fn wait(&self, seconds: i64) {
        let to = self.at().await.now + TimeDelta::seconds(seconds);
        self.app.ledger.clock().traveller().unwrap().set(to).await.unwrap();
    }

    async fn apply(&self, id: ClaimId, command: Command) -> Claim {
        self.app.ledger.apply(id, &command, "tests").await.unwrap().claim
    }

    /// The customer's mail server takes the notice of a submitted claim now.
    async fn notify(&self, id: ClaimId) -> Claim {
        let claim = self.apply(id, right()).await;
        let opened_at = self.at().await.now;
        let window = &self.app.ledger.rules().window();
        let window = Box::new(window.open(&claim.submission, opened_at).unwrap());
        self.apply(
            id,
            Command::RecordNoticeSending {
                message_id: "<n@cpor>".to_owned(),
                link_key: cpor::secrets::KeyId(1),
            },
        )
        .await;
        let reply = "250 Ok".to_owned();
        self.apply(
            id,
            Command::RecordNotice(NoticeOutcome::Accepted { reply, mail_sha256: None, window }),
        )
        .await
    }

    async fn claim(&self, id: ClaimId) -> Claim {
        self.store().claim(id).await.unwrap().unwrap()
    }

    /// A claim on one of the workloads, waiting to be validated.
    async fn submit_on(&self, workload: &str) -> Claim {
        let mut submission = cpor::testkit::a_claim();
        submission.items = vec![Item::workload(workload)];
        self.submit(&submission).await
    }

    /// Takes entries of `validate_claim` under leases of thirty seconds.
    async fn take(&self, limit: usize, token: &str, at: Instant) -> Take {
        let lease_end = at.real + TimeDelta::seconds(30);
        let jobs = [(Job::ValidateClaim, limit)];
        self.store().take(0, &jobs, token, lease_end, at).await.unwrap()
    }

    /// Takes the only entry that is due.
    async fn take_one(&self) -> Lease {
        let at = self.at().await;
        let [taken] = self.take(10, "one", at).await.entries.try_into().unwrap();
        taken.lease
    }

    async fn queue(&self, job: Job, now: DateTime<Utc>) -> Queue {
        let queues = self.store().queues(now).await.unwrap();
        queues.into_iter().find(|queue| queue.job == job).unwrap()
    }

    async fn connection(&self) -> redis::aio::MultiplexedConnection {
        let client = redis::Client::open(self.store().url()).unwrap();
        client.get_multiplexed_async_connection().await.unwrap()
    }

    /// How many entries are due, scheduled, running and dead.
    async fn counts(&self, job: Job) -> [usize; 4] {
        let queue = self.queue(job, self.at().await.now).await;
        [queue.due, queue.scheduled, queue.running, queue.dead]
    }
}

/// What a command makes of a claim, as the ledger would commit it.
fn change(claim: &Claim, command: &Command, now: DateTime<Utc>) -> (Vec<Recorded>, Claim) {
    let events = decide(Some(claim), command, now).unwrap();
    let actor = "tests".to_owned();
    let record = |(revision, event)| Recorded { revision, at: now, actor: actor.clone(), event };
    let history: Vec<Recorded> = (claim.revision + 1..).zip(events).map(record).collect();
    let after = history.iter().fold(claim.clone(), Claim::evolve);
    (history, after)
}

fn right() -> Command {
    Command::RecordVerdict(Verdict::default())
}

/// The instant some seconds away on the clock of leases.
fn later(at: Instant, seconds: i64) -> Instant {
    Instant { real: at.real + TimeDelta::seconds(seconds), ..at }
}
