//! Pausing, resuming, concurrency, and the log of who did what.

use std::sync::Arc;

use cpor::alarms::{AlarmCode, Severity};
use cpor::claim::Status;
use cpor::claim::identity::{Comment, Line};
use cpor::operations::{Action, Working, drop_dead, pause, resume, retry_dead, set_concurrency};
use cpor::testkit::{World, a_claim};
use cpor_jobs::{Item, Job};

use super::{FRIDAY, alarm, alarms, until, until_gone};

fn by() -> Line {
    Line::parse("ayse").unwrap()
}

fn why() -> Comment {
    Comment::parse("the relay is being moved").unwrap()
}

async fn pause_job(world: &World, job: Job) {
    let (store, real) = (world.ledger().store(), world.ledger().clock().real());
    pause(store, job, &why(), &by(), real).await.unwrap();
}

async fn resume_job(world: &World, job: Job) {
    let (store, real) = (world.ledger().store(), world.ledger().clock().real());
    assert!(resume(store, job, &by(), real).await.unwrap());
}

/// What the one process says that it does with this job.
async fn working(world: &World, job: Job) -> Option<Working> {
    let ledger = world.ledger();
    let processes = ledger.store().processes(ledger.clock().real()).await.unwrap();
    processes.last()?.working.iter().find(|working| working.job == job).copied()
}

async fn until_working(world: &World, what: &str, is: impl Fn(Working) -> bool) {
    until(what, async || working(world, Job::NotifyCustomer).await.filter(|w| is(*w))).await;
}

#[tokio::test]
async fn a_paused_job_waits_through_restarts_until_it_is_resumed() {
    let mut world = World::starting(FRIDAY).await;
    pause_job(&world, Job::NotifyCustomer).await;
    until_working(&world, "the pause is followed", |working| working.paused).await;
    let id = world.submit(a_claim()).await;
    assert_eq!(world.status(id).await, Status::Validated);
    let found = alarm(&world, AlarmCode::QueuePaused).await;
    assert_eq!(
        (found.severity, found.about.as_deref()),
        (Severity::Warning, Some("notify_customer"))
    );
    assert!(found.says.contains("by ayse: the relay is being moved. 1 entry is due"), "{found:?}");
    assert_eq!(found.command.as_deref(), Some("cpor queues resume notify_customer"));
    world.stop_worker().await;
    world.start_worker();
    until_working(&world, "a new process follows the pause", |working| working.paused).await;
    world.settle().await;
    assert_eq!(world.status(id).await, Status::Validated, "a restart is no resume");
    assert!(world.mails().is_empty());
    resume_job(&world, Job::NotifyCustomer).await;
    until_gone(&world, AlarmCode::QueuePaused).await;
    world.settle().await;
    assert_eq!(world.status(id).await, Status::Notified);
    world.travel_to("2026-12-01T00:00:00Z").await;
}

#[tokio::test]
async fn the_intake_can_be_paused() {
    let world = World::starting(FRIDAY).await;
    pause_job(&world, Job::SubmitClaim).await;
    until("the pause is followed", async || {
        working(&world, Job::SubmitClaim).await.filter(|working| working.paused)
    })
    .await;
    world.intake([a_claim().to_json().unwrap()]).await;
    assert_eq!(world.claims().await.len(), 0);
    resume_job(&world, Job::SubmitClaim).await;
    world.settle().await;
    assert_eq!(world.statuses().await, [Status::Notified]);
    world.travel_to("2026-12-01T00:00:00Z").await;
}

#[tokio::test]
async fn time_goes_on_while_a_job_is_paused() {
    let world = World::starting(FRIDAY).await;
    let id = world.submit(a_claim()).await;
    pause_job(&world, Job::FinalizeAssociation).await;
    world.travel_to("2026-12-01T00:00:00Z").await;
    assert_eq!(world.status(id).await, Status::Notified, "its window has ended");
    alarm(&world, AlarmCode::WindowsOverdue).await;
    resume_job(&world, Job::FinalizeAssociation).await;
    world.settle().await;
    assert_eq!(world.status(id).await, Status::Associated);
}

const WORKLOADS: [&str; 6] =
    ["exchange", "sharepoint", "teams", "teams_meetings", "teams_phone", "yammer"];

