//! The links in a customer's mails.

use chrono::TimeDelta;
use cpor::claim::Status;
use cpor::secrets::{KeyId, new_key};
use cpor::testkit::{CUSTOMER_TENANT, World, a_claim};

use super::FRIDAY;

const MERT: &str = "mert.kaya@anadoluelektrik.com.tr";

#[tokio::test]
async fn notice_and_reminder_link_to_the_page_and_to_the_list_of_partners() {
    let public_url = [("http.public_url", "https://cpor.example/")];
    let world = World::configured(FRIDAY, &public_url).await;
    let claim = world.submit(a_claim()).await;
    let links = world.links_in_latest_mail_to(MERT);
    let [page, partners] = links.as_slice() else { panic!("{links:?}") };
    let answered = world.links().read_notice(page.strip_prefix("https://cpor.example/r/").unwrap());
    assert_eq!(answered.map(|link| (link.claim_id, link.notice)), Some((claim, 1)));
    let tenant = partners.strip_prefix("https://cpor.example/c/").unwrap();
    let tenant = world.links().read_tenant(tenant).unwrap();
    assert_eq!(tenant.tenant_id.as_uuid(), CUSTOMER_TENANT);
    assert_eq!(Some(tenant.received), answered);
    let notice = world.latest_mail_to(MERT);
    world.travel_to("2026-11-26T00:00:00Z").await;
    assert_ne!(world.latest_mail_to(MERT), notice, "the reminder has come");
    assert_eq!(world.links_in_latest_mail_to(MERT), links);
    world.travel_for(TimeDelta::days(10)).await;
}

#[tokio::test]
async fn copies_of_a_notice_are_the_same_although_a_key_was_rotated_meanwhile() {
    let mut world = World::starting(FRIDAY).await;
    let (old, new) = (new_key(KeyId(1)), new_key(KeyId(2)));
    world.stop_worker().await;
    world.use_secrets(&old);
    world.start_worker();
    let mut submission = a_claim();
    submission.customer.contact.email = "drop-after-dot@anadoluelektrik.com.tr".to_owned();
    let claim = world.submit(submission).await;
    assert_eq!(world.status(claim).await, Status::Validated);
    world.stop_worker().await;
    world.use_secrets(&format!("{new},{old}"));
    world.start_worker();
    world.travel_for(TimeDelta::minutes(10)).await;
    assert_eq!(world.status(claim).await, Status::Notified);
    let mails = world.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].bytes, mails[1].bytes, "byte for byte");
    world.reject(claim).await.unwrap();
    // What is sent from now on is signed by the new key.
    let mail = world.mails().into_iter().rfind(|mail| mail.message_id.starts_with("<c")).unwrap();
    world.use_secrets(&new);
    let text = mail.text();
    let token = text.split("/c/").nth(1).unwrap().split(' ').next().unwrap();
    assert!(world.links().read_tenant(token).is_some());
}
