//! Answers that people give: both steps, in time and late, once and twice.

use cpor::claim::Status;
use cpor::testkit::{World, a_claim};

use super::forms::Form;
use super::{CUSTOMER, FRIDAY, Opened, follow, links, page, says, send};

/// The last millisecond of the window that opens on Friday, and its end.
const LAST: &str = "2026-11-27T20:59:59.999Z";
const END: &str = "2026-11-27T21:00:00Z";

const CONTACT: [(&str, &str); 5] = [
    ("name", "Selin Demir"),
    ("title", "CIO"),
    ("email", "selin@anadoluelektrik.com.tr"),
    ("language", "en"),
    ("comment", "I left the project."),
];

#[tokio::test]
async fn a_rejection_takes_two_steps_and_has_a_receipt() {
    let opened = Opened::on_friday().await;
    let second = opened.first_step("reject", &[("comment", "We do not know them.")]).await;
    assert_eq!(opened.world.status(opened.claim).await, Status::Notified);
    says(&second, "You are about to reject the claim of partner.example");
    says(&second, "Nothing has been recorded yet.");
    says(&second, "We do not know them.");
    let done = opened.second_step(&second, "yes").await;
    assert_eq!(opened.world.status(opened.claim).await, Status::Rejected);
    says(&done, "Thank you. Your answer has been recorded.");
    says(&done, "You have rejected the claim of partner.example");
    says(&done, "Received Friday 20 November 2026, 18:00 (Europe/Istanbul, UTC+03:00)");
    opened.world.settle().await;
    let mail = opened.world.latest_mail_to(CUSTOMER);
    let number = receipt_number(&done);
    assert!(mail.contains(&number), "{number} is not in {mail}");
    let later = opened.page().await;
    says(&later, "A receipt was sent to m***@anadoluelektrik.com.tr.");
    assert_eq!(receipt_number(&later), number);
    let history = opened.world.history(opened.claim).await;
    let rejected = history.iter().find(|event| event.event.name() == "claim_rejected").unwrap();
    assert_eq!(rejected.actor, "customer");
    assert!(serde_json::to_string(rejected).unwrap().contains("We do not know them."));
}

#[tokio::test]
async fn an_agreement_makes_the_association_official_at_once() {
    let opened = Opened::on_friday().await;
    let done = opened.answer("agree").await;
    assert_eq!(opened.world.status(opened.claim).await, Status::Associated);
    says(&done, "You agreed: partner.example is your partner of record");
    says(&done, "Receipt number");
    opened.world.settle().await;
}

#[tokio::test]
async fn who_changes_the_mind_in_time_after_agreeing_can_still_reject() {
    let opened = Opened::on_friday().await;
    let second = opened.first_step("reject", &[]).await;
    opened.answer("agree").await;
    let done = opened.second_step(&second, "yes").await;
    assert_eq!(opened.world.status(opened.claim).await, Status::Ended);
    says(&done, "Your rejection had been received in time.");
    opened.world.settle().await;
}

#[tokio::test]
async fn repeats_are_harmless_and_told() {
    let opened = Opened::on_friday().await;
    let second = opened.first_step("reject", &[]).await;
    opened.second_step(&second, "yes").await;
    opened.world.settle().await;
    let events = opened.world.events(opened.claim).await.len();
    let again = opened.second_step(&second, "yes").await;
    says(&again, "Nothing was recorded just now: this has been decided before.");
    let mut form = Form::only(&second);
    form.set("answer", "agree");
    let other = send(&opened.server, &opened.notice, &form).await;
    says(&follow(&opened.server, &opened.notice, &other).await, "You have rejected the claim");
    opened.world.settle().await;
    assert_eq!(opened.world.events(opened.claim).await.len(), events);
}

#[tokio::test]
async fn who_answers_in_the_last_moment_may_confirm_after_the_end() {
    let opened = Opened::on_friday().await;
    opened.world.travel_to(LAST).await;
    let second = opened.first_step("reject", &[]).await;
    says(&second, "The claim does not become official");
    opened.world.travel_to("2026-11-27T21:30:00Z").await;
    assert_eq!(opened.world.status(opened.claim).await, Status::Associated);
    let done = opened.second_step(&second, "yes").await;
    assert_eq!(opened.world.status(opened.claim).await, Status::Ended);
    says(&done, "Your rejection had been received in time.");
    assert!(opened.world.grants(cpor::testkit::CUSTOMER_TENANT).await.is_empty());
    opened.world.settle().await;
}

