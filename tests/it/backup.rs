//! A backup taken while the system works, restored into an empty Redis, checked, and gone on with.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod load;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cpor::access::{ApiKeys, Authority, NewApiKey};
use cpor::app::Untouched;
use cpor::backup::{RestoreError, Restored, Taken, restore, take};
use cpor::claim::identity::{Line, MpnId, Source};
use cpor::claim::{ClaimId, Status};
use cpor::ledger::Submitted;
use cpor::settings::Settings;
use cpor::store::Store;
use cpor::store::raw::From;
use cpor::testkit::receiver::Receiver;
use cpor::testkit::{World, a_claim, a_claim_of, a_claim_on, a_dynamics_claim};
use cpor::webhook::{EventFilter, WebhookOwner};
use uuid::Uuid;

use crate::faults::violations;

const FRIDAY: &str = "2026-11-20T15:00:00Z";
/// How claims end in these worlds.
const OUTCOMES: [Status; 4] =
    [Status::Rejected, Status::Associated, Status::Ended, Status::Withdrawn];

pub async fn backup(world: &World) -> (Vec<u8>, Taken) {
    let mut file = Vec::new();
    let taken = take(world.ledger(), &world.app().secrets, &mut file, &mut |_| {}).await.unwrap();
    (file, taken)
}

/// An empty namespace on the server of the worlds.
async fn empty(world: &World, partitions: &str) -> (String, Store) {
    let namespace = format!("restored-{}", Uuid::new_v4().simple());
    let settings = Settings::built_in(&[
        ("redis.url", world.redis_url()),
        ("redis.namespace", &namespace),
        ("redis.partitions", partitions),
        ("clock.mode", "virtual"),
    ]);
    let untouched = Untouched::open(&settings.unwrap()).await.unwrap();
    (namespace, untouched.store.clone())
}

async fn try_restore(store: &Store, file: &[u8]) -> Result<Restored, RestoreError> {
    let mode = cpor::store::meta::ClockMode::Virtual;
    restore(store, mode, Cursor::new(file), &mut |_| {}).await
}

/// A world that goes on where the backup ends.
pub async fn restored(world: &World, file: &[u8]) -> World {
    let partitions = world.settings().redis.partitions.to_string();
    let (namespace, store) = empty(world, &partitions).await;
    try_restore(&store, file).await.unwrap();
    let settings = [
        ("redis.url", world.redis_url()),
        ("redis.namespace", namespace.as_str()),
        ("redis.partitions", partitions.as_str()),
        LOOPBACK,
    ];
    World::without_worker("2020-01-01T00:00:00Z", &settings).await
}

const LOOPBACK: (&str, &str) = ("webhooks.allow_loopback_http", "true");

#[tokio::test]
async fn a_backup_taken_under_load_is_whole_and_every_claim_goes_on() {
    let world = World::starting(FRIDAY).await;
    let mut before = Vec::new();
    for workload in ["teams", "exchange", "sharepoint"] {
        before.push(world.submit(a_claim_on(workload)).await);
    }
    let ending = Arc::new(AtomicBool::new(false));
    let load = load::change_hands(&world, &ending);
    let backups = async {
        let mut taken = Vec::new();
        for _ in 0..6 {
            taken.push(backup(&world).await.0);
        }
        ending.store(true, Ordering::Relaxed);
        taken
    };
    let (turns, backups) = tokio::join!(load, backups);
    assert!(turns > 1, "there was load");
    for file in backups {
        let mut after = restored(&world, &file).await;
        assert_eq!(violations(&after).await, []);
        after.start_worker();
        after.travel_to("2026-12-10T00:00:00Z").await;
        assert_eq!(after.status(before[0]).await, Status::Associated);
        assert_eq!(violations(&after).await, []);
        for claim in all(&after).await {
            let status = after.status(claim).await;
            let ended = OUTCOMES.contains(&status);
            assert!(ended, "{claim} is {status}");
        }
        after.finish().await;
    }
    world.travel_to("2026-12-10T00:00:00Z").await;
    world.finish().await;
}

