//! Somebody of a partner: from signing in with the issuer to an association with its figures.

use cpor::claim::{ClaimId, Status};
use cpor::testkit::issuer::{CLIENT, Issuer};
use cpor::testkit::{HttpServer, World, a_claim, a_claim_of, a_claim_on};
use fantoccini::key::Key;
use serde_json::json;

use super::chromium::{Browser, Setup};
use super::figures::bring_in;

const FRIDAY: &str = "2026-11-20T15:00:00Z";

/// Somebody of partner 1234567 who has signed in with the issuer.
struct Person {
    world: World,
    http: HttpServer,
    browser: Browser,
    _issuer: Issuer,
}

/// An address at which nobody listens, for a server that has to know its own.
fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

impl Person {
    async fn open(setup: Setup) -> Self {
        let (issuer, address) = (Issuer::start().await.unwrap(), free_address());
        let settings = [
            ("http.public_url", address.as_str()),
            ("access.oidc.issuer", issuer.url()),
            ("access.oidc.audience", "cpor"),
            ("access.oidc.client_id", CLIENT.0),
            ("access.oidc.client_secret", CLIENT.1),
        ];
        let world = World::configured(FRIDAY, &settings).await;
        let now = world.ledger().clock().real().timestamp();
        issuer.lets_in(Some(json!({
            "iss": issuer.url(), "aud": CLIENT.0, "sub": "ece", "exp": now + 300, "iat": now,
            "roles": ["incentives_admin"], "partner": "1234567", "name": "Ece Yıldız",
        })));
        let http = world.serve().await;
        let browser = Browser::open(setup).await;
        Self { world, http, browser, _issuer: issuer }
    }

    async fn signs_in(&self) {
        self.goes_to("/partner/claims").await;
        self.browser.follow("#issuer").await;
    }

    async fn goes_to(&self, path: &str) {
        self.browser.goto(&self.http.url(path)).await;
    }

    async fn sees(&self, words: &str) {
        if let Err(text) = self.browser.waits_for(words).await {
            panic!("`{words}` is not on the page:\n{text}");
        }
    }

    fn page(claim: ClaimId) -> String {
        format!("/partner/claims/{claim}")
    }

    /// Claims at several stages of their life.
    async fn with_claims(&self) -> ClaimId {
        let world = &self.world;
        let workloads = ["exchange", "intune", "yammer"];
        for workload in workloads {
            let claim = world.submit(a_claim_on(workload)).await;
            match workload {
                "exchange" => drop(world.confirm(claim).await.unwrap()),
                "yammer" => drop(world.reject(claim).await.unwrap()),
                _ => {}
            }
        }
        world.submit(a_claim_of("7654321")).await;
        let mut wrong = a_claim_on("sharepoint");
        "SharePoint für alle Standorte".clone_into(&mut wrong.name);
        "unknown.example".clone_into(&mut wrong.customer.domain);
        let wrong = world.submit(wrong).await;
        world.submit(a_claim()).await;
        world.travel_for(chrono::TimeDelta::hours(3)).await;
        wrong
    }

    /// Pictures in both colors and widths; the page fits each.
    async fn looks(&self, name: &str) {
        for (width, dark) in [(1280, false), (1280, true), (400, false), (400, true)] {
            self.browser.becomes(width, dark).await;
            let size = if width == 400 { "400" } else { "wide" };
            let scheme = if dark { "dark" } else { "light" };
            self.browser.screenshot(&format!("partner-{name}-{size}-{scheme}")).await;
            let script = "return document.documentElement.scrollWidth <= innerWidth";
            assert_eq!(self.browser.run(script).await, true, "{name} does not fit {width} pixels");
        }
        self.browser.becomes(1280, false).await;
    }

    async fn finish(self) {
        self.world.travel_for(chrono::TimeDelta::days(120)).await;
        drop(self.http);
        self.world.finish().await;
    }
}

#[tokio::test]
async fn a_partners_pages_look_well_from_signing_in_to_the_figures() {
    let person = Person::open(Setup::default()).await;
    person.goes_to("/partner").await;
    person.sees("Sign in with your organization’s account").await;
    person.looks("sign-in").await;
    person.browser.follow("#issuer").await;
    person.sees("Your organization has no claims yet.").await;
    person.sees("Ece Yıldız").await;
    person.looks("empty").await;
    let wrong = person.with_claims().await;
    person.goes_to("/partner/claims").await;
    person.sees("Contested").await;
    person.looks("claims").await;
    person.goes_to("/partner/claims?status=notified").await;
    person.browser.follow("tbody a").await;
    person.sees("Why the customer’s time ends then").await;
    person.looks("claim").await;
    person.goes_to(&Person::page(wrong)).await;
    person.sees("What has to be put right").await;
    person.looks("action-required").await;
    person.browser.follow(".actions a").await;
    person.sees("No tenant has this domain").await;
    person.looks("amend").await;
    person.world.travel_to("2027-02-24T09:00:00Z").await;
    bring_in(&person.world, &person.http, "workload:intune").await;
    person.goes_to("/partner/associations?q=intune").await;
    person.browser.follow("tbody a").await;
    person.sees("Usage figures").await;
    person.looks("association").await;
    person.browser.follow(".actions a.danger").await;
    person.sees("Yes, end the association").await;
    person.looks("end").await;
    person.goes_to("/partner/claims/nothing").await;
    person.sees("There is nothing here").await;
    person.looks("missing").await;
    person.finish().await;
}

