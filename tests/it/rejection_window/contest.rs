//! One partner per item: duplicates, contests and their arbitration.

use cpor::claim::command::{Arbitration, Command};
use cpor::claim::state::State;
use cpor::claim::{ClaimId, Status};
use cpor::testkit::{CUSTOMER_TENANT, World, a_claim, a_claim_of};

use super::{END, FRIDAY, did, refused};

fn arbitrate(upheld: bool) -> Command {
    let reason = "The contract names this partner.".to_owned();
    Command::Arbitrate(Arbitration { upheld, reason, ..Arbitration::default() })
}

#[tokio::test]
async fn the_same_partner_twice_is_a_duplicate_that_names_the_other_claim() {
    let world = World::starting(FRIDAY).await;
    let first = world.submit(a_claim()).await;
    let second = world.submit(a_claim()).await;
    world.expect(second).disqualified_for("items[0]").has_findings(["duplicate"]).await;
    let State::Disqualified { findings } = world.claim(second).await.snapshot.state else {
        panic!("it is not disqualified");
    };
    assert_eq!(findings[0].field, "items[0]");
    assert!(findings[0].message.contains(&first.to_string()), "{}", findings[0].message);
    world.expect(first).notified().await;
}

async fn contested(world: &World) -> (ClaimId, ClaimId) {
    let holder = world.submit(a_claim_of("1234567")).await;
    let rival = world.submit(a_claim_of("7654321")).await;
    let State::Contested { holders, .. } = world.claim(rival).await.snapshot.state else {
        panic!("it is not contested");
    };
    let by: Vec<_> = holders.iter().map(|h| (h.claim_id, h.mpn_id.to_string())).collect();
    assert_eq!(by, [(holder, "1234567".to_owned())]);
    (holder, rival)
}

#[tokio::test]
async fn a_contest_decided_for_the_holder_refuses_the_rival() {
    let world = World::starting(FRIDAY).await;
    let (holder, rival) = contested(&world).await;
    assert_eq!(did(world.apply(rival, arbitrate(false)).await), ["claim_refused"]);
    world.expect(rival).has_findings(["arbitration_lost"]).await;
    world.travel_to(END).await;
    world.expect(holder).associated_at(END).sees_usage_data().await;
    world.expect(rival).sees_no_usage_data().await;
    assert_eq!(world.grants(CUSTOMER_TENANT).await, ["1234567 workload:teams"]);
}

#[tokio::test]
async fn a_contest_decided_for_the_rival_ends_a_claim_in_flight_when_its_time_to_answer_is_over() {
    let world = World::starting(FRIDAY).await;
    let (holder, rival) = contested(&world).await;
    let early = refused(world.apply(rival, arbitrate(true)).await);
    assert_eq!(early.code(), "answer_open");
    world.travel_to(END).await;
    assert_eq!(did(world.apply(rival, arbitrate(true)).await), ["contest_won", "claim_validated"]);
    world.expect(rival).notified().await;
    world.travel_to("2026-12-31T00:00:00Z").await;
    world.expect(rival).associated().sees_usage_data().await;
    world.expect(holder).ended_because("superseded").sees_no_usage_data().await;
    assert_eq!(world.grants(CUSTOMER_TENANT).await, ["7654321 workload:teams"]);
}

#[tokio::test]
async fn what_a_customer_has_rejected_another_partner_can_claim() {
    let world = World::starting(FRIDAY).await;
    let first = world.submit(a_claim_of("1234567")).await;
    world.reject(first).await.unwrap();
    let second = world.submit(a_claim_of("7654321")).await;
    world.expect(second).notified().await;
    // And so can the first partner again, but not both.
    let third = world.submit(a_claim_of("1234567")).await;
    world.expect(third).contested().await;
}

#[tokio::test]
async fn of_twenty_partners_that_claim_an_item_at_once_exactly_one_holds_it() {
    let world = World::starting(FRIDAY).await;
    let mpn_ids: Vec<String> = (1..=20).map(|n| format!("{}", 7_000_000 + n)).collect();
    let claims: Vec<String> = mpn_ids.iter().map(|id| a_claim_of(id).to_json().unwrap()).collect();
    world.intake(&claims).await;
    let mut statuses = world.statuses().await;
    statuses.sort_unstable();
    assert_eq!(statuses.len(), 20);
    let of = |status| statuses.iter().filter(|found| **found == status).count();
    assert_eq!((of(Status::Notified), of(Status::Contested)), (1, 19));
    world.travel_to(END).await;
    assert_eq!(world.grants(CUSTOMER_TENANT).await.len(), 1);
}