#[tokio::test]
async fn a_second_step_after_more_than_an_hour_is_asked_for_again() {
    let opened = Opened::on_friday().await;
    opened.world.travel_to(LAST).await;
    let second = opened.first_step("reject", &[]).await;
    opened.world.travel_to("2026-11-27T22:00:00Z").await;
    let mut form = Form::only(&second);
    form.set("confirm", "yes");
    let answer = send(&opened.server, &opened.notice, &form).await;
    assert_eq!(answer.status, 422);
    says(&answer.text(), "More than an hour has passed");
    says(&answer.text(), "Your rejection is recorded, and does not end the association by itself.");
    assert_eq!(opened.world.status(opened.claim).await, Status::Associated);
}

#[tokio::test]
async fn a_rejection_after_the_end_is_recorded_and_answered_honestly() {
    let opened = Opened::on_friday().await;
    let mut form = Form::only(&opened.page().await);
    form.set("answer", "reject");
    opened.world.travel_to(END).await;
    let second = send(&opened.server, &opened.notice, &form).await.text();
    says(
        &second,
        "The time to reject ended: your answer had to arrive before Saturday 28 November",
    );
    let done = opened.second_step(&second, "yes").await;
    assert_eq!(opened.world.status(opened.claim).await, Status::Associated);
    says(&done, "Your rejection came too late");
    says(&done, "You can end the association at any time");
    assert!(opened.world.events(opened.claim).await.contains(&"late_rejection_received"));
    opened.world.settle().await;
}

#[tokio::test]
async fn an_agreement_after_the_end_adds_nothing() {
    let opened = Opened::on_friday().await;
    let mut form = Form::only(&opened.page().await);
    form.set("answer", "agree");
    opened.world.travel_to(END).await;
    let answer = send(&opened.server, &opened.notice, &form).await;
    let page = follow(&opened.server, &opened.notice, &answer).await;
    says(&page, "Nothing was recorded just now");
    says(&page, "No answer counts as agreement.");
}

#[tokio::test]
async fn who_goes_back_finds_the_words_and_no_choice() {
    let opened = Opened::on_friday().await;
    let second = opened.first_step("reject", &[("comment", "First\nsecond <line>")]).await;
    let mut form = Form::only(&second);
    form.set("confirm", "back");
    let back = send(&opened.server, &opened.notice, &form).await;
    assert_eq!(back.status, 200);
    let form = Form::only(&back.text());
    assert_eq!(form.value("comment").unwrap(), "First\nsecond <line>");
    assert_eq!(form.value("answer"), None);
    let stopped = opened.second_step(&second, "stop").await;
    says(&stopped, "Nothing has been recorded. You can close this page, or answer below.");
    assert_eq!(opened.world.status(opened.claim).await, Status::Notified);
}

#[tokio::test]
async fn an_answer_that_is_none_comes_back_with_what_is_wrong() {
    let opened = Opened::on_friday().await;
    let long = "x".repeat(4001);
    let check = async |fields: &[(&str, &str)], field: &str, message: &str| {
        let answer = opened.server.post_form(&opened.notice, fields).await;
        assert_eq!(answer.status, 422, "{message}");
        let html = answer.text();
        says(&html, "Please put this right");
        says(&html, message);
        assert!(html.contains("<title>Error: "), "{message}");
        assert!(html.contains(&format!("id=\"{field}-error\"")), "{field}");
        assert!(html.contains("aria-invalid=\"true\""), "{field}");
        assert!(html.contains("role=\"alert\" tabindex=\"-1\" autofocus"), "{field}");
        for link in html.split("<div class=\"errors\"").nth(1).unwrap().split("</div>").take(1) {
            for target in super::forms::links(link) {
                let id = format!("id=\"{}\"", target.trim_start_matches('#'));
                assert!(html.contains(&id), "nothing has {id}");
            }
        }
    };
    check(&[], "answer", "Choose one of the answers.").await;
    check(&[("answer", "maybe")], "answer", "Choose one of the answers.").await;
    check(&[("answer", "REJECT")], "answer", "Choose one of the answers.").await;
    check(&[("answer", "reject"), ("answer", "reject")], "answer", "Choose one").await;
    check(&[("answer", "reject"), ("comment", &long)], "comment", "too long").await;
    check(&[("answer", "reject"), ("comment", "\u{202e}x")], "comment", "cannot be shown").await;
    let pass_on = ("answer", "pass_on");
    check(&[pass_on], "name", "Enter the name of the person").await;
    check(&[pass_on], "title", "Enter the job title").await;
    check(&[pass_on, ("email", "nobody")], "email", "Enter the e-mail address").await;
    let same = [&[pass_on], &CONTACT[..2], &[("email", CUSTOMER)]].concat();
    check(&same, "email", "This notice was sent to this very address.").await;
    let language = [&[pass_on], &CONTACT[..3], &[("language", "?")]].concat();
    check(&language, "language", "Choose one of the languages").await;
    assert_eq!(opened.world.events(opened.claim).await.last(), Some(&"customer_notified"));
}

