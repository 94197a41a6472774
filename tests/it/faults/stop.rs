//! A worker that is told to stop finishes or gives back what it has.

use cpor::claim::Status;
use cpor::testkit::World;
use cpor_jobs::Job;

use super::{FRIDAY, claim_number, directory, violations};

const CLAIMS: u32 = 200;

#[tokio::test]
async fn a_stop_in_the_middle_leaves_nothing_running_and_loses_nothing() {
    let few = [("workers.notify_customer.concurrency", "8")];
    let mut world = World::without_worker(FRIDAY, &few).await;
    world.write_directory(&directory(CLAIMS));
    let raw = (0..CLAIMS).map(|number| claim_number(number).to_json().unwrap());
    world.intake(raw).await;
    let mut stops = 0;
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(1));
    while world.mails().len() < CLAIMS as usize {
        world.start_worker();
        let enough = (world.mails().len() + 30).min(CLAIMS as usize);
        while world.mails().len() < enough {
            ticks.tick().await;
        }
        world.stop_worker().await;
        stops += 1;
        let queues = world.ledger().store().queues(world.now().await).await.unwrap();
        let running: usize = queues.iter().map(|queue| queue.running).sum();
        assert_eq!(running, 0, "{queues:?}");
        assert!(violations(&world).await.is_empty());
    }
    assert!(stops > 1, "it was over before it could be stopped");
    world.start_worker();
    world.settle().await;
    assert_eq!(world.statuses().await, [Status::Notified; CLAIMS as usize]);
    assert_eq!(world.mails().len(), CLAIMS as usize, "whoever was notified was notified once");
    world.travel_to("2026-12-01T00:00:00Z").await;
    assert_eq!(world.statuses().await, [Status::Associated; CLAIMS as usize]);
    assert!(violations(&world).await.is_empty());
}

#[tokio::test]
async fn what_does_not_finish_in_time_is_given_back() {
    let at_once = [("agenda.shutdown_timeout_seconds", "0")];
    let mut world = World::without_worker(FRIDAY, &at_once).await;
    world.write_directory(&directory(1));
    let mut claim = claim_number(0);
    claim.customer.contact.email = "silent@customer-0.example".to_owned();
    let id = world.submit(claim).await;
    world.start_worker();
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(5));
    while world.smtp().attempts("silent@customer-0.example") == 0 {
        ticks.tick().await;
    }
    world.stop_worker().await;
    let queues = world.ledger().store().queues(world.now().await).await.unwrap();
    let notices = queues.iter().find(|queue| queue.job == Job::NotifyCustomer).unwrap();
    assert_eq!((notices.due, notices.running), (1, 0), "{notices:?}");
    assert!(violations(&world).await.is_empty());
    world.withdraw(id).await.unwrap();
    world.start_worker();
    world.finish().await;
}
