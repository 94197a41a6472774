//! What an edition does: to open windows, to new ones, to the customer, to other processes.

use cpor::app::App;
use cpor::claim::Status;
use cpor::editions::{HistoryRecord, Scope};
use cpor::ledger::Adjustment;
use cpor::testkit::a_dynamics_claim;

use super::{Comment, FRIDAY, Office, WEDNESDAY, at};

const CONTACT: &str = "mert.kaya@anadoluelektrik.com.tr";

#[tokio::test]
async fn an_edition_for_open_windows_moves_them_and_the_customer_is_told_once() {
    let office = Office::starting(FRIDAY).await;
    let claim = office.notified().await;
    office.write("TR", WEDNESDAY);
    let preview = office.preview().await;
    let one = &preview.windows.moves[0];
    assert_eq!((preview.windows.looked_at, preview.windows.would_move), (1, 1));
    assert_eq!((one.claim_id, one.to), (claim, at("2026-11-30T21:00:00Z")));
    assert_eq!(one.days[0].name.as_deref(), Some("Declared late"));
    assert_eq!(office.world.closes_at(claim).await, at("2026-11-27T21:00:00Z"));
    let mails = office.world.mails().len();
    office.reload(Scope::OpenWindows).await;
    assert_eq!(office.world.closes_at(claim).await, at("2026-11-30T21:00:00Z"));
    let corrections = office.world.mails().len() - mails;
    assert_eq!(corrections, 1);
    assert!(office.world.latest_mail_to(CONTACT).contains("Declared late"));
    let history = office.world.history(claim).await;
    assert!(history.iter().any(|one| one.event.name() == "window_extended" && one.actor == "ayse"));
    // The same once more moves nothing, and tells nobody.
    office.reload(Scope::OpenWindows).await;
    assert_eq!(office.world.mails().len() - mails, 1);
    office.world.travel_to("2026-11-30T21:00:00Z").await;
    assert_eq!(office.world.status(claim).await, Status::Associated);
}

#[tokio::test]
async fn an_edition_for_new_windows_leaves_open_ones_as_they_were_announced() {
    let office = Office::starting(FRIDAY).await;
    let claim = office.notified().await;
    office.write("TR", WEDNESDAY);
    office.reload(Scope::NewWindows).await;
    assert_eq!(office.world.closes_at(claim).await, at("2026-11-27T21:00:00Z"));
    let new = office.world.submit(a_dynamics_claim()).await;
    assert_eq!(office.world.closes_at(new).await, at("2026-11-30T21:00:00Z"));
    // Whoever thinks better of it reloads the same files for open windows.
    office.reload(Scope::OpenWindows).await;
    assert_eq!(office.world.closes_at(claim).await, at("2026-11-30T21:00:00Z"));
    let history = office.world.app().editions().history().await.unwrap();
    let numbers: Vec<_> = history
        .iter()
        .map(|entry| match &entry.record {
            HistoryRecord::Edition(record) => (record.number, record.author.as_str()),
            HistoryRecord::Outage(outage) => (outage.number, "outage"),
        })
        .collect();
    assert_eq!(numbers, [(3, "ayse"), (2, "ayse"), (1, "start")]);
    assert_eq!(history[0].sweep.as_ref().unwrap().moved, 1);
}

#[tokio::test]
async fn a_holiday_that_is_taken_back_makes_no_window_shorter() {
    let office = Office::starting(FRIDAY).await;
    office.write("TR", WEDNESDAY);
    office.reload(Scope::NewWindows).await;
    let claim = office.world.submit(a_dynamics_claim()).await;
    assert_eq!(office.world.closes_at(claim).await, at("2026-11-30T21:00:00Z"));
    office.write("TR", "days = []");
    let preview = office.preview().await;
    assert_eq!((preview.windows.would_move, preview.windows.would_stay), (0, 1));
    assert_eq!(preview.windows.stays[0].computed, at("2026-11-27T21:00:00Z"));
    office.reload(Scope::OpenWindows).await;
    assert_eq!(office.world.closes_at(claim).await, at("2026-11-30T21:00:00Z"));
}

