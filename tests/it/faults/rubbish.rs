//! F24 to F26: rubbish on the queues goes to the dead letters, and its neighbours go on.

use cpor::claim::{ClaimId, Status};
use cpor::testkit::World;
use cpor_jobs::Job;

use super::{FRIDAY, claim_number, directory, violations};

const GOOD: u32 = 500;

fn nested(open: &str, close: &str, levels: usize) -> Vec<u8> {
    format!("{}{}", open.repeat(levels), close.repeat(levels)).into_bytes()
}

/// What somebody pushes who has not read the contract, and what the dead letter says of it.
fn rubbish_submissions() -> Vec<(Vec<u8>, &'static str)> {
    let good = claim_number(0).to_json().unwrap();
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from} is not in {good}");
        good.replacen(from, to, 1).into_bytes()
    };
    vec![
        (b"{\"v\":1,".to_vec(), "malformed_json"),
        (b"".to_vec(), "malformed_json"),
        (b"   \n".to_vec(), "malformed_json"),
        (b"hello".to_vec(), "malformed_json"),
        (vec![0xff, 0xfe, 0x00, 0x80], "not_utf8"),
        (vec![0; 100], "malformed_json"),
        (vec![b'a'; 1024 * 1024], "longer than 65664 bytes"),
        (vec![b' '; 64 * 1024 + 1], "too_large"),
        (b"[]".to_vec(), "wrong_type"),
        (b"42".to_vec(), "wrong_type"),
        (b"1e999999".to_vec(), ""),
        (b"null".to_vec(), "wrong_type"),
        (b"\"claim\"".to_vec(), "wrong_type"),
        (b"{}".to_vec(), "required"),
        (nested("[", "]", 30_000), "malformed_json"),
        (nested("{\"a\":", "}", 10_000), "malformed_json"),
        (with("\"v\":1", "\"v\":7"), "version_unknown"),
        (with("\"v\":1", "\"v\":1,\"priority\":\"high\""), "priority"),
        (with("\"name\":", "\"name\":1,\"name\":"), ""),
        (with("\"name\":\"Teams", "\"name\":\"\\ud800Teams"), ""),
        (with("\"name\":\"Teams", "\"name\":\"\\u0000Teams"), "name"),
        (with("\"name\":\"Teams", "\"name\":\"\\u202eTeams"), "name"),
        (with("customer-0.example", "customer 0.example"), "domain"),
        ([good.as_bytes(), b"}"].concat(), "malformed_json"),
    ]
}

#[tokio::test]
async fn rubbish_becomes_dead_letters_and_its_neighbours_become_claims() {
    let mut world = World::without_worker(FRIDAY, &[]).await;
    world.write_directory(&directory(GOOD));
    let rubbish = rubbish_submissions();
    let good: Vec<Vec<u8>> =
        (0..GOOD).map(|number| claim_number(number).to_json().unwrap().into_bytes()).collect();
    for (share, (piece, _)) in good.chunks(good.len() / rubbish.len()).zip(&rubbish) {
        world.intake(share).await;
        world.intake([piece]).await;
    }
    world.intake(good.iter().rev().take(good.len() % rubbish.len())).await;
    let planted = plant_on_agenda(&world).await;
    world.start_worker();
    world.settle().await;

    let letters = world.dead_letters().await;
    let (intake, agenda): (Vec<_>, Vec<_>) = letters.iter().partition(|l| l.partition.is_none());
    let reasons: Vec<&str> = intake.iter().map(|letter| letter.letter.error.as_str()).collect();
    assert_eq!(reasons.len(), rubbish.len(), "{reasons:#?}");
    for (_, reason) in &rubbish {
        assert!(reasons.iter().any(|found| found.contains(reason)), "{reason}: {reasons:#?}");
    }
    let reasons: Vec<&str> = agenda.iter().map(|letter| letter.letter.error.as_str()).collect();
    assert_eq!(reasons.len(), planted, "{reasons:#?}");
    assert!(reasons.iter().all(|reason| !reason.is_empty()), "{reasons:#?}");
    assert!(agenda.iter().all(|letter| letter.entry.len() <= 256), "an entry is too long to show");

    assert_eq!(world.statuses().await, vec![Status::Notified; GOOD as usize]);
    world.travel_to("2026-12-01T00:00:00Z").await;
    assert_eq!(world.statuses().await, vec![Status::Associated; GOOD as usize]);
    forget_what_was_planted(&world).await;
    assert_eq!(violations(&world).await, []);
    world.drop_dead_letters().await;
    assert_eq!(world.dead_letters().await, []);
    world.stop_worker().await;
}

