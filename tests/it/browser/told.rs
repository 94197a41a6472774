//! Somebody of a partner, who has addresses told of claims; and whoever reads such an address.

use cpor::access::{ApiKeys, Authority, NewApiKey};
use cpor::claim::identity::{Line, MpnId};
use cpor::notifications::Standing;
use cpor::testkit::{World, a_claim};

use super::chromium::{Browser, Device, Setup};

const FRIDAY: &str = "2026-11-20T15:00:00Z";
const GROUP: &str = "claims-team@partner.example";

#[track_caller]
fn sees<'a>(browser: &'a Browser, words: &'a str) -> impl Future<Output = ()> + 'a {
    let caller = std::panic::Location::caller();
    async move {
        if let Err(text) = browser.waits_for(words).await {
            panic!("{caller}: `{words}` is not on the page:\n{text}");
        }
    }
}

/// A picture; the page fits the width, which only a script can tell.
async fn looks(browser: &Browser, setup: Setup, width: u32, name: &str) {
    browser.becomes(width, false).await;
    if setup.java_script {
        let found = browser.run("return document.documentElement.scrollWidth").await;
        assert_eq!(found, width, "{name}");
    }
    browser.screenshot(name).await;
}

/// In Turkish, from adding an address to leaving it, and with nothing but forms.
async fn story(setup: Setup, name: &str) {
    let world = World::starting(FRIDAY).await;
    let http = world.serve().await;
    let keys = ApiKeys::new(world.ledger().store().clone());
    let authority = Authority::IncentivesAdmin(MpnId::parse("1234567").unwrap());
    let new = NewApiKey { authority, label: Line::parse("a test").unwrap(), expires_at: None };
    let issued = keys.create(&new, world.ledger().clock().real()).await.unwrap();
    let id = world.submit(a_claim()).await;
    world.withdraw(id).await.unwrap();

    let browser = Browser::open(setup).await;
    browser.goto(&http.url("/partner/notifications")).await;
    browser.write("input[name=credential]", &issued.key.reveal()).await;
    browser.follow("details button").await;
    browser.follow(".speech button[value=tr]").await;
    browser.goto(&http.url("/partner/notifications")).await;
    sees(&browser, "Talep geri çekildi.").await;
    browser.click("#add summary").await;
    browser.write("#add input[name=email]", GROUP).await;
    browser.click("#add input[value=daily]").await;
    looks(&browser, setup, 1_280, &format!("{name}-adding")).await;
    looks(&browser, setup, 400, &format!("{name}-adding-400")).await;
    browser.follow("#add form button").await;
    sees(&browser, GROUP).await;
    world.settle().await;
    looks(&browser, setup, 1_280, &format!("{name}-waiting")).await;

    let standing = async || world.notifications().list(None).await.unwrap()[0].standing.clone();
    let text = world.latest_mail_to(GROUP);
    let page = text.split_whitespace().find(|word| word.contains("/n/")).unwrap();
    let path = &page[page.find("/n/").unwrap()..];
    browser.goto(&http.url(path)).await;
    sees(&browser, "Bu adrese bildirilsin mi?").await;
    looks(&browser, setup, 400, &format!("{name}-asked-400")).await;
    assert_eq!(standing().await, Standing::Unconfirmed);
    browser.click("#answer-yes").await;
    browser.follow("form button").await;
    sees(&browser, "Bundan sonra bu adrese bildirilecek").await;
    assert_eq!(standing().await, Standing::Active);

    world.travel_to("2026-11-21T06:00:00Z").await;
    browser.goto(&http.url("/partner/notifications")).await;
    sees(&browser, "bildiriliyor").await;
    looks(&browser, setup, 1_280, name).await;
    browser.follow(".address .actions > form button").await;
    sees(&browser, "Kimseye e-postayla bildirilmiyor.").await;
    world.settle().await;
}

#[tokio::test]
async fn an_address_is_added_in_turkish_confirmed_and_removed() {
    story(Setup::default(), "told").await;
}

#[tokio::test]
async fn the_same_works_without_scripts() {
    let setup = Setup { device: Device::Desktop, java_script: false, language: "en" };
    story(setup, "told-plain").await;
}
