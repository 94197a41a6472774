//! The inbox: everything that concerns a partner's people, whoever is told of it by mail.

use cpor::calendar::Language;
use cpor::claim::identity::MpnId;
use cpor::notifications::{NotificationView, Read};
use cpor::testkit::{World, a_claim, a_claim_of, a_claim_on};

use super::*;

async fn read(world: &World, mpn_id: &str, read: &Read) -> (Vec<NotificationView>, bool) {
    let mpn_id = MpnId::parse(mpn_id).unwrap();
    let inbox = world.notifications().inbox(&mpn_id, read, Language::English).await.unwrap();
    (inbox.notifications, inbox.more)
}

#[tokio::test]
async fn everything_is_in_the_inbox_of_its_partner_newest_first() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let withdrawn = world.submit(a_claim_on("exchange")).await;
    world.withdraw(withdrawn).await.unwrap();
    let rival = world.submit(a_claim_of("7654321")).await;
    world.travel_to("2026-12-01T00:00:00Z").await;

    let all = Read { limit: 100, ..Read::default() };
    let (found, more) = read(&world, "1234567", &all).await;
    let mut events: Vec<&str> = found.iter().map(|entry| entry.event.as_str()).collect();
    assert_eq!((events.remove(0), more), ("association_finalized", false));
    events.sort_unstable();
    let expected = ["claim_withdrawn", "customer_notified", "customer_notified", "items_contested"];
    assert_eq!(events, expected);
    assert!(found.is_sorted_by(|newer, older| newer.at >= older.at));
    assert_eq!(found[0].claim_id, Some(claim.to_string()));
    assert_eq!(found[0].claim_name.as_deref(), Some("Teams rollout"));
    assert_eq!(found[0].status, Some(cpor::claim::Status::Associated));
    let (theirs, _) = read(&world, "7654321", &all).await;
    assert_eq!(theirs.len(), 1);
    assert_eq!(
        (theirs[0].event.as_str(), &theirs[0].claim_id),
        ("claim_contested", &Some(rival.to_string()))
    );

    // Page by page, and what is new.
    let mut paged = Vec::new();
    let mut page = Read { limit: 1, ..Read::default() };
    loop {
        let (entries, more) = read(&world, "1234567", &page).await;
        assert_eq!(entries.len(), 1);
        page.before = Some(entries[0].cursor.parse().unwrap());
        paged.extend(entries);
        if !more {
            break;
        }
    }
    assert_eq!(paged, found);
    let since = Read { since: Some(found[1].cursor.parse().unwrap()), ..all.clone() };
    assert_eq!(read(&world, "1234567", &since).await.0, found[..1]);
    let since = Read { since: Some(found[0].cursor.parse().unwrap()), ..all.clone() };
    assert_eq!(read(&world, "1234567", &since).await.0, []);

    // It is not for ever.
    world.travel_to("2027-02-20T00:00:00Z").await;
    assert_eq!(read(&world, "1234567", &all).await.0.len(), 1);
    world.travel_to("2027-03-10T00:00:00Z").await;
    assert_eq!(read(&world, "1234567", &all).await.0, []);
    world.finish().await;
}

#[tokio::test]
async fn an_inbox_is_bounded() {
    let world = World::configured(FRIDAY, &[("notifications.inbox_max", "2")]).await;
    let mut newest = Vec::new();
    for workload in ["teams", "exchange", "sharepoint"] {
        let id = world.submit(a_claim_on(workload)).await;
        world.withdraw(id).await.unwrap();
        newest.push(id);
        world.travel_for(chrono::TimeDelta::hours(1)).await;
    }
    let (found, _) = read(&world, "1234567", &Read { limit: 100, ..Read::default() }).await;
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|entry| entry.claim_id == Some(newest[2].to_string())));
    world.finish().await;
}
