//! What a claim beside its proof shows, and to whom.

use cpor::access::Authority;
use cpor::claim::command::Command;
use cpor::testkit::{World, a_claim, a_claim_of};

use super::super::{FRIDAY, Person};
use super::{REVIEWED, comment, disputed_against, page_of, proved_by_upload};

#[tokio::test]
async fn claim_and_proof_are_side_by_side_for_those_who_may_see_them() {
    let world = World::configured(FRIDAY, &REVIEWED).await;
    let (submission, document) = proved_by_upload(&world).await;
    let claim = world.submit(submission).await;
    let reviewer = Person::of(&world, Authority::Reviewer).await;
    let page = reviewer.text(&page_of(claim)).await;
    let download = format!("/ops/documents/{document}");
    for said in [
        "Under review",
        "Every claim of its program is looked at.",
        "Decide by",
        "in 7 days",
        "What is claimed",
        "mert.kaya@anadoluelektrik.com.tr",
        "Microsoft Teams",
        "What proves it",
        "sow.pdf",
        "not scanned",
        "SHA-256 ",
        "No program can read what the document says",
        "Advice only",
        &download,
        "What has happened",
        "Send it back: the partner can put it right until",
    ] {
        assert!(page.contains(said), "`{said}` is missing: {page}");
    }
    let file = reviewer.get(&download).await;
    assert_eq!(file.status, 200);
    assert!(file.header("content-disposition").starts_with("attachment; "));
    assert!(file.header("content-security-policy").starts_with("sandbox;"));
    for (authority, why) in [
        (Authority::Operator, "Decisions about claims are for reviewers."),
        (Authority::Observer, "This role looks only."),
    ] {
        let person = Person::of(&world, authority).await;
        let page = person.text(&page_of(claim)).await;
        assert!(page.contains(why) && page.contains("Documents are shown to reviewers"), "{page}");
        for hidden in ["sow.pdf", "Mert Kaya", "Teams rollout", "name=\"act\"", &download] {
            assert!(!page.contains(hidden), "{hidden}: {page}");
        }
        assert_eq!(person.get(&download).await.status, 403);
        assert_eq!(person.decide(claim, "approve", &[]).await.status, 403);
    }
    world.finish().await;
}

#[tokio::test]
async fn a_contest_shows_both_sides_the_answer_and_what_decides() {
    let world = World::starting(FRIDAY).await;
    let holder = world.submit(a_claim()).await;
    world.travel_to("2026-12-01T00:00:00Z").await;
    let rival = world.submit(a_claim_of("7654321")).await;
    let reviewer = Person::of(&world, Authority::Reviewer).await;
    let page = reviewer.text(&page_of(rival)).await;
    for said in [
        "This claim: partner 7654321",
        "Who has the items: partner 1234567",
        "The newest proof is this claim's, of partner 7654321",
        "Partner 1234567 has not answered yet, and can until",
        "Not now: ",
        &format!("/ops/claims/{holder}"),
    ] {
        assert!(page.contains(said), "`{said}` is missing: {page}");
    }
    let contest = world.claim(holder).await.file.contests[0].revision;
    let comment = Some(comment("We still run it."));
    world.apply(holder, Command::AnswerContest { contest, keeps: true, comment }).await.unwrap();
    let page = reviewer.text(&page_of(rival)).await;
    assert!(page.contains("that it keeps the items: “We still run it.”"), "{page}");
    assert!(!page.contains("Not now: "), "{page}");
    let observer = Person::of(&world, Authority::Observer).await;
    let page = observer.text(&page_of(rival)).await;
    assert!(page.contains("that it keeps the items"), "{page}");
    assert!(!page.contains("We still run it."), "{page}");
    world.withdraw(rival).await.unwrap();
    world.finish().await;
}

#[tokio::test]
async fn a_dispute_shows_what_is_disputed_and_refuses_who_refused() {
    let world = World::configured(FRIDAY, &REVIEWED).await;
    let first = Person::of(&world, Authority::Reviewer).await;
    let claim = disputed_against(&world, &first).await;
    let page = first.text(&page_of(claim)).await;
    for said in [
        "Disputed",
        "A reviewer refused it",
        "The file is empty.",
        "It is on page 3.",
        "You refused this claim: somebody else has to decide the dispute.",
    ] {
        assert!(page.contains(said), "`{said}` is missing: {page}");
    }
    assert!(!page.contains("Decide the dispute"), "{page}");
    let revision = super::revision(&world, claim).await;
    let fields = [("revision", revision.as_str()), ("winner", "claim"), ("reason", "I was wrong.")];
    let same = first.decide(claim, "dispute", &fields).await;
    assert_eq!(same.status, 409, "{}", same.text());
    let second = Person::of(&world, Authority::Reviewer).await;
    assert!(second.text(&page_of(claim)).await.contains("Decide the dispute"));
    let done = second.decide(claim, "dispute", &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    world.settle().await;
    world.withdraw(claim).await.unwrap();
    let page = second.text(&page_of(claim)).await;
    assert!(page.contains("There is nothing to decide: the claim is withdrawn"), "{page}");
    world.finish().await;
}

#[tokio::test]
async fn the_page_of_a_claim_leads_to_its_review_while_somebody_has_to_decide() {
    let world = World::configured(FRIDAY, &REVIEWED).await;
    let claim = world.submit(a_claim()).await;
    let observer = Person::of(&world, Authority::Observer).await;
    let page = observer.text(&format!("/ops/claims/{claim}")).await;
    assert!(page.contains(&format!("href=\"{}\"", page_of(claim))), "{page}");
    world.withdraw(claim).await.unwrap();
    let page = observer.text(&format!("/ops/claims/{claim}")).await;
    assert!(!page.contains(&page_of(claim)), "{page}");
    for id in ["01993c2a-7e00-7000-8000-00000000002a", "x"] {
        assert_eq!(observer.get(&format!("/ops/reviews/{id}")).await.status, 404, "{id}");
    }
    world.finish().await;
}
