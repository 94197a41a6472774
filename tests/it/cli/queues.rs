//! `cpor queues`: how they stand, pausing, resuming, and how many handlers run.

use super::deployment::Deployment;

#[tokio::test]
async fn a_queue_is_paused_slowed_down_and_resumed_and_the_doctor_tells() {
    let deployment = Deployment::new().await;
    let pause = ["queues", "pause", "notify_customer", "--actor", "ayse"];
    assert_eq!(deployment.run(&pause).code, 2, "without a reason");
    let with_reason = [&pause[..], &["--reason", "a test"]].concat();
    let paused = deployment.run(&with_reason);
    assert_eq!(paused.code, 0, "{paused:?}");
    assert!(paused.stdout.contains("by ayse: a test"), "{paused:?}");
    let slow = deployment.run(&["queues", "concurrency", "notify_customer", "2", "--json"]);
    let queues = slow.objects();
    let queue = queues.iter().find(|queue| queue["job"] == "notify_customer").unwrap();
    assert_eq!((&queue["concurrency"], &queue["paused"]["actor"]), (&2.into(), &"ayse".into()));
    let doctor = deployment.run(&["doctor"]);
    assert!(doctor.stdout.contains("notify_customer is paused since"), "{doctor:?}");
    assert!(doctor.stdout.contains("cpor queues resume notify_customer"), "{doctor:?}");
    assert_eq!(deployment.run(&["queues", "concurrency", "notify_customer", "0"]).code, 1);
    assert_eq!(deployment.run(&["queues", "concurrency", "notify_customer", "many"]).code, 2);
    assert_eq!(deployment.run(&["queues", "resume", "notify_customer"]).code, 0);
    assert_eq!(deployment.run(&["queues", "resume", "notify_customer"]).code, 1, "it goes on");
    assert_eq!(deployment.run(&["queues", "concurrency", "notify_customer", "default"]).code, 0);
}
