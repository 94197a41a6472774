//! Somebody who runs a deployment, with a browser, on the operations pages.

use chrono::TimeDelta;
use cpor::access::{ApiKeys, Authority, NewApiKey};
use cpor::claim::identity::{Comment, Line};
use cpor::operations::pause;
use cpor::testkit::{HttpServer, World, a_claim};
use cpor_jobs::{Item, Job};
use fantoccini::key::Key;

use super::chromium::{Browser, Setup};

const FRIDAY: &str = "2026-11-20T15:00:00Z";
/// How wide pages are looked at, in pixels.
const WIDE: u32 = 1_280;
const NARROW: u32 = 400;

/// Somebody who has signed in.
struct Operator {
    world: World,
    http: HttpServer,
    browser: Browser,
}

impl Operator {
    async fn open(setup: Setup) -> Self {
        let world = World::starting(FRIDAY).await;
        let http = world.serve().await;
        let browser = Browser::open(setup).await;
        let keys = ApiKeys::new(world.ledger().store().clone());
        let label = Line::parse("a test").unwrap();
        let new = NewApiKey { authority: Authority::Operator, label, expires_at: None };
        let issued = keys.create(&new, world.ledger().clock().real()).await.unwrap();
        browser.goto(&http.url("/ops")).await;
        browser.write("input[name=credential]", &issued.key.reveal()).await;
        browser.follow("form button").await;
        Self { world, http, browser }
    }

    /// Claims at several stages of their life, and something for a person to do.
    async fn with_a_day_of_work(&self) {
        let world = &self.world;
        let mut claims = Vec::new();
        let workloads = ["teams", "exchange", "intune", "sharepoint", "yammer", "teams_phone"];
        for (number, workload) in workloads.iter().enumerate() {
            world.travel_for(TimeDelta::minutes(211)).await;
            let mut claim = a_claim();
            claim.idempotency_key = format!("day-{number}");
            claim.items = vec![Item::workload(*workload)];
            claims.push(world.submit(claim).await);
        }
        world.reject(claims[0]).await.unwrap();
        world.confirm(claims[1]).await.unwrap();
        let mut second = a_claim();
        "another".clone_into(&mut second.idempotency_key);
        "7654321".clone_into(&mut second.partner.mpn_id);
        second.items = vec![Item::workload("exchange")];
        world.submit(second).await;
        world.intake(["nonsense", "{\"v\":9}", "{\"v\":10}"]).await;
        world.travel_for(TimeDelta::minutes(7)).await;
        self.pauses(Job::RemindCustomer).await;
    }

    async fn pauses(&self, job: Job) {
        let ledger = self.world.ledger();
        let reason = Comment::parse("The texts are being changed.").unwrap();
        let actor = Line::parse("key:4f2a91c07d3e").unwrap();
        pause(ledger.store(), job, &reason, &actor, ledger.clock().real()).await.unwrap();
    }

    async fn goes_to(&self, path: &str) {
        self.browser.goto(&self.http.url(path)).await;
    }

    #[track_caller]
    fn sees(&self, words: &str) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            if let Err(text) = self.browser.waits_for(words).await {
                panic!("{caller}: `{words}` is not on the page:\n{text}");
            }
        }
    }

    /// Pictures in both colors and widths; the page fits each.
    async fn looks(&self, name: &str) {
        for (width, size) in [(WIDE, "wide"), (NARROW, "400")] {
            for (is_dark, color) in [(false, "light"), (true, "dark")] {
                self.browser.becomes(width, is_dark).await;
                let fits = "return document.documentElement.scrollWidth";
                assert_eq!(self.browser.run(fits).await, width, "{name} {size}");
                self.browser.screenshot(&format!("ops-{name}-{size}-{color}")).await;
            }
        }
        self.browser.becomes(WIDE, false).await;
    }

    async fn finish(self) {
        self.world.drop_dead_letters().await;
        drop(self.browser);
    }
}

