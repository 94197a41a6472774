//! One claim: what is shown to whom, and what can be done about it.

use chrono::TimeDelta;
use cpor::access::Authority;
use cpor::claim::{ClaimId, Status};
use cpor::testkit::{World, a_claim, a_claim_of};

use super::{FRIDAY, Person};

fn page_of(claim: ClaimId) -> String {
    format!("/ops/claims/{claim}")
}

#[tokio::test]
async fn a_page_says_where_a_claim_stands_what_was_and_what_comes() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let reviewer = Person::of(&world, Authority::Reviewer).await;
    let page = reviewer.text(&page_of(claim)).await;
    for said in [
        "Customer notified",
        "can reject the claim until the window closes",
        "The customer, or the end of the window",
        "Sat 28 Nov, 00:00 (UTC+03:00)",
        "in 7 days 6 hours",
        "Silence makes the association official then",
        "The window closes: from here on a rejection is late",
        "The window ends: silence makes the association official",
        "The customer is reminded",
        "by <span class=\"code\">worker</span>",
        "The mail server took notice 1",
        "mert.kaya@anadoluelektrik.com.tr",
        "accepted",
        "held by this claim",
        "Microsoft Teams",
        "0 of 5 are over",
        "Ece Yıldız",
    ] {
        assert!(page.contains(said), "`{said}` is missing: {page}");
    }
    world.travel_to("2026-11-30T00:00:00Z").await;
    let page = reviewer.text(&page_of(claim)).await;
    assert!(page.contains("Associated (official)"), "{page}");
    assert!(page.contains("Nothing is planned."), "{page}");
    world.finish().await;
}

#[tokio::test]
async fn names_and_words_are_for_reviewers_and_acts_for_who_may() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let personal = ["Mert Kaya", "mert.kaya@", "Ece Y", "Teams rollout"];
    for (authority, names, acts) in [
        (Authority::Observer, false, false),
        (Authority::Operator, false, false),
        (Authority::Reviewer, true, true),
    ] {
        let person = Person::of(&world, authority).await;
        let page = person.text(&page_of(claim)).await;
        for name in personal {
            assert_eq!(page.contains(name), names, "{name}: {page}");
        }
        assert_eq!(page.contains("Pause the window"), acts, "{page}");
        let answer = person.act(claim, "pause", &[("reason", "x"), ("revision", "4")]).await;
        assert_eq!(answer.status == 403, !acts, "{}", answer.text());
    }
    world.finish().await;
}

#[tokio::test]
async fn reviewers_take_the_evidence_with_them() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let file = format!("{}/evidence.zip", page_of(claim));
    for (authority, status) in [(Authority::Operator, 403), (Authority::Reviewer, 200)] {
        let person = Person::of(&world, authority).await;
        assert_eq!(person.text(&page_of(claim)).await.contains(&file), status == 200);
        assert_eq!(person.get(&file).await.status, status);
    }
    world.finish().await;
}

#[tokio::test]
async fn unknown_claims_have_a_page_that_says_so() {
    let world = World::starting(FRIDAY).await;
    let observer = Person::of(&world, Authority::Observer).await;
    for id in ["01993c2a-7e00-7000-8000-00000000002a", "x", "%3Cscript%3E"] {
        let answer = observer.get(&format!("/ops/claims/{id}")).await;
        assert_eq!(answer.status, 404, "{id}");
        assert!(answer.text().contains("There is no claim with this id"), "{}", answer.text());
    }
    world.finish().await;
}

#[tokio::test]
async fn a_window_is_paused_extended_and_resumed_with_reason_and_actor() {
    let world = World::starting(FRIDAY).await;
    let claim = world.submit(a_claim()).await;
    let reviewer = Person::of(&world, Authority::Reviewer).await;
    let refused = reviewer.act(claim, "pause", &[("reason", " "), ("revision", "4")]).await;
    assert_eq!(refused.status, 400, "{}", refused.text());
    assert!(refused.text().contains("no reason was given"), "{}", refused.text());
    let page = reviewer.text(&page_of(claim)).await;
    assert!(page.contains("1 business day: until Tuesday 1 December 2026, 00:00"), "{page}");
    let reason = ("reason", "The contact is on leave.");
    for (act, fields, status) in [
        ("pause", vec![reason], Status::Paused),
        ("resume", vec![reason], Status::Notified),
        ("extend", vec![reason, ("business_days", "2")], Status::Notified),
    ] {
        let revision = world.claim(claim).await.revision.to_string();
        let fields = [fields, vec![("revision", revision.as_str())]].concat();
        let done = reviewer.act(claim, act, &fields).await;
        assert_eq!(done.status, 303, "{act}: {}", done.text());
        let said = reviewer.text(done.header("location")).await;
        assert!(said.contains("banner good"), "{act}: {said}");
        assert_eq!(world.status(claim).await, status, "{act}");
        world.settle().await;
        let again = reviewer.act(claim, act, &fields).await;
        assert_eq!(again.status, 409, "a form that is sent twice: {}", again.text());
    }
    let history = world.history(claim).await;
    let by = |name: &str| history.iter().find(|r| r.event.name() == name).unwrap().actor.clone();
    for event in ["window_paused", "window_resumed", "window_extended"] {
        assert_eq!(by(event), reviewer.name, "{event}");
    }
    let page = reviewer.text(&page_of(claim)).await;
    assert!(page.contains("The contact is on leave."), "{page}");
    assert!(page.contains("Correction, for event"), "{page}");
    world.withdraw(claim).await.unwrap();
    world.finish().await;
}

