//! Reviews, contests and disputes as stories: who is told, who may decide, and what the partner
//! can still do.

use cpor::claim::command::{Command, Dispute, DisputeDecision, ReviewOutcome, Reviewed, Terms};
use cpor::claim::identity::Comment;
use cpor::claim::state::State;
use cpor::claim::{ClaimId, Finding, ItemKey, Status};
use cpor::testkit::{CUSTOMER_TENANT, World, a_claim, a_claim_of};
use cpor_jobs::Item;

use super::{END, FRIDAY, did, refused};

const REVIEWERS: &str = "reviews@cpor.example";
const CHIEF: &str = "chief@cpor.example";

fn said(words: &str) -> Comment {
    Comment::parse(words).unwrap()
}

fn reviewed(outcome: ReviewOutcome) -> Command {
    Command::Review(Reviewed { outcome, terms: Terms::default() })
}

fn refuse() -> Command {
    let message = "The signature is missing.";
    let findings = vec![Finding::new("proof_of_execution", "proof_missing", message)];
    reviewed(ReviewOutcome::Refuse { findings })
}

fn approve(dropped: &[&str]) -> Command {
    let dropped = dropped.iter().map(|key| ItemKey::parse(key).unwrap()).collect();
    reviewed(ReviewOutcome::Approve { dropped, comment: None })
}

async fn adds_up(world: &World) {
    assert_eq!(world.broken_invariants().await, []);
}

async fn under_review(more: &[(&str, &str)]) -> World {
    let settings = [&[("review.osu_microsoft_365", "all")][..], more].concat();
    World::configured(FRIDAY, &settings).await
}

#[tokio::test]
async fn what_the_proof_does_not_cover_is_dropped_and_free_for_others_in_that_commit() {
    let world = under_review(&[]).await;
    let mut submission = a_claim();
    submission.items = vec![Item::workload("teams"), Item::workload("exchange")];
    let claim = world.submit(submission).await;
    assert_eq!(world.status(claim).await, Status::UnderReview);
    assert!(world.mails().is_empty(), "the customer is told after the review");
    let nothing_left = approve(&["workload:teams", "workload:exchange"]);
    assert_eq!(refused(world.apply(claim, nothing_left).await).code(), "nothing_left");
    let unknown = approve(&["workload:intune"]);
    assert_eq!(refused(world.apply(claim, unknown).await).code(), "no_such_item");
    let events = did(world.apply(claim, approve(&["workload:exchange"])).await);
    assert_eq!(events, ["review_approved", "claim_validated"]);
    world.expect(claim).notified().await;
    assert_eq!(world.claim(claim).await.submission.items.len(), 1);
    let mut rival = a_claim_of("7654321");
    rival.items = vec![Item::workload("exchange")];
    let rival = world.submit(rival).await;
    assert_eq!(world.status(rival).await, Status::UnderReview, "exchange is free");
    adds_up(&world).await;
    world.travel_to("2026-12-31T00:00:00Z").await;
    assert_eq!(world.grants(CUSTOMER_TENANT).await, ["1234567 workload:teams"]);
}

#[tokio::test]
async fn four_eyes_are_those_of_two_people() {
    let world = under_review(&[("review.four_eyes", "true")]).await;
    let claim = world.submit(a_claim()).await;
    let ledger = world.ledger();
    assert_eq!(did(ledger.apply(claim, &approve(&[]), "ayse").await), ["review_approved"]);
    assert_eq!(world.status(claim).await, Status::UnderReview);
    let again = refused(ledger.apply(claim, &approve(&[]), "ayse").await);
    assert_eq!(again.code(), "same_person");
    let events = did(ledger.apply(claim, &approve(&[]), "john").await);
    assert_eq!(events, ["review_approved", "claim_validated"]);
    world.settle().await;
    world.expect(claim).notified().await;
}

#[tokio::test]
async fn a_review_that_nobody_decides_is_told_and_never_decides_itself() {
    let told = [("review.address", REVIEWERS), ("review.escalation_address", CHIEF)];
    let world = under_review(&told).await;
    let claim = world.submit(a_claim()).await;
    world.travel_to("2026-11-27T00:00:00Z").await;
    assert!(world.latest_mail_to(REVIEWERS).contains(&claim.to_string()));
    world.travel_to("2027-01-31T00:00:00Z").await;
    assert!(world.latest_mail_to(CHIEF).contains(&claim.to_string()));
    assert_eq!(world.status(claim).await, Status::UnderReview);
    let events = world.events(claim).await;
    assert_eq!(events[1..], ["review_requested", "reviewers_told", "reviewers_told"]);
    adds_up(&world).await;
}

