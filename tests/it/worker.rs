//! The worker keeps going whatever is on its desks.

use std::time::Duration;

use cpor::claim::Status;
use cpor::testkit::{World, a_claim};
use cpor_jobs::Item;

/// A taker that forgot about a full desk would rest for five seconds between handfuls.
const SOON: Duration = Duration::from_secs(4);

#[tokio::test]
async fn a_small_desk_is_filled_again_as_soon_as_it_has_room() {
    let one_at_a_time = [("workers.notify_customer.concurrency", "1")];
    let mut world = World::without_worker("2026-11-20T15:00:00Z", &one_at_a_time).await;
    let workloads = [
        "exchange",
        "sharepoint",
        "teams",
        "teams_meetings",
        "teams_phone",
        "yammer",
        "viva_insights",
        "viva_topics",
        "viva_learning",
        "viva_connections",
        "intune",
    ];
    for workload in workloads {
        let mut claim = a_claim();
        claim.items = vec![Item::workload(workload)];
        world.submit(claim).await;
    }
    world.start_worker();
    let settled = tokio::time::timeout(SOON, world.settle()).await;
    assert!(settled.is_ok(), "{:?} after {SOON:?}", world.statuses().await);
    assert_eq!(world.statuses().await, [Status::Notified; 11]);
}
