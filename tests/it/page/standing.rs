//! What the page of a notice says, for every way in which its claim can stand.

use cpor::claim::Status;
use cpor::claim::command::Command;
use cpor::claim::state::EndReason;
use cpor::testkit::{World, a_claim, a_dynamics_claim};

use super::forms::Form;
use super::{CUSTOMER, FRIDAY, Opened, links, page, says};

#[tokio::test]
async fn an_open_window_is_explained_and_can_be_answered() {
    let opened = Opened::on_friday().await;
    let page = opened.page().await;
    says(&page, "partner.example claims to be your partner of record");
    says(&page, "If you do nothing, you agree");
    says(&page, "before Saturday 28 November 2026, 00:00 (Europe/Istanbul, UTC+03:00)");
    says(&page, "Microsoft Teams");
    says(&page, "Ece Yıldız ece.yildiz@partner.example");
    says(&page, "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d");
    says(&page, "Friday 20 November 2026 The day of the notice is never counted");
    says(&page, "Saturday 21 November 2026 Weekend, not counted");
    says(&page, "Monday 23 November 2026 Business day 1");
    says(&page, "Friday 27 November 2026 Business day 5");
    let form = Form::only(&page);
    let (name, values) = form.choices().remove(0);
    assert_eq!(
        (name.as_str(), values),
        ("answer", vec!["reject".into(), "agree".into(), "pass_on".into()])
    );
    assert_eq!(form.value("answer"), None, "nothing is preselected");
}

#[tokio::test]
async fn holidays_are_named() {
    // The window is around 29 October, and a half day before it.
    let world = World::starting("2026-10-26T08:00:00Z").await;
    let server = world.serve().await;
    world.submit(a_claim()).await;
    let page = page(&server, &links(&world, CUSTOMER)[0]).await;
    says(&page, "Thursday 29 October 2026 Public holiday, not counted: Republic Day");
    world.finish().await;
}

#[tokio::test]
async fn a_subscription_is_named_with_its_id() {
    let world = World::starting(FRIDAY).await;
    let server = world.serve().await;
    world.submit(a_dynamics_claim()).await;
    let page = page(&server, &links(&world, CUSTOMER)[0]).await;
    says(&page, "Subscription 2b6d9a10-7c1e-4d2f-8a55-6f7e8d9c0b1a");
    says(&page, "advice before the purchase");
}

#[tokio::test]
async fn after_the_end_the_same_link_says_so_and_how_to_end_it() {
    let opened = Opened::on_friday().await;
    opened.world.travel_to("2026-11-27T21:00:00Z").await;
    assert_eq!(opened.world.status(opened.claim).await, Status::Associated);
    let page = opened.page().await;
    says(&page, "partner.example is your partner of record");
    says(&page, "since Saturday 28 November 2026, 00:00 (Europe/Istanbul, UTC+03:00)");
    says(&page, "You can end the association at any time");
    assert!(Form::all(&page).is_empty());
    let view = super::forms::links(&page).into_iter().find(|link| link.contains("/c/")).unwrap();
    says(
        &super::page(&opened.server, &super::beside(&opened.notice, &view)).await,
        "Partners of record",
    );
}

#[tokio::test]
async fn in_the_grace_after_the_end_it_is_too_late_already() {
    let grace = [("window.finalize_grace_seconds", "30")];
    let world = World::configured(FRIDAY, &grace).await;
    let server = world.serve().await;
    let claim = world.submit(a_claim()).await;
    let [notice, _] = links(&world, CUSTOMER);
    world.travel_to("2026-11-27T21:00:00Z").await;
    assert_eq!(world.status(claim).await, Status::Notified);
    let page = page(&server, &notice).await;
    says(&page, "The time to reject this claim has ended");
    assert!(Form::all(&page).is_empty());
}

#[tokio::test]
async fn a_claim_that_was_taken_back_says_so() {
    let opened = Opened::on_friday().await;
    opened.world.withdraw(opened.claim).await.unwrap();
    let page = opened.page().await;
    says(&page, "partner.example has taken its claim back");
    assert!(Form::all(&page).is_empty());
}

#[tokio::test]
async fn an_association_that_ended_says_when_and_why() {
    let opened = Opened::on_friday().await;
    opened.world.travel_to("2026-11-27T21:00:00Z").await;
    let end = Command::End { reason: EndReason::PartnerWithdrew, detail: None };
    opened.world.apply(opened.claim, end).await.unwrap();
    let page = opened.page().await;
    says(&page, "The association with partner.example has ended");
    says(&page, "It ended on Saturday 28 November 2026, 00:00");
    says(&page, "partner.example gave it up.");
}

#[tokio::test]
async fn an_answer_before_the_acceptance_is_on_record_counts() {
    // The mail server takes the notice and hangs up: nobody knows whether it arrived.
    let mut claim = a_claim();
    claim.customer.contact.email = "drop-after-dot@anadoluelektrik.com.tr".to_owned();
    let world = World::starting(FRIDAY).await;
    let server = world.serve().await;
    let id = world.submit(claim).await;
    assert_eq!(world.status(id).await, Status::Validated);
    let link = cpor::link::NoticeLink { claim_id: id, notice: 1 };
    let links = world.app().links();
    let url = links.notice_url(link, links.current_key());
    let path = format!("{}?lang=en", &url[url.find("/r/").unwrap()..]);
    let html = page(&server, &path).await;
    says(&html, "counted from the delivery of our message: at least until");
    assert_eq!(Form::all(&html).len(), 1);
    world.withdraw(id).await.unwrap();
}

#[tokio::test]
async fn the_language_is_the_contact_s_unless_another_one_is_asked_for() {
    let opened = Opened::on_friday().await;
    let path = opened.notice.split('?').next().unwrap().to_owned();
    let html = page(&opened.server, &path).await;
    assert!(html.contains("<html lang=\"tr\">"));
    says(&html, "Hiçbir şey yapmazsanız kabul etmiş sayılırsınız");
    says(&html, "28 Kasım 2026 Cumartesi, 00:00 (Europe/Istanbul, UTC+03:00) anından önce");
    says(&html, "1. iş günü");
    let switch = super::forms::links(&html);
    assert!(switch.contains(&"?lang=en".to_owned()), "{switch:?}");
    says(&page(&opened.server, &format!("{path}?lang=en")).await, "If you do nothing, you agree");
}

#[tokio::test]
async fn names_of_partners_are_text_and_never_markup() {
    let mut claim = a_claim();
    claim.name = "<script>alert(1)</script> \"x\" & 'y'".to_owned();
    claim.partner.contact.name = "<b>Ece</b>".to_owned();
    let world = World::starting(FRIDAY).await;
    let server = world.serve().await;
    world.submit(claim).await;
    let html = page(&server, &links(&world, CUSTOMER)[0]).await;
    assert!(!html.contains("<script") && !html.contains("<b>Ece"));
    assert!(html.contains("&lt;script&gt;"));
}
