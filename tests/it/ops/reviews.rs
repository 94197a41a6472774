//! What waits for a reviewer, one claim beside its proof, and the decision.

mod decisions;
mod shown;

use axum::http::Method;
use cpor::access::Authority;
use cpor::claim::command::{Command, Dispute, Terms};
use cpor::claim::identity::{Comment, MpnId};
use cpor::claim::review::Side;
use cpor::claim::{ClaimId, Status};
use cpor::testkit::{World, a_claim, a_claim_of, a_claim_on};
use cpor_jobs::{ProofOfExecution, SubmitClaim};

use super::{FRIDAY, Person, key};
use crate::http::proofs::files;

const REVIEWED: [(&str, &str); 1] = [("review.osu_microsoft_365", "all")];

fn page_of(claim: ClaimId) -> String {
    format!("/ops/reviews/{claim}")
}

fn comment(text: &str) -> Comment {
    Comment::parse(text).unwrap()
}

/// The number of the claim's newest event, as its forms have it.
async fn revision(world: &World, claim: ClaimId) -> String {
    world.claim(claim).await.revision.to_string()
}

/// Another partner's claim on this workload.
fn rival_on(workload: &str) -> SubmitClaim {
    let mut claim = a_claim_of("7654321");
    claim.items = a_claim_on(workload).items;
    claim
}

/// A claim under review on this workload and on another one.
async fn on_two(world: &World, workload: &str, other: &str) -> ClaimId {
    let mut claim = a_claim_on(workload);
    claim.items.extend(a_claim_on(other).items);
    world.submit(claim).await
}

/// A claim whose refusal by this person its partner disputes.
async fn disputed_against(world: &World, reviewer: &Person) -> ClaimId {
    let claim = world.submit(a_claim()).await;
    let revision = revision(world, claim).await;
    let reason = [
        ("revision", revision.as_str()),
        ("decision", "refuse"),
        ("code:proof_of_execution:proof_missing", "proof_missing"),
        ("said:proof_of_execution:proof_missing", "The file is empty."),
    ];
    let refused = reviewer.decide(claim, "refuse", &reason).await;
    assert_eq!(refused.status, 303, "{}", refused.text());
    let dispute = Dispute {
        justification: comment("It is on page 3."),
        proof_of_execution: Vec::new(),
        terms: Terms::default(),
    };
    world.apply(claim, Command::Dispute(dispute)).await.unwrap();
    claim
}

/// A claim that an uploaded document proves, and the document's id.
async fn proved_by_upload(world: &World) -> (SubmitClaim, String) {
    let http = world.serve().await;
    let mut claim = a_claim();
    let partner = Authority::IncentivesAdmin(MpnId::parse(&claim.partner.mpn_id).unwrap());
    let bearer = format!("Bearer {}", key(world, partner).await.key.reveal());
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/pdf")];
    let path = "/v1/documents?name=sow.pdf";
    let uploaded = http.request(Method::POST, path, &headers, files::pdf("")).await.json();
    let id = uploaded["id"].as_str().unwrap().to_owned();
    claim.proof_of_execution = vec![ProofOfExecution::uploaded(id.parse().unwrap())];
    (claim, id)
}

#[tokio::test]
async fn the_queue_lists_what_waits_who_is_late_first_and_by_kind() {
    let world = World::configured(FRIDAY, &REVIEWED).await;
    let first = world.submit(a_claim_on("exchange")).await;
    world.travel_to("2026-11-25T09:00:00Z").await;
    let second = world.submit(a_claim_on("intune")).await;
    let contested = world.submit(rival_on("intune")).await;
    world.travel_to("2026-11-30T09:00:00Z").await;
    let reviewer = Person::of(&world, Authority::Reviewer).await;
    let page = reviewer.text("/ops/reviews").await;
    let place = |claim: ClaimId| page.find(&page_of(claim)).unwrap();
    assert!(place(first) < place(second) && place(second) < place(contested), "{page}");
    assert!(page.contains("3 wait for a decision; <span class=\"late\">1 late</span>"), "{page}");
    assert!(page.contains("class=\"count\">3<"), "the navigation has the count: {page}");
    assert!(page.contains("Teams rollout"), "{page}");
    let page = reviewer.text("/ops/reviews?kind=contested").await;
    assert!(page.contains(&page_of(contested)) && !page.contains(&page_of(first)), "{page}");
    let page = reviewer.text("/ops/reviews?kind=disputed").await;
    assert!(page.contains("Nothing waits for a decision."), "{page}");
    for authority in [Authority::Operator, Authority::Observer] {
        let page = Person::of(&world, authority).await.text("/ops/reviews").await;
        assert!(page.contains(&page_of(first)) && !page.contains("Teams rollout"), "{page}");
    }
    world.finish().await;
}

#[tokio::test]
async fn comments_go_both_ways() {
    let world = World::configured(FRIDAY, &REVIEWED).await;
    let claim = world.submit(a_claim()).await;
    let from = Side::Partner;
    let said = Command::Comment { from, text: comment("The signature is on page 3.") };
    world.apply(claim, said).await.unwrap();
    let reviewer = Person::of(&world, Authority::Reviewer).await;
    let page = reviewer.text(&page_of(claim)).await;
    assert!(page.contains("The signature is on page 3."), "{page}");
    let written = reviewer.decide(claim, "comment", &[("text", "Thank you, I see it.")]).await;
    assert_eq!(written.status, 303, "{}", written.text());
    let page = reviewer.text(written.header("location")).await;
    assert!(page.contains("the partner reads it on the claim's page"), "{page}");
    assert_eq!(world.claim(claim).await.file.comments, 2);
    let partner = key(&world, Authority::IncentivesAdmin(MpnId::parse("1234567").unwrap())).await;
    let http = world.serve().await;
    let cookie = http.sign_in_at("/partner/sign-in", &partner.key.reveal()).await.unwrap();
    let page = super::get(&http, &cookie, &format!("/partner/claims/{claim}")).await.text();
    assert!(page.contains("Thank you, I see it."), "{page}");
    let empty = reviewer.decide(claim, "comment", &[("text", "  ")]).await;
    assert_eq!(empty.status, 422, "{}", empty.text());
    assert_eq!(world.status(claim).await, Status::UnderReview);
    world.finish().await;
}
