//! Addresses: confirmed before anything is sent, left by one click, suspended when they refuse.

use axum::http::Method;
use cpor::notifications::{NotificationsError, Standing};
use cpor::testkit::{World, a_claim, a_claim_on};
use serde_json::json;

use super::*;

#[tokio::test]
async fn nothing_is_sent_before_somebody_who_reads_the_address_has_said_yes() {
    let world = World::starting(FRIDAY).await;
    let http = world.serve().await;
    let subscription = asked(&world, GROUP, json!({ "kinds": ["ended"] })).await;
    let first = world.submit(a_claim()).await;
    world.withdraw(first).await.unwrap();
    assert_eq!(told(&world, GROUP).len(), 0);
    assert!(header(&world.mails()[0], "List-Unsubscribe").is_none());
    let page = page_in(&world.latest_mail_to(GROUP));
    let standing = async || world.notifications().find(subscription.id).await.unwrap().standing;

    // Opening the page changes nothing, nor does sending it without a choice or with all of them.
    let shown = http.get(&page).await;
    assert_eq!(shown.status, 200);
    assert!(shown.text().contains("May this address be told?"), "{}", shown.text());
    assert_eq!(http.post_form(&page, &[]).await.status, 422);
    assert_eq!(http.post_form(&page, &[("answer", "yes"), ("answer", "no")]).await.status, 422);
    assert_eq!(http.get(&format!("{page}x")).await.status, 404);
    assert_eq!(standing().await, Standing::Unconfirmed);

    let answered = http.post_form(&page, &[("answer", "yes")]).await;
    assert_eq!(answered.status, 303);
    assert_eq!(standing().await, Standing::Active);
    let after = http.get(&format!("{page}{}", answered.header("location"))).await;
    assert!(after.text().contains("This address is told from now on"), "{}", after.text());
    let turkish = http.get(&format!("{page}?lang=tr")).await;
    assert!(turkish.text().contains("Bu adrese bildirilsin mi?"), "{}", turkish.text());

    // What was before is not told afterwards.
    assert_eq!(told(&world, GROUP).len(), 0);
    let second = world.submit(a_claim_on("exchange")).await;
    world.withdraw(second).await.unwrap();
    assert_eq!(told(&world, GROUP).len(), 1);
    world.finish().await;
}

#[tokio::test]
async fn one_click_ends_the_mails_and_opening_the_link_does_not() {
    let world = World::starting(FRIDAY).await;
    let http = world.serve().await;
    let subscription = subscribed(&world, GROUP, json!({ "kinds": ["ended"] })).await;
    let first = world.submit(a_claim()).await;
    world.withdraw(first).await.unwrap();
    let leave = header(&told(&world, GROUP)[0], "List-Unsubscribe").unwrap();
    let page = page_in(&leave);
    assert_eq!(http.get(&page).await.status, 200);
    let standing = async || world.notifications().find(subscription.id).await.unwrap().standing;
    assert_eq!(standing().await, Standing::Active);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = "List-Unsubscribe=One-Click";
    let left = http.request(Method::POST, &page, &form, body).await;
    assert_eq!(left.status, 200);
    assert_eq!(standing().await, Standing::Left);
    // The link that leads out does not lead in.
    assert_eq!(http.post_form(&page, &[("answer", "yes")]).await.status, 303);
    assert_eq!(standing().await, Standing::Left);
    let second = world.submit(a_claim_on("exchange")).await;
    world.withdraw(second).await.unwrap();
    assert_eq!(told(&world, GROUP).len(), 1);
    world.finish().await;
}

#[tokio::test]
async fn a_link_is_for_its_address_and_for_two_weeks() {
    let world = World::starting(FRIDAY).await;
    let notifications = world.notifications();
    let before = asked(&world, "one@partner.example", json!({})).await;
    let wish = wish("other@partner.example", json!({}));
    let after = notifications.change(before.id, &wish).await.unwrap();
    world.settle().await;
    assert_eq!(notifications.confirm(&before.link()).await.unwrap(), None);
    assert_eq!(notifications.find(before.id).await.unwrap().standing, Standing::Unconfirmed);
    world.travel_to("2026-12-04T15:00:00Z").await;
    assert_eq!(notifications.confirm(&after.link()).await.unwrap(), None);
    // Asked again, the same link is good again.
    notifications.change(before.id, &wish).await.unwrap();
    world.settle().await;
    let confirmed = notifications.confirm(&after.link()).await.unwrap().unwrap();
    assert_eq!(confirmed.standing, Standing::Active);
    let asking = world.mails().iter().filter(|mail| mail.to == "other@partner.example").count();
    assert_eq!(asking, 2);
    world.finish().await;
}

#[tokio::test]
async fn nobody_is_asked_often_and_who_says_no_is_left_alone() {
    let world = World::configured(FRIDAY, &[("notifications.per_partner_max", "4")]).await;
    let notifications = world.notifications();
    let refused = async |email: &str| {
        let wanted = wish(email, json!({}));
        let error = notifications.create(partner(), &wanted).await.unwrap_err();
        let NotificationsError::Findings(findings) = error else { panic!("{error}") };
        findings[0].code.to_string()
    };
    for _ in 0..3 {
        asked(&world, "often@partner.example", json!({})).await;
    }
    assert_eq!(refused("often@partner.example").await, "asked_too_often");
    assert_eq!(refused("OFTEN@partner.example").await, "asked_too_often");
    let once = asked(&world, "once@partner.example", json!({})).await;
    assert_eq!(refused("another@partner.example").await, "too_many");
    notifications.leave(&once.link()).await.unwrap().unwrap();
    notifications.remove(once.id).await.unwrap();
    assert_eq!(refused("once@partner.example").await, "asked_too_often");
    world.settle().await;
    world.finish().await;
}

#[tokio::test]
async fn an_address_that_refuses_its_mail_is_suspended_and_the_inbox_says_so() {
    let world = World::starting(FRIDAY).await;
    let subscription = asked(&world, "refused@partner.example", json!({})).await;
    let found = world.notifications().find(subscription.id).await.unwrap();
    let Standing::Suspended { reason } = found.standing else { panic!("{:?}", found.standing) };
    assert!(reason.contains("550") && !reason.contains("refused@"), "{reason}");
    let read = cpor::notifications::Read { limit: 10, ..Default::default() };
    let language = cpor::calendar::Language::English;
    let inbox = world.notifications().inbox(&partner(), &read, language).await.unwrap();
    assert_eq!(inbox.notifications.len(), 1);
    let entry = &inbox.notifications[0];
    assert_eq!(entry.event, "subscription_suspended");
    assert_eq!(entry.subscription_id, Some(subscription.id.to_string()));
    assert!(entry.text.contains("refuses our mail"), "{}", entry.text);
    assert_eq!(world.dead_letters().await, []);
    world.finish().await;
}
