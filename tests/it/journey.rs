//! A claim's whole life.

use cpor::testkit::{World, a_claim};

/// The Friday on which the journey begins.
pub const FRIDAY: &str = "2026-11-20T15:00:00Z";

#[tokio::test]
async fn silence_makes_the_association_official() {
    a_silent_journey(&World::starting(FRIDAY).await).await;
}

/// From the submission to the association, wherever the world is.
pub async fn a_silent_journey(world: &World) {
    let claim = world.submit(a_claim()).await;
    world.expect(claim).notified_until("2026-11-27T21:00:00Z").sees_no_usage_data().await;
    world.travel_to("2026-11-27T20:59:59.999Z").await;
    world.expect(claim).notified().sees_no_usage_data().await;
    world.travel_to("2026-11-27T21:00:00Z").await; // Midnight in Istanbul.
    world
        .expect(claim)
        .associated_at("2026-11-27T21:00:00Z")
        .sees_usage_data()
        .has_events([
            "claim_submitted",
            "claim_validated",
            "notice_sending",
            "customer_notified",
            "customer_reminded",
            "association_finalized",
            "partner_notified",
        ])
        .await;
}
