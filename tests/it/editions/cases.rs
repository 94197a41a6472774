//! Every row of `tests/calendar/reload_cases.jsonl` through the whole system, in three ways.

use chrono::{DateTime, NaiveDate, Utc};
use cpor::access::{ApiKeys, Authority, NewApiKey};
use cpor::claim::identity::Line;
use cpor::editions::Scope;
use cpor::testkit::a_claim;
use futures_util::stream::{self, StreamExt as _};
use serde::Deserialize;
use serde_json::json;

use super::Office;
use crate::cli::deployment::Deployment;

const ROWS: &str = include_str!("../../calendar/reload_cases.jsonl");
/// Rows that are played at once.
const AT_ONCE: usize = 6;

#[derive(Deserialize)]
struct Row {
    id: String,
    calendar: String,
    zone: String,
    notified_at: DateTime<Utc>,
    business_days: u32,
    calendar_version_after: String,
    change: Vec<Change>,
    activated_at: DateTime<Utc>,
    deadline_before: DateTime<Utc>,
    deadline_after: DateTime<Utc>,
    moved: bool,
}

#[derive(Deserialize)]
struct Change {
    date: NaiveDate,
    kind: Option<String>,
    name: Option<String>,
}

/// How the operator reloads.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Library,
    Api,
    Cli,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_moves_the_window_as_recorded() {
    play_all(Way::Library).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_moves_the_window_as_recorded_by_the_api() {
    play_all(Way::Api).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_moves_the_window_as_recorded_by_the_command_line() {
    play_all(Way::Cli).await;
}

async fn play_all(way: Way) {
    let rows = ROWS.lines().map(|line| serde_json::from_str::<Row>(line).unwrap());
    let played = stream::iter(rows).map(|row| async move { play(&row, way).await });
    assert_eq!(played.buffer_unordered(AT_ONCE).count().await, 60);
}

async fn play(row: &Row, way: Way) {
    let days = row.business_days.to_string();
    let settings = [("window.business_days", days.as_str())];
    let office = Office::configured(&row.notified_at.to_rfc3339(), &settings).await;
    let world = &office.world;
    let mut submission = a_claim();
    let country = row.calendar.split('-').next().unwrap();
    country.clone_into(&mut submission.customer.country);
    submission.customer.subdivision = row.calendar.contains('-').then(|| row.calendar.clone());
    submission.customer.time_zone = Some(row.zone.clone());
    let claim = world.submit(submission).await;
    let id = &row.id;
    assert_eq!(world.closes_at(claim).await, row.deadline_before, "{id} before");
    world.travel_to(&row.activated_at.to_rfc3339()).await;
    office.write(&row.calendar, &file(&row.change));
    let preview = office.preview().await;
    assert_eq!(preview.windows.would_move, u64::from(row.moved), "{id} {preview:#?}");
    let version = preview.changes[0].version_after.as_deref();
    assert_eq!(version, Some(row.calendar_version_after.as_str()), "{id}");
    assert_eq!(world.closes_at(claim).await, row.deadline_before, "{id} previewed");
    match way {
        Way::Library => drop(office.reload(Scope::OpenWindows).await),
        Way::Api => by_api(&office, &preview.digest).await,
        Way::Cli => by_cli(&office, &days, &preview.digest, u64::from(row.moved)),
    }
    world.settle().await;
    assert_eq!(world.closes_at(claim).await, row.deadline_after, "{id} after");
    let moved = world.events(claim).await.contains(&"window_extended");
    assert_eq!(moved, row.moved, "{id}");
    assert_eq!(office.preview().await.windows.would_move, 0, "{id} is in line");
}

fn file(change: &[Change]) -> String {
    let rows = change.iter().map(|one| {
        let kind = one.kind.as_deref().unwrap_or("none");
        let name = one.name.as_ref().filter(|_| one.kind.is_some());
        let name = name.map(|name| format!(", name = {name:?}")).unwrap_or_default();
        format!("{{ date = \"{}\", kind = \"{kind}\"{name} }},\n", one.date)
    });
    format!("days = [\n{}]\n", rows.collect::<String>())
}

async fn by_api(office: &Office, digest: &str) {
    let http = office.world.serve().await;
    let keys = ApiKeys::new(office.world.ledger().store().clone());
    let label = Line::parse("a test").unwrap();
    let new = NewApiKey { authority: Authority::Operator, label, expires_at: None };
    let key = keys.create(&new, office.world.ledger().clock().real()).await.unwrap().key.reveal();
    let previewed = http.post_json("/v1/calendars/preview", &key, "{}").await;
    assert_eq!(previewed.json()["digest"], digest);
    let body = json!({ "digest": digest, "reason": "Declared late", "scope": "open_windows" });
    let answer = http.post_json("/v1/calendars/reload", &key, body.to_string()).await;
    assert_eq!(answer.status.as_u16(), 202, "{}", answer.text());
    office.world.settle().await;
    let history = http.get_as(&key, "/v1/calendars/history").await.json();
    assert_eq!(history["entries"][0]["sweep"]["done"], true, "{history}");
    assert_eq!(history["entries"][0]["number"], 2, "{history}");
}

fn by_cli(office: &Office, days: &str, digest: &str, moved: u64) {
    let deployment = deployment_of(office, days);
    let ran = tokio::task::block_in_place(|| {
        let args = ["calendar", "reload", "--reason", "Declared late", "--open-windows", "--json"];
        deployment.run(&[&args[..], &["--author", "ayse", "--digest", digest]].concat())
    });
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.object()["edition"], 2, "{ran:?}");
    assert!(ran.object()["moved"].as_u64().unwrap() <= moved, "{ran:?}");
}

/// The program, on the namespace and the files of the world.
pub fn deployment_of(office: &Office, days: &str) -> Deployment {
    let (url, namespace) = (office.world.redis_url(), office.world.namespace());
    let folder = office.folder.path().display();
    Deployment::private(&format!(
        "[redis]\nurl = \"{url}\"\nnamespace = \"{namespace}\"\npartitions = 2\n[clock]\n\
         mode = \"virtual\"\n[calendars]\noverrides_directory = \"{folder}\"\n[window]\n\
         business_days = {days}\n"
    ))
}
