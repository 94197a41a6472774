//! A person's data is erased in Redis and in the archive, and nothing that was decided is.

use std::path::Path;

use cpor::app::App;
use cpor::archive::{EmailToErase, ErasureReport, ErasureTask, Whose};
use cpor::claim::erase::Erasure;
use cpor::claim::identity::Comment;
use cpor::claim::state::EndReason;
use cpor::claim::{Claim, ClaimId, Command, Status};
use cpor::testkit::{World, a_claim_on, a_dynamics_claim};
use cpor_jobs::SubmitClaim;

use super::redis_values::values;
use super::{FRIDAY, LATER, NINE_DAYS, archivist, assert_sound, sweep};

const PERSON: &str = "mert.kaya@anadoluelektrik.com.tr";
/// Everything that tells who somebody is, or that somebody wrote.
const PERSONAL: [&str; 11] = [
    "mert",
    "kaya",
    "müdürü",
    "ece yıldız",
    "ece.yildiz",
    "deniz",
    "secret words",
    "rollout of mert",
    "their reason",
    "m***@",
    "signed by",
];

fn personal(mut claim: SubmitClaim) -> SubmitClaim {
    "Rollout of Mert".clone_into(&mut claim.name);
    claim.comment = Some("Secret words, signed by Ece.".to_owned());
    claim
}

async fn erase(world: &World, whose: Whose, dry_run: bool) -> ErasureReport {
    let reason = Comment::parse("Request 4711.").unwrap();
    let at = world.now().await;
    let erasure = Erasure { at, actor: "operator".to_owned(), reason, former_tip: None };
    let task = ErasureTask { whose, erasure, dry_run };
    archivist(world).erase(&task, &|_| {}).await.unwrap()
}

fn of(email: &str) -> Whose {
    Whose::Email(EmailToErase::parse(email).unwrap())
}

/// Claims closed in several ways, with personal data everywhere it can be.
async fn closed_claims(world: &World) -> Vec<ClaimId> {
    let mut claims = Vec::new();
    for workload in ["teams", "exchange", "sharepoint", "yammer"] {
        claims.push(world.submit(personal(a_claim_on(workload))).await);
    }
    claims.push(world.submit(personal(a_dynamics_claim())).await);
    let reason = || Some("Their reason: ask Mert Kaya.".to_owned());
    let received_at = world.now().await;
    let reject = Command::Reject { received_at, reason: reason() };
    world.apply(claims[0], reject).await.unwrap();
    world.apply(claims[1], Command::Withdraw { reason: reason() }).await.unwrap();
    world.propose_contact(claims[2], "deniz").await.unwrap();
    world.travel_to("2026-12-01T12:00:00Z").await;
    for id in [claims[3], claims[4]] {
        let end = Command::End { reason: EndReason::CustomerWithdrew, detail: reason() };
        world.apply(id, end).await.unwrap();
    }
    // Its partner has not answered, and could reactivate it.
    world.apply(claims[2], Command::Withdraw { reason: reason() }).await.unwrap();
    claims
}

/// What has to stay.
fn decided(claim: &Claim) -> impl PartialEq + std::fmt::Debug + use<> {
    let submission = &claim.submission;
    let course = serde_json::to_value(&claim.snapshot).unwrap();
    let instants = ["submitted_at", "state"].map(|field| {
        let mut value = course[field].clone();
        for words in ["reason", "detail", "findings"] {
            if let Some(object) = value.as_object_mut().filter(|_| claim.status() != Status::Ended)
            {
                object.remove(words);
            }
        }
        value.as_object_mut().and_then(|object| object.remove("detail"));
        value
    });
    (
        claim.status(),
        submission.items.clone(),
        submission.partner.mpn_id.clone(),
        submission.customer.tenant_id,
        submission.idempotency_key.clone(),
        instants,
    )
}

fn assert_impersonal(place: &str, text: &str) {
    let text = text.to_lowercase();
    for personal in PERSONAL {
        assert!(!text.contains(personal), "{place} has `{personal}`: {text}");
    }
}

fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(std::fs::read_to_string(&path).unwrap());
        }
    }
    found
}

#[tokio::test]
async fn no_process_shows_who_was_erased_and_nothing_decided_is_lost() {
    let world = World::configured(FRIDAY, &NINE_DAYS).await;
    let claims = closed_claims(&world).await;
    let other = App::open(world.settings().clone()).await.unwrap();
    let mut before = Vec::new();
    for id in &claims {
        before.push(world.claim(*id).await);
        assert!(other.ledger.store().claim(*id).await.unwrap().is_some());
    }
    let planned = erase(&world, of(PERSON), true).await;
    assert_eq!(planned.claims.len(), 5);
    assert_eq!(before[0], world.claim(claims[0]).await, "a dry run changes nothing");
    let report = erase(&world, of(PERSON), false).await;
    assert!(report.claims.iter().all(|claim| claim.outcome == "erased"), "{report:?}");
    assert_sound(&world).await;
    for (key, text) in values(&world).await {
        // The names of these keys have the letters in them by chance.
        assert_impersonal("Redis", &text.replace(&key, ""));
    }
    for (id, before) in claims.iter().zip(&before) {
        let theirs = other.ledger.store().claim(*id).await.unwrap().unwrap();
        assert_impersonal("another process", &serde_json::to_string(&*theirs.submission).unwrap());
        assert_eq!(decided(&theirs), decided(before));
        assert_eq!(world.events(*id).await.last(), Some(&"personal_data_erased"));
    }
    assert_eq!(erase(&world, of(PERSON), false).await.claims, [], "nobody is left to erase");
    let again = erase(&world, Whose::Claim(claims[0]), false).await;
    assert_eq!(again.claims[0].outcome, "erased_before");
    world.travel_to(LATER).await;
    assert_sound(&world).await;
}

#[tokio::test]
async fn what_is_archived_is_erased_where_it_is() {
    let world = World::configured(FRIDAY, &NINE_DAYS).await;
    let claims = closed_claims(&world).await;
    world.travel_to(LATER).await;
    assert_eq!(sweep(&world).await.claims, 5);
    let archive = archivist(&world).archive().clone();
    let mut before = Vec::new();
    for id in &claims {
        before.push(archive.find(*id, &|_| {}).await.unwrap().unwrap().1);
    }
    let report = erase(&world, of("ECE.YILDIZ@partner.example"), false).await;
    assert_eq!(report.claims.len(), 5, "{report:?}");
    assert!(report.claims.iter().all(|claim| claim.place.starts_with("claims/2026/")));
    assert_sound(&world).await;
    for text in files(Path::new(archive.place())) {
        assert_impersonal("the archive", &text);
    }
    for old in before {
        let (_, new) = archive.find(old.claim.id, &|_| {}).await.unwrap().unwrap();
        assert_eq!(new.closed_at, old.closed_at);
        assert_eq!(decided(&new.claim), decided(&old.claim));
    }
}

#[tokio::test]
async fn open_claims_are_listed_with_what_to_do_first() {
    let world = World::configured(FRIDAY, &NINE_DAYS).await;
    let notified = world.submit(personal(a_claim_on("teams"))).await;
    let associated = world.submit(personal(a_claim_on("exchange"))).await;
    world.confirm(associated).await.unwrap();
    let before = world.claim(notified).await;
    let report = erase(&world, of(PERSON), false).await;
    let mut found: Vec<_> = report
        .refused()
        .map(|claim| (claim.claim_id, claim.problem.clone().unwrap_or_default()))
        .collect();
    found.sort();
    let mut expected = vec![(notified, "cpor claim withdraw"), (associated, "cpor claim end")];
    expected.sort();
    for ((id, problem), (expected, command)) in found.iter().zip(&expected) {
        assert!(id == expected && problem.contains(command), "{id}: {problem}");
    }
    assert_eq!((found.len(), world.claim(notified).await), (2, before));
    assert_sound(&world).await;
}
