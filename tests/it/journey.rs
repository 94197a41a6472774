//! A claim's whole life.

use cpor::claim::Status;
use cpor::testkit::{World, a_claim};

#[tokio::test]
async fn silence_makes_the_association_official() {
    let world = World::starting("2026-11-20T15:00:00Z").await; // A Friday.
    let claim = world.submit(a_claim()).await;
    assert_eq!(world.status(claim).await, Status::Notified);
    world.travel_to("2026-11-27T20:59:59.999Z").await;
    assert_eq!(world.status(claim).await, Status::Notified);
    world.travel_to("2026-11-27T21:00:00Z").await; // Midnight in Istanbul.
    assert_eq!(world.status(claim).await, Status::Associated);
    assert_eq!(
        world.events(claim).await,
        [
            "claim_submitted",
            "claim_validated",
            "notice_sending",
            "customer_notified",
            "customer_reminded",
            "association_finalized",
            "partner_notified"
        ]
    );
}
