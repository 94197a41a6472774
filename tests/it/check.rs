//! `cpor check` finds nothing after any journey, and finds every damage done behind its back.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod beside;

use chrono::TimeDelta;
use cpor::calendar::coverage::InUse;
use cpor::calendar::{BusinessDays, Span};
use cpor::check::{InvariantReport, Patience, check};
use cpor::claim::identity::Comment;
use cpor::claim::state::EndReason;
use cpor::claim::{ChainTip, ClaimId, Command, Status};
use cpor::ledger::Adjustment;
use cpor::testkit::{World, a_claim, a_claim_of, a_dynamics_claim};
use cpor_jobs::{Item, Job};

/// Everything that was looked at.
async fn reports(world: &World) -> Vec<InvariantReport> {
    let documents = world.app().documents(world.app().depot().unwrap());
    check(world.ledger(), &documents, Patience::of(world.settings())).await.unwrap()
}

/// The invariants that do not hold, and their reports.
async fn violated(world: &World) -> (Vec<&'static str>, Vec<InvariantReport>) {
    let wrong = world.broken_invariants().await;
    (wrong.iter().map(|report| report.id).collect(), wrong)
}

/// A world with a claim in every status that a journey can end in, or wait in.
async fn after_many_journeys() -> (World, Vec<ClaimId>) {
    let world = World::starting("2026-11-20T15:00:00Z").await;
    let mut claims = Vec::new();
    for workload in ["teams", "exchange", "sharepoint", "yammer"] {
        let mut claim = a_claim();
        claim.items = vec![Item::workload(workload)];
        claims.push(world.submit(claim).await);
    }
    claims.push(world.submit(a_dynamics_claim()).await);
    let mut contested = a_claim_of("7654321");
    contested.items = vec![Item::workload("yammer")];
    claims.push(world.submit(contested).await);
    claims.push(world.submit(a_claim()).await); // A duplicate of the first.
    let mut refused = a_claim();
    refused.items = vec![Item::workload("intune")];
    "refused@anadoluelektrik.com.tr".clone_into(&mut refused.customer.contact.email);
    claims.push(world.submit(refused).await);
    world.reject(claims[1]).await.unwrap();
    world.apply(claims[2], Command::Withdraw { reason: None }).await.unwrap();
    let received_at = world.now().await;
    world.apply(claims[3], Command::Confirm { received_at }).await.unwrap();
    (world, claims)
}

#[tokio::test]
async fn nothing_is_wrong_before_within_and_after_any_journey() {
    let (world, claims) = after_many_journeys().await;
    assert_eq!(violated(&world).await, (vec![], vec![]));
    let notified = reports(&world).await;
    for until in ["2026-11-25T00:00:00Z", "2026-11-27T21:00:00Z", "2026-12-31T00:00:00Z"] {
        world.travel_to(until).await;
        assert_eq!(violated(&world).await, (vec![], vec![]), "{until}");
    }
    let associated = reports(&world).await;
    let looked_at = |report: &&InvariantReport| report.checked > 0;
    let both = notified.iter().zip(&associated);
    let never = both.filter(|(a, b)| !looked_at(a) && !looked_at(b)).map(|(a, _)| a.id);
    // Nothing was on its way to a customer; `beside` has the others.
    assert_eq!(never.collect::<Vec<_>>(), ["I21", "I36", "I37", "I38", "I39"]);
    let end = Command::End { reason: EndReason::CustomerWithdrew, detail: None };
    world.apply(claims[0], end).await.unwrap();
    assert_eq!(world.status(claims[0]).await, Status::Ended);
    assert_eq!(violated(&world).await, (vec![], vec![]));
}

