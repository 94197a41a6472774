//! Whose time it is, and who may move it.

use cpor::app::{App, AppError};
use cpor::claim::Status;
use cpor::clock::TravelError;
use cpor::settings::Settings;
use cpor::store::StoreError;
use cpor::testkit::{World, a_claim};
use cpor::travel::{JourneyError, travel};

use super::{END, FRIDAY, at};

#[tokio::test]
async fn two_worlds_travel_separately() {
    let (one, two) = (World::starting(FRIDAY).await, World::starting(FRIDAY).await);
    let (first, second) = (one.submit(a_claim()).await, two.submit(a_claim()).await);
    one.travel_to(END).await;
    assert_eq!(one.status(first).await, Status::Associated);
    assert_eq!(two.status(second).await, Status::Notified);
    assert_eq!(two.now().await, at(FRIDAY));
}

#[tokio::test]
async fn time_cannot_go_back() {
    let world = World::starting(FRIDAY).await;
    let past = at("2026-11-20T14:59:59.999Z");
    let refused = travel(world.ledger(), past).await.unwrap_err();
    assert!(matches!(refused, JourneyError::Travel(TravelError::Backwards { .. })), "{refused}");
    let refused = world.ledger().clock().traveller().unwrap().set(past).await.unwrap_err();
    assert!(matches!(refused, TravelError::Backwards { .. }), "{refused}");
    assert_eq!(world.now().await, at(FRIDAY));
}

#[tokio::test]
async fn a_namespace_on_the_system_clock_refuses_to_travel() {
    let world = World::configured(FRIDAY, &[("clock.mode", "system")]).await;
    let to = world.now().await + chrono::TimeDelta::hours(1);
    let refused = travel(world.ledger(), to).await.unwrap_err();
    assert!(matches!(refused, JourneyError::Travel(TravelError::SystemClock(_))), "{refused}");
    assert!(refused.to_string().contains(world.namespace()), "{refused}");
}

#[tokio::test]
async fn travelling_without_a_worker_says_so() {
    let mut world = World::without_worker(FRIDAY, &[]).await;
    let claim = world.submit(a_claim()).await;
    let refused = travel(world.ledger(), at(END)).await.unwrap_err();
    assert!(matches!(refused, JourneyError::NoWorker(_)), "{refused}");
    world.start_worker();
    world.travel_to(END).await;
    assert_eq!(world.status(claim).await, Status::Associated);
}

#[tokio::test]
async fn a_namespace_keeps_the_clock_and_the_partitions_it_was_created_with() {
    let world = World::starting(FRIDAY).await;
    let check = async |key: &str, value: &str, expected: &str| {
        let settings = Settings::built_in(&[
            ("redis.url", world.redis_url()),
            ("redis.namespace", world.namespace()),
            ("redis.partitions", if key == "redis.partitions" { value } else { "2" }),
            ("clock.mode", if key == "clock.mode" { value } else { "virtual" }),
        ]);
        let refused = App::open(settings.unwrap()).await.unwrap_err();
        assert!(matches!(refused, AppError::Store(StoreError::Unfit(_))), "{refused}");
        assert!(refused.to_string().contains(expected), "{refused}");
    };
    check("clock.mode", "system", "created with clock = virtual").await;
    check("redis.partitions", "3", "created with partitions = 2").await;
    assert_eq!(world.now().await, at(FRIDAY));
}

#[tokio::test]
async fn a_second_process_finds_the_same_time() {
    let world = World::starting(FRIDAY).await;
    world.travel_to("2026-11-23T08:00:00Z").await;
    let settings = Settings::built_in(&[
        ("redis.url", world.redis_url()),
        ("redis.namespace", world.namespace()),
        ("redis.partitions", "2"),
        ("clock.mode", "virtual"),
        ("clock.starts_at", "2030-01-01T00:00:00Z"),
    ]);
    let other = App::open(settings.unwrap()).await.unwrap();
    assert_eq!(other.ledger.clock().now().await.unwrap(), at("2026-11-23T08:00:00Z"));
}
