//! A reviewer at the queue and at claims beside their proof, in a real browser.

use cpor::access::{ApiKeys, Authority, NewApiKey};
use cpor::claim::identity::Line;
use cpor::claim::{ClaimId, Status};
use cpor::testkit::{HttpServer, World, a_claim_of, a_claim_on};
use fantoccini::key::Key;

use super::chromium::{Browser, Setup};

const FRIDAY: &str = "2026-11-20T15:00:00Z";

/// A reviewer with a claim on two workloads to look at, and a contest to decide.
struct Reviewer {
    world: World,
    http: HttpServer,
    browser: Browser,
    reviewed: ClaimId,
    contested: ClaimId,
}

impl Reviewer {
    async fn open(setup: Setup) -> Self {
        let world = World::configured(FRIDAY, &[("review.osu_microsoft_365", "all")]).await;
        let mut both = a_claim_on("teams");
        both.items.extend(a_claim_on("exchange").items);
        let reviewed = world.submit(both).await;
        world.submit(a_claim_on("intune")).await;
        let mut rival = a_claim_of("7654321");
        rival.items = a_claim_on("intune").items;
        let contested = world.submit(rival).await;
        let http = world.serve().await;
        let keys = ApiKeys::new(world.ledger().store().clone());
        let label = Line::parse("a test").unwrap();
        let new = NewApiKey { authority: Authority::Reviewer, label, expires_at: None };
        let key = keys.create(&new, world.ledger().clock().real()).await.unwrap().key;
        let browser = Browser::open(setup).await;
        let opened = Self { world, http, browser, reviewed, contested };
        opened.goes_to("/ops/sign-in?next=/ops/reviews").await;
        opened.browser.write("input[name=credential]", &key.reveal()).await;
        opened.browser.follow("main form button").await;
        opened
    }

    async fn goes_to(&self, path: &str) {
        self.browser.goto(&self.http.url(path)).await;
    }

    async fn sees(&self, words: &str) {
        if let Err(text) = self.browser.waits_for(words).await {
            panic!("`{words}` is not on the page:\n{text}");
        }
    }

    fn page_of(claim: ClaimId) -> String {
        format!("/ops/reviews/{claim}")
    }

    /// Pictures in both colors and widths; the page fits each.
    async fn looks(&self, name: &str) {
        for (width, dark) in [(1280, false), (1280, true), (400, false), (400, true)] {
            self.browser.becomes(width, dark).await;
            let size = if width == 400 { "400" } else { "wide" };
            let scheme = if dark { "dark" } else { "light" };
            self.browser.screenshot(&format!("reviews-{name}-{size}-{scheme}")).await;
            let script = "return document.documentElement.scrollWidth <= innerWidth";
            assert_eq!(self.browser.run(script).await, true, "{name} does not fit {width} pixels");
        }
        self.browser.becomes(1280, false).await;
    }

    async fn finish(self) {
        drop(self.http);
        self.world.finish().await;
    }
}

#[tokio::test]
async fn a_reviewer_goes_from_the_queue_to_a_partial_approval() {
    let reviewer = Reviewer::open(Setup::default()).await;
    let browser = &reviewer.browser;
    reviewer.sees("3 wait for a decision").await;
    reviewer.looks("queue").await;
    browser.follow(&format!("tbody a[href='{}']", Reviewer::page_of(reviewer.reviewed))).await;
    reviewer.sees("What proves it").await;
    reviewer.looks("case").await;
    browser.click("#refuse summary").await;
    reviewer.sees("Reasons, each with a sentence").await;
    reviewer.looks("refusing").await;
    browser.click("#refuse summary").await;
    browser.click("#approve summary").await;
    browser.click("#approve input[value='workload:exchange']").await;
    browser.write("#approve textarea", "Exchange is not in the statement of work.").await;
    reviewer.looks("approving").await;
    browser.follow("#approve button").await;
    reviewer.sees("Done: the claim is").await;
    assert!(browser.has_focus("[role=status]").await, "what was done is read out");
    reviewer.sees("Exchange is not in the statement of work.").await;
    reviewer.world.settle().await;
    assert_eq!(reviewer.world.status(reviewer.reviewed).await, Status::Notified);
    assert_eq!(reviewer.world.claim(reviewer.reviewed).await.submission.items.len(), 1);
    reviewer.world.withdraw(reviewer.reviewed).await.unwrap();
    reviewer.finish().await;
}

#[tokio::test]
async fn without_scripts_a_contest_is_decided_and_a_claim_sent_back() {
    let reviewer = Reviewer::open(Setup { java_script: false, ..Setup::default() }).await;
    let browser = &reviewer.browser;
    reviewer.goes_to("/ops/reviews?kind=contested").await;
    browser.follow("tbody a").await;
    reviewer.sees("This claim: partner 7654321").await;
    reviewer.sees("Who has the items: partner 1234567").await;
    browser.click("#contest summary").await;
    browser.click("#contest input[value=other]").await;
    browser.write("#contest textarea", "Their contract is the newer one.").await;
    browser.follow("#contest button").await;
    reviewer.sees("Done: the claim is refused").await;
    assert_eq!(reviewer.world.status(reviewer.contested).await, Status::Refused);
    reviewer.goes_to(&Reviewer::page_of(reviewer.reviewed)).await;
    browser.click("#refuse summary").await;
    browser.click("#refuse input[value=ask_action]").await;
    browser.click("#refuse input[value=dates_missing_or_old]").await;
    browser.follow("#refuse button").await;
    reviewer.sees("Say it in a sentence").await;
    let said = "#refuse input[name='said:proof_of_execution:dates_missing_or_old']";
    browser.write(said, "It is of 2023.").await;
    browser.follow("#refuse button").await;
    reviewer.sees("Done: the claim is").await;
    assert_eq!(reviewer.world.status(reviewer.reviewed).await, Status::ActionRequired);
    reviewer.finish().await;
}

#[tokio::test]
async fn a_contest_looks_well_and_a_keyboard_decides_it_while_the_page_follows() {
    let reviewer = Reviewer::open(Setup::default()).await;
    let browser = &reviewer.browser;
    reviewer.goes_to(&Reviewer::page_of(reviewer.contested)).await;
    reviewer.sees("What decides").await;
    reviewer.looks("contest").await;
    browser.run("document.getElementById('contest').open = true").await;
    reviewer.looks("deciding").await;
    browser.run("document.getElementById('contest').open = false").await;
    reviewer.sees("live").await;
    // The holders' time to answer ends: the page learns of it by itself.
    reviewer.world.travel_to("2026-11-28T00:00:00Z").await;
    reviewer.sees("has not answered; its time ended").await;
    reviewer.goes_to(&Reviewer::page_of(reviewer.contested)).await;
    browser.press(Key::Tab).await;
    assert!(browser.has_focus(".skip").await, "the first stop leads past the navigation");
    browser.tab_to("#contest summary").await;
    browser.press(Key::Enter).await;
    browser.tab_to("#contest input[value=this]").await;
    browser.press(Key::Enter).await;
    assert!(browser.has_focus("#contest input").await, "nothing is sent without a choice");
    browser.type_letter(' ').await;
    browser.tab_to("#contest textarea").await;
    for letter in "Newer".chars() {
        browser.type_letter(letter).await;
    }
    browser.tab_to("#contest button").await;
    browser.press(Key::Enter).await;
    reviewer.sees("Done: the claim is under review").await;
    assert_eq!(reviewer.world.status(reviewer.contested).await, Status::UnderReview);
    reviewer.finish().await;
}
