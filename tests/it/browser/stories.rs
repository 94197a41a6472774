//! What customers do with the link in a notice.

use cpor::claim::Status;
use cpor::testkit::a_claim;
use fantoccini::key::Key;

use super::chromium::{Device, Setup};
use super::reader::{RIGHT_PERSON, Reader};

#[tokio::test]
async fn a_customer_rejects() {
    let reader = Reader::of_a_notice(Setup::default()).await;
    reader.sees("partner.example claims to be your partner of record").await;
    reader.sees("If you do nothing, you agree").await;
    reader.browser.screenshot("notice").await;
    reader.browser.write("#comment", "We have never met them.").await;
    reader.chooses("reject").await;
    reader.sees("You are about to reject the claim of partner.example").await;
    reader.sees("We have never met them.").await;
    assert_eq!(reader.status().await, Status::Notified, "the first step decides nothing");
    reader.browser.screenshot("notice-confirm").await;
    reader.confirms().await;
    reader.sees("You have rejected the claim of partner.example").await;
    reader.sees("Receipt number").await;
    reader.browser.screenshot("notice-rejected").await;
    assert_eq!(reader.status().await, Status::Rejected);
    reader.reloads().await;
    reader.sees("You have rejected the claim of partner.example").await;
    reader.finish().await;
}

#[tokio::test]
async fn a_customer_agrees() {
    let reader = Reader::of_a_notice(Setup::default()).await;
    reader.answers("agree").await;
    reader.sees("You agreed: partner.example is your partner of record").await;
    reader.browser.screenshot("notice-agreed").await;
    assert_eq!(reader.status().await, Status::Associated);
    reader.finish().await;
}

#[tokio::test]
async fn too_late_the_same_link_says_so_and_leads_to_the_end_of_the_association() {
    let reader = Reader::of_a_notice(Setup::default()).await;
    reader.world.travel_to("2026-11-27T21:00:00Z").await;
    // The page was opened in time, and is answered too late.
    reader.chooses("reject").await;
    reader.sees("your answer had to arrive before").await;
    reader.browser.screenshot("notice-late-confirm").await;
    reader.confirms().await;
    reader.sees("Your rejection came too late").await;
    reader.browser.screenshot("notice-late").await;
    assert_eq!(reader.status().await, Status::Associated);

    reader.browser.follow("a[href*='/c/']").await;
    reader.sees("Partners of record of").await;
    reader.browser.screenshot("partners").await;
    reader.browser.follow(".association a.button").await;
    reader.chooses("end").await;
    reader.sees("You are about to end the association with partner.example").await;
    reader.confirms().await;
    reader.sees("The association has ended.").await;
    reader.browser.screenshot("partners-ended").await;
    assert_eq!(reader.status().await, Status::Ended);
    reader.finish().await;
}

#[tokio::test]
async fn what_is_already_decided_is_not_decided_again() {
    let reader = Reader::of_a_notice(Setup::default()).await;
    // A colleague answers while the page is open.
    reader.world.reject(reader.claim).await.unwrap();
    let events = reader.world.events(reader.claim).await;
    reader.chooses("agree").await;
    reader.sees("this has been decided before").await;
    reader.sees("You have rejected the claim of partner.example").await;
    reader.browser.screenshot("notice-already-decided").await;
    assert_eq!(reader.world.events(reader.claim).await, events);
    reader.finish().await;
}

#[tokio::test]
async fn who_is_not_the_right_person_names_another_one() {
    let reader = Reader::of_a_notice(Setup::default()).await;
    let [name, title, email] = RIGHT_PERSON;
    let contact = reader.browser.find("#email").await;
    assert!(!contact.is_displayed().await.unwrap(), "only who needs the fields sees them");
    reader.browser.click("#pass-on").await;
    reader.browser.write("#name", name).await;
    reader.browser.write("#title", title).await;
    reader.browser.screenshot("notice-pass-on").await;
    // Without an address the page says what is missing, and keeps the rest.
    reader.continues().await;
    reader.sees("Enter the e-mail address of the person").await;
    reader.browser.screenshot("notice-put-right").await;
    reader.browser.write("#email", email).await;
    reader.browser.click("#pass-on").await;
    reader.continues().await;
    reader.sees("You are about to name another contact").await;
    reader.confirms().await;
    reader.sees("You have named another contact").await;
    reader.browser.screenshot("notice-passed-on").await;
    assert_eq!(reader.status().await, Status::ActionRequired);

    // The partner confirms the contact: a new notice, a new window, a new link.
    let old = reader.browser.url().await;
    reader.partner_confirms_the_contact().await;
    assert_eq!(reader.status().await, Status::Notified);
    reader.browser.goto(&old).await;
    reader.sees("The claim has gone on with another contact").await;
    reader.opens_the_link_in_the_mail_to(email).await;
    reader.answers("reject").await;
    reader.sees("You have rejected the claim of partner.example").await;
    assert_eq!(reader.status().await, Status::Rejected);
    reader.finish().await;
}

