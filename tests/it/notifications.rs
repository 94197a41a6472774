//! What a partner's people are told: by real workers, through a real mail server and real pages.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod addresses;
mod api;
mod digest;
mod inbox;
mod repeated;

use cpor::claim::identity::MpnId;
use cpor::notifications::{Standing, Subscription, Wish};
use cpor::testkit::smtp::Received;
use cpor::testkit::{World, a_claim};
use serde_json::{Value, json};

use crate::faults::violations;

const FRIDAY: &str = "2026-11-20T15:00:00Z";
/// Whoever reads it is one of the partner's people.
const GROUP: &str = "claims-team@partner.example";

/// The partner that all claims of the testkit have.
fn partner() -> MpnId {
    MpnId::parse("1234567").unwrap()
}

fn wish(email: &str, more: Value) -> Wish {
    let mut wish = json!({ "email": email });
    wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(wish).unwrap()
}

/// A subscription whose address was asked, and has not answered.
async fn asked(world: &World, email: &str, more: Value) -> Subscription {
    let made = world.notifications().create(partner(), &wish(email, more)).await.unwrap();
    world.settle().await;
    made
}

/// A subscription whose address has said yes.
async fn subscribed(world: &World, email: &str, more: Value) -> Subscription {
    let made = asked(world, email, more).await;
    let confirmed = world.notifications().confirm(&made.link()).await.unwrap().unwrap();
    assert_eq!(confirmed.standing, Standing::Active);
    world.settle().await;
    confirmed
}

/// Somebody at this address gets a digest.
pub async fn daily(world: &World, email: &str) {
    subscribed(world, email, json!({ "delivery": "daily", "kinds": ["decided"] })).await;
}

/// The mails to an address but the one that asks, oldest first.
fn told(world: &World, email: &str) -> Vec<Received> {
    let mut mails = world.mails();
    mails.retain(|mail| mail.to == email && !mail.message_id.starts_with("<q"));
    mails
}

fn subjects(world: &World, email: &str) -> Vec<String> {
    told(world, email).iter().map(Received::subject).collect()
}

/// A header of a mail, unfolded.
fn header(mail: &Received, name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(&mail.bytes).replace("\r\n ", " ");
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    let prefix = format!("{name}: ");
    head.lines().find_map(|line| line.strip_prefix(&prefix).map(str::to_owned))
}

/// The path of the page that a mail leads to.
fn page_in(text: &str) -> String {
    let start = text.find("/n/").unwrap();
    text[start..].split_whitespace().next().unwrap().trim_end_matches('>').to_owned()
}

#[tokio::test]
async fn an_address_is_told_at_once_of_what_it_wants_and_nothing_about_people() {
    let world = World::starting(FRIDAY).await;
    let wanted = json!({ "kinds": ["decided", "window"] });
    let subscription = subscribed(&world, GROUP, wanted).await;
    let id = world.submit(a_claim()).await;
    assert!(subjects(&world, GROUP).is_empty());

    // The window ends with Friday, and soon two days before that.
    let closes_at = world.closes_at(id).await;
    let soon = closes_at - cpor::notifications::ENDS_SOON;
    world.travel_to(&(soon - chrono::TimeDelta::seconds(1)).to_rfc3339()).await;
    assert_eq!(told(&world, GROUP).len(), 0);
    world.travel_to(&soon.to_rfc3339()).await;
    assert_eq!(told(&world, GROUP).len(), 1);
    world.travel_to(&closes_at.to_rfc3339()).await;
    let mails = told(&world, GROUP);
    let [window, official] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(
        official.subject(),
        format!("The association is official. anadoluelektrik.com.tr [{id}]")
    );
    let revision = world.claim(id).await.revision;
    let history = world.history(id).await;
    let finalized = history.iter().find(|r| r.event.name() == "association_finalized").unwrap();
    assert!(finalized.revision <= revision);
    let expected = format!("<v{}.{id}.{}@cpor.example>", finalized.revision, subscription.id);
    assert_eq!(official.message_id, expected);
    for mail in [window, official] {
        let leave = header(mail, "List-Unsubscribe").unwrap();
        assert!(leave.starts_with("<http") && leave.ends_with('>'), "{leave}");
        let one_click = header(mail, "List-Unsubscribe-Post").unwrap();
        assert_eq!(one_click, "List-Unsubscribe=One-Click");
        let text = mail.text();
        assert!(text.contains(leave.trim_matches(['<', '>'])), "{text}");
        assert!(
            text.contains("Teams rollout") && text.contains("anadoluelektrik.com.tr"),
            "{text}"
        );
        for personal in ["Mert", "Kaya", "mert.kaya", "Ece", "BT M"] {
            assert!(!String::from_utf8_lossy(&mail.bytes).contains(personal), "{personal}: {text}");
        }
    }
    assert!(window.text().contains("The customer can answer before"), "{}", window.text());
    assert_eq!(violations(&world).await, []);
    world.finish().await;
}

#[tokio::test]
async fn a_longer_window_ends_soon_later_and_one_that_was_answered_never() {
    let world = World::starting(FRIDAY).await;
    subscribed(&world, GROUP, json!({ "kinds": ["window", "customer_answered"] })).await;
    let id = world.submit(a_claim()).await;
    world.reject(id).await.unwrap();
    world.travel_to("2026-12-01T00:00:00Z").await;
    let subjects = subjects(&world, GROUP);
    let expected = format!("The customer has rejected the claim. anadoluelektrik.com.tr [{id}]");
    assert_eq!(subjects, [expected]);
    world.finish().await;
}

#[tokio::test]
async fn mails_are_in_the_language_of_the_address() {
    let world = World::starting(FRIDAY).await;
    subscribed(&world, GROUP, json!({ "kinds": ["ended"], "language": "tr" })).await;
    let asking = world.mails().into_iter().find(|mail| mail.to == GROUP).unwrap();
    assert!(asking.subject().starts_with("Lütfen onaylayın"), "{}", asking.subject());
    let id = world.submit(a_claim()).await;
    world.withdraw(id).await.unwrap();
    let expected = format!("Talep geri çekildi. anadoluelektrik.com.tr [{id}]");
    assert_eq!(subjects(&world, GROUP), [expected]);
    let text = told(&world, GROUP)[0].text();
    assert!(text.contains("Müşteri: anadoluelektrik.com.tr"), "{text}");
    assert!(text.contains("Tümü gelen kutunuzda"), "{text}");
    world.finish().await;
}