#[tokio::test]
async fn every_damage_behind_its_back_is_found() {
    let (world, claims) = after_many_journeys().await;
    world.travel_to("2026-11-24T12:00:00Z").await;
    let keys = world.ledger().store().keys().clone();
    let (notified, rejected, associated) = (claims[0], claims[1], claims[3]);
    let partition = notified.partition();
    let nobody = ClaimId::new(world.now().await - TimeDelta::hours(1), partition, [9; 8]);
    let claim = world.claim(notified).await;
    let tenant_id = &claim.submission.customer.tenant_id;
    let submission = keys.submission(&claim.submission.source, &claim.submission.idempotency_key);
    let item = keys.item(tenant_id, &claim.submission.items[0]);
    let free = item.replace("teams", "intune");
    let index = keys.by_status(partition, Status::Notified);
    let finalize = keys.agenda(partition, Job::FinalizeAssociation);
    let expire = keys.agenda(partition, Job::ExpireClaim);
    let running = keys.running(partition, Job::ExpireClaim);
    let deliveries = keys.agenda(partition, Job::DeliverWebhook);
    let nobodys = format!("{nobody}:1:5f0c9d3e-8a41-4b7c-9f26-3d1e8b6a7c05");
    let official = world.claim(associated).await;
    let own = official.submission.items[0].key();
    let grants = keys.grants(tenant_id);
    let (id, other) = (notified.to_string(), rejected.to_string());
    let gone = nobody.to_string();
    let windows = keys.windows(partition);
    let deadline = &claim.open_window().unwrap().deadline;
    let terms = InUse::of(deadline).to_string();
    let far = "9999999999999";
    let cases: Vec<(Vec<&str>, &[&str])> = vec![
        (vec!["DEL", &submission], &["I01"]),
        (vec!["RENAME", &submission, "{SUBMISSION}:elsewhere"], &["I01"]),
        (vec!["ZREM", &index, &id], &["I02", "I34"]),
        (vec!["ZADD", &index, "1", &gone], &["I02", "I34"]),
        (vec!["RPOP", "{HISTORY}"], &["I04", "I05", "I06", "I12"]),
        (vec!["RPUSH", "{NO HISTORY}", "{}"], &["I04"]),
        (vec!["HSET", "{CLAIM}", "snapshot", "{}"], &["I05"]),
        (vec!["LSET", "{HISTORY}", "1", "{BY ANOTHER}"], &["I06"]),
        (vec!["HDEL", "{CLAIM}", "chain"], &["I01", "I06"]), // It is not read without its tip.
        (vec!["HSET", "{CLAIM}", "chain", "{OLDER TIP}"], &["I06"]),
        (vec!["ZREM", &finalize, &id], &["I08"]),
        (vec!["ZADD", &finalize, far, &id], &["I08"]),
        (vec!["ZADD", &finalize, far, &other], &["I08"]),
        (vec!["HDEL", &grants, "{GRANT}"], &["I13"]),
        (vec!["SET", &item, "{OTHER RECORD}"], &["I17"]),
        (vec!["SET", &free, "{RECORD}"], &["I17"]),
        (vec!["SET", &free, "rubbish"], &["I17"]),
        (vec!["DEL", &item], &["I17"]),
        (vec!["HSET", &grants, "1234567 workload:intune", "{GRANT OF NOTIFIED}"], &["I18"]),
        (vec!["HSET", &grants, "1234567 workload:intune", "rubbish"], &["I18"]),
        (vec!["ZADD", &expire, far, &other], &["I19"]),
        (vec!["ZADD", &expire, far, &id], &["I24"]),
        (vec!["ZADD", &running, far, &id], &["I24", "I25"]),
        (vec!["ZADD", &expire, far, "rubbish"], &["I25"]),
        (vec!["ZADD", &running, "1", &gone], &["I25"]),
        (vec!["ZADD", &deliveries, far, &id], &["I25"]),
        (vec!["ZADD", &deliveries, far, &nobodys], &["I25"]),
        (vec!["INCR", "{SUBMISSIONS}"], &["I34"]),
        (vec!["HINCRBY", &windows, &terms, "1"], &["I34"]),
        (vec!["HINCRBY", &windows, &terms, "-1"], &["I34"]),
        (vec!["HSET", &windows, "TR TR@1 2026f", "0"], &["I34"]),
        (vec!["DEL", &windows], &["I34"]),
        // As many as there are, under other terms.
        (vec!["HSET", &windows, &terms, "0", "TR TR@1 2026f", "2"], &["I34"]),
    ];
    let (claim_key, history) = (keys.claim(notified), keys.history(notified));
    let no_history = keys.history(nobody);
    let elsewhere = format!("{submission}-elsewhere");
    let grant = format!("1234567 {own}");
    let record = format!("{id} 1234567 held 0");
    let other_record = format!("{gone} 1234567 held 0");
    let lines = world.ledger().store().history_lines(notified).await.unwrap();
    let older_tip = ChainTip::of(notified, &lines[..lines.len() - 1]).to_string();
    let validated = String::from_utf8(lines[1].clone()).unwrap();
    let by_another = validated.replace("\"worker\"", "\"upstream:crm\"");
    assert_ne!(by_another, validated);
    let named = [
        ("{BY ANOTHER}", by_another.as_str()),
        ("{OLDER TIP}", &older_tip),
        ("{SUBMISSION}:elsewhere", elsewhere.as_str()),
        ("{HISTORY}", &history),
        ("{NO HISTORY}", &no_history),
        ("{CLAIM}", &claim_key),
        ("{GRANT}", &grant),
        ("{RECORD}", &record),
        ("{OTHER RECORD}", &other_record),
        ("{GRANT OF NOTIFIED}", &record),
        ("{SUBMISSIONS}", &keys.submissions(partition)),
    ]
    .map(|(name, text)| (name, text.to_owned()));
    for (command, expected) in cases {
        let command: Vec<String> = command.iter().map(|word| filled(word, &named)).collect();
        found(&world, &command, expected).await;
    }
    world.travel_to("2026-11-27T21:00:00Z").await;
}

