//! Expectations: met ones are silent, others say what was expected, what was found, and where.

use chrono::TimeDelta;
use cpor::claim::command::Command;
use cpor::claim::state::EndReason;
use cpor::claim::{ClaimId, Status};
use cpor::testkit::{Expectation, World, a_claim, a_claim_of, a_claim_on};

use super::{FRIDAY, MERT, assert_in_order, failure, panic_of};

const END: &str = "2026-11-27T21:00:00Z";

/// The expectation is not met, and says so in these words.
async fn check(expectation: Expectation<'_>, expected: &str, found: &str) {
    let text = failure(expectation).await;
    assert_in_order(&text, &["expected  ", expected, "found     ", found, "The timeline"]);
}

#[tokio::test]
async fn what_is_so_can_be_expected() {
    let world = World::starting(FRIDAY).await;
    let submitted = "2026-11-20T16:00:00Z";
    let claim = world.submit(a_claim()).await;
    world.expect(claim).notified().notified_until(END).closing_at(END).has_findings([]).await;
    world.expect(claim).mails_to(MERT, 1).mails_to("nobody@x.example", 0).await;
    let duplicate = world.submit(a_claim()).await;
    world.expect(duplicate).disqualified_for("duplicate").disqualified_for("items[0]").await;
    world.expect(duplicate).has_findings(["duplicate"]).has_been_mailed("partner_result").await;
    let rival = world.submit(a_claim_of("7654321")).await;
    world.expect(rival).contested().sees_no_usage_data().await;
    world.withdraw(rival).await.unwrap();
    world.expect(rival).withdrawn().has_event("claim_withdrawn").await;
    world.travel_to(submitted).await;
    let rejected = world.submit(a_claim_on("exchange")).await;
    world.reject(rejected).await.unwrap();
    world.expect(rejected).rejected().rejected_at(submitted).has_been_mailed("receipt").await;
    world.expect(rejected).has_not_been_mailed("reminder").has_no_event("customer_reminded").await;
    world.travel_to(END).await;
    world.expect(claim).associated().associated_at(END).closing_at(END).sees_usage_data().await;
    world.expect(claim).has_event_times("customer_reminded", 1).has_been_mailed("reminder").await;
    let end = Command::End { reason: EndReason::CustomerWithdrew, detail: None };
    world.apply(claim, end).await.unwrap();
    world.expect(claim).ended_because("customer_withdrew").has_status(Status::Ended).await;
    world.expect(claim).sees_no_usage_data().await;
    let mut unknown = a_claim_on("yammer");
    unknown.customer.domain = "unknown.example".to_owned();
    let unknown = world.submit(unknown).await;
    world.expect(unknown).action_required_for("customer.domain").await;
    world.expect(unknown).action_required_for("domain_unknown").await;
    let mut greylisted = a_claim_on("intune");
    greylisted.customer.contact.email = "greylisted@anadoluelektrik.com.tr".to_owned();
    let greylisted = world.submit(greylisted).await;
    world.expect(greylisted).validated().await;
}

#[tokio::test]
async fn what_waits_to_be_validated_is_submitted() {
    let mut world = World::without_worker(FRIDAY, &[]).await;
    let claim = world.submit(a_claim()).await;
    world.expect(claim).submitted().has_events(["claim_submitted"]).mails_to(MERT, 0).await;
    world.start_worker();
    world.settle().await;
    world.expect(claim).notified().await;
}

