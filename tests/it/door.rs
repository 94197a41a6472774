//! The Redis door: only what its source has signed comes in, and whoever may push can do nothing
//! else.

mod accounts;
mod acl;
mod server;

use cpor::access::source_key;
use cpor::claim::Status;
use cpor::claim::identity::Source;
use cpor::secrets::{KeyId, Secrets, new_key, printed};
use cpor::settings::Settings;
use cpor::store::dead::DeadEntry;
use cpor::testkit::{World, a_claim};
use cpor_jobs::client::{Client, ClientSettings, SigningKey};
use cpor_jobs::{Item, SubmitClaim};

const FRIDAY: &str = "2026-11-20T15:00:00Z";

/// A deployment with these secret keys that takes only what is signed.
async fn strict(keys: &str) -> World {
    World::configured(FRIDAY, &[("secrets.keys", keys), ("intake.require_signature", "true")]).await
}

/// The key of a source, as its operator hands it out.
fn key_of(source: &str, secret_keys: &str) -> SigningKey {
    let secrets = Secrets::parse(secret_keys, "a test").unwrap();
    let (id, key) = source_key(&secrets, &Source::parse(source).unwrap());
    SigningKey::parse(&printed(id, &key)).unwrap()
}

async fn client(world: &World, signing_key: SigningKey) -> Client {
    let mut settings = ClientSettings::new(world.redis_url());
    world.namespace().clone_into(&mut settings.namespace);
    settings.signing_key = Some(signing_key);
    Client::connect(settings).await.unwrap()
}

fn on(workload: &str) -> SubmitClaim {
    let mut claim = a_claim();
    claim.items = vec![Item::workload(workload)];
    claim
}

fn json() -> String {
    a_claim().to_json().unwrap()
}

/// The only dead letter, and what it says; a dropped one does not fail the test.
async fn the_dead_letter(world: &World) -> DeadEntry {
    let mut dead = world.dead_letters().await;
    assert_eq!(dead.len(), 1, "{dead:?}");
    assert_eq!(world.statuses().await, []);
    world.drop_dead_letters().await;
    dead.remove(0)
}

#[tokio::test]
async fn what_its_source_has_signed_becomes_a_claim() {
    let keys = new_key(KeyId(1));
    let world = strict(&keys).await;
    let client = client(&world, key_of(&a_claim().source, &keys)).await;
    client.enqueue(&on("teams")).await.unwrap();
    client.enqueue_all(&[on("exchange"), on("intune")]).await.unwrap();
    world.settle().await;
    assert_eq!(world.dead_letters().await, []);
    assert_eq!(world.statuses().await, [Status::Notified; 3]);
}

#[tokio::test]
async fn what_is_not_signed_is_a_dead_letter_where_a_signature_is_required() {
    let world = strict(&new_key(KeyId(1))).await;
    world.intake([json()]).await;
    let dead = the_dead_letter(&world).await;
    assert!(dead.letter.error.contains("not signed"), "{}", dead.letter.error);
    assert!(dead.letter.error.contains("cpor source key"), "{}", dead.letter.error);
}

#[tokio::test]
async fn what_is_not_signed_becomes_a_claim_where_none_is_required() {
    let world = World::starting(FRIDAY).await;
    world.intake([json()]).await;
    assert_eq!(world.statuses().await, [Status::Notified]);
}

#[tokio::test]
async fn a_wrong_signature_is_a_dead_letter_also_where_none_is_required() {
    let keys = new_key(KeyId(1));
    let good = key_of(&a_claim().source, &keys).sign(&json());
    let changed = good.replacen("Teams", "Team5", 1);
    let foreign = key_of("another-source", &keys).sign(&json());
    let unreadable = good.replacen("cpor-hmac-sha256", "cpor-hmac-md5", 1);
    for (entry, reason) in [
        (changed, "the JSON was changed after it was signed"),
        (foreign, "the key of another source"),
        (unreadable, "64 hexadecimal digits"),
    ] {
        for required in ["true", "false"] {
            let settings =
                [("secrets.keys", keys.as_str()), ("intake.require_signature", required)];
            let world = World::configured(FRIDAY, &settings).await;
            world.intake([&entry]).await;
            let dead = the_dead_letter(&world).await;
            assert!(dead.letter.error.contains(reason), "{}", dead.letter.error);
            // What is right stays unsaid; what was pushed is shown.
            let right = good.split([' ', '\n']).nth(2).unwrap();
            assert!(!dead.letter.error.contains(right));
            assert_eq!(dead.raw.as_deref(), Some(&entry[..entry.len().min(2_048)]));
        }
    }
}

#[tokio::test]
async fn an_old_key_is_good_until_it_is_dropped() {
    let (old, new) = (new_key(KeyId(1)), new_key(KeyId(2)));
    let entry = key_of(&a_claim().source, &old).sign(&json());
    let rotated = strict(&format!("{new},{old}")).await;
    rotated.intake([&entry]).await;
    assert_eq!(rotated.statuses().await, [Status::Notified]);
    let dropped = strict(&new).await;
    dropped.intake([&entry]).await;
    let dead = the_dead_letter(&dropped).await;
    assert!(dead.letter.error.contains("by key number 1"), "{}", dead.letter.error);
}

/// The signature is over every byte, white space included.
#[tokio::test]
async fn a_dead_entry_is_retried_with_exactly_the_bytes_that_were_pushed() {
    let (old, new) = (new_key(KeyId(1)), new_key(KeyId(2)));
    let pretty: serde_json::Value = serde_json::from_str(&json()).unwrap();
    let pretty = serde_json::to_string_pretty(&pretty).unwrap().replace('\n', "\r\n");
    let entry = key_of(&a_claim().source, &old).sign(&format!(" {pretty}\n\t"));
    let mut world = strict(&new).await;
    world.intake([&entry]).await;
    let dead = world.dead_letters().await;
    assert!(dead[0].letter.error.contains("does not have"), "{}", dead[0].letter.error);
    world.stop_worker().await;
    // The operator takes the key back, and tries again.
    let both = format!("{new},{old}");
    let settings = [
        ("redis.namespace", world.namespace()),
        ("secrets.keys", &both),
        ("intake.require_signature", "true"),
    ];
    let again = World::configured(FRIDAY, &settings).await;
    let at = again.ledger().clock().instant().await.unwrap();
    assert!(again.ledger().store().retry_dead(&dead[0], at).await.unwrap());
    again.settle().await;
    assert_eq!(again.dead_letters().await, []);
    assert_eq!(again.statuses().await, [Status::Notified]);
}

#[tokio::test]
async fn a_submission_may_be_as_long_as_ever_when_it_is_signed() {
    let keys = new_key(KeyId(1));
    let world = strict(&keys).await;
    let key = key_of(&a_claim().source, &keys);
    let claim = json();
    let padded = |bytes: usize| key.sign(&(claim.clone() + &" ".repeat(bytes - claim.len())));
    world.intake([padded(64 * 1024)]).await;
    assert_eq!(world.statuses().await, [Status::Notified]);
    world.intake([padded(64 * 1024 + 1)]).await;
    let dead = world.dead_letters().await;
    assert!(dead[0].letter.error.contains("too_large"), "{}", dead[0].letter.error);
    world.drop_dead_letters().await;
}

#[test]
fn the_production_profile_requires_a_signature_and_no_other_does() {
    assert!(Settings::load("production", None).unwrap().intake.require_signature);
    assert!(!Settings::load("development", None).unwrap().intake.require_signature);
}
