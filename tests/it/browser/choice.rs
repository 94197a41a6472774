//! A customer who chooses between the partners of a contest, in Turkish and in English, with and
//! without scripts.

use cpor::claim::Status;
use cpor::testkit::{HttpServer, World, a_claim};

use super::chromium::{Browser, Device, Setup};

const FRIDAY: &str = "2026-11-20T15:00:00Z";
/// The contact of `a_claim`, whose language is Turkish.
const CUSTOMER: &str = "mert.kaya@anadoluelektrik.com.tr";

/// The page as the mail links to it.
async fn contested(say: &str) -> (World, HttpServer, cpor::claim::ClaimId, String) {
    let world = World::configured(FRIDAY, &[("review.customer_chooses", say)]).await;
    let http = world.serve().await;
    world.submit(a_claim()).await;
    world.travel_to("2026-11-30T08:00:00Z").await;
    let mut rival = a_claim();
    "7654321".clone_into(&mut rival.partner.mpn_id);
    "can.er@rival.example".clone_into(&mut rival.partner.contact.email);
    rival.idempotency_key.push_str("-rival");
    let rival = world.submit(rival).await;
    let links = world.links_in_latest_mail_to(CUSTOMER);
    let link = links.iter().find_map(|link| Some(&link[link.find("/w/")?..])).unwrap();
    let url = http.url(link);
    (world, http, rival, url)
}

#[track_caller]
fn sees<'a>(browser: &'a Browser, words: &'a str) -> impl Future<Output = ()> + 'a {
    let caller = std::panic::Location::caller();
    async move {
        if let Err(text) = browser.waits_for(words).await {
            panic!("{caller}: `{words}` is not on the page:\n{text}");
        }
    }
}

/// A picture in light and in dark; the page fits the width, which only a script can tell.
async fn looks(browser: &Browser, setup: Setup, width: u32, name: &str) {
    for (is_dark, mode) in [(false, ""), (true, "-dark")] {
        browser.becomes(width, is_dark).await;
        if setup.java_script {
            let found = browser.run("return document.documentElement.scrollWidth").await;
            assert_eq!(found, width, "{name}");
        }
        browser.screenshot(&format!("{name}{mode}-{width}")).await;
    }
}

/// In English, and what is chosen decides.
async fn decides(setup: Setup, name: &str) {
    let (world, _http, rival, url) = contested("decides").await;
    let browser = Browser::open(setup).await;
    browser.goto(&format!("{url}?lang=en")).await;
    sees(&browser, "Which partner do you choose?").await;
    looks(&browser, setup, 1_000, name).await;
    looks(&browser, setup, 400, name).await;
    // Nothing is preselected: whoever goes on has chosen nothing.
    browser.follow("form button").await;
    sees(&browser, "Choose one of the answers.").await;
    browser.click("input[name=answer][value=challenger]").await;
    browser.write("#comment", "They did the rollout.").await;
    browser.follow("form button").await;
    sees(&browser, "This page cannot undo it.").await;
    sees(&browser, "They did the rollout.").await;
    looks(&browser, setup, 1_000, &format!("{name}-confirm")).await;
    looks(&browser, setup, 400, &format!("{name}-confirm")).await;
    assert_eq!(world.status(rival).await, Status::Contested);
    browser.click("input[name=confirm][value=yes]").await;
    browser.follow("form button").await;
    sees(&browser, "Thank you. Your choice is recorded.").await;
    sees(&browser, "This has been decided").await;
    looks(&browser, setup, 1_000, &format!("{name}-decided")).await;
    world.settle().await;
    assert_eq!(world.status(rival).await, Status::Notified);
    assert_eq!(world.broken_invariants().await, []);
    world.finish().await;
}

#[tokio::test]
async fn a_choice_decides() {
    decides(Setup::default(), "choice").await;
}

#[tokio::test]
async fn a_choice_decides_without_scripts() {
    decides(Setup { java_script: false, ..Setup::default() }, "choice-plain").await;
}

#[tokio::test]
async fn on_a_phone_advice_is_given_in_turkish_and_changed() {
    let setup = Setup { device: Device::Phone, language: "tr", ..Setup::default() };
    let (world, _http, rival, url) = contested("advises").await;
    let browser = Browser::open(setup).await;
    browser.goto(&url).await;
    sees(&browser, "Hangi iş ortağını seçiyorsunuz?").await;
    looks(&browser, setup, 320, "choice-tr").await;
    for (answer, words) in
        [("neither", "Hiçbiri veya bilinmiyor"), ("incumbent", "Ürünlerin bulunduğu iş ortağı")]
    {
        browser.click(&format!("input[name=answer][value={answer}]")).await;
        browser.follow("form button").await;
        sees(&browser, "Seçiminizi bir görevli okur ve kararı o verir.").await;
        looks(&browser, setup, 320, &format!("choice-tr-confirm-{answer}")).await;
        browser.click("input[name=confirm][value=yes]").await;
        browser.follow("form button").await;
        sees(&browser, "Teşekkürler. Seçiminiz kaydedildi.").await;
        sees(&browser, words).await;
    }
    looks(&browser, setup, 320, "choice-tr-chosen").await;
    assert_eq!(world.status(rival).await, Status::Contested);
    world.withdraw(rival).await.unwrap();
    browser.goto(&url).await;
    sees(&browser, "İş ortağı talebini geri çekti").await;
    looks(&browser, setup, 320, "choice-tr-withdrawn").await;
    world.finish().await;
}
