//! A customer who has answered gets a receipt, once.

use chrono::TimeDelta;
use cpor::claim::command::{Command, Verdict};
use cpor::claim::state::EndReason;
use cpor::claim::{ClaimId, Event};
use cpor::secrets::KeyId;
use cpor::testkit::smtp::Received;
use cpor::testkit::{CUSTOMER_TENANT, World, a_claim};
use cpor_jobs::SubmitClaim;

use super::{END, FRIDAY, did, end};

const MERT: &str = "mert.kaya@anadoluelektrik.com.tr";

fn a_claim_in_english() -> SubmitClaim {
    let mut claim = a_claim();
    claim.customer.contact.language = Some("en".to_owned());
    claim
}

/// The receipts so far, to whomever.
fn receipts(world: &World) -> Vec<Received> {
    let mails = world.mails().into_iter();
    mails.filter(|mail| mail.message_id.starts_with("<c")).collect()
}

/// The one receipt there is, which goes to `to` and says all this.
#[track_caller]
fn check_receipt(world: &World, to: &str, expected: &[&str]) {
    let receipts = receipts(world);
    assert_eq!(receipts.len(), 1);
    assert_eq!(receipts[0].to, to);
    let text = receipts[0].text();
    for part in expected {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
}

/// What the customer sees under `/c`, and as the recipient of which notice.
fn check_links_to_the_tenant(world: &World, claim: ClaimId, notice: u32) {
    let links = world.links_in_latest_mail_to(MERT);
    assert_eq!(links.len(), 1, "{links:?}");
    let token = links[0].split_once("/c/").unwrap().1;
    let link = world.links().read_tenant(token).unwrap();
    assert_eq!(link.tenant_id.as_uuid(), CUSTOMER_TENANT);
    assert_eq!((link.received.claim_id, link.received.notice), (claim, notice));
}

#[tokio::test]
async fn who_rejects_gets_a_receipt_with_a_number_and_a_time() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim_in_english()).await;
    world.travel_to("2026-11-23T09:30:00Z").await;
    assert_eq!(did(world.reject(claim).await), ["claim_rejected"]);
    let number = format!("{}-5", claim.to_string()[28..].to_uppercase());
    check_receipt(
        &world,
        MERT,
        &[
            "Your answer came in time",
            &format!("Receipt number: {number}"),
            "Received: Monday 23 November 2026, 12:30 (Europe/Istanbul, UTC+03:00)",
            "Microsoft Teams",
            &claim.to_string(),
        ],
    );
    assert_eq!(receipts(&world)[0].message_id, format!("<c5.{claim}@cpor.example>"));
    check_links_to_the_tenant(&world, claim, 1);
    assert!(world.events(claim).await.contains(&"receipt_sent"));
    assert_eq!(did(world.reject(claim).await), [""; 0]);
    world.travel_for(TimeDelta::days(10)).await;
    assert_eq!(receipts(&world).len(), 1);
}

#[tokio::test]
async fn who_agrees_gets_a_receipt_that_says_how_to_withdraw() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim_in_english()).await;
    world.confirm(claim).await.unwrap();
    check_receipt(&world, MERT, &["You have agreed", "end the association at any time", "/c/"]);
    check_links_to_the_tenant(&world, claim, 1);
    world.confirm(claim).await.unwrap();
    world.travel_to(END).await;
    assert_eq!(receipts(&world).len(), 1, "silence has nothing to be receipted");
}

#[tokio::test]
async fn who_rejects_too_late_is_told_so_once_and_how_to_withdraw() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim_in_english()).await;
    world.travel_to(END).await;
    assert_eq!(did(world.reject(claim).await), ["late_rejection_received"]);
    check_receipt(&world, MERT, &["the time to reject had ended", "WITHDRAW", "/c/"]);
    assert_eq!(did(world.reject(claim).await), [""; 0]);
    assert_eq!(receipts(&world).len(), 1);
    end(&world, claim, EndReason::CustomerWithdrew).await.unwrap();
    assert_eq!(receipts(&world).len(), 2);
    assert!(world.latest_mail_to(MERT).contains("You have ended the association"));
}

#[tokio::test]
async fn only_the_customer_s_own_word_is_receipted() {
    let world = World::starting(FRIDAY).await;
    for reason in [EndReason::PartnerWithdrew, EndReason::SubscriptionEnded, EndReason::Superseded]
    {
        let claim = world.submit(a_claim()).await;
        world.travel_for(TimeDelta::days(20)).await;
        end(&world, claim, reason).await.unwrap();
    }
    let withdrawn = world.submit(a_claim()).await;
    world.withdraw(withdrawn).await.unwrap();
    assert!(receipts(&world).is_empty());
}