#[tokio::test]
async fn claims_are_withdrawn_and_associations_ended() {
    let world = World::starting(FRIDAY).await;
    let first = world.submit(a_claim()).await;
    let reviewer = Person::of(&world, Authority::Reviewer).await;
    let done = reviewer.act(first, "withdraw", &[("reason", "By mistake.")]).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(world.status(first).await, Status::Withdrawn);
    let second = world.submit(a_claim()).await;
    world.confirm(second).await.unwrap();
    let because = |reason| [("reason", "They called."), ("because", reason)];
    for reason in ["superseded", "", "no_reason"] {
        let refused = reviewer.act(second, "end", &because(reason)).await;
        assert!(refused.status.is_client_error(), "{reason}: {}", refused.text());
    }
    let done = reviewer.act(second, "end", &because("customer_withdrew")).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(world.status(second).await, Status::Ended);
    let page = reviewer.text(&page_of(second)).await;
    assert!(page.contains("The claim is decided, and stays so."), "{page}");
    world.finish().await;
}

#[tokio::test]
async fn a_contest_is_decided_once_its_holder_has_had_its_time() {
    let world = World::starting(FRIDAY).await;
    let holder = world.submit(a_claim_of("1234567")).await;
    let rival = world.submit(a_claim_of("7654321")).await;
    let reviewer = Person::of(&world, Authority::Reviewer).await;
    let page = reviewer.text(&page_of(rival)).await;
    assert!(page.contains(&format!("href=\"{}\"", page_of(holder))), "{page}");
    assert!(page.contains("and can answer until"), "{page}");
    let upheld = [("reason", "The contract."), ("winner", "claimant")];
    let refused = reviewer.act(rival, "arbitrate", &upheld).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    world.travel_to("2026-12-08T00:00:00Z").await;
    let done = reviewer.act(rival, "arbitrate", &upheld).await;
    assert_eq!(done.status, 303, "{}", done.text());
    world.settle().await;
    assert_eq!(world.status(holder).await, Status::Ended);
    assert_eq!(world.status(rival).await, Status::Notified);
    world.withdraw(rival).await.unwrap();
    world.finish().await;
}

#[tokio::test]
async fn an_operator_tries_again_what_has_failed_and_does_not_wait_for_what_is_planned() {
    let settings = [("workers.notify_customer.attempts_max", "2")];
    let world = World::configured(FRIDAY, &settings).await;
    let mut submission = a_claim();
    submission.customer.contact.email = "greylisted@anadoluelektrik.com.tr".to_owned();
    let claim = world.submit(submission).await;
    let operator = Person::of(&world, Authority::Operator).await;
    let page = operator.text(&page_of(claim)).await;
    assert!(page.contains("Do now: notify_customer"), "{page}");
    assert!(page.contains("not taken for now"), "{page}");
    let job = [("reason", "The relay is back."), ("job", "notify_customer")];
    let done = operator.act(claim, "hasten", &job).await;
    assert_eq!(done.status, 303, "{}", done.text());
    world.settle().await;
    world.travel_for(TimeDelta::hours(1)).await;
    assert_eq!(world.dead_letters().await.len(), 1);
    let page = operator.text(&page_of(claim)).await;
    assert!(page.contains("<strong>Stuck.</strong>"), "{page}");
    let stuck = operator.text("/ops/claims?stuck=yes").await;
    assert!(stuck.contains(&claim.to_string()), "{stuck}");
    let finalize = [("reason", "Now."), ("job", "finalize_association")];
    assert_eq!(operator.act(claim, "hasten", &finalize).await.status, 400);
    let done = operator.act(claim, "retry", &[("reason", "The relay is back.")]).await;
    assert_eq!(done.status, 303, "{}", done.text());
    world.settle().await;
    assert_eq!(world.status(claim).await, Status::Notified);
    let resumed =
        world.history(claim).await.into_iter().find(|r| r.event.name() == "notice_resumed");
    assert_eq!(resumed.unwrap().actor, operator.name);
    let again = operator.act(claim, "retry", &[("reason", "The relay is back.")]).await;
    assert!(again.header("location").contains("Nothing%20was%20done"), "{}", again.text());
    world.withdraw(claim).await.unwrap();
    world.finish().await;
}
