//! Processes that say that they are there, and those that are missed.

use cpor::alarms::{AlarmCode, Severity};
use cpor::operations::{Process, ProcessKind};
use cpor::testkit::{World, a_claim};
use cpor_jobs::Job;

use super::{FRIDAY, Mortal, alarm, alarms, is_on_the_overview, until};

async fn processes(world: &World) -> Vec<Process> {
    let ledger = world.ledger();
    ledger.store().processes(ledger.clock().real()).await.unwrap()
}

#[tokio::test]
async fn a_process_says_who_it_is_and_what_it_works_and_when_it_stops() {
    let mut world = World::starting(FRIDAY).await;
    let process = until("a process", async || processes(&world).await.pop()).await;
    assert_eq!(process.kind, ProcessKind::Work);
    assert_eq!(process.pid, std::process::id());
    assert_eq!(process.version, env!("CARGO_PKG_VERSION"));
    assert!(!process.host.is_empty() && process.name.starts_with(&process.pid.to_string()));
    let jobs: Vec<Job> = process.working.iter().map(|working| working.job).collect();
    assert_eq!(jobs, Job::ALL);
    assert!(process.clock_ahead_ms.abs() < 5_000, "{process:?}");
    assert_eq!(
        process.mail.unwrap().server,
        format!("127.0.0.1:{}", world.settings().mail.smtp.port)
    );
    let later = until("another beat", async || {
        processes(&world).await.pop().filter(|again| again.seen_at > process.seen_at)
    });
    assert_eq!(later.await.name, process.name);
    world.stop_worker().await;
    assert_eq!(processes(&world).await, []);
}

#[tokio::test]
async fn a_worker_that_is_killed_is_missed_and_one_that_takes_over_is_not() {
    let mut world = World::without_worker(FRIDAY, &[]).await;
    let mut mortal = Mortal::start(&world, Job::ALL.to_vec());
    let name = until("a process", async || processes(&world).await.pop()).await.name;
    assert_eq!(alarms(&world).await, []);
    mortal.kill();
    let found = alarm(&world, AlarmCode::ProcessSilent).await;
    assert_eq!(found.severity, Severity::Critical);
    assert!(found.says.contains(&name) && found.says.contains("pid"), "{found:?}");
    assert_eq!(found.command.as_deref(), Some("cpor work"));
    is_on_the_overview(&world, &found).await;
    alarm(&world, AlarmCode::NoProcess).await;
    world.start_worker();
    world.submit(a_claim()).await;
    let codes: Vec<AlarmCode> = alarms(&world).await.iter().map(|alarm| alarm.code).collect();
    assert_eq!(codes, [AlarmCode::ProcessSilent], "the killed one is still to be looked at");
    world.travel_to("2026-12-01T00:00:00Z").await;
}

#[tokio::test]
async fn a_job_that_nobody_works_is_an_alarm_once_something_is_due() {
    let mut world = World::without_worker(FRIDAY, &[]).await;
    let _mortal = Mortal::start(&world, vec![Job::NotifyCustomer, Job::NotifyPartner]);
    until("a process", async || processes(&world).await.pop()).await;
    assert_eq!(alarms(&world).await, []);
    world.submit(a_claim()).await;
    let found = alarm(&world, AlarmCode::JobNotWorked).await;
    assert_eq!(found.about.as_deref(), Some("validate_claim"));
    assert_eq!(found.command.as_deref(), Some("cpor work --only validate_claim"));
    world.start_worker();
    world.travel_to("2026-12-01T00:00:00Z").await;
}