/// Puts entries on the agenda behind which no claim stands; says how many.
async fn plant_on_agenda(world: &World) -> usize {
    let keys = world.ledger().store().keys();
    let unknown = |number: u8| ClaimId::new(chrono::DateTime::UNIX_EPOCH, 1, [number; 8]);
    let [nobody, text, no_history, no_snapshot, elsewhere] = [1, 2, 3, 4, 5].map(unknown);
    let mut connection = world.redis().await;
    let mut plant = redis::pipe();
    plant.cmd("SET").arg(keys.claim(text)).arg("no hash");
    plant.cmd("HSET").arg(keys.claim(no_history)).arg("submission").arg(1);
    plant.cmd("SET").arg(keys.history(no_history)).arg("no list");
    let fields = ["revision", "1", "submission", "1", "snapshot", "{}", "status", "notified"];
    plant.cmd("HSET").arg(keys.claim(no_snapshot)).arg(&fields);
    plant.cmd("RPUSH").arg(keys.history(no_snapshot)).arg("{}");
    let entries: Vec<Vec<u8>> = vec![
        b"rubbish".to_vec(),
        b"".to_vec(),
        vec![0xff, 0xfe, 0x80],
        vec![0; 16],
        vec![b'x'; 1024 * 1024],
        "\u{130}".repeat(500).into_bytes(),
        b"{cpor:00}:claim:*".to_vec(),
        b"7d444840-9dc0-41d1-b245-5ffdce74fad2".to_vec(),
        nobody.to_string().into_bytes(),
        nobody.to_string().to_uppercase().into_bytes(),
        text.to_string().into_bytes(),
        no_history.to_string().into_bytes(),
        no_snapshot.to_string().into_bytes(),
    ];
    // About a document that is not there, nothing is to do.
    let of_documents = [Job::SubmitClaim, Job::ScanDocument, Job::AskCustomer];
    let of_claims = |job: &Job| !of_documents.contains(job);
    let jobs: Vec<Job> = Job::ALL.into_iter().filter(of_claims).collect();
    for (i, entry) in entries.iter().enumerate() {
        let job = jobs[i % jobs.len()];
        plant.cmd("ZADD").arg(keys.agenda(1, job)).arg(i).arg(entry);
    }
    let in_the_wrong_partition = elsewhere.to_string();
    plant
        .cmd("ZADD")
        .arg(keys.agenda(0, Job::NotifyPartner))
        .arg("-inf")
        .arg(in_the_wrong_partition);
    let () = plant.query_async(&mut connection).await.unwrap();
    entries.len() + 1
}

async fn forget_what_was_planted(world: &World) {
    let keys = world.ledger().store().keys();
    let mut connection = world.redis().await;
    let mut forget = redis::pipe();
    for number in 1..=5 {
        let id = ClaimId::new(chrono::DateTime::UNIX_EPOCH, 1, [number; 8]);
        forget.cmd("DEL").arg(keys.claim(id)).arg(keys.history(id));
    }
    let () = forget.query_async(&mut connection).await.unwrap();
}

#[tokio::test]
async fn an_entry_of_a_claim_that_has_moved_on_is_dropped() {
    let world = World::starting(FRIDAY).await;
    world.write_directory(&directory(1));
    let claim = world.submit(claim_number(0)).await;
    world.reject(claim).await.unwrap();
    let before = world.history(claim).await;
    let keys = world.ledger().store().keys();
    let mut connection = world.redis().await;
    for job in Job::ALL.into_iter().filter(|job| *job != Job::SubmitClaim) {
        let mut entry = claim.to_string();
        if job == Job::DeliverWebhook {
            entry.push_str(":1:5f0c9d3e-8a41-4b7c-9f26-3d1e8b6a7c05"); // There is no such webhook.
        }
        let mut plant = redis::cmd("ZADD");
        plant.arg(keys.agenda(claim.partition(), job)).arg(0).arg(entry);
        let () = plant.query_async(&mut connection).await.unwrap();
    }
    world.travel_to("2026-12-01T00:00:00Z").await;
    assert_eq!(world.history(claim).await, before);
    assert_eq!(world.dead_letters().await, []);
    assert_eq!(violations(&world).await, []);
}