#[tokio::test]
async fn a_refusal_is_disputed_once_and_decided_by_somebody_else() {
    let world = under_review(&[]).await;
    let claim = world.submit(a_claim()).await;
    assert_eq!(did(world.apply(claim, refuse()).await), ["claim_refused"]);
    assert!(world.latest_mail_to("ece.yildiz@partner.example").contains("dispute that once"));
    let justification = said("It is on page 3.");
    let (proof_of_execution, terms) = (Vec::new(), Terms::default());
    let dispute = Command::Dispute(Dispute { justification, proof_of_execution, terms });
    assert_eq!(did(world.apply(claim, dispute.clone()).await), ["claim_disputed"]);
    let decide = |upheld| {
        let (reason, holders, terms) = (said("So it is."), Vec::new(), Terms::default());
        Command::DecideDispute(DisputeDecision { upheld, reason, holders, terms })
    };
    // `apply` acts as "operator", who has refused it.
    assert_eq!(refused(world.apply(claim, decide(true)).await).code(), "same_person");
    let decided = world.ledger().apply(claim, &decide(true), "somebody else").await;
    assert_eq!(did(decided), ["dispute_decided", "claim_validated"]);
    world.settle().await;
    world.expect(claim).notified().await;
    adds_up(&world).await;
    world.travel_to(END).await;
}

#[tokio::test]
async fn a_refusal_that_nobody_disputes_becomes_final() {
    let world = under_review(&[]).await;
    let claim = world.submit(a_claim()).await;
    world.apply(claim, refuse()).await.unwrap();
    world.travel_to("2026-12-20T14:59:59Z").await;
    assert_eq!(world.status(claim).await, Status::Refused);
    world.travel_to("2026-12-20T15:00:00Z").await;
    world.expect(claim).disqualified_for("proof_missing").await;
    adds_up(&world).await;
}

async fn contest(world: &World) -> (ClaimId, ClaimId) {
    let incumbent = world.submit(a_claim_of("1234567")).await;
    world.travel_to("2026-11-30T08:00:00Z").await;
    let mut rival = a_claim_of("7654321");
    "can.er@rival.example".clone_into(&mut rival.partner.contact.email);
    let rival = world.submit(rival).await;
    world.expect(rival).contested().await;
    (incumbent, rival)
}

#[tokio::test]
async fn the_incumbent_is_told_and_loses_in_the_commit_in_which_the_winner_goes_on() {
    let world = World::starting(FRIDAY).await;
    let (incumbent, rival) = contest(&world).await;
    let mail = world.latest_mail_to("ece.yildiz@partner.example");
    assert!(mail.contains(&incumbent.to_string()), "{mail}");
    assert!(!mail.contains("7654321") && !mail.contains(&rival.to_string()), "{mail}");
    let why = || "The newest proof.".to_owned();
    let early = world.ledger().arbitrate(rival, true, why(), "reviewer").await;
    assert_eq!(refused(early).code(), "answer_open");
    let contest = world.claim(incumbent).await.file.contests[0].clone();
    let comment = Some(said("We still work there."));
    let answer = Command::AnswerContest { contest: contest.revision, keeps: true, comment };
    assert_eq!(did(world.apply(incumbent, answer).await), ["contest_answered"]);
    let State::Contested { answers, .. } = &world.claim(rival).await.state else {
        panic!("it is not contested");
    };
    assert_eq!((answers[0].claim_id, answers[0].answer.keeps), (incumbent, true));
    adds_up(&world).await;
    let decided = world.ledger().arbitrate(rival, true, why(), "reviewer").await;
    assert_eq!(did(decided), ["contest_won", "claim_validated"]);
    assert!(world.grants(CUSTOMER_TENANT).await.is_empty(), "the loser's access has ended");
    world.settle().await;
    world.expect(incumbent).ended_because("superseded").await;
    world.expect(rival).notified().await;
    adds_up(&world).await;
    world.travel_to("2027-01-31T00:00:00Z").await;
    assert_eq!(world.grants(CUSTOMER_TENANT).await, ["7654321 workload:teams"]);
}

#[tokio::test]
async fn a_contest_that_is_lost_leaves_the_incumbent_as_it_was() {
    let world = World::starting(FRIDAY).await;
    let (incumbent, rival) = contest(&world).await;
    let why = "The contract names them.".to_owned();
    let decided = world.ledger().arbitrate(rival, false, why, "reviewer").await;
    assert_eq!(did(decided), ["claim_refused"]);
    world.settle().await;
    assert!(world.claim(incumbent).await.file.contests.is_empty());
    assert_eq!(world.events(incumbent).await.last(), Some(&"contest_closed"));
    assert_eq!(world.grants(CUSTOMER_TENANT).await, ["1234567 workload:teams"]);
    adds_up(&world).await;
}
