//! An operator and a reviewer look at windows and claims, and act.

use cpor::access::{ApiKeys, Authority, NewApiKey};
use cpor::claim::identity::Line;
use cpor::claim::{ClaimId, Status};
use cpor::testkit::{HttpServer, World, a_claim_of, a_claim_on, a_dynamics_claim};
use fantoccini::key::Key;

use super::chromium::{Browser, Setup};

const FRIDAY: &str = "2026-11-20T15:00:00Z";

/// Somebody at the operations pages of a world with some claims.
struct Visitor {
    world: World,
    browser: Browser,
    http: HttpServer,
    claim: ClaimId,
}

impl Visitor {
    async fn open(setup: Setup, authority: Authority) -> Self {
        let world = World::starting(FRIDAY).await;
        let claim = world.submit(a_claim_of("1234567")).await;
        world.submit(a_claim_of("7654321")).await;
        let mut london = a_dynamics_claim();
        "Dynamics 365 Sales, phase 2".clone_into(&mut london.name);
        london.customer.time_zone = Some("Europe/London".to_owned());
        world.submit(london).await;
        world.travel_to("2026-11-24T09:30:00Z").await;
        for workload in ["exchange", "sharepoint", "intune"] {
            world.submit(a_claim_on(workload)).await;
        }
        let confirmed = world.submit(a_claim_on("yammer")).await;
        world.confirm(confirmed).await.unwrap();
        let http = world.serve().await;
        let keys = ApiKeys::new(world.ledger().store().clone());
        let label = Line::parse("a test").unwrap();
        let new = NewApiKey { authority, label, expires_at: None };
        let key = keys.create(&new, world.ledger().clock().real()).await.unwrap().key;
        let browser = Browser::open(setup).await;
        let visitor = Self { world, browser, http, claim };
        visitor.goto("/ops/sign-in?next=/ops/windows").await;
        visitor.browser.write("input[name=credential]", &key.reveal()).await;
        visitor.browser.follow("main form button").await;
        visitor
    }

    async fn goto(&self, path: &str) {
        self.browser.goto(&self.http.url(path)).await;
    }

    async fn sees(&self, words: &str) {
        if let Err(text) = self.browser.waits_for(words).await {
            panic!("`{words}` is not on the page:\n{text}");
        }
    }

    fn page_of_claim(&self) -> String {
        format!("/ops/claims/{}", self.claim)
    }

    /// Pictures of a page, and that it is no wider than the screen.
    async fn pictures(&self, name: &str) {
        for (width, dark) in [(1280, false), (1280, true), (400, false), (400, true)] {
            self.browser.becomes(width, dark).await;
            let size = if width == 400 { "narrow" } else { "wide" };
            let scheme = if dark { "dark" } else { "light" };
            self.browser.screenshot(&format!("ops-{name}-{size}-{scheme}")).await;
            let script = "return document.documentElement.scrollWidth <= innerWidth";
            assert_eq!(self.browser.run(script).await, true, "{name} does not fit {width} pixels");
        }
        self.browser.becomes(1280, false).await;
    }

    async fn finish(self) {
        self.world.travel_for(chrono::TimeDelta::days(60)).await;
        drop(self.http);
        self.world.finish().await;
    }
}

#[tokio::test]
async fn windows_and_claims_look_well_in_light_and_dark_wide_and_narrow() {
    let visitor = Visitor::open(Setup::default(), Authority::Reviewer).await;
    visitor.sees("All that are open").await;
    visitor.pictures("windows").await;
    visitor.goto("/ops/claims?status=notified&q=teams").await;
    visitor.sees("Taken for the item workload:teams").await;
    visitor.pictures("claims").await;
    visitor.goto(&visitor.page_of_claim()).await;
    visitor.sees("Why the window ends then").await;
    visitor.pictures("claim").await;
    visitor.finish().await;
}

#[tokio::test]
async fn an_open_page_follows_what_happens_to_its_claim() {
    let visitor = Visitor::open(Setup::default(), Authority::Operator).await;
    visitor.goto(&visitor.page_of_claim()).await;
    visitor.sees("Customer notified").await;
    visitor.sees("live").await;
    visitor.world.confirm(visitor.claim).await.unwrap();
    visitor.sees("Associated (official)").await;
    visitor.sees("The customer agreed").await;
    visitor.browser.screenshot("ops-claim-live").await;
    visitor.finish().await;
}

#[tokio::test]
async fn everything_works_without_scripts() {
    let setup = Setup { java_script: false, ..Setup::default() };
    let visitor = Visitor::open(setup, Authority::Reviewer).await;
    visitor.sees("Closing this week").await;
    visitor.browser.follow(".heat [aria-label^='Friday 27 November 2026']").await;
    visitor.sees("Last day Friday 27 November 2026").await;
    visitor.browser.follow(".cards tbody a").await;
    visitor.sees("Customer notified").await;
    visitor.goto("/ops/claims").await;
    visitor.browser.write("input[name=q]", "7654321").await;
    visitor.browser.follow(".search button").await;
    visitor.sees("Taken for the partner 7654321").await;
    visitor.browser.follow(".cards tbody a").await;
    visitor.sees("Contested").await;
    visitor.browser.click("details.danger summary").await;
    visitor.browser.click("input[value=holder]").await;
    visitor.browser.write("details[open] input[name=reason]", "The contract names them.").await;
    visitor.browser.screenshot("ops-arbitrate-no-script").await;
    visitor.browser.follow("details[open] button").await;
    visitor.sees("Done: the claim is refused.").await;
    visitor.finish().await;
}

#[tokio::test]
async fn a_window_is_paused_by_keyboard_alone() {
    let visitor = Visitor::open(Setup::default(), Authority::Reviewer).await;
    visitor.goto(&visitor.page_of_claim()).await;
    visitor.sees("Customer notified").await;
    let browser = &visitor.browser;
    browser.tab_to("#acts details:first-of-type summary").await;
    browser.press(Key::Enter).await;
    browser.tab_to("#acts details[open] input[name=reason]").await;
    for letter in "Away".chars() {
        browser.type_letter(letter).await;
    }
    browser.screenshot("ops-pause-keyboard").await;
    browser.press(Key::Enter).await;
    visitor.sees("Done: the window's time stands still").await;
    assert_eq!(visitor.world.status(visitor.claim).await, Status::Paused);
    assert!(browser.has_focus(".banner").await, "what was done is where the focus is");
    visitor.world.withdraw(visitor.claim).await.unwrap();
    visitor.finish().await;
}