/// Everything in a namespace, whatever it is, but for what processes say of themselves.
async fn everything(world: &World) -> BTreeMap<String, Vec<String>> {
    let store = world.ledger().store();
    let mut everything = BTreeMap::new();
    for node in store.nodes().await.unwrap() {
        let mut cursor = Some(0);
        while let Some(at) = cursor {
            let page = store.all_keys(&node, at).await.unwrap();
            cursor = page.next;
            for key in page.found {
                let name = store.keys().general(&key).unwrap();
                let (kind, _) = store.nature_of(&key).await.unwrap();
                let (mut next, mut parts) = (Some(From::Start), Vec::new());
                while let Some(from) = next {
                    let (values, further) = store.raw_page(&key, &kind, &from, "+").await.unwrap();
                    parts.extend(elements(&serde_json::to_value(values).unwrap()));
                    next = further;
                }
                parts.sort();
                everything.insert(name, parts);
            }
        }
    }
    let said_anew = |name: &str| {
        matches!(name, "*:processes" | "{*:calendars}:followers")
            || name.ends_with(":waiting")
            || name.starts_with("{*:rates}:")
            || name.contains("}:asked")
    };
    everything.retain(|name, _| !said_anew(name));
    everything
}

fn elements(values: &serde_json::Value) -> Vec<String> {
    let of = values.as_object().and_then(|one| one.values().next()).unwrap();
    match of.as_array() {
        Some(elements) => elements.iter().map(ToString::to_string).collect(),
        None => vec![of.to_string()],
    }
}

#[tokio::test]
async fn nothing_is_lost_added_or_changed() {
    let mut world = World::configured(FRIDAY, &[LOOPBACK]).await;
    let receiver = Receiver::start().await.unwrap();
    let owner = WebhookOwner::Partner(MpnId::parse("1234567").unwrap());
    let events = EventFilter::parse(&[] as &[&str]).unwrap();
    world.webhooks().create(owner, &receiver.url("/hook"), events).await.unwrap();
    crate::notifications::daily(&world, "team@partner.example").await;
    let authority = Authority::UpstreamSource(Source::parse("crm").unwrap());
    let new = NewApiKey { authority, label: Line::parse("CRM").unwrap(), expires_at: None };
    let keys = ApiKeys::new(world.ledger().store().clone());
    keys.create(&new, world.now().await).await.unwrap();
    let first = a_claim();
    let notified = world.submit(first.clone()).await;
    let associated = world.submit(a_dynamics_claim()).await;
    world.confirm(associated).await.unwrap();
    world.submit(a_claim_of("7654321")).await;
    let mut greylisted = a_claim_on("exchange");
    "greylisted@anadoluelektrik.com.tr".clone_into(&mut greylisted.customer.contact.email);
    world.submit(greylisted).await;
    world.intake(["rubbish"]).await;
    let told = receiver.events("/hook").len();
    world.stop_worker().await;
    world.intake([&b"\xff not text"[..], first.to_json().unwrap().as_bytes()]).await;
    let (file, taken) = backup(&world).await;
    assert_eq!((taken.footer.claims, taken.unreadable.len()), (4, 0));

    let mut after = restored(&world, &file).await;
    assert_eq!(everything(&after).await, everything(&world).await);
    assert_eq!(violations(&after).await, []);
    let again = after.ledger().submit(first.to_json().unwrap().as_bytes()).await.unwrap();
    assert_eq!(again, Submitted::Repeated(notified));

    // The receiver is told of what comes, and of nothing a second time. The webhook's secret
    // follows from keys that are not in a backup.
    after.start_worker();
    after.travel_to("2026-12-10T00:00:00Z").await;
    assert_eq!(after.status(notified).await, Status::Associated);
    assert!(after.mails().iter().any(|mail| mail.to == "team@partner.example"));
    let deliveries = receiver.received("/hook");
    assert!(deliveries.len() > told);
    let ids: std::collections::BTreeSet<_> =
        deliveries.iter().map(|one| one.header("webhook-id").to_owned()).collect();
    assert_eq!(ids.len(), deliveries.len(), "nothing was told twice");
    assert_eq!(violations(&after).await, []);
    after.drop_dead_letters().await;
    after.finish().await;
    world.start_worker();
    world.travel_to("2026-12-10T00:00:00Z").await;
    world.drop_dead_letters().await;
    world.finish().await;
}

