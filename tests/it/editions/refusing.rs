//! What is not put in force, and changes nothing.

use cpor::claim::Status;
use cpor::editions::{PublishError, Scope};
use cpor::testkit::a_claim;

use super::cases::deployment_of;
use super::{FRIDAY, Office, WEDNESDAY, at, publication};

#[tokio::test]
async fn of_two_reloads_at_once_one_is_refused() {
    let office = Office::starting(FRIDAY).await;
    office.write("TR", WEDNESDAY);
    let editions = office.world.app().editions();
    let candidate = editions.candidate().unwrap();
    let preview = editions.preview(&candidate, 1).await.unwrap();
    let publish = || editions.publish(&candidate, &preview, publication(Scope::NewWindows));
    let (one, other) = tokio::join!(publish(), publish());
    let refused = match (one, other) {
        (Ok(_), Err(error)) | (Err(error), Ok(_)) => error,
        both => panic!("{both:?}"),
    };
    assert!(matches!(refused, PublishError::Overtaken), "{refused}");
    assert_eq!(office.world.app().editions().in_force().await.unwrap().record.number, 2);
}

#[tokio::test]
async fn files_that_were_changed_after_the_preview_are_refused() {
    let office = Office::starting(FRIDAY).await;
    office.write("TR", WEDNESDAY);
    let editions = office.world.app().editions();
    let preview = editions.preview(&editions.candidate().unwrap(), 1).await.unwrap();
    office.write("DE", WEDNESDAY);
    let now = editions.candidate().unwrap();
    let refused = editions.publish(&now, &preview, publication(Scope::NewWindows)).await;
    assert!(matches!(refused, Err(PublishError::FilesChanged { .. })), "{refused:?}");
    assert_eq!(editions.in_force().await.unwrap().record.number, 1);
}

#[tokio::test]
async fn a_wrong_file_changes_nothing_and_every_error_is_told() {
    let office = Office::starting(FRIDAY).await;
    let claim = office.notified().await;
    office.write("TR", "days = [{ date = \"2026-11-25\", kind = \"feast\", name = \"x\" }]");
    office.write("DE", "days = [{ date = \"2026-11-99\", kind = \"holiday\", name = \"x\" }]");
    let wrong = office.world.app().editions().candidate().unwrap_err();
    let said = wrong.0.join("\n");
    assert!(said.contains("TR.toml") && said.contains("DE.toml"), "{said}");
    office.world.app().editions().reload_on_signal().await;
    office.world.settle().await;
    assert_eq!(office.world.app().editions().in_force().await.unwrap().record.number, 1);
    assert_eq!(office.world.closes_at(claim).await, at("2026-11-27T21:00:00Z"));
}

#[tokio::test]
async fn a_signal_puts_files_in_force_for_new_windows() {
    let office = Office::starting(FRIDAY).await;
    let claim = office.notified().await;
    office.write("TR", WEDNESDAY);
    office.world.app().editions().reload_on_signal().await;
    office.world.settle().await;
    let record = office.world.app().editions().in_force().await.unwrap().record;
    assert_eq!((record.number, record.author.as_str()), (2, "signal"));
    assert_eq!(record.scope, Scope::NewWindows);
    assert_eq!(office.world.closes_at(claim).await, at("2026-11-27T21:00:00Z"));
}

/// The files of a whole set: two calendars and no more.
fn two_calendars(office: &Office, ids: [&str; 2]) {
    let calendars = &office.world.ledger().rules().window().calendars;
    for id in ids {
        let id = cpor::calendar::CalendarId::parse(id).unwrap();
        let text = calendars.get(&id).unwrap().to_toml();
        office.write(id.as_str(), &text);
    }
}

#[tokio::test]
async fn a_calendar_in_use_cannot_be_removed() {
    let office = Office::starting(FRIDAY).await;
    let claim = office.notified().await;
    two_calendars(&office, ["DE", "FR"]);
    let folder = office.folder.path().to_owned();
    let files = cpor::editions::CalendarFiles { directory: Some(folder.clone()), overrides: None };
    let editions = office.world.app().editions();
    let candidate = files.candidate().unwrap();
    let preview = editions.preview(&candidate, 1).await.unwrap();
    assert_eq!((preview.windows.cannot, preview.can_be_applied()), (1, false));
    let refused = editions.publish(&candidate, &preview, publication(Scope::NewWindows)).await;
    let Err(PublishError::InUse(_)) = &refused else { panic!("{refused:?}") };
    assert!(refused.unwrap_err().to_string().contains(&claim.to_string()));
    // Once nobody needs it, it can be.
    office.world.withdraw(claim).await.unwrap();
    let preview = editions.preview(&candidate, 1).await.unwrap();
    assert!(preview.can_be_applied(), "{preview:?}");
    editions.publish(&candidate, &preview, publication(Scope::NewWindows)).await.unwrap();
    office.world.settle().await;
    assert!(office.world.try_submit(&a_claim()).await.claim_id().is_err());
}

#[tokio::test]
async fn a_calendar_that_a_claim_will_need_cannot_be_removed() {
    let office = Office::starting(FRIDAY).await;
    let mut unknown = a_claim();
    unknown.customer.tenant_id = uuid::Uuid::from_u128(7);
    let claim = office.world.submit(unknown).await;
    assert_eq!(office.world.status(claim).await, Status::ActionRequired);
    two_calendars(&office, ["DE", "FR"]);
    let folder = office.folder.path().to_owned();
    let files = cpor::editions::CalendarFiles { directory: Some(folder), overrides: None };
    let editions = office.world.app().editions();
    let preview = editions.preview(&files.candidate().unwrap(), 1).await.unwrap();
    assert_eq!(preview.needed[0].claim_id, claim);
    assert!(!preview.can_be_applied());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_at_the_terminal_is_told_the_digest_and_nothing_changes() {
    let office = Office::starting(FRIDAY).await;
    office.notified().await;
    office.write("TR", WEDNESDAY);
    let deployment = deployment_of(&office, "5");
    let run = |args: &[&str]| tokio::task::block_in_place(|| deployment.run(args));
    let preview = run(&["calendar", "preview", "--json"]);
    assert_eq!(preview.code, 0, "{preview:?}");
    let digest = preview.object()["digest"].as_str().unwrap().to_owned();
    let asked = run(&["calendar", "reload", "--reason", "x", "--open-windows"]);
    assert_eq!(asked.code, 1, "{asked:?}");
    assert!(asked.stderr.contains(&digest), "{asked:?}");
    assert!(asked.stdout.contains("Declared late"), "{asked:?}");
    let wrong = run(&["calendar", "reload", "--reason", "x", "--digest", "0123456789abcdef"]);
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert!(wrong.stderr.contains("preview them again"), "{wrong:?}");
    let doctor = run(&["doctor"]);
    assert!(doctor.stdout.contains("differ from edition 1 in force"), "{doctor:?}");
    let done = run(&["calendar", "reload", "--reason", "x", "--yes", "--author", "ece"]);
    assert_eq!(done.code, 0, "{done:?}");
    let history = run(&["calendar", "history"]);
    assert!(history.stdout.contains("edition 2") && history.stdout.contains("ece"), "{history:?}");
}
