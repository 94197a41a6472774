//! What the partner has to put right, and what happens when it does not.

use cpor::claim::Status;
use cpor::claim::command::{Command, Terms};
use cpor::claim::identity::Comment;
use cpor::testkit::{World, a_claim};
use cpor_jobs::{Item, SubmitClaim};

use super::{END, FRIDAY, did, refused};

fn of_unknown_domain() -> SubmitClaim {
    let mut claim = a_claim();
    "unknown.example".clone_into(&mut claim.customer.domain);
    claim
}

#[tokio::test]
async fn an_amended_claim_goes_its_way() {
    let world = World::starting(FRIDAY).await;
    let mut submission = of_unknown_domain();
    let claim = world.submit(submission.clone()).await;
    let required = world.expect(claim).action_required_for("customer.domain");
    required.has_findings(["domain_unknown"]).await;
    world.travel_to("2026-11-23T08:00:00Z").await;
    submission.customer.domain = "anadoluelektrik.com.tr".to_owned();
    assert_eq!(did(world.amend(claim, &submission).await), ["claim_amended"]);
    world.expect(claim).notified().await;
    world.travel_to("2026-12-31T00:00:00Z").await;
    world.expect(claim).associated().await;
}

#[tokio::test]
async fn without_an_answer_the_claim_is_refused_and_reactivated_once() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(of_unknown_domain()).await;
    world.travel_to("2026-11-27T20:59:59.999Z").await;
    world.expect(claim).action_required_for("customer.domain").await;
    assert!(world.events(claim).await.contains(&"partner_reminded"));
    world.travel_to(END).await;
    assert_eq!(world.status(claim).await, Status::Refused);
    world.expect(claim).has_findings(["no_answer", "domain_unknown"]).await;
    assert_eq!(refused(world.amend(claim, &a_claim()).await).code(), "wrong_status");
    let reason = Comment::parse("The contact was ill.").unwrap();
    let reactivate = Command::Reactivate { reason, terms: Terms::default() };
    let applied = world.apply(claim, reactivate.clone()).await;
    assert_eq!(did(applied), ["claim_reactivated"]);
    world.expect(claim).has_findings(["domain_unknown"]).await;
    world.travel_to("2027-01-31T00:00:00Z").await;
    let disqualified = world.expect(claim).disqualified_for("no_answer");
    disqualified.has_findings(["no_answer", "domain_unknown"]).await;
    assert_eq!(refused(world.apply(claim, reactivate).await).code(), "wrong_status");
}

#[tokio::test]
async fn an_amendment_changes_only_what_was_asked() {
    let world = World::starting(FRIDAY).await;
    let mut submission = a_claim();
    submission.customer.contact.email = "refused@anadoluelektrik.com.tr".to_owned();
    let claim = world.submit(submission.clone()).await;
    assert_eq!(world.claim(claim).await.held_items().len(), 1);
    submission.customer.contact.email = "selin@anadoluelektrik.com.tr".to_owned();
    submission.items = vec![Item::workload("exchange")];
    let answer = refused(world.amend(claim, &submission).await);
    assert_eq!((answer.code(), answer.to_string().contains("items")), ("not_asked", true));
    submission.items = vec![Item::workload("teams")];
    assert_eq!(did(world.amend(claim, &submission).await), ["claim_amended"]);
    world.expect(claim).notified().await;
}

#[tokio::test]
async fn an_answer_stays_the_same_claim() {
    let world = World::starting(FRIDAY).await;
    let submission = of_unknown_domain();
    let claim = world.submit(submission.clone()).await;
    let mut other = submission;
    other.partner.mpn_id = "7654321".to_owned();
    assert_eq!(refused(world.amend(claim, &other).await).code(), "other_claim");
    world.withdraw(claim).await.unwrap();
}

#[tokio::test]
async fn each_finding_has_its_own_code() {
    let world = World::starting(FRIDAY).await;
    let check = async |change: fn(&mut SubmitClaim), expected: &str| {
        let mut submission = a_claim();
        change(&mut submission);
        let claim = world.submit(submission).await;
        world.expect(claim).action_required_for(expected).has_findings([expected]).await;
    };
    check(|c| c.customer.domain = "unknown.example".to_owned(), "domain_unknown").await;
    check(|c| c.customer.contact.email = "ali@partner.example".to_owned(), "contact_at_partner")
        .await;
    check(
        |c| c.customer.contact.email = "ali@elsewhere.example".to_owned(),
        "contact_outside_tenant",
    )
    .await;
    check(|c| c.customer.tenant_id = uuid::Uuid::from_u128(7), "domain_of_another_tenant").await;
}