#[tokio::test]
async fn a_file_that_is_not_whole_changes_nothing_and_its_line_is_named() {
    let world = World::starting(FRIDAY).await;
    world.submit(a_claim()).await;
    let (file, _) = backup(&world).await;
    let (_, store) = empty(&world, "2").await;
    let lines: Vec<&[u8]> = file.split_inclusive(|byte| *byte == b'\n').collect();
    let without = |line: usize| [&lines[..line], &lines[line + 1..]].concat().concat();
    let changed = |line: usize, from: &str, to: &str| {
        let text = std::str::from_utf8(lines[line]).unwrap().replacen(from, to, 1);
        assert_ne!(text.as_bytes(), lines[line], "{text}");
        [lines[..line].concat(), text.into_bytes(), lines[line + 1..].concat()].concat()
    };
    let claim = lines.iter().position(|line| line.windows(9).any(|w| w == b"\"claim\":{")).unwrap();
    let last = lines.len();
    let check = async |file: Vec<u8>, expected_line: usize, expected: &str| {
        let error = try_restore(&store, &file).await.unwrap_err().to_string();
        let named = format!("line {expected_line} of the backup ");
        assert!(error.starts_with(&named), "{error} / {named}");
        assert!(error.contains(expected), "{error}");
        assert!(store.all_keys(&store.nodes().await.unwrap()[0], 0).await.is_ok());
        assert!(!store.is_being_restored().await.unwrap());
    };
    check(Vec::new(), 1, "cut off").await;
    check(b"{}\n".to_vec(), 1, "no line of a backup").await;
    check(without(last - 1), last, "cut off before it").await;
    check(file[..file.len() - 1].to_vec(), last, "cut off in it").await;
    check(without(claim), claim + 1, "was changed").await;
    check(changed(claim, "1234567", "7654321"), claim + 1, "was changed").await;
    check(changed(last - 1, "\"lines\":", "\"lines\":1"), last, "was changed").await;
    world.travel_to("2026-12-10T00:00:00Z").await;
    world.finish().await;
}

#[tokio::test]
async fn only_an_empty_namespace_of_the_same_kind_is_restored_into() {
    let world = World::starting(FRIDAY).await;
    world.submit(a_claim()).await;
    let (file, _) = backup(&world).await;
    let refused = try_restore(world.ledger().store(), &file).await.unwrap_err();
    assert!(matches!(refused, RestoreError::NotEmpty { .. }), "{refused}");
    let (_, other) = empty(&world, "4").await;
    let refused = try_restore(&other, &file).await.unwrap_err();
    assert!(refused.to_string().contains("redis.partitions = 2"), "{refused}");

    // One that was cut off is closed to everybody until the same file is given again.
    let (namespace, store) = empty(&world, "2").await;
    let sum = {
        let last = file.trim_ascii_end().rsplit(|byte| *byte == b'\n').next().unwrap();
        let end: serde_json::Value = serde_json::from_slice(last).unwrap();
        end["end"]["sha256"].as_str().unwrap().to_owned()
    };
    assert!(store.begin_restore(&sum).await.unwrap());
    let settings = Settings::built_in(&[
        ("redis.url", world.redis_url()),
        ("redis.namespace", &namespace),
        ("redis.partitions", "2"),
        ("clock.mode", "virtual"),
    ]);
    let opened = cpor::app::App::open(settings.unwrap()).await.unwrap_err().to_string();
    assert!(opened.contains("is being restored"), "{opened}");
    let (another, _) = {
        world.submit(a_claim_on("exchange")).await;
        backup(&world).await
    };
    let refused = try_restore(&store, &another).await.unwrap_err();
    assert!(matches!(refused, RestoreError::HalfRestored { .. }), "{refused}");
    assert_eq!(try_restore(&store, &file).await.unwrap().claims, 1);
    let refused = try_restore(&store, &file).await.unwrap_err();
    assert!(matches!(refused, RestoreError::NotEmpty { .. }), "{refused}");
    world.travel_to("2026-12-10T00:00:00Z").await;
    world.finish().await;
}

async fn all(world: &World) -> Vec<ClaimId> {
    let store = world.ledger().store();
    let mut all = Vec::new();
    for partition in 0..store.keys().partitions() {
        for status in Status::ALL {
            let set = cpor::store::scan::ClaimSet::Status(status);
            let page = store.claims_in(partition, set, 0).await.unwrap();
            all.extend(page.found.iter().map(|(id, _)| ClaimId::parse(id).unwrap()));
        }
    }
    all
}
