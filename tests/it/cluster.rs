//! F10: the same journeys on three masters of a Redis Cluster.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cpor::claim::Status;
use cpor::claim::identity::MpnId;
use cpor::store::search::{ClaimFilter, Order, PageSize, Prefix, Search};
use cpor::testkit::World;
use cpor::testkit::receiver::Receiver;
use cpor::webhook::{EventFilter, Replay, WebhookOwner};
use redis::aio::MultiplexedConnection;
use redis::cluster::ClusterClient;
use tempfile::TempDir;
use tokio::time::interval;

use crate::backup::{backup, restored};
use crate::faults::{
    claim_number, directory, patient_travel, patiently_settled, until_mails, violations,
};
use crate::journey::{FRIDAY, a_silent_journey};

const MASTERS: usize = 3;
const SLOTS: usize = 16_384;

/// A master that knows the others and has a third of the slots.
struct Master {
    port: u16,
    bus_port: u16,
    child: Child,
    folder: TempDir,
}

impl Master {
    fn start() -> Self {
        // Both stay reserved until both are known.
        let ports = [0, 0].map(|any| TcpListener::bind(("127.0.0.1", any)).unwrap());
        let [port, bus_port] = ports.each_ref().map(|l| l.local_addr().unwrap().port());
        drop(ports);
        let folder = TempDir::with_prefix("cpor-cluster-").unwrap();
        let child = Self::spawn(port, bus_port, &folder);
        Self { port, bus_port, child, folder }
    }
    fn spawn(port: u16, bus_port: u16, folder: &TempDir) -> Child {
        Command::new(program())
            .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
            .args(["--cluster-enabled", "yes", "--cluster-port", &bus_port.to_string()])
            .args(["--save", "", "--appendonly", "yes", "--maxmemory-policy", "noeviction"])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// As `kill -9` and an init system do.
    async fn kill_and_restart(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = Self::spawn(self.port, self.bus_port, &self.folder);
        self.connection().await;
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    async fn connection(&self) -> MultiplexedConnection {
        let client = redis::Client::open(self.url()).unwrap();
        let mut ticks = interval(Duration::from_millis(5));
        loop {
            ticks.tick().await;
            if let Ok(connection) = client.get_multiplexed_async_connection().await {
                return connection;
            }
        }
    }
}

impl Drop for Master {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> &'static str {
    let path = std::env::var("PATH").unwrap_or_default();
    let installed =
        |name: &&str| path.split(':').any(|p| std::path::Path::new(p).join(name).is_file());
    ["redis-server", "valkey-server"].iter().find(|name| installed(name)).unwrap()
}

async fn cluster(connection: &mut MultiplexedConnection, args: &[String]) -> String {
    let reply = redis::cmd("CLUSTER").arg(args).query_async::<String>(connection).await;
    reply.unwrap_or_else(|error| panic!("CLUSTER {args:?}: {error}"))
}

/// Three masters that agree about who has which slots.
async fn three_masters() -> Vec<Master> {
    let masters: Vec<Master> = (0..MASTERS).map(|_| Master::start()).collect();
    let first = &masters[0];
    for (i, master) in masters.iter().enumerate() {
        let mut connection = master.connection().await;
        let [from, to] = [i, i + 1].map(|third| third * SLOTS / MASTERS);
        let of = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let (from, to, epoch) = (from.to_string(), (to - 1).to_string(), (i + 1).to_string());
        cluster(&mut connection, &of(&["SET-CONFIG-EPOCH", &epoch])).await;
        cluster(&mut connection, &of(&["ADDSLOTSRANGE", &from, &to])).await;
        if i > 0 {
            let (port, bus) = (first.port.to_string(), first.bus_port.to_string());
            cluster(&mut connection, &of(&["MEET", "127.0.0.1", &port, &bus])).await;
        }
    }
    let mut ticks = interval(Duration::from_millis(20));
    for master in &masters {
        let mut connection = master.connection().await;
        loop {
            let info = cluster(&mut connection, &["INFO".to_owned()]).await;
            let agree = format!("cluster_known_nodes:{MASTERS}");
            if info.contains("cluster_state:ok") && info.contains(&agree) {
                break;
            }
            ticks.tick().await;
        }
    }
    masters
}

/// Pushes onto the intake as an upstream system in any language does.
async fn push(masters: &[Master], world: &World, raw: impl Iterator<Item = String>) {
    let client = ClusterClient::new(nodes(masters)).unwrap();
    let mut connection = client.get_async_connection().await.unwrap();
    let mut push = redis::cmd("LPUSH");
    push.arg(world.ledger().store().keys().intake()).arg(raw.collect::<Vec<_>>());
    let () = push.query_async(&mut connection).await.unwrap();
}

fn sorted(mut statuses: Vec<Status>) -> Vec<Status> {
    statuses.sort_unstable_by_key(|status| status.as_str());
    statuses
}

fn nodes(masters: &[Master]) -> Vec<String> {
    masters.iter().map(Master::url).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_of_three_masters_makes_the_same_journeys() {
    const CLAIMS: u32 = 60;
    let masters = three_masters().await;
    let url = nodes(&masters).join(",");
    let settings = [("redis.url", url.as_str()), ("redis.partitions", "16")];
    let mut world = World::configured(FRIDAY, &settings).await;
    a_silent_journey(&world).await;
    assert_eq!(violations(&world).await, []);

    world.write_directory(&directory(CLAIMS));
    let good = (0..CLAIMS).map(|number| claim_number(number).to_json().unwrap());
    push(&masters, &world, good.chain(["rubbish".to_owned()])).await;
    world.settle().await;
    let statuses = world.statuses().await;
    let notified = statuses.iter().filter(|status| **status == Status::Notified);
    assert_eq!((statuses.len(), notified.count()), (61, 60), "{statuses:?}");
    assert_eq!(world.dead_letters().await.len(), 1);
    let filter = ClaimFilter {
        mpn_id: Some(MpnId::parse("1234567").unwrap()),
        name_prefix: Some(Prefix::of_name("teams").unwrap()),
        ..ClaimFilter::default()
    };
    for order in Order::ALL {
        let search = Search::new(filter.clone(), order, PageSize::MAX);
        let page = world.ledger().store().search(&search).await.unwrap();
        let expected = if order == Order::ClosesAt { 60 } else { 61 };
        assert_eq!((page.entries.len(), page.next), (expected, None));
    }
    assert_eq!(violations(&world).await, []);
    // Its backup goes on in another namespace of the cluster.
    let (file, _) = backup(&world).await;
    let after = restored(&world, &file).await;
    assert_eq!(violations(&after).await, []);
    assert_eq!(sorted(after.statuses().await), sorted(statuses));
    after.drop_dead_letters().await;
    world.travel_to("2026-12-15T00:00:00Z").await;
    assert_eq!(world.statuses().await, [Status::Associated; 61]);
    assert_eq!(violations(&world).await, []);
    // Every master has its share.
    for master in &masters {
        let mut connection = master.connection().await;
        let keys: usize = redis::cmd("DBSIZE").query_async(&mut connection).await.unwrap();
        assert!(keys > CLAIMS as usize, "{keys} keys");
    }
    world.drop_dead_letters().await;
    world.stop_worker().await;
}

/// One address of a cluster is enough, and a worker is woken at once wherever something falls due.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_node_leads_to_the_whole_cluster() {
    let masters = three_masters().await;
    for master in &masters {
        let url = master.url();
        let settings = [("redis.url", url.as_str()), ("redis.partitions", "16")];
        let world = World::configured(FRIDAY, &settings).await;
        // Nothing here takes as long as a taker rests that nobody wakes.
        let quick = Duration::from_secs(4);
        let made = tokio::time::timeout(quick, a_silent_journey(&world)).await;
        assert!(made.is_ok(), "nobody was woken");
        world.write_directory(&directory(1));
        push(&masters, &world, [claim_number(0).to_json().unwrap()].into_iter()).await;
        let made = tokio::time::timeout(quick, world.settle()).await;
        assert!(made.is_ok(), "nobody was woken by a push");
        assert_eq!(world.statuses().await.len(), 2);
        world.finish().await;
    }
}

/// No command waits on the streams of several masters; they are looked at again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_are_told_of_what_happens_on_every_master() {
    const CLAIMS: u32 = 12;
    let masters = three_masters().await;
    let url = nodes(&masters).join(",");
    let settings = [
        ("redis.url", url.as_str()),
        ("redis.partitions", "16"),
        ("webhooks.allow_loopback_http", "true"),
    ];
    let world = World::configured(FRIDAY, &settings).await;
    world.write_directory(&directory(CLAIMS));
    let receiver = Receiver::start().await.unwrap();
    let owner = WebhookOwner::Partner(MpnId::parse("1234567").unwrap());
    let events = EventFilter::parse(&["customer_notified"]).unwrap();
    let webhooks = world.webhooks();
    let webhook = webhooks.create(owner, &receiver.url("/hook"), events).await.unwrap();
    for number in 0..CLAIMS {
        world.submit(claim_number(number)).await;
    }
    assert_eq!(receiver.received("/hook").len(), CLAIMS as usize);
    let since = Replay::Since(FRIDAY.parse().unwrap());
    let replayed = webhooks.replay(webhook.id, &since).await.unwrap();
    assert_eq!(replayed.deliveries, u64::from(CLAIMS));
    world.settle().await;
    world.travel_for(chrono::TimeDelta::minutes(1)).await;
    assert_eq!(receiver.received("/hook").len(), 2 * CLAIMS as usize);
    assert_eq!(violations(&world).await, []);
    world.finish().await;
}

/// What is counted is added up over the masters; of their memory, that of the fullest one counts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_are_those_of_all_masters() {
    const CLAIMS: u32 = 6;
    let masters = three_masters().await;
    let url = nodes(&masters).join(",");
    let settings =
        [("redis.url", url.as_str()), ("redis.partitions", "16"), ("http.metrics_public", "true")];
    let world = World::configured(FRIDAY, &settings).await;
    world.write_directory(&directory(CLAIMS));
    for number in 0..CLAIMS {
        world.submit(claim_number(number)).await;
    }
    let text = world.serve().await.get("/metrics").await.text();
    let value = |series: &str| -> f64 {
        let found = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        found.unwrap_or_else(|| panic!("there is no {series} in\n{text}")).parse().unwrap()
    };
    assert!((value("cpor_claims{status=\"notified\"}") - f64::from(CLAIMS)).abs() < 0.5);
    let scheduled = "cpor_queue_entries{queue=\"finalize_association\",state=\"scheduled\"}";
    assert!((value(scheduled) - f64::from(CLAIMS)).abs() < 0.5);
    assert!(value("cpor_redis_memory_used_bytes") > 500_000.0);
    assert!(value("cpor_redis_memory_max_bytes") > value("cpor_redis_memory_used_bytes"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn masters_that_are_killed_and_restarted_under_load_lose_nothing() {
    const CLAIMS: u32 = 150;
    let mut masters = three_masters().await;
    let url = nodes(&masters).join(",");
    let url = ("redis.url", url.as_str());
    let settings = [url, ("redis.partitions", "16"), ("agenda.lease_seconds", "1")];
    let mut world = World::without_worker(FRIDAY, &settings).await;
    world.write_directory(&directory(CLAIMS));
    push(&masters, &world, (0..CLAIMS).map(|n| claim_number(n).to_json().unwrap())).await;
    world.start_worker();
    for (i, master) in masters.iter_mut().enumerate() {
        until_mails(&world, 20 + i * 40).await;
        master.kill_and_restart().await;
    }
    patiently_settled(&world).await;
    patient_travel(&world, "2026-12-15T00:00:00Z").await;
    assert_eq!(world.dead_letters().await, []);
    assert_eq!(violations(&world).await, []);
    assert_eq!(world.statuses().await, [Status::Associated; CLAIMS as usize]);
    world.stop_worker().await;
}
