//! Each decision by page leads where the same decision by API leads; and what is not decided.

use cpor::access::Authority;
use cpor::claim::{ClaimId, Status};
use cpor::testkit::{HttpServer, World, a_claim, a_claim_of, a_claim_on};

use super::super::{FRIDAY, Person, key};
use super::{REVIEWED, disputed_against, on_two, page_of, revision, rival_on};

const SAID: &str = "said:proof_of_execution:dates_missing_or_old";
const CODE: (&str, &str) = ("code:proof_of_execution:dates_missing_or_old", "dates_missing_or_old");

/// Where a claim stands, without what differs between two claims that are decided alike.
async fn outcome(world: &World, claim: ClaimId) -> (Status, Vec<&'static str>, String) {
    let found = world.claim(claim).await;
    let findings = serde_json::to_value(&found.state).unwrap()["findings"].to_string();
    (found.status(), world.events(claim).await, findings)
}

/// Decides one claim by page and the other by API; both have to end up alike.
async fn check(
    (world, http, reviewer, key): (&World, &HttpServer, &Person, &str),
    (by_page, by_api): (ClaimId, ClaimId),
    (act, fields): (&str, &[(&str, &str)]),
    (path, body): (&str, &str),
    status: Status,
) {
    let revision = revision(world, by_page).await;
    let fields = [&[("revision", revision.as_str())], fields].concat();
    let done = reviewer.decide(by_page, act, &fields).await;
    assert_eq!(done.status, 303, "{act}: {}", done.text());
    let said = reviewer.text(done.header("location")).await;
    assert!(said.contains("banner good"), "{act}: {said}");
    let answered =
        http.post_json(&format!("/v1/claims/{by_api}/{path}"), key, body.to_owned()).await;
    assert_eq!(answered.status, 200, "{}", answered.text());
    world.settle().await;
    assert_eq!(world.status(by_page).await, status, "{act}");
    assert_eq!(outcome(world, by_page).await, outcome(world, by_api).await, "{act}");
    let history = world.history(by_page).await;
    assert!(history.iter().any(|recorded| recorded.actor == reviewer.name), "{act}");
    let again = reviewer.decide(by_page, act, &fields).await;
    assert_eq!(again.status, 409, "a form that is sent twice: {}", again.text());
}