#[tokio::test]
async fn without_scripts_a_claim_is_put_right_and_another_withdrawn() {
    let person = Person::open(Setup { java_script: false, ..Setup::default() }).await;
    person.signs_in().await;
    person.sees("Your organization has no claims yet.").await;
    let wrong = person.with_claims().await;
    person.goes_to(&Person::page(wrong)).await;
    person.browser.follow(".actions a").await;
    person.sees("No tenant has this domain").await;
    let domain = person.browser.find("input[name='customer.domain']").await;
    domain.clear().await.unwrap();
    domain.send_keys("anadoluelektrik.com.tr").await.unwrap();
    person.browser.follow("main form .actions button").await;
    person.sees("Sent: the claim is checked anew.").await;
    person.world.settle().await;
    assert_eq!(person.world.status(wrong).await, Status::Notified);
    person.goes_to("/partner/claims").await;
    person.browser.write("input[name=q]", "SharePoint").await;
    person.browser.follow(".search button").await;
    person.browser.follow("tbody a").await;
    person.browser.follow(".actions a.danger").await;
    person.browser.write("textarea", "We found the right contact elsewhere.").await;
    person.browser.follow("main form button.danger").await;
    person.sees("The claim is withdrawn.").await;
    person.sees("We found the right contact elsewhere.").await;
    assert_eq!(person.world.status(wrong).await, Status::Withdrawn);
    person.browser.follow(".top form[action='/partner/sign-out'] button").await;
    person.sees("Sign in with your organization’s account").await;
    person.finish().await;
}

#[tokio::test]
async fn the_pages_speak_turkish_when_asked_to() {
    let person = Person::open(Setup { language: "tr", ..Setup::default() }).await;
    person.signs_in().await;
    person.sees("Kuruluşunuzun henüz talebi yok.").await;
    let wrong = person.with_claims().await;
    person.goes_to(&Person::page(wrong)).await;
    person.sees("Eylem gerekli").await;
    person.sees("Hiçbir kiracının bu etki alanı yok").await;
    person.browser.screenshot("partner-turkish-action-required").await;
    person.goes_to("/partner/claims").await;
    person.sees("Müşteri bekleniyor").await;
    person.looks("turkish").await;
    person.browser.follow("button[lang=en]").await;
    person.sees("Waiting for the customer").await;
    assert_eq!(person.browser.run("return document.documentElement.lang").await, "en");
    person.goes_to("/partner/associations").await;
    person.sees("Associations").await;
    person.browser.follow("button[lang=tr]").await;
    person.sees("İlişkilendirmeler").await;
    person.finish().await;
}

#[tokio::test]
async fn an_open_page_follows_its_claim_and_asks_nothing_while_hidden() {
    let person = Person::open(Setup::default()).await;
    person.signs_in().await;
    let claim = person.world.submit(a_claim()).await;
    person.goes_to(&Person::page(claim)).await;
    person.sees("Waiting for the customer").await;
    person.sees("Up to date by itself").await;
    person.browser.run("window.since = 'the beginning'").await;
    person.world.confirm(claim).await.unwrap();
    person.sees("The customer agreed").await;
    assert_eq!(person.browser.run("return window.since").await, "the beginning");
    let hide = "Object.defineProperty(document, 'hidden', { value: true, configurable: true }); \
                document.dispatchEvent(new Event('visibilitychange')); return source === null";
    assert_eq!(person.browser.run(hide).await, true);
    person.sees("Paused while hidden").await;
    person.finish().await;
}

#[tokio::test]
async fn a_keyboard_is_enough_to_give_an_association_up() {
    let person = Person::open(Setup::default()).await;
    let claim = person.world.submit(a_claim()).await;
    person.world.confirm(claim).await.unwrap();
    person.goes_to("/partner").await;
    person.browser.tab_to("#issuer").await;
    person.browser.press(Key::Enter).await;
    person.sees("Ece Yıldız").await;
    person.browser.press(Key::Tab).await;
    assert!(person.browser.has_focus(".skip").await, "the first stop leads past the navigation");
    person.browser.tab_to("tbody a").await;
    person.browser.press(Key::Enter).await;
    person.sees("What you can do now").await;
    person.browser.tab_to(".actions a.danger").await;
    person.browser.press(Key::Enter).await;
    person.sees("Yes, end the association").await;
    person.browser.tab_to("textarea").await;
    for letter in "Done".chars() {
        person.browser.type_letter(letter).await;
    }
    person.browser.tab_to("main button.danger").await;
    person.browser.press(Key::Enter).await;
    person.sees("The association has ended.").await;
    assert!(person.browser.has_focus("[role=status]").await, "what was done is read out");
    assert_eq!(person.world.status(claim).await, Status::Ended);
    person.finish().await;
}
