//! A developer travels in time in a browser.

use cpor::claim::{ClaimId, Status};
use cpor::testkit::{HttpServer, World, a_claim, a_dynamics_claim};

use super::chromium::{Browser, Device, Setup};

const FRIDAY: &str = "2026-11-20T15:00:00Z";

/// A developer at the clock of a world with two claims.
struct Developer {
    world: World,
    http: HttpServer,
    browser: Browser,
    claim: ClaimId,
}

impl Developer {
    async fn open(setup: Setup) -> Self {
        let world = World::starting(FRIDAY).await;
        let claim = world.submit(a_claim()).await;
        world.travel_to("2026-11-20T18:30:00Z").await;
        let mut second = a_dynamics_claim();
        "Dynamics 365 Sales, phase 2".clone_into(&mut second.name);
        second.customer.time_zone = Some("Europe/London".to_owned());
        world.submit(second).await;
        let http = world.serve().await;
        let browser = Browser::open(setup).await;
        browser.goto(&http.url("/clock")).await;
        Self { world, http, browser, claim }
    }

    async fn sees(&self, words: &str) {
        if let Err(text) = self.browser.waits_for(words).await {
            panic!("`{words}` is not on the page:\n{text}");
        }
    }

    async fn finish(self) {
        self.world.travel_for(chrono::TimeDelta::days(60)).await;
        drop(self.http);
        self.world.finish().await;
    }
}

#[tokio::test]
async fn the_slider_leads_to_the_next_moments() {
    let developer = Developer::open(Setup::default()).await;
    let browser = &developer.browser;
    developer.sees("Friday 20 November 2026").await;
    developer.sees("The customer is reminded").await;
    developer.sees("21:30 Friday in Europe/Istanbul").await;
    browser.screenshot("clock").await;
    let slide = "const range = document.getElementById('range'); range.value = 1; \
                 for (const kind of ['input', 'change']) range.dispatchEvent(new Event(kind));";
    browser.run(slide).await;
    developer.sees("The customer was reminded").await;
    developer.sees("Wed 25 November 2026").await;
    browser.screenshot("clock-moved").await;
    browser.follow("button[value=before_end]").await;
    developer.sees("20:59:59.999").await;
    assert_eq!(developer.world.status(developer.claim).await, Status::Notified);
    browser.follow("button[value=next]").await;
    developer.sees("The association became official").await;
    assert_eq!(developer.world.status(developer.claim).await, Status::Associated);
    browser.screenshot("clock-official").await;
    developer.finish().await;
}

#[tokio::test]
async fn without_scripts_the_list_leads_there_as_well() {
    let setup = Setup { java_script: false, ..Setup::default() };
    let developer = Developer::open(setup).await;
    let browser = &developer.browser;
    assert!(!browser.find("#slider").await.is_displayed().await.unwrap(), "it would do nothing");
    browser.click(".stop:last-child input").await;
    browser.screenshot("clock-no-script").await;
    browser.follow("#to-stop button").await;
    developer.sees("The association became official").await;
    assert_eq!(developer.world.status(developer.claim).await, Status::Associated);
    browser.follow("button[value=day]").await;
    developer.sees("Nothing happened to any claim.").await;
    developer.finish().await;
}

#[tokio::test]
async fn the_clock_fits_a_phone() {
    let developer = Developer::open(Setup { device: Device::Phone, ..Setup::default() }).await;
    let browser = &developer.browser;
    browser.screenshot("clock-phone").await;
    assert_eq!(browser.run("return document.documentElement.scrollWidth").await, 320);
    browser.follow("button[value=next]").await;
    developer.sees("The customer was reminded").await;
    assert_eq!(browser.run("return document.documentElement.scrollWidth").await, 320);
    browser.screenshot("clock-phone-moved").await;
    developer.finish().await;
}