#[tokio::test]
async fn every_page_is_looked_at_in_light_and_dark_wide_and_narrow() {
    let operator = Operator::open(Setup::default()).await;
    operator.sees("Nothing needs you.").await;
    operator.looks("calm").await;
    operator.with_a_day_of_work().await;
    operator.sees("remind_customer is paused since").await;
    operator.sees("all jobs").await;
    operator.looks("overview").await;
    operator.goes_to("/ops/queues").await;
    operator.sees("The texts are being changed.").await;
    operator.looks("queues").await;
    operator.browser.click("#notify_customer details.action summary").await;
    operator.browser.screenshot("ops-queues-pausing").await;
    operator.goes_to("/ops/dead").await;
    operator.looks("dead").await;
    operator.browser.follow(".reason a").await;
    operator.looks("dead-group").await;
    operator.browser.follow("tbody th a").await;
    operator.looks("dead-entry").await;
    operator.browser.click("details.action.danger summary").await;
    operator.browser.write("details.action.danger input[name=reason]", "Not ours.").await;
    operator.browser.screenshot("ops-dead-dropping").await;
    operator.browser.follow("details.action.danger button").await;
    operator.sees("1 dead letter is forgotten.").await;
    operator.browser.screenshot("ops-dead-dropped").await;
    operator.goes_to("/ops/log").await;
    operator.sees("Not ours.").await;
    operator.looks("log").await;
    operator.finish().await;
}

#[tokio::test]
async fn an_open_page_follows_what_happens_without_being_loaded_again() {
    let operator = Operator::open(Setup::default()).await;
    operator.sees("Nothing needs you.").await;
    operator.sees("live").await;
    operator.browser.run("window.since = 'the beginning'").await;
    operator.pauses(Job::SendReceipt).await;
    operator.sees("send_receipt is paused since").await;
    operator.sees("Overview 1").await;
    assert_eq!(operator.browser.run("return window.since").await, "the beginning");
    // A tab that nobody looks at asks for nothing.
    let hide = "Object.defineProperty(document, 'hidden', { value: true, configurable: true }); \
                document.dispatchEvent(new Event('visibilitychange')); return source === null";
    assert_eq!(operator.browser.run(hide).await, true);
    operator.sees("paused while hidden").await;
    operator.pauses(Job::SendCorrection).await;
    let show = "delete document.hidden; document.dispatchEvent(new Event('visibilitychange')); \
                return source !== null";
    assert_eq!(operator.browser.run(show).await, true);
    operator.sees("send_correction is paused since").await;
    operator.finish().await;
}

#[tokio::test]
async fn a_keyboard_is_enough_to_pause_a_job() {
    let operator = Operator::open(Setup::default()).await;
    operator.goes_to("/ops/queues").await;
    let browser = &operator.browser;
    browser.press(Key::Tab).await;
    assert!(browser.has_focus(".skip").await, "the first stop leads past the navigation");
    browser.tab_to("#submit_claim details.action.danger summary").await;
    browser.press(Key::Enter).await;
    browser.tab_to("#submit_claim input[name=reason]").await;
    browser.write("#submit_claim input[name=reason]", "An upstream system floods us.").await;
    browser.press(Key::Enter).await;
    operator.sees("submit_claim is paused: what runs finishes").await;
    assert!(browser.has_focus("[role=status]").await, "what was done is read out");
    operator.sees("An upstream system floods us.").await;
    operator.finish().await;
}

#[tokio::test]
async fn without_scripts_a_job_is_paused_and_resumed() {
    let operator = Operator::open(Setup { java_script: false, ..Setup::default() }).await;
    operator.sees("Nothing needs you.").await;
    operator.goes_to("/ops/queues").await;
    let browser = &operator.browser;
    browser.click("#notify_partner details.action.danger summary").await;
    browser.write("#notify_partner .danger input[name=reason]", "Their mailbox is full.").await;
    browser.follow("#notify_partner .danger button").await;
    operator.sees("notify_partner is paused: what runs finishes").await;
    operator.goes_to("/ops").await;
    operator.sees("notify_partner is paused since").await;
    let copy = browser.find("button[data-copy]").await;
    assert!(!copy.is_displayed().await.unwrap(), "it would do nothing");
    browser.follow(".alarms .foot a").await;
    browser.click("#notify_partner details.action summary").await;
    browser.write("#notify_partner input[name=reason]", "It is empty.").await;
    browser.follow("#notify_partner form button").await;
    operator.sees("notify_partner goes on.").await;
    operator.finish().await;
}
