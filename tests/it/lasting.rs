//! How associations end with their subscriptions, and how those of earlier programs come in.

mod earlier;
mod imported;

use cpor::claim::state::{EndReason, State};
use cpor::claim::{ClaimId, Status};
use cpor::testkit::{CUSTOMER_TENANT, SALES_SUBSCRIPTION, World, a_claim, a_dynamics_claim};

use crate::faults::violations;

const FRIDAY: &str = "2026-11-20T15:00:00Z";
const CUSTOMER: &str = "mert.kaya@anadoluelektrik.com.tr";
const PARTNER: &str = "ece.yildiz@partner.example";

/// A tenant whose one subscription is in this state, with this last day, if it has one.
fn write_directory(world: &World, product: &str, state: &str, ends_on: Option<&str>) {
    let ends_on = ends_on.map(|day| format!("ends_on = \"{day}\"\n")).unwrap_or_default();
    world.write_directory(&format!(
        "[[tenant]]\nid = \"{CUSTOMER_TENANT}\"\ndomains = [\"anadoluelektrik.com.tr\"]\n\n\
         [[tenant.subscription]]\nid = \"{SALES_SUBSCRIPTION}\"\nproduct = \"{product}\"\n\
         channel = \"web_direct\"\nstate = \"{state}\"\n{ends_on}"
    ));
}

/// An official association on a subscription with this last day.
async fn official(ends_on: Option<&str>) -> (World, ClaimId) {
    let world = World::starting(FRIDAY).await;
    write_directory(&world, "sales", "active", ends_on);
    let claim = world.submit(a_dynamics_claim()).await;
    world.travel_to("2026-11-30T00:00:00Z").await;
    assert_eq!(world.status(claim).await, Status::Associated);
    (world, claim)
}

/// How many mails so far have told somebody that the association ends.
fn warnings(world: &World, to: &str) -> usize {
    let said = |subject: &str| subject.contains("ends after") || subject.contains("sona eriyor");
    world.mails().iter().filter(|mail| mail.to == to && said(&mail.subject())).count()
}

async fn ended_because(world: &World, claim: ClaimId) -> Option<EndReason> {
    match &world.claim(claim).await.state {
        State::Ended { reason, .. } => Some(reason.clone()),
        _ => None,
    }
}

#[tokio::test]
async fn both_sides_are_warned_twice_and_the_association_ends_with_its_subscription() {
    let (world, claim) = official(Some("2027-01-31")).await;
    let told = |expected: usize| {
        assert_eq!((warnings(&world, CUSTOMER), warnings(&world, PARTNER)), (expected, expected));
    };
    world.travel_to("2026-12-31T23:59:59Z").await;
    told(0);
    world.travel_to("2027-01-02T00:00:00Z").await;
    told(1);
    let mail = world.latest_mail_to(PARTNER);
    assert!(mail.contains(&format!("/v1/claims/{claim}/renewal")), "{mail}");
    assert!(mail.contains(&format!("/partner/claims/{claim} ")), "{mail}");
    let mail = world.latest_mail_to(CUSTOMER);
    assert!(mail.contains("31 Ocak 2027") && mail.contains("/c/"), "{mail}");
    world.travel_to("2027-01-23T23:59:59Z").await;
    told(1);
    world.travel_to("2027-01-25T00:00:00Z").await;
    told(2);
    assert!(violations(&world).await.is_empty());
    world.travel_to("2027-01-31T23:59:59Z").await;
    assert_eq!(world.status(claim).await, Status::Associated, "the last day belongs to it");
    assert_eq!(world.grants(CUSTOMER_TENANT).await.len(), 1);
    world.travel_to("2027-02-01T00:00:00Z").await;
    assert_eq!(ended_because(&world, claim).await, Some(EndReason::SubscriptionEnded));
    assert!(world.grants(CUSTOMER_TENANT).await.is_empty());
    told(2);
    let warned =
        world.events(claim).await.iter().filter(|e| **e == "subscription_end_warned").count();
    assert_eq!(warned, 4);
    assert!(violations(&world).await.is_empty());
}

#[tokio::test]
async fn an_end_that_moves_is_warned_of_anew() {
    let (world, claim) = official(Some("2027-01-31")).await;
    world.travel_to("2027-01-10T00:00:00Z").await;
    assert_eq!(warnings(&world, PARTNER), 1);
    write_directory(&world, "sales", "active", Some("2028-01-31"));
    world.travel_to("2027-02-15T00:00:00Z").await;
    assert_eq!((world.status(claim).await, warnings(&world, PARTNER)), (Status::Associated, 1));
    // Somebody learns of an end that is close already, and is warned once.
    write_directory(&world, "sales", "active", Some("2027-02-20"));
    world.travel_to("2027-02-16T00:00:00Z").await;
    assert_eq!(warnings(&world, PARTNER), 2);
    world.travel_to("2027-02-20T23:00:00Z").await;
    assert_eq!((world.status(claim).await, warnings(&world, PARTNER)), (Status::Associated, 2));
}

#[tokio::test]
async fn what_is_over_for_the_directory_ends_within_a_day_and_what_it_does_not_know_goes_on() {
    let (world, claim) = official(None).await;
    write_directory(&world, "sales", "grace", None);
    world.travel_to("2026-12-02T00:00:00Z").await;
    assert_eq!(world.status(claim).await, Status::Associated, "grace can be used");
    // A slip in the file must not cost anybody an association.
    world.write_directory("");
    world.travel_to("2026-12-04T00:00:00Z").await;
    assert_eq!(world.status(claim).await, Status::Associated);
    write_directory(&world, "sales", "suspended", Some("2027-12-31"));
    world.travel_to("2026-12-05T00:00:00Z").await;
    assert_eq!(ended_because(&world, claim).await, Some(EndReason::SubscriptionEnded));
}

#[tokio::test]
async fn a_workload_has_no_subscription_to_look_for() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.travel_to("2027-06-01T00:00:00Z").await;
    assert_eq!(world.status(claim).await, Status::Associated);
    assert!(world.claim(claim).await.plan().is_empty());
}