#[tokio::test]
async fn unknown_fields_are_ignored_and_bodies_are_bounded() {
    let opened = Opened::on_friday().await;
    let fields = [("answer", "agree"), ("admin", "1"), ("status", "rejected")];
    assert_eq!(opened.server.post_form(&opened.notice, &fields).await.status, 200);
    let long = "x".repeat(70_000);
    let answer = opened.server.post_form(&opened.notice, &[("comment", &long)]).await;
    assert_eq!(answer.status, 413);
    says(&answer.text(), "Your answer could not be read");
    let answer = opened.server.post_json(&opened.notice, "", "{\"answer\":\"reject\"}").await;
    assert_eq!(answer.status, 415);
    says(&answer.text(), "Nothing has been recorded.");
}

#[tokio::test]
async fn somebody_else_gets_a_notice_once_the_partner_has_agreed() {
    let opened = Opened::on_friday().await;
    let second = opened.first_step("pass_on", &CONTACT).await;
    says(&second, "Selin Demir CIO selin@anadoluelektrik.com.tr");
    let done = opened.second_step(&second, "yes").await;
    opened.world.settle().await;
    assert_eq!(opened.world.status(opened.claim).await, Status::ActionRequired);
    says(&done, "You have named another contact");
    says(&done, "named s***@anadoluelektrik.com.tr. Your time to answer has stopped");
    says(&done, "partner.example is now asked to confirm this contact.");
    assert!(Form::all(&done).is_empty());
    assert!(!done.contains("selin@"), "the address is covered");

    opened.world.confirm_contact(opened.claim).await.unwrap();
    says(&opened.page().await, "The claim has gone on with another contact");
    let [notice, _] = links(&opened.world, "selin@anadoluelektrik.com.tr");
    let theirs = page(&opened.server, &notice).await;
    says(&theirs, "If you do nothing, you agree");
    // The old link decides nothing any more, and does not tell what the other contact does.
    let old = opened.server.post_form(&opened.notice, &[("answer", "reject")]).await;
    says(&follow(&opened.server, &opened.notice, &old).await, "Nothing was recorded just now");
    opened.world.reject(opened.claim).await.unwrap();
    says(&opened.page().await, "The claim has gone on with another contact");
}

fn receipt_number(html: &str) -> String {
    let number = html.split("<strong class=\"number\">").nth(1).unwrap();
    number.split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_notice_that_a_newer_one_replaced_cannot_be_answered() {
    // The partner corrects a claim whose notice could not be delivered.
    let mut claim = a_claim();
    claim.customer.contact.email = "refused@anadoluelektrik.com.tr".to_owned();
    let world = World::starting(FRIDAY).await;
    let server = world.serve().await;
    let id = world.submit(claim.clone()).await;
    assert_eq!(world.status(id).await, Status::ActionRequired);
    let url = {
        let links = world.app().links();
        let link = cpor::link::NoticeLink { claim_id: id, notice: 1 };
        links.notice_url(link, links.current_key())
    };
    let old = format!("{}?lang=en", &url[url.find("/r/").unwrap()..]);
    says(&page(&server, &old).await, "The claim of partner.example is being checked");
    claim.customer.contact.email = CUSTOMER.to_owned();
    world.amend(id, &claim).await.unwrap();
    says(&page(&server, &old).await, "This link is out of date");
    let answer = server.post_form(&old, &[("answer", "reject")]).await;
    says(&follow(&server, &old, &answer).await, "Nothing was recorded just now");
    assert_eq!(world.status(id).await, Status::Notified);
}