#[tokio::test]
async fn a_no_in_time_that_is_entered_late_says_when_it_was_received() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim_in_english()).await;
    world.travel_to("2026-11-30T09:00:00Z").await;
    let ended = world.reject_received_at(claim, "2026-11-27T20:59:59Z").await;
    assert_eq!(did(ended), ["association_ended"]);
    check_receipt(&world, MERT, &["came in time", "Friday 27 November 2026, 23:59"]);
}

#[tokio::test]
async fn the_receipt_of_a_claim_that_was_passed_on_goes_to_who_passed_it_on() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim_in_english()).await;
    world.propose_contact(claim, "selin").await.unwrap();
    world.confirm_contact(claim).await.unwrap();
    check_receipt(&world, MERT, &["somebody else decides", "s***@anadoluelektrik.com.tr"]);
    world.reject(claim).await.unwrap();
    let receipts = receipts(&world);
    assert_eq!(receipts.len(), 2);
    assert_eq!(receipts[1].to, "selin@anadoluelektrik.com.tr");
}

#[tokio::test]
async fn receipts_that_have_to_wait_go_out_one_after_the_other() {
    let mut world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim_in_english()).await;
    world.stop_worker().await;
    assert_eq!(did(world.confirm(claim).await), ["claim_confirmed", "association_finalized"]);
    assert_eq!(did(world.reject(claim).await), ["association_ended"]);
    assert_eq!(world.claim(claim).await.receipts.len(), 2);
    world.start_worker();
    world.settle().await;
    let texts: Vec<String> = receipts(&world).iter().map(Received::text).collect();
    assert_eq!(texts.len(), 2);
    assert!(texts[0].contains("You have agreed"), "{}", texts[0]);
    assert!(texts[1].contains("You have rejected"), "{}", texts[1]);
    assert!(world.claim(claim).await.receipts.is_empty());
}

#[tokio::test]
async fn a_receipt_that_the_mail_server_puts_off_comes_later_and_once() {
    let world = World::starting(FRIDAY).await;
    let mut submission = a_claim_in_english();
    submission.customer.contact.email = "greylisted@anadoluelektrik.com.tr".to_owned();
    let claim = world.submit(submission).await;
    // The notice was put off, the customer answers all the same, and the receipt is put off too.
    assert_eq!(did(world.reject(claim).await), ["claim_rejected"]);
    assert!(receipts(&world).is_empty());
    world.travel_for(TimeDelta::hours(1)).await;
    assert_eq!(receipts(&world).len(), 1);
    assert_eq!(world.events(claim).await.iter().filter(|e| **e == "receipt_sent").count(), 1);
}

#[tokio::test]
async fn a_receipt_that_the_mail_server_refuses_is_recorded_as_undelivered() {
    let world = World::without_worker(FRIDAY, &[]).await;
    let mut submission = a_claim();
    submission.customer.contact.email = "refused@anadoluelektrik.com.tr".to_owned();
    let claim = world.submit(submission).await;
    // As if the mail server had taken the notice before it learned that the mailbox is gone.
    world.apply(claim, Command::RecordVerdict(Verdict::default())).await.unwrap();
    let message_id = format!("<n1.{claim}@cpor.example>");
    let sending = Command::RecordNoticeSending { message_id, link_key: KeyId(1) };
    world.apply(claim, sending).await.unwrap();
    assert_eq!(did(world.reject(claim).await), ["claim_rejected"]);
    let mut world = world;
    world.start_worker();
    world.settle().await;
    let history = world.history(claim).await;
    let sent = history.iter().find_map(|recorded| match recorded.event {
        Event::ReceiptSent { receipt, delivered, .. } => Some((receipt, delivered)),
        _ => None,
    });
    assert_eq!(sent, Some((4, false)));
    assert!(receipts(&world).is_empty());
}

#[tokio::test]
async fn a_turkish_customer_reads_a_turkish_receipt() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.reject(claim).await.unwrap();
    check_receipt(
        &world,
        MERT,
        &["Sayın Mert Kaya", "talebi reddettiniz", "20 Kasım 2026 Cuma, 18:00", "Belge numarası:"],
    );
}
