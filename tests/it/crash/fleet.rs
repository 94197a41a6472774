//! Worker processes of one deployment, and what a test sees of them from outside.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use cpor::app::App;
use cpor::check::{Patience, check};
use cpor::claim::{Claim, ClaimId};
use cpor::settings::Settings;
use cpor::store::search::{ClaimFilter, Order, PageSize, Search};
use cpor::testkit::smtp::SmtpServer;
use cpor::travel::{settle, travel};
use redis::AsyncConnectionConfig;
use redis::aio::MultiplexedConnection;
use redis::streams::StreamReadReply;
use rustix::process::Signal;

use crate::cli::deployment::{Deployment, Working};
use crate::faults::{claim_number, directory};

/// Without a commit for so long, nothing is going on.
const QUIET_MS: usize = 2_000;

/// A deployment with a mail server, and the worker processes it has now.
pub struct Fleet {
    pub app: App,
    pub smtp: SmtpServer,
    pub workers: Vec<Working>,
    pub deployment: Deployment,
    feed: Feed,
}

impl Fleet {
    /// A deployment that knows so many customers; nobody works yet. Leases last a second, and any
    /// number of deliveries is allowed: here deaths come from outside, and not from the entry.
    pub async fn of(customers: u32) -> Self {
        let smtp = SmtpServer::start().await.unwrap();
        let deployment = Deployment::with(&format!(
            "[agenda]\nlease_seconds = 1\ndeliveries_max = 1000\n[log]\nfilter = \"error\"\n\
             [mail]\ntransport = \"smtp\"\nfrom = \"claims@cpor.example\"\n\
             [mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\n",
            smtp.port()
        ))
        .await;
        deployment.file("tenants.toml", directory(customers).as_bytes());
        let settings = Settings::load("development", Some(deployment.config())).unwrap();
        let app = App::open(settings).await.unwrap();
        let feed = Feed::open(&app).await;
        Self { app, smtp, workers: Vec::new(), deployment, feed }
    }

    /// Starts one more worker.
    pub fn start(&mut self) {
        self.workers.push(self.deployment.work());
    }

    /// `kill -9` of a worker; another one takes its place.
    pub fn replace(&mut self, number: usize) {
        let victim = self.workers.swap_remove(number);
        victim.signal(Signal::KILL);
        victim.ended();
        self.start();
    }

    pub fn stop_all(&mut self) {
        self.workers.drain(..).for_each(Working::stop);
    }

    /// Pushes claims onto the intake, as an upstream system does.
    pub async fn push(&self, numbers: impl IntoIterator<Item = u32>) {
        let mut push = redis::cmd("LPUSH");
        push.arg(self.app.ledger.store().keys().intake());
        for number in numbers {
            push.arg(claim_number(number).to_json().unwrap());
        }
        let mut connection = connection(&self.app).await;
        let () = push.query_async(&mut connection).await.unwrap();
    }

    /// Waits until so many events have been committed; gives up when nothing is going on.
    pub async fn commits(&mut self, count: usize) {
        let mut seen = 0;
        while seen < count {
            match self.feed.next().await {
                0 => return,
                more => seen += more,
            }
        }
    }

    /// Moves the clock without waiting for anything.
    pub async fn set_clock(&self, to: DateTime<Utc>) {
        self.app.ledger.clock().traveller().unwrap().set(to).await.unwrap();
    }

    pub async fn now(&self) -> DateTime<Utc> {
        self.app.ledger.clock().now().await.unwrap()
    }

    pub async fn settle(&self) {
        settle(&self.app.ledger).await.unwrap();
    }

    pub async fn travel_to(&self, to: &str) {
        travel(&self.app.ledger, to.parse().unwrap()).await.unwrap();
    }

    /// Every claim by the number it was pushed with.
    pub async fn claims(&self) -> BTreeMap<u32, Claim> {
        let store = self.app.ledger.store();
        let first = Search::new(ClaimFilter::default(), Order::Oldest, PageSize::MAX);
        let (mut claims, mut search) = (BTreeMap::new(), Some(first.clone()));
        while let Some(page) = search.take() {
            let page = store.search(&page).await.unwrap();
            for claim in page.entries {
                let known = claims.insert(number(&claim), claim);
                assert!(known.is_none(), "a submission became two claims, or one is on two pages");
            }
            search = page.next.map(|next| first.clone().after(&next).unwrap());
        }
        claims
    }

    /// The names of everything that has happened to the claim.
    pub async fn events(&self, id: ClaimId) -> Vec<&'static str> {
        let history = self.app.ledger.store().history(id).await.unwrap();
        history.iter().map(|recorded| recorded.event.name()).collect()
    }

    /// `cpor check` finds nothing, from within and as a command.
    pub async fn assert_checked(&self) {
        let patience = Patience::of(&self.app.settings);
        let documents = self.app.documents(self.app.depot().unwrap());
        let reports = check(&self.app.ledger, &documents, patience).await.unwrap();
        let wrong: Vec<_> = reports.iter().filter(|report| report.violations > 0).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        let ran = self.deployment.run(&["check"]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
}

/// The number a claim was pushed with.
pub fn number(claim: &Claim) -> u32 {
    let key = claim.submission.idempotency_key.as_str();
    key.rsplit_once('-').unwrap().1.parse().unwrap()
}

/// Every committed event, as it is committed.
struct Feed {
    connection: MultiplexedConnection,
    /// Per partition, the stream and what was read of it last.
    read: Vec<(String, String)>,
}

impl Feed {
    async fn open(app: &App) -> Self {
        let keys = app.ledger.store().keys();
        let start = |partition| (keys.feed(partition), "0".to_owned());
        Self {
            connection: connection(app).await,
            read: (0..keys.partitions()).map(start).collect(),
        }
    }

    /// Waits for the next events; none when nothing is going on.
    async fn next(&mut self) -> usize {
        let mut read = redis::cmd("XREAD");
        read.arg("BLOCK").arg(QUIET_MS).arg("STREAMS");
        let (streams, last): (Vec<&String>, Vec<&String>) =
            self.read.iter().map(|(stream, last)| (stream, last)).unzip();
        read.arg(streams).arg(last);
        let reply: Option<StreamReadReply> = read.query_async(&mut self.connection).await.unwrap();
        let mut seen = 0;
        for stream in reply.into_iter().flat_map(|reply| reply.keys) {
            seen += stream.ids.len();
            let known = self.read.iter_mut().find(|(name, _)| *name == stream.key);
            if let (Some((_, last)), Some(newest)) = (known, stream.ids.last()) {
                last.clone_from(&newest.id);
            }
        }
        seen
    }
}

async fn connection(app: &App) -> MultiplexedConnection {
    let client = redis::Client::open(app.ledger.store().url()).unwrap();
    let config = AsyncConnectionConfig::new().set_response_timeout(Some(Duration::from_secs(60)));
    client.get_multiplexed_async_connection_with_config(&config).await.unwrap()
}