#[tokio::test]
async fn every_index_that_is_wrong_is_found() {
    let (world, claims) = after_many_journeys().await;
    let keys = world.ledger().store().keys().clone();
    let (notified, rejected) = (claims[0], claims[1]);
    let partition = notified.partition();
    let (id, other) = (notified.to_string(), rejected.to_string());
    let gone = ClaimId::new(world.now().await, partition, [9; 8]).to_string();
    let claim = world.claim(notified).await;
    let submission = &claim.submission;
    let by_partner = keys.by_partner(partition, &submission.partner.mpn_id);
    let by_source = keys.by_source(partition, &submission.source);
    let (by_name, by_domain) = (keys.by_name(partition), keys.by_domain(partition));
    let (by_status, closing) =
        (keys.by_status(partition, Status::Notified), keys.by_closing(partition));
    let by_tenant = keys.by_tenant(&submission.customer.tenant_id);
    let foreign = by_source.replace("testkit", "another");
    let named = format!("teams rollout\0{id}");
    let domain = format!("anadoluelektrik.com.tr\0{id}");
    let renamed = format!("renamed\0{id}");
    let (by_item, item) = (keys.by_item(partition), format!("workload:teams\0{id}"));
    // The index of open windows is as long as the counters of open windows say.
    for case in [
        vec!["ZREM", &closing, &id],
        vec!["ZADD", &closing, "1", &other],
        vec!["ZADD", &closing, "1", &gone],
    ] {
        let command: Vec<String> = case.into_iter().map(str::to_owned).collect();
        found(&world, &command, &["I02", "I34"]).await;
    }
    let cases = [
        ["ZREM", &by_partner, &id, ""],
        ["ZREM", &by_source, &id, ""],
        ["ZREM", &by_tenant, &id, ""],
        ["ZREM", &by_name, &named, ""],
        ["ZREM", &by_domain, &domain, ""],
        ["ZREM", &by_item, &item, ""],
        ["ZADD", &by_partner, "0", &gone],
        ["ZADD", &by_name, "0", "rubbish"],
        ["ZADD", &by_name, "0", &renamed],
        ["ZADD", &foreign, "0", &id],
        ["ZADD", &closing, "1", &id],
        // In its index, and not in its order.
        ["ZADD", &by_status, "1", &id],
        ["ZADD", &by_tenant, "1", &id],
    ];
    for case in cases {
        let words = case.iter().filter(|word| !word.is_empty());
        let command: Vec<String> = words.map(|word| (*word).to_owned()).collect();
        found(&world, &command, &["I02"]).await;
    }
    world.travel_to("2026-11-27T21:00:00Z").await;
}

