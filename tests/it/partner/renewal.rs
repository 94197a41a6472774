//! The button that makes or opens the draft of a claim that takes an association's place.

use cpor::claim::Status;
use cpor::claim::identity::MpnId;
use cpor::testkit::{CUSTOMER_TENANT, SALES_SUBSCRIPTION, World, a_claim, a_dynamics_claim};

use super::{FRIDAY, Person};

const BUTTON: &str = "Prepare the renewal";

/// The customer's subscription has this last day.
fn ends_on(world: &World, day: &str) {
    world.write_directory(&format!(
        "[[tenant]]\nid = \"{CUSTOMER_TENANT}\"\ndomains = [\"anadoluelektrik.com.tr\"]\n\n\
         [[tenant.subscription]]\nid = \"{SALES_SUBSCRIPTION}\"\nproduct = \"sales\"\n\
         channel = \"web_direct\"\nstate = \"active\"\nends_on = \"{day}\"\n"
    ));
}

#[tokio::test]
async fn an_association_that_ends_soon_has_a_button_that_makes_its_renewal_once() {
    let world = World::starting(FRIDAY).await;
    ends_on(&world, "2027-01-31");
    let claim = world.submit(a_dynamics_claim()).await;
    let person = Person::of(&world, "1234567").await;
    let page = format!("/partner/claims/{claim}");
    let path = format!("{page}/renewal");
    assert!(!person.text(&page).await.contains(BUTTON), "it is not official yet");
    world.travel_to("2026-12-31T23:59:59Z").await;
    assert!(!person.text(&page).await.contains(BUTTON), "31 days are not soon");
    let refused = person.send(&page, &path, &[]).await;
    assert_eq!(refused.header("location"), format!("{page}?done=not_offered"));

    world.travel_to("2027-01-02T00:00:00Z").await;
    let text = person.text(&page).await;
    assert!(text.contains(BUTTON) && text.contains("ends after"), "{text}");
    let warned = ["You were warned that the subscription ends", "Warning that the subscription"];
    assert!(warned.iter().all(|words| text.contains(words)), "{text}");
    let turkish = person.text(&format!("{page}?lang=tr")).await;
    assert!(turkish.contains("Yenilemeyi hazırla") && turkish.contains("31 Ocak 2027"));
    let begun = person.send(&page, &path, &[]).await;
    assert_eq!(begun.status, 303, "{}", begun.text());
    let draft = begun.header("location").to_owned();
    let step = person.get(&draft).await.header("location").to_owned();
    assert!(step.ends_with("/items"), "what is new is asked for first: {step}");
    let text = person.text(&step).await;
    assert!(text.contains("value=\"sales\" selected"), "{text}");
    // A colleague goes on with it.
    let colleague = Person::of(&world, "1234567").await;
    assert_eq!(colleague.send(&page, &path, &[]).await.header("location"), draft);
    assert_eq!(world.app().drafts().list(&mpn_id(), None, 10).await.unwrap().len(), 1);
    assert_eq!(Person::of(&world, "7654321").await.get(&page).await.status, 404);

    world.travel_to("2027-02-01T00:00:00Z").await;
    assert_eq!(world.status(claim).await, Status::Ended);
    let text = person.text(&page).await;
    assert!(text.contains("The subscription has ended") && text.contains(BUTTON), "{text}");
    assert_eq!(person.send(&page, &path, &[]).await.header("location"), draft);
}

fn mpn_id() -> MpnId {
    MpnId::parse("1234567").unwrap()
}

#[tokio::test]
async fn what_was_given_up_or_has_no_subscription_has_no_renewal() {
    let world = World::starting(FRIDAY).await;
    ends_on(&world, "2026-12-20");
    let [workload, given_up] =
        [world.submit(a_claim()).await, world.submit(a_dynamics_claim()).await];
    world.travel_to("2026-12-01T00:00:00Z").await;
    let person = Person::of(&world, "1234567").await;
    let page = |claim| format!("/partner/claims/{claim}");
    assert!(person.text(&page(given_up)).await.contains(BUTTON));
    let end = format!("{}/end", page(given_up));
    person.send(&end, &end, &[("reason", "The project is over.")]).await;
    world.settle().await;
    for claim in [workload, given_up] {
        assert!(!person.text(&page(claim)).await.contains(BUTTON));
    }
}