#[tokio::test]
async fn each_decision_about_a_review_is_that_of_the_api() {
    let world = World::configured(FRIDAY, &REVIEWED).await;
    let http = world.serve().await;
    let reviewer = Person::of(&world, Authority::Reviewer).await;
    let key = key(&world, Authority::Reviewer).await.key.reveal().clone();
    let all = (&world, &http, &reviewer, key.as_str());
    let reasons = r#""findings":[{"code":"dates_missing_or_old","message":"It is of 2023."},
        {"code":"products_not_covered","field":"items[1]","message":"Not named."}]"#;
    let fields = |decision| {
        [
            ("decision", decision),
            CODE,
            (SAID, "It is of 2023."),
            ("code:items[1]:", "products_not_covered"),
            ("said:items[1]:", "Not named."),
        ]
    };
    let pair =
        (on_two(&world, "teams", "yammer").await, on_two(&world, "intune", "exchange").await);
    let (ask, body) = (fields("ask_action"), format!(r#"{{"decision":"ask_action",{reasons}}}"#));
    check(all, pair, ("refuse", &ask), ("review", &body), Status::ActionRequired).await;
    let pair = (
        on_two(&world, "teams_phone", "teams_meetings").await,
        on_two(&world, "viva_insights", "viva_topics").await,
    );
    let (refuse, body) = (fields("refuse"), format!(r#"{{"decision":"refuse",{reasons}}}"#));
    check(all, pair, ("refuse", &refuse), ("review", &body), Status::Refused).await;
    let pair = (
        on_two(&world, "sharepoint", "viva_learning").await,
        on_two(&world, "teams_platform", "viva_connections").await,
    );
    let part = [("drop", "workload:viva_learning"), ("comment", "Learning is not in it.")];
    let body = r#"{"decision":"approve","dropped_items":["workload:viva_connections"],
        "comment":"Learning is not in it."}"#;
    let (by_page, by_api) = pair;
    let revision = revision(&world, by_page).await;
    let fields = [&[("revision", revision.as_str())], &part[..]].concat();
    assert_eq!(reviewer.decide(by_page, "approve", &fields).await.status, 303);
    http.post_json(&format!("/v1/claims/{by_api}/review"), &key, body.to_owned()).await;
    world.settle().await;
    assert_eq!(outcome(&world, by_page).await, outcome(&world, by_api).await);
    assert_eq!(world.status(by_page).await, Status::Notified);
    let items = world.claim(by_page).await.submission.items.clone();
    assert_eq!(items.iter().map(|item| item.key()).collect::<Vec<_>>(), ["workload:sharepoint"]);
    for claim in [by_page, by_api] {
        world.withdraw(claim).await.unwrap();
    }
    world.finish().await;
}

#[tokio::test]
async fn contests_and_disputes_decided_by_page_are_those_of_the_api() {
    let world = World::starting(FRIDAY).await;
    let http = world.serve().await;
    let reviewer = Person::of(&world, Authority::Reviewer).await;
    let key = key(&world, Authority::Reviewer).await.key.reveal().clone();
    let all = (&world, &http, &reviewer, key.as_str());
    let mut holders = Vec::new();
    for workload in ["teams", "exchange", "intune", "yammer"] {
        holders.push(world.submit(a_claim_on(workload)).await);
    }
    let mut rivals = Vec::new();
    for workload in ["teams", "exchange", "intune", "yammer"] {
        rivals.push(world.submit(rival_on(workload)).await);
    }
    let lost = [("winner", "other"), ("reason", "Their contract is newer.")];
    let body = r#"{"upheld":false,"reason":"Their contract is newer."}"#;
    let pair = (rivals[0], rivals[1]);
    check(all, pair, ("contest", &lost), ("arbitrate", body), Status::Refused).await;
    for holder in &holders[..2] {
        let told = world.history(*holder).await.into_iter().rev();
        let mut told = told.map(|recorded| serde_json::to_value(&recorded.event).unwrap());
        let closed = told.find(|event| event["event"] == "contest_closed").unwrap();
        let reason = closed["reason"].as_str().unwrap();
        assert!(reason.contains("Their contract is newer."), "who keeps them reads it: {reason}");
    }
    // The holders' time to answer is over.
    world.travel_to("2026-12-01T00:00:00Z").await;
    let won = [("winner", "this"), ("reason", "Their proof is newer.")];
    let revision = revision(&world, rivals[2]).await;
    let fields = [&[("revision", revision.as_str())], &won[..]].concat();
    assert_eq!(reviewer.decide(rivals[2], "contest", &fields).await.status, 303);
    let body = r#"{"upheld":true,"reason":"Their proof is newer."}"#;
    http.post_json(&format!("/v1/claims/{}/arbitrate", rivals[3]), &key, body.to_owned()).await;
    world.settle().await;
    assert_eq!(world.status(rivals[2]).await, Status::Notified);
    assert_eq!(outcome(&world, rivals[2]).await, outcome(&world, rivals[3]).await);
    for claim in &rivals[2..] {
        world.withdraw(*claim).await.unwrap();
    }
    world.finish().await;
}

#[tokio::test]
async fn a_dispute_is_lost_for_good() {
    let world = World::configured(FRIDAY, &REVIEWED).await;
    let first = Person::of(&world, Authority::Reviewer).await;
    let claim = disputed_against(&world, &first).await;
    let second = Person::of(&world, Authority::Reviewer).await;
    let revision = revision(&world, claim).await;
    let undecided = [("revision", revision.as_str()), ("reason", "Page 3 is empty.")];
    let refused = second.decide(claim, "dispute", &undecided).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(refused.text().contains("Page 3 is empty."), "what was written stays");
    let fields = [&undecided[..], &[("winner", "refusal")]].concat();
    let done = second.decide(claim, "dispute", &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    world.settle().await;
    assert_eq!(world.status(claim).await, Status::Disqualified);
    world.finish().await;
}

#[tokio::test]
async fn what_is_missing_is_said_beside_the_field_and_nothing_is_lost() {
    let world = World::configured(FRIDAY, &REVIEWED).await;
    let claim = world.submit(a_claim()).await;
    let reviewer = Person::of(&world, Authority::Reviewer).await;
    let revision = revision(&world, claim).await;
    let ask = ("decision", "ask_action");
    let long = "x".repeat(4_001);
    for (act, fields, said) in [
        ("refuse", vec![CODE, (SAID, "Old.")], "Choose what happens to the claim."),
        ("refuse", vec![ask], "Choose at least one reason"),
        ("refuse", vec![ask, CODE], "Say it in a sentence"),
        ("refuse", vec![ask, (SAID, "Old.")], "Choose the reason"),
        ("refuse", vec![ask, CODE, (SAID, &long)], "id=\"wrong-said:proof_of_execution:dates"),
        ("approve", vec![("drop", "workload:teams")], "At least one item has to stay"),
        ("approve", vec![("comment", &long)], "id=\"wrong-comment\""),
    ] {
        let fields = [vec![("revision", revision.as_str())], fields].concat();
        let answer = reviewer.decide(claim, act, &fields).await;
        assert_eq!(answer.status, 422, "{said}: {}", answer.text());
        let page = answer.text();
        assert!(page.contains(said), "{said}: {page}");
        assert!(page.contains(&format!("id=\"{act}\" open")), "{act} stays open: {page}");
        for (_, written) in fields.iter().filter(|(name, _)| *name == SAID) {
            assert!(page.contains(written), "{page}");
        }
    }
    let stale = [("revision", "1"), ("comment", "It is all there.")];
    let answer = reviewer.decide(claim, "approve", &stale).await;
    assert_eq!(answer.status, 409, "{}", answer.text());
    let page = answer.text();
    assert!(page.contains("The claim has changed since") && page.contains("It is all there."));
    assert_eq!(reviewer.decide(claim, "nothing", &[("revision", &revision)]).await.status, 400);
    assert_eq!(world.status(claim).await, Status::UnderReview);
    world.finish().await;
}

#[tokio::test]
async fn four_eyes_are_two_reviewers() {
    let settings = [("review.osu_microsoft_365", "all"), ("review.four_eyes", "true")];
    let world = World::configured(FRIDAY, &settings).await;
    let claim = world.submit(a_claim_of("1234567")).await;
    let first = Person::of(&world, Authority::Reviewer).await;
    let page = first.text(&page_of(claim)).await;
    assert!(page.contains("Four eyes: two reviewers have to approve it."), "{page}");
    let approve = async |person: &Person| {
        let revision = revision(&world, claim).await;
        person.decide(claim, "approve", &[("revision", revision.as_str())]).await
    };
    let done = approve(&first).await;
    let page = first.text(done.header("location")).await;
    assert!(page.contains("Approved: another reviewer has to approve the claim"), "{page}");
    assert!(page.contains("You have approved this claim: another reviewer"), "{page}");
    assert!(first.text("/ops/reviews").await.contains("approved by"));
    assert_eq!(approve(&first).await.status, 409);
    let second = Person::of(&world, Authority::Reviewer).await;
    let page = second.text(&page_of(claim)).await;
    assert!(page.contains(&format!("{} has approved it already", first.name)), "{page}");
    assert_eq!(approve(&second).await.status, 303);
    world.settle().await;
    assert_eq!(world.status(claim).await, Status::Notified);
    world.withdraw(claim).await.unwrap();
    world.finish().await;
}