#[tokio::test]
async fn no_more_handlers_run_than_operators_allow() {
    let mut world = World::without_worker(FRIDAY, &[]).await;
    let (store, real) = (world.ledger().store().clone(), world.ledger().clock().real());
    let job = Job::NotifyCustomer;
    set_concurrency(&store, job, Some(1), &by(), real).await.unwrap().unwrap();
    for workload in WORKLOADS {
        let mut claim = a_claim();
        claim.items = vec![Item::workload(workload)];
        world.submit(claim).await;
    }
    world.start_worker();
    until_working(&world, "one at once", |working| working.concurrency == 1).await;
    world.settle().await;
    assert_eq!(world.statuses().await, [Status::Notified; WORKLOADS.len()]);
    for number in [0, 257] {
        let refused = set_concurrency(&store, job, Some(number), &by(), real).await.unwrap();
        assert!(refused.unwrap_err().to_string().contains("from 1 to 256"));
    }
    set_concurrency(&store, job, Some(200), &by(), real).await.unwrap().unwrap();
    until_working(&world, "200 at once", |working| working.concurrency == 200).await;
    set_concurrency(&store, job, None, &by(), real).await.unwrap().unwrap();
    let configured = world.settings().workers[&job].concurrency;
    until_working(&world, "as configured", |working| working.concurrency == configured).await;
    world.travel_to("2026-12-01T00:00:00Z").await;
}

#[tokio::test]
async fn what_operators_did_is_on_record_the_newest_first() {
    let world = World::starting(FRIDAY).await;
    let (ledger, store) = (world.ledger(), world.ledger().store());
    pause_job(&world, Job::RemindCustomer).await;
    resume_job(&world, Job::RemindCustomer).await;
    assert!(!resume(store, Job::RemindCustomer, &by(), ledger.clock().real()).await.unwrap());
    world.intake(["rubbish"]).await;
    let dead = world.dead_letters().await.remove(0);
    assert!(retry_dead(ledger, &dead, None, &by()).await.unwrap());
    world.settle().await;
    let again = world.dead_letters().await.remove(0);
    assert!(drop_dead(ledger, &again, Some(&why()), &by()).await.unwrap());
    assert!(!drop_dead(ledger, &again, Some(&why()), &by()).await.unwrap());
    let log = store.operations(100).await.unwrap();
    let actions: Vec<Action> = log.iter().map(|line| line.action).collect();
    use Action::{DeadDropped, DeadRetried, QueuePaused, QueueResumed};
    assert_eq!(actions, [DeadDropped, DeadRetried, QueueResumed, QueuePaused]);
    assert!(log.iter().all(|line| line.actor == "ayse"));
    assert_eq!(log[0].subject, format!("submit_claim {}", again.entry));
    assert_eq!(log[3].reason.as_deref(), Some("the relay is being moved"));
    assert_eq!(store.operations(2).await.unwrap().len(), 2);
    assert_eq!(alarms(&world).await, []);
}

#[tokio::test]
async fn what_came_into_each_status_is_counted_by_the_minute() {
    let world = World::starting(FRIDAY).await;
    let id = world.submit(a_claim()).await;
    world.reject(id).await.unwrap();
    let (ledger, store) = (world.ledger(), Arc::new(world.ledger().store().clone()));
    let rates = until("the rates are handed in", async || {
        let rates = store.rates(ledger.clock().real()).await.unwrap();
        (rates[&Status::Rejected].last_60_minutes > 0).then_some(rates)
    })
    .await;
    for status in [Status::Submitted, Status::Validated, Status::Notified, Status::Rejected] {
        let rate = rates[&status];
        assert_eq!((rate.last_5_minutes, rate.last_60_minutes), (1, 1), "{status}");
    }
    assert_eq!(rates[&Status::Associated].last_60_minutes, 0);
    let real = ledger.clock().real();
    let overview = store.overview(ledger.clock().now().await.unwrap(), real).await.unwrap();
    let rejected = overview.statuses.iter().find(|count| count.status == Status::Rejected).unwrap();
    assert_eq!((rejected.claims, rejected.oldest), (1, Some(id)));
    assert_eq!(rejected.oldest_submitted_at, Some(FRIDAY.parse().unwrap()));
    assert_eq!(rejected.entered.last_5_minutes, 1);
}
