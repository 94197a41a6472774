//! Mail, poison, the intake, dead letters, windows and calendars.

use chrono::TimeDelta;
use cpor::alarms::{AlarmCode, Severity};
use cpor::claim::{ClaimId, Status};
use cpor::testkit::smtp::SmtpServer;
use cpor::testkit::{World, a_claim};
use cpor_jobs::Job;
use tempfile::TempDir;

use super::{FRIDAY, INTAKE_MAX, alarm, alarms, is_on_the_overview, until, until_gone};

#[tokio::test]
async fn a_mail_server_that_is_stopped_is_an_alarm_before_and_when_notices_wait_for_it() {
    let smtp = SmtpServer::start().await.unwrap();
    let server = format!("127.0.0.1:{}", smtp.port());
    let port = smtp.port().to_string();
    let world = World::configured(FRIDAY, &[("mail.smtp.port", &port)]).await;
    assert_eq!(alarms(&world).await, []);
    drop(smtp);
    let found = alarm(&world, AlarmCode::MailServerDown).await;
    assert_eq!(found.severity, Severity::Critical);
    let words = format!("The mail server {server} cannot be connected to since");
    assert!(found.says.starts_with(&words), "{found:?}");
    assert!(found.says.ends_with("; 0 notices wait."), "{found:?}");
    assert!(found.remedy.contains("mail.smtp"), "{found:?}");
    let id = world.submit(a_claim()).await;
    assert_eq!(world.status(id).await, Status::Validated);
    let found = alarm(&world, AlarmCode::MailServerDown).await;
    assert!(found.says.ends_with("; 1 notice waits."), "{found:?}");
    is_on_the_overview(&world, &found).await;
}

/// Takes the entry as a worker that dies with it.
async fn die_with(world: &World, id: ClaimId, token: &str) {
    let at = world.ledger().clock().instant().await.unwrap();
    let over = at.real - TimeDelta::milliseconds(1);
    let (store, jobs) = (world.ledger().store(), [(Job::ValidateClaim, 10)]);
    store.take(id.partition(), &jobs, token, over, at).await.unwrap();
}

#[tokio::test]
async fn a_poison_claim_is_an_alarm_that_names_it_and_the_retry() {
    let mut world = World::without_worker(FRIDAY, &[]).await;
    let id = world.submit(a_claim()).await;
    for token in ["first", "second", "third"] {
        die_with(&world, id, token).await;
    }
    world.start_worker();
    let found = alarm(&world, AlarmCode::PoisonEntry).await;
    is_on_the_overview(&world, &found).await;
    assert_eq!(found.severity, Severity::Critical);
    assert!(found.says.contains(&format!("validate_claim {id}")), "{found:?}");
    assert_eq!(found.command, Some(format!("cpor dead retry validate_claim {id}")));
    assert_eq!(found.link, "/ops/dead?job=validate_claim");
    world.drop_dead_letters().await;
    until_gone(&world, AlarmCode::PoisonEntry).await;
}

#[tokio::test]
async fn a_full_intake_is_an_alarm_with_its_figures() {
    let most = INTAKE_MAX.to_string();
    let mut world = World::without_worker(FRIDAY, &[("http.intake_length_max", &most)]).await;
    let rubbish = ["rubbish"; INTAKE_MAX];
    world.intake(&rubbish[..INTAKE_MAX - 2]).await;
    let found = alarm(&world, AlarmCode::IntakeFull).await;
    assert_eq!(found.severity, Severity::Warning);
    world.intake(&rubbish[..2]).await;
    let full = async || Some(alarm(&world, AlarmCode::IntakeFull).await);
    let found = until("the intake is full", async || {
        full().await.filter(|found| found.severity == Severity::Critical)
    })
    .await;
    assert!(found.says.contains("10 submissions wait and 10 may"), "{found:?}");
    is_on_the_overview(&world, &found).await;
    world.start_worker();
    world.settle().await;
    let found = alarm(&world, AlarmCode::DeadLetters).await;
    assert!(found.says.contains("submit_claim: 10 dead letters wait"), "{found:?}");
    assert_eq!(found.command.as_deref(), Some("cpor dead list --job submit_claim"));
    until_gone(&world, AlarmCode::IntakeFull).await;
    world.drop_dead_letters().await;
}

#[tokio::test]
async fn a_calendar_that_ends_soon_is_an_alarm() {
    let folder = TempDir::with_prefix("cpor-calendars-").unwrap();
    let text = "id = \"TR\"\nversion = \"TR@1\"\nsource = \"test\"\nvalid_from = \"2026-01-01\"\n\
                valid_to = \"2027-10-31\"\n\
                weekend = [{ from = \"2026-01-01\", days = [\"sat\", \"sun\"] }]\ndays = []\n";
    std::fs::write(folder.path().join("TR.toml"), text).unwrap();
    let path = folder.path().display().to_string();
    let world = World::configured(FRIDAY, &[("calendars.directory", path.as_str())]).await;
    world.submit(a_claim()).await;
    let found = alarm(&world, AlarmCode::CalendarEndsSoon).await;
    assert_eq!(found.about.as_deref(), Some("TR"));
    assert_eq!(found.command.as_deref(), Some("cpor calendar preview"));
    is_on_the_overview(&world, &found).await;
    world.travel_to("2026-12-01T00:00:00Z").await;
}

#[tokio::test]
async fn a_window_that_has_ended_without_its_outcome_is_an_alarm() {
    let mut world = World::starting(FRIDAY).await;
    let id = world.submit(a_claim()).await;
    let closes_at = world.closes_at(id).await;
    world.stop_worker().await;
    let traveller = world.ledger().clock().traveller().unwrap();
    traveller.set(closes_at + TimeDelta::minutes(11)).await.unwrap();
    let found = alarm(&world, AlarmCode::WindowsOverdue).await;
    assert!(found.says.starts_with("1 window has ended without its outcome"), "{found:?}");
    assert_eq!(found.since, Some(closes_at));
    world.start_worker();
    world.settle().await;
    assert_eq!(world.status(id).await, Status::Associated);
    until_gone(&world, AlarmCode::WindowsOverdue).await;
}
