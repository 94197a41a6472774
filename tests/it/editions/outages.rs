//! Outages of the customer's page: every window that one touched gets the time back.

use cpor::calendar::Span;
use cpor::claim::Status;
use cpor::claim::identity::{Comment, Line};
use cpor::editions::{Outage, OutageRefused};
use cpor::testkit::a_dynamics_claim;

use super::{FRIDAY, Office, at};

async fn record(office: &Office, from: &str, to: &str) -> Result<Outage, OutageRefused> {
    let (author, reason) = (Line::parse("ops").unwrap(), Comment::parse("Data center").unwrap());
    let span = Span { from: at(from), to: at(to) };
    let outage = office.world.app().editions().record_outage(span, author, reason).await;
    office.world.settle().await;
    outage
}

#[tokio::test]
async fn an_outage_extends_the_windows_it_touched_and_no_others() {
    let office = Office::starting(FRIDAY).await;
    let claim = office.notified().await;
    office.world.travel_to("2026-11-25T15:00:00Z").await;
    let later = office.world.submit(a_dynamics_claim()).await;
    let closes_at = office.world.closes_at(later).await;
    record(&office, "2026-11-25T08:00:00Z", "2026-11-25T14:30:00Z").await.unwrap();
    assert_eq!(office.world.closes_at(claim).await, at("2026-11-30T21:00:00Z"));
    assert_eq!(office.world.closes_at(later).await, closes_at);
    let known = office.world.app().editions().outages().await.unwrap();
    assert_eq!(known.len(), 1);
    let sweep = known[0].1.as_ref().unwrap();
    assert_eq!((sweep.looked_at, sweep.moved, sweep.done), (2, 1, true));
    let again = record(&office, "2026-11-25T08:00:00Z", "2026-11-25T14:30:00Z").await;
    assert!(matches!(again, Err(OutageRefused::Known(1))), "{again:?}");
}

#[tokio::test]
async fn an_outage_that_cannot_have_been_is_refused() {
    let office = Office::starting(FRIDAY).await;
    let empty = record(&office, "2026-11-20T08:00:00Z", "2026-11-20T08:00:00Z").await;
    assert!(matches!(empty, Err(OutageRefused::Empty { .. })), "{empty:?}");
    let future = record(&office, "2026-11-20T08:00:00Z", "2026-11-20T15:00:00.001Z").await;
    assert!(matches!(future, Err(OutageRefused::NotOver { .. })), "{future:?}");
    let long = record(&office, "2026-10-20T14:59:59Z", "2026-11-20T15:00:00Z").await;
    assert!(matches!(long, Err(OutageRefused::TooLong)), "{long:?}");
    assert!(office.world.app().editions().outages().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_outage_opens_no_window_again() {
    let office = Office::starting(FRIDAY).await;
    let claim = office.notified().await;
    office.world.travel_to("2026-11-27T21:00:00Z").await;
    assert_eq!(office.world.status(claim).await, Status::Associated);
    record(&office, "2026-11-27T10:00:00Z", "2026-11-27T20:59:00Z").await.unwrap();
    assert_eq!(office.world.status(claim).await, Status::Associated);
    assert_eq!(office.world.closes_at(claim).await, at("2026-11-27T21:00:00Z"));
}
