//! What a partner's people do to their claims.

use cpor::claim::Status;
use cpor::testkit::{World, a_claim};

use super::{FRIDAY, Person};

#[tokio::test]
async fn a_claim_is_withdrawn_before_it_is_official_after_one_was_told_what_happens() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let person = Person::of(&world, "1234567").await;
    let page = format!("/partner/claims/{claim}");
    let path = format!("{page}/withdraw");
    let asked = person.text(&path).await;
    assert!(asked.contains("This cannot be undone"), "{asked}");
    assert_eq!(world.status(claim).await, Status::Notified, "a GET changes nothing");
    let long = "x".repeat(4_001);
    let refused = person.send(&path, &path, &[("reason", &long)]).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    let done = person.send(&path, &path, &[("reason", "Wrong customer.")]).await;
    assert_eq!(done.header("location"), format!("{page}?done=withdraw"));
    let said = person.text(done.header("location")).await;
    assert!(said.contains("The claim is withdrawn.") && said.contains("Wrong customer."), "{said}");
    assert!(said.contains("(you)"), "{said}");
    assert_eq!(world.status(claim).await, Status::Withdrawn);
    let again = person.get(&path).await;
    assert_eq!(again.header("location"), format!("{page}?done=not_offered"));
    let end = format!("{page}/end");
    let refused = person.send(&page, &end, &[("reason", "x")]).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.text().contains("Nothing was done"), "{}", refused.text());
    world.settle().await;
}

#[tokio::test]
async fn an_association_is_given_up_with_a_reason_only() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.confirm(claim).await.unwrap();
    let person = Person::of(&world, "1234567").await;
    let path = format!("/partner/claims/{claim}/end");
    let refused = person.send(&path, &path, &[("reason", "  ")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("not done without a reason"), "{}", refused.text());
    assert_eq!(world.status(claim).await, Status::Associated);
    let done = person.send(&path, &path, &[("reason", "The project is over.")]).await;
    let said = person.text(done.header("location")).await;
    assert!(said.contains("Your organization gave it up."), "{said}");
    assert!(said.contains("The project is over."), "{said}");
    assert_eq!(world.status(claim).await, Status::Ended);
    world.settle().await;
}

#[tokio::test]
async fn the_contact_that_the_customer_named_is_agreed_to() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    world.propose_contact(claim, "selin.demir").await.unwrap();
    let person = Person::of(&world, "1234567").await;
    let page = person.text(&format!("/partner/claims/{claim}")).await;
    assert!(page.contains("Action required") && page.contains("selin.demir@"), "{page}");
    let path = format!("/partner/claims/{claim}/contact");
    let asked = person.text(&path).await;
    assert!(asked.contains("selin.demir@"), "{asked}");
    let done = person.send(&path, &path, &[]).await;
    assert!(done.header("location").ends_with("?done=contact"), "{done:?}");
    world.settle().await;
    let contact = world.claim(claim).await.submission.customer.contact.email.clone();
    assert!(contact.as_str().starts_with("selin.demir@"));
    world.travel_for(chrono::TimeDelta::days(30)).await;
}