#[tokio::test]
async fn what_is_not_so_is_told_in_words() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let notified = "notified, window until 2026-11-27 21:00:00 UTC, Sat 28 Nov 00:00 in Europe/";
    check(world.expect(claim).submitted(), "submitted", notified).await;
    check(world.expect(claim).associated_at(END), "associated since 2026-11-27 21:00", notified)
        .await;
    let late = "2026-11-27T21:00:00.001Z";
    check(world.expect(claim).notified_until(late), "a window until 2026-11-27 21:00:00.001", "n")
        .await;
    check(world.expect(claim).rejected_at(FRIDAY), "rejected, received at 2026", notified).await;
    check(world.expect(claim).ended_because("superseded"), "ended: superseded", notified).await;
    check(world.expect(claim).disqualified_for("duplicate"), "code or field duplicate", notified)
        .await;
    check(world.expect(claim).has_findings(["a", "b"]), "findings [a, b]", notified).await;
    let events = "events [claim_submitted, claim_validated, notice_sending, customer_notified]";
    let reversed = ["claim_validated", "claim_submitted"];
    check(world.expect(claim).has_events(reversed), "[claim_validated, claim_sub", events).await;
    let prefix = ["claim_submitted", "claim_validated"];
    check(world.expect(claim).has_events(prefix), "[claim_submitted, claim_valid", events).await;
    check(world.expect(claim).has_event("claim_rejected"), "claim_rejected at least", events).await;
    check(world.expect(claim).has_no_event("claim_validated"), "validated never", events).await;
    let mails = format!("mails [notice -> {MERT}]");
    check(world.expect(claim).has_been_mailed("reminder"), "mail reminder at least", &mails).await;
    check(world.expect(claim).has_not_been_mailed("notice"), "mail notice never", &mails).await;
    check(world.expect(claim).mails_to(MERT, 2), "2 times", &mails).await;
    let waits = "workload:teams is not open: ";
    check(world.expect(claim).sees_usage_data(), "is open by this claim", waits).await;
    world.travel_to(END).await;
    let open = "workload:teams is open since 2026-11-27 21:00:00 UTC";
    check(world.expect(claim).sees_no_usage_data(), "open to the partner", open).await;
    // What the partner sees because of one claim it does not see because of another.
    let twice = world.submit(a_claim()).await;
    check(world.expect(twice).sees_usage_data(), "is open by this claim", open).await;
    let disqualified = "disqualified: items[0] duplicate";
    check(world.expect(twice).has_findings([]), "findings []", disqualified).await;
}

#[tokio::test]
async fn each_unmet_expectation_is_told_with_its_place_in_the_test() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let line = line!();
    let expectation = world
        .expect(claim)
        .rejected()
        .notified()
        .has_been_mailed("notice")
        .has_been_mailed("receipt")
        .has_no_event("claim_rejected");
    let text = failure(expectation).await;
    let name = format!("claim \"Teams rollout\" {claim} is not as expected");
    let (first, second) = (line + 3, line + 6);
    let places = [format!("{}:{first}:", file!()), format!("{}:{second}:", file!())];
    assert_in_order(&text, &[&name, &places[0], "rejected", &places[1], "receipt", "The timeline"]);
    assert_eq!(text.matches("    expected  ").count(), 2, "{text}");
}

#[tokio::test]
async fn a_claim_that_does_not_exist_is_told_from_one_that_is_not_as_expected() {
    let world = World::starting(FRIDAY).await;
    world.submit(a_claim()).await;
    let nobody = ClaimId::parse("01993c2a-7e00-7001-8000-00000000002a").unwrap();
    let text = failure(world.expect(nobody)).await;
    let there = format!("{}:{}:", file!(), line!() - 1);
    let none = format!("there is no claim {nobody} in this world");
    assert_in_order(&text, &[&there, &none, "The timeline", "claim_submitted"]);
    // A partition that the world does not have.
    let nowhere = ClaimId::parse("01993c2a-7e00-7fff-8000-00000000002a").unwrap();
    let text = failure(world.expect(nowhere).notified()).await;
    assert_in_order(&text, &["there is no claim", "The timeline", "claim_submitted"]);
}

#[tokio::test]
async fn what_can_never_be_is_no_expectation() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let check = async |expect: fn(Expectation<'_>) -> Expectation<'_>, expected: &str| {
        let text = panic_of(async { expect(world.expect(claim)) }).await;
        assert!(text.contains(expected), "`{expected}` is not in: {text}");
    };
    check(|e| e.associated_at("tomorrow"), "`tomorrow` is not an instant").await;
    check(|e| e.has_no_event("claim_finalized"), "`claim_finalized` is not an event").await;
    check(|e| e.has_not_been_mailed("invoice"), "the kinds are notice, reminder").await;
    check(|e| e.ended_because("boredom"), "unknown variant `boredom`").await;
    world.travel_for(TimeDelta::zero()).await;
}
