//! The page of the inbox and of who is told by mail.

use cpor::notifications::{Standing, Subscription};
use cpor::testkit::{World, a_claim};

use super::FRIDAY;
use super::person::{Person, readable};

const PAGE: &str = "/partner/notifications";
const GROUP: &str = "claims-team@partner.example";

async fn only(world: &World) -> Subscription {
    let mut all = world.notifications().list(None).await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[tokio::test]
async fn an_address_is_added_changed_and_removed() {
    let world = World::starting(FRIDAY).await;
    let person = Person::of(&world, "1234567").await;
    assert!(person.text(PAGE).await.contains("Nobody is told by mail."));
    let add = [
        ("act", "add"),
        ("email", GROUP),
        ("kind-decided", "on"),
        ("kind-ended", "on"),
        ("delivery", "daily"),
        ("hour", "7"),
        ("time_zone", "Europe/Istanbul"),
        ("language", "tr"),
    ];
    let added = person.send(PAGE, PAGE, &add).await;
    assert_eq!(
        (added.status.as_u16(), added.header("location")),
        (303, "/partner/notifications?done=added")
    );
    world.settle().await;
    let text = person.text("/partner/notifications?done=added").await;
    assert!(text.contains(GROUP) && text.contains("waits for a yes"), "{text}");
    assert!(text.contains("In one mail a day at 7:00, Europe/Istanbul"), "{text}");
    let made = only(&world).await;
    world.notifications().confirm(&made.link()).await.unwrap().unwrap();

    let id = made.id.to_string();
    let change = [
        ("act", "change"),
        ("id", id.as_str()),
        ("email", GROUP),
        ("kind-needs_action", "on"),
        ("delivery", "at_once"),
        ("hour", "7"),
        ("time_zone", ""),
        ("language", "en"),
    ];
    let changed = person.send(PAGE, PAGE, &change).await;
    assert_eq!(changed.header("location"), "/partner/notifications?done=changed");
    let after = only(&world).await;
    assert_eq!((after.kinds.len(), &after.standing), (1, &Standing::Active));

    // Another partner's people neither see it nor change it.
    let other = Person::of(&world, "7654321").await;
    assert!(!other.text(PAGE).await.contains(GROUP));
    let remove = [("act", "remove"), ("id", id.as_str())];
    assert_eq!(other.send(PAGE, PAGE, &remove).await.status, 404);
    let removed = person.send(PAGE, PAGE, &remove).await;
    assert_eq!(removed.header("location"), "/partner/notifications?done=removed");
    assert_eq!(world.notifications().list(None).await.unwrap(), []);
    world.settle().await;
    world.finish().await;
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_its_field_and_nothing_is_lost() {
    let world = World::starting(FRIDAY).await;
    let person = Person::of(&world, "1234567").await;
    let wrong = [
        ("act", "add"),
        ("email", "nobody"),
        ("kind-decided", "on"),
        ("delivery", "daily"),
        ("hour", "7"),
        ("time_zone", "Ankara"),
    ];
    let refused = person.send(PAGE, PAGE, &wrong).await;
    assert_eq!(refused.status, 422);
    let text = readable(&refused);
    assert!(text.contains("This is not an e-mail address"), "{text}");
    assert!(text.contains("This is not a time zone"), "{text}");
    assert!(text.contains("value=\"nobody\"") && text.contains("value=\"Ankara\""), "{text}");
    let none = [("act", "add"), ("email", GROUP), ("delivery", "at_once")];
    let refused = person.send(&format!("{PAGE}?lang=tr"), &format!("{PAGE}?lang=tr"), &none).await;
    assert!(readable(&refused).contains("En az birini seçin."), "{}", readable(&refused));
    assert_eq!(world.notifications().list(None).await.unwrap(), []);
    world.finish().await;
}

#[tokio::test]
async fn the_inbox_shows_what_happened_in_the_language_of_the_page() {
    let world = World::starting(FRIDAY).await;
    let person = Person::of(&world, "1234567").await;
    assert!(person.text(PAGE).await.contains("Nothing has happened lately"));
    let id = world.submit(a_claim()).await;
    world.withdraw(id).await.unwrap();
    let text = person.text(PAGE).await;
    assert!(text.contains("The claim was taken back."), "{text}");
    assert!(text.contains(&format!("/partner/claims/{id}")), "{text}");
    let turkish = person.text(&format!("{PAGE}?lang=tr")).await;
    assert!(
        turkish.contains("Talep geri çekildi.") && turkish.contains("Gelen kutusu"),
        "{turkish}"
    );
    let other = Person::of(&world, "7654321").await;
    assert!(other.text(PAGE).await.contains("Nothing has happened lately"));
    world.finish().await;
}
