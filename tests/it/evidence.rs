//! The evidence of a claim: what is in it, for whom, and that its mails are those that were sent.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use cpor::access::{ApiKeys, Authority, NewApiKey};
use cpor::calendar::BusinessDays;
use cpor::claim::identity::{Comment, Line};
use cpor::claim::{ClaimId, Status};
use cpor::ledger::Adjustment;
use cpor::testkit::{World, a_claim};
use serde_json::Value;

const FRIDAY: &str = "2026-11-20T15:00:00Z";

type Files = BTreeMap<String, Vec<u8>>;

async fn zip(world: &World, id: ClaimId) -> Vec<u8> {
    let (claim, now) = (world.claim(id).await, world.now().await);
    world.app().evidence().unwrap().bundle(claim, now).await.unwrap()
}

fn files(zip: Vec<u8>) -> Files {
    let mut zip = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut files = Files::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(file.name().unwrap().into_owned(), bytes);
    }
    files
}

fn mails(files: &Files) -> Vec<Value> {
    serde_json::from_slice(&files["mails/mails.json"]).unwrap()
}

/// Every kind of mail there is: notice, reminder, correction, receipt, and one to the partner.
async fn a_life_with_every_mail(world: &World) -> ClaimId {
    let id = world.submit(a_claim()).await;
    let reason = Comment::parse("The contact was away.").unwrap();
    let business_days = BusinessDays::new(1).unwrap();
    world.adjust(id, Adjustment::Extend { business_days, reason }).await.unwrap();
    world.travel_to("2026-11-27T12:00:00Z").await;
    world.reject(id).await.unwrap();
    world.settle().await;
    assert_eq!(world.status(id).await, Status::Rejected);
    id
}

#[tokio::test]
async fn the_mails_are_those_that_the_mail_server_was_given_byte_for_byte() {
    let world = World::starting(FRIDAY).await;
    let id = a_life_with_every_mail(&world).await;
    let files = files(zip(&world, id).await);
    let sent: BTreeMap<String, Vec<u8>> =
        world.mails().into_iter().map(|mail| (mail.message_id, mail.bytes)).collect();
    let mut kinds = Vec::new();
    for mail in mails(&files) {
        assert_eq!((&mail["accepted"], &mail["as_sent"]), (&true.into(), &true.into()), "{mail}");
        let (name, id) = (mail["file"].as_str().unwrap(), mail["message_id"].as_str().unwrap());
        assert!(files[name] == sent[id], "{mail}");
        assert!(mail["reply"].as_str().unwrap().contains("Ok: queued as"), "{mail}");
        kinds.push(name.split(['-', '.']).nth(1).unwrap().to_owned());
    }
    kinds.sort();
    assert_eq!(kinds, ["correction", "notice", "partner_result", "receipt", "reminder"]);
    assert_eq!(kinds.len(), sent.len());
}

#[tokio::test]
async fn the_same_claim_gives_the_same_bytes_until_something_happens() {
    let world = World::starting(FRIDAY).await;
    let id = world.submit(a_claim()).await;
    let first = zip(&world, id).await;
    assert!(first == zip(&world, id).await);
    world.travel_to("2026-11-20T16:00:00Z").await;
    let (mut before, mut later) = (files(first), files(zip(&world, id).await));
    for files in [&mut before, &mut later] {
        assert!(files.remove("manifest.sig").is_some_and(|signature| signature.len() == 64));
        let mut manifest: Value =
            serde_json::from_slice(&files.remove("manifest.json").unwrap()).unwrap();
        assert!(manifest["made_at"].take().is_string());
        assert_eq!(manifest["chain"], world.claim(id).await.chain.to_string());
        files.insert("manifest.json".to_owned(), manifest.to_string().into_bytes());
    }
    assert!(before == later);
    world.reject(id).await.unwrap();
    world.settle().await;
    assert!(files(zip(&world, id).await) != later);
}

#[tokio::test]
async fn a_mail_that_would_be_written_otherwise_now_is_not_passed_off_as_the_one_that_was_sent() {
    let mut world = World::starting(FRIDAY).await;
    let id = a_life_with_every_mail(&world).await;
    // The receipt's link is signed by the key in force, and the notice's by the one it began with.
    let old = std::fs::read_to_string(world.settings().data.directory.join("secret.keys"));
    let keys = format!("2:{},{}", "A".repeat(43), old.unwrap().trim());
    world.use_secrets(&keys);
    let files = files(zip(&world, id).await);
    for mail in mails(&files) {
        let expected = mail["event"] != "receipt_sent";
        assert_eq!(mail["as_sent"], expected, "{mail}");
        assert_eq!(mail["note"].is_string(), !expected, "{mail}");
    }
}

#[tokio::test]
async fn reviewers_get_it_by_http_and_anybody_its_keys() {
    let world = World::starting(FRIDAY).await;
    let (id, http) = (world.submit(a_claim()).await, world.serve().await);
    let label = Line::parse("a test").unwrap();
    let new = NewApiKey { authority: Authority::Reviewer, label, expires_at: None };
    let keys = ApiKeys::new(world.ledger().store().clone());
    let key = keys.create(&new, world.ledger().clock().real()).await.unwrap().key;
    let answer = http.get_as(&key.reveal(), &format!("/v1/claims/{id}/evidence")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "application/zip");
    let name = format!("attachment; filename=\"evidence-{id}.zip\"");
    assert_eq!(answer.headers["content-disposition"], name.as_str());
    assert!(answer.body == zip(&world, id).await);
    let manifest: Value =
        serde_json::from_slice(&files(answer.body.to_vec())["manifest.json"]).unwrap();
    let jwks: Value = http.get("/v1/evidence/keys").await.json();
    assert_eq!(jwks["keys"][0]["kid"], manifest["key_id"]);
    let tokens: Value = http.get("/.well-known/jwks.json").await.json();
    assert_ne!(jwks["keys"][0]["x"], tokens["keys"][0]["x"], "a key for one purpose");
}