#[tokio::test]
async fn pages_are_turkish_by_the_contact_the_browser_and_a_switch() {
    const REJECT: &str = "Talebi reddediyorum";
    // The contact's language is Turkish, whatever the browser prefers.
    let reader = Reader::with_the_link_as_it_is(Setup::default(), a_claim()).await;
    reader.sees(REJECT).await;
    assert_eq!(reader.browser.run("return document.documentElement.lang").await, "tr");
    reader.browser.screenshot("notice-turkish").await;
    reader.browser.follow("nav a[lang=en]").await;
    reader.sees("I reject the claim").await;
    reader.browser.follow("nav a[lang=tr]").await;
    reader.answers("reject").await;
    reader.sees("partner.example").await;
    reader.browser.screenshot("notice-turkish-rejected").await;
    assert_eq!(reader.status().await, Status::Rejected);
    reader.finish().await;

    let mut claim = a_claim();
    claim.customer.contact.language = None;
    let turkish = Setup { language: "tr", ..Setup::default() };
    let reader = Reader::with_the_link_as_it_is(turkish, claim).await;
    reader.sees(REJECT).await;
    reader.finish().await;
}

#[tokio::test]
async fn every_page_fits_a_screen_320_pixels_wide() {
    let reader = Reader::of_a_notice(Setup { device: Device::Phone, ..Setup::default() }).await;
    let fits = async |page: &str| {
        reader.browser.screenshot(&format!("phone-{page}")).await;
        let widths = "return [document.scrollingElement.scrollWidth, innerWidth]";
        assert_eq!(reader.browser.run(widths).await, serde_json::json!([320, 320]), "{page}");
    };
    fits("notice").await;
    reader.continues().await;
    reader.sees("Choose one of the answers.").await;
    fits("put-right").await;
    reader.browser.click("#pass-on").await;
    fits("pass-on").await;
    reader.chooses("agree").await;
    fits("confirm").await;
    reader.confirms().await;
    reader.sees("You agreed").await;
    fits("agreed").await;
    reader.browser.follow("a[href*='/c/']").await;
    reader.sees("Partners of record of").await;
    fits("partners").await;
    reader.browser.follow(".association a.button").await;
    fits("end").await;
    reader.chooses("end").await;
    reader.confirms().await;
    reader.sees("The association has ended.").await;
    fits("ended").await;
    reader.finish().await;
}

#[tokio::test]
async fn a_keyboard_is_enough() {
    let reader = Reader::of_a_notice(Setup::default()).await;
    let browser = &reader.browser;
    browser.press(Key::Tab).await;
    assert!(browser.has_focus(".skip").await, "the first stop leads past the head of the page");
    browser.tab_to("input[name=answer]").await;
    browser.press(Key::Space).await;
    assert!(browser.find("input[value=reject]").await.is_selected().await.unwrap());
    browser.screenshot("keyboard").await;
    browser.tab_to("form button").await;
    browser.press(Key::Enter).await;
    reader.sees("You are about to reject").await;
    browser.tab_to("input[name=confirm]").await;
    browser.press(Key::Down).await;
    assert!(browser.find("input[value=yes]").await.is_selected().await.unwrap());
    browser.tab_to("form button").await;
    browser.press(Key::Enter).await;
    reader.sees("You have rejected the claim of partner.example").await;
    assert_eq!(reader.status().await, Status::Rejected);
    reader.finish().await;
}

#[tokio::test]
async fn scripts_are_not_needed() {
    let reader = Reader::of_a_notice(Setup { java_script: false, ..Setup::default() }).await;
    reader.browser.write("#comment", "No scripts here.").await;
    reader.answers("reject").await;
    reader.sees("You have rejected the claim of partner.example").await;
    reader.browser.screenshot("no-scripts").await;
    assert_eq!(reader.status().await, Status::Rejected);
    reader.finish().await;
}