fn filled(word: &str, named: &[(&str, String)]) -> String {
    let name = named.iter().find(|(name, _)| *name == word);
    name.map_or_else(|| word.to_owned(), |(_, text)| text.clone())
}

/// Does the damage, looks, and puts everything back that the command touched.
async fn found(world: &World, command: &[String], expected: &[&str]) {
    let mut connection = world.redis().await;
    let mut saved = Vec::new();
    for key in command.iter().skip(1).filter(|word| word.starts_with('{')) {
        let mut both = redis::pipe();
        both.cmd("DUMP").arg(key).cmd("PTTL").arg(key);
        let (dump, left_ms): (Option<Vec<u8>>, i64) =
            both.query_async(&mut connection).await.unwrap();
        saved.push((key.clone(), dump, left_ms.max(0)));
    }
    let mut damage = redis::cmd(&command[0]);
    damage.arg(&command[1..]);
    let _: redis::Value = damage.query_async(&mut connection).await.unwrap();
    let (ids, reports) = violated(world).await;
    assert_eq!(ids, expected, "{command:?}: {reports:#?}");
    for (key, dump, left_ms) in saved {
        let () = redis::cmd("DEL").arg(&key).query_async(&mut connection).await.unwrap();
        if let Some(dump) = dump {
            let mut restore = redis::cmd("RESTORE");
            restore.arg(&key).arg(left_ms).arg(dump);
            let () = restore.query_async(&mut connection).await.unwrap();
        }
    }
    assert_eq!(violated(world).await, (vec![], vec![]), "{command:?} was not put right");
}

#[tokio::test]
async fn a_submission_in_flight_is_wrong_only_after_a_minute() {
    let world = World::starting("2026-11-20T15:00:00Z").await;
    let store = world.ledger().store();
    let submission = world.submit(a_claim()).await;
    let claim = world.claim(submission).await;
    let mut other = (*claim.submission).clone();
    other.idempotency_key = serde_json::from_str("\"in-flight\"").unwrap();
    let nobody = ClaimId::new(world.now().await, submission.partition(), [9; 8]);
    store.record_key(&other, &other.digest(), nobody).await.unwrap();
    assert_eq!(violated(&world).await.0, [""; 0]);
    world.travel_for(TimeDelta::seconds(61)).await;
    assert_eq!(violated(&world).await.0, ["I01"]);
}

#[tokio::test]
async fn a_window_that_was_paused_resumed_and_extended_is_as_it_should_be() {
    let world = World::starting("2026-11-20T15:00:00Z").await;
    let (claim, paused) = (world.submit(a_claim()).await, world.submit(a_dynamics_claim()).await);
    let reason = || Comment::parse("A court looks at it.").unwrap();
    world.travel_to("2026-11-24T10:00:00Z").await;
    for claim in [claim, paused] {
        world.adjust(claim, Adjustment::Pause { reason: reason() }).await.unwrap();
    }
    world.travel_to("2026-11-25T10:00:00Z").await;
    world.adjust(claim, Adjustment::Resume { reason: reason() }).await.unwrap();
    let business_days = BusinessDays::new(2).unwrap();
    let extend = || Adjustment::Extend { business_days, reason: reason() };
    for claim in [claim, paused] {
        world.adjust(claim, extend()).await.unwrap();
    }
    world.travel_to("2026-11-27T10:00:00Z").await;
    let to = world.now().await;
    let outage = Span { from: to - TimeDelta::hours(30), to };
    let repair = Adjustment::Outage { outage, reason: reason() };
    world.adjust(claim, repair).await.unwrap();
    assert_eq!(violated(&world).await.0, [""; 0]);
    world.travel_to("2026-12-30T10:00:00Z").await;
    assert_eq!(world.status(claim).await, Status::Associated);
    assert_eq!(world.status(paused).await, Status::Paused);
    let (ids, reports) = violated(&world).await;
    assert_eq!(ids, [""; 0], "{reports:#?}");
}
