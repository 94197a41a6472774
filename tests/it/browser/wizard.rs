//! A partner's people prepare customer associations in a browser, from signing in to the claim.

use cpor::claim::Status;
use cpor::testkit::{CUSTOMER_TENANT, a_claim_of};
use fantoccini::key::Key;

use super::chromium::Setup;
use super::colleague::{Colleague, Entrance};

#[tokio::test]
async fn every_step_is_looked_at_on_the_way_to_a_claim_on_microsoft_365() {
    let colleague = Colleague::open(Setup::default(), Entrance::Button).await;
    let browser = &colleague.browser;
    colleague.world.submit(a_claim_of("7654321")).await;
    colleague.sees("New customer association").await;
    colleague.looks("wizard-new").await;
    browser.follow("main form button").await;
    let tenant = CUSTOMER_TENANT.to_string();
    colleague.writes(&[("customer.tenant_id", &tenant), ("customer.domain", "contoso.com")]).await;
    colleague.sees("No tenant has this domain.").await;
    colleague.writes(&[("customer.country", "Turkey")]).await;
    colleague.goes_on().await;
    colleague.sees("This is not the code of a country.").await;
    colleague.looks("wizard-customer-wrong").await;
    browser.find("[name=\"customer.country\"]").await.clear().await.unwrap();
    browser.find("[name=\"customer.domain\"]").await.clear().await.unwrap();
    colleague.writes(&[("customer.domain", "anadoluelektrik.com.tr")]).await;
    colleague.sees("The domain belongs to this tenant.").await;
    colleague.writes(&[("customer.country", "TR")]).await;
    colleague.goes_on().await;
    // Two questions, of which one is enough here.
    browser.click("details.action summary").await;
    browser.click("input[name=about][value=microsoft_365]").await;
    colleague.looks("wizard-activity-asked").await;
    browser.follow("button[value=pick]").await;
    colleague.sees("So it is: Microsoft 365: usage").await;
    colleague.looks("wizard-activity").await;
    colleague.goes_on().await;
    colleague.writes(&[("name", "Teams rollout")]).await;
    colleague.looks("wizard-details").await;
    colleague.goes_on().await;
    browser.click("input[value=teams]").await;
    colleague.sees("Microsoft Teams is held or claimed by another partner.").await;
    assert!(!browser.text().await.contains("7654321"));
    colleague.looks("wizard-items").await;
    browser.click("input[value=teams]").await;
    browser.click("input[value=intune]").await;
    colleague.goes_on().await;
    colleague.looks("wizard-contacts").await;
    colleague.names_people().await;
    let files = colleague.uploads(&["sow.pdf", "setup.exe"]).await;
    colleague.sees("sow.pdf uploaded").await;
    colleague.sees("Not every file was accepted:").await;
    drop(files);
    colleague.looks("wizard-proof").await;
    colleague.writes(&[("comment", "Pilot in May.")]).await;
    colleague.goes_on().await;
    colleague.sees("What the customer will be told").await;
    colleague.sees("The customer could say no before Saturday 28 November 2026, 00:00").await;
    colleague.looks("wizard-summary").await;
    browser.goto(&colleague.http.url("/partner/drafts")).await;
    colleague.looks("wizard-drafts").await;
    browser.follow("tbody a").await;
    let claim = colleague.submits().await;
    assert_eq!(colleague.world.status(claim).await, Status::Notified);
    let submission = colleague.world.claim(claim).await.submission;
    assert_eq!(submission.source.as_str(), "mpn-1234567");
    assert_eq!(submission.comment.as_ref().unwrap().as_str(), "Pilot in May.");
    colleague.finish().await;
}

#[tokio::test]
async fn a_keyboard_is_enough_and_the_way_back_works() {
    let colleague =
        Colleague::open(Setup { language: "tr", ..Setup::default() }, Entrance::Button).await;
    let browser = &colleague.browser;
    colleague.sees("Yeni müşteri ilişkilendirmesi").await;
    browser.press(Key::Tab).await;
    assert!(browser.has_focus(".skip").await, "the first stop leads past the navigation");
    browser.tab_to("main form button").await;
    browser.press(Key::Enter).await;
    browser.tab_to("[name=\"customer.country\"]").await;
    browser.write("[name=\"customer.country\"]", "TR").await;
    browser.press(Key::Enter).await;
    colleague.sees("Ne yaptınız?").await;
    colleague.looks("wizard-turkish").await;
    browser.run("history.back()").await;
    colleague.sees("Kiracı kimliği").await;
    let country = browser.run("return document.getElementById('customer.country').value").await;
    assert_eq!(country, "TR");
    colleague.finish().await;
}

#[tokio::test]
async fn who_saves_the_same_field_as_a_colleague_sees_both_versions() {
    let colleague = Colleague::open(Setup::default(), Entrance::Button).await;
    let browser = &colleague.browser;
    browser.follow("main form button").await;
    let url = browser.url().await;
    let id = url.rsplit('/').nth(1).unwrap();
    let details = colleague.http.url(&format!("/partner/drafts/{id}/details"));
    browser.goto(&details).await;
    let drafts = colleague.world.app().drafts();
    let partner = cpor::claim::identity::MpnId::parse("1234567").unwrap();
    let draft = cpor::drafts::DraftId::parse(id).unwrap();
    let rename = |content: &mut cpor::drafts::DraftContent| content.name = Some("Exchange".into());
    drafts.merge(&partner, draft, 1, rename, "Ben Arslan").await.unwrap();
    colleague.writes(&[("name", "Teams")]).await;
    colleague.goes_on().await;
    colleague.sees("Ben Arslan has saved the same field meanwhile.").await;
    colleague.looks("wizard-conflict").await;
    assert_eq!(drafts.find(None, draft).await.unwrap().content.name.as_deref(), Some("Exchange"));
    colleague.goes_on().await;
    assert_eq!(drafts.find(None, draft).await.unwrap().content.name.as_deref(), Some("Teams"));
    colleague.finish().await;
}