#[tokio::test]
async fn a_paused_window_follows_too() {
    let office = Office::starting(FRIDAY).await;
    let claim = office.notified().await;
    let reason = Comment::parse("A court looks at it.").unwrap();
    office.world.adjust(claim, Adjustment::Pause { reason }).await.unwrap();
    office.write("TR", WEDNESDAY);
    assert_eq!(office.preview().await.windows.moves[0].claim_id, claim);
    office.reload(Scope::OpenWindows).await;
    assert_eq!(office.world.closes_at(claim).await, at("2026-11-30T21:00:00Z"));
    assert_eq!(office.world.status(claim).await, Status::Paused);
}

#[tokio::test]
async fn a_second_process_follows_and_starts_with_what_is_in_force() {
    let office = Office::starting(FRIDAY).await;
    let second = App::open(office.world.settings().clone()).await.unwrap();
    assert_eq!(second.ledger.rules().edition(), 1);
    office.write("TR", WEDNESDAY);
    office.reload(Scope::NewWindows).await;
    assert_eq!(second.editions().follow().await.unwrap(), 2);
    // A file that is edited and not reloaded is in force nowhere, also not in a new process.
    office.write("TR", "days = []");
    let third = App::open(office.world.settings().clone()).await.unwrap();
    assert_eq!(third.ledger.rules().edition(), 2);
    let differs = third.calendars_differ.unwrap();
    assert!(differs.contains("differ from edition 2"), "{differs}");
    let new = office.world.submit(a_dynamics_claim()).await;
    assert_eq!(office.world.closes_at(new).await, at("2026-11-30T21:00:00Z"));
}

#[tokio::test]
async fn a_window_of_older_time_zone_data_is_brought_in_line() {
    let office = Office::starting(FRIDAY).await;
    let claim = office.notified().await;
    // As a release wrote it whose zone data had Istanbul an hour further east.
    let store = office.world.ledger().store();
    let key = store.keys().claim(claim);
    let mut redis = office.world.redis().await;
    let snapshot: String =
        redis::cmd("HGET").arg(&key).arg("snapshot").query_async(&mut redis).await.unwrap();
    let mut snapshot: serde_json::Value = serde_json::from_str(&snapshot).unwrap();
    let deadline = &mut snapshot["state"]["window"]["deadline"];
    deadline["tzdb"] = "2016a".into();
    deadline["closes_at"] = "2026-11-27T20:00:00Z".into();
    let written: u64 = redis::cmd("HSET")
        .arg(&key)
        .arg("snapshot")
        .arg(snapshot.to_string())
        .query_async(&mut redis)
        .await
        .unwrap();
    assert_eq!(written, 0);
    let preview = office.preview().await;
    assert!(preview.same && preview.changes.is_empty());
    let one = &preview.windows.moves[0];
    assert_eq!(one.tzdb_before.as_deref(), Some("2016a"));
    assert!(one.days.is_empty());
    office.reload(Scope::OpenWindows).await;
    assert_eq!(office.world.closes_at(claim).await, at("2026-11-27T21:00:00Z"));
}

#[tokio::test]
async fn a_sweep_that_was_begun_by_a_process_that_died_is_finished_by_another() {
    let mut office = Office::starting(FRIDAY).await;
    let (one, other) = (office.notified().await, office.world.submit(a_dynamics_claim()).await);
    office.world.stop_worker().await;
    office.write("TR", WEDNESDAY);
    office.reload(Scope::OpenWindows).await;
    // Nobody works, so nothing has moved; a process took it up, and died with the lease.
    let store = office.world.ledger().store();
    let lease = std::time::Duration::from_millis(300);
    assert!(store.hold_sweeper("dead", lease).await.unwrap());
    assert_eq!(office.world.closes_at(one).await, at("2026-11-27T21:00:00Z"));
    office.world.start_worker();
    office.world.settle().await;
    for claim in [one, other] {
        assert_eq!(office.world.closes_at(claim).await, at("2026-11-30T21:00:00Z"));
    }
}
