//! Reviews, contests and disputes over HTTP: who may do what, and what is told to whom.

use cpor::access::Authority;
use cpor::claim::Status;
use cpor::testkit::{CUSTOMER_TENANT, a_claim, a_claim_of};

use super::{Site, assert_problem, codes, partner};

const REVIEWED: [(&str, &str); 1] = [("review.osu_microsoft_365", "all")];

#[tokio::test]
async fn a_refusal_is_disputed_by_its_partner_and_decided_by_another_reviewer() {
    let site = Site::configured(&REVIEWED).await;
    let (own, stranger) = (site.partner().await, site.key(partner("7654321")).await);
    let (first, second) = (Authority::Reviewer, Authority::Reviewer);
    let (first, second) = (site.key(first).await, site.key(second).await);
    let observer = site.key(Authority::Observer).await;
    let claim = site.world.submit(a_claim()).await;
    let queue = site.http.get_as(&observer, "/v1/reviews").await.json();
    assert_eq!(queue["claims"][0]["claim_id"], claim.to_string(), "{queue}");
    assert_eq!((&queue["claims"][0]["overdue"], &queue["more"]), (&false.into(), &false.into()));
    let at = |what: &str| format!("/v1/claims/{claim}/{what}");
    let refuse =
        r#"{"decision":"refuse","findings":[{"code":"proof_missing","message":"Empty."}]}"#;
    for (key, status, kind) in [
        (&own, 403, "role_not_allowed"),
        (&observer, 403, "role_not_allowed"),
        (&stranger, 403, "role_not_allowed"),
    ] {
        assert_problem(&site.http.post_json(&at("review"), key, refuse).await, status, kind);
    }
    let nothing = site.http.post_json(&at("review"), &first, r#"{"decision":"refuse"}"#).await;
    assert_eq!(assert_problem(&nothing, 409, "claim_conflict")["code"], "no_reason");
    let refused = site.http.post_json(&at("review"), &first, refuse).await.json();
    assert_eq!(
        (&refused["outcome"], &refused["status"]),
        (&"claim_refused".into(), &"refused".into())
    );
    let view = site.http.get_as(&own, &format!("/v1/claims/{claim}")).await.json();
    assert_eq!(
        (codes(&view), &view["refused_by"]),
        (vec![("proof_of_execution", "proof_missing")], &"reviewer".into())
    );
    let why = r#"{"justification":"It is on page 3."}"#;
    assert_problem(&site.http.post_json(&at("dispute"), &stranger, why).await, 404, "not_found");
    let disputed = site.http.post_json(&at("dispute"), &own, why).await.json();
    assert_eq!(disputed["status"], "disputed", "{disputed}");
    let comment = r#"{"text":"Please look at page 3."}"#;
    assert_eq!(site.http.post_json(&at("comments"), &own, comment).await.status, 200);
    assert_problem(
        &site.http.post_json(&at("comments"), &observer, comment).await,
        403,
        "role_not_allowed",
    );
    let decide = r#"{"upheld":true,"reason":"So it is."}"#;
    let same = site.http.post_json(&at("decide-dispute"), &first, decide).await;
    assert_eq!(assert_problem(&same, 409, "claim_conflict")["code"], "same_person");
    let decided = site.http.post_json(&at("decide-dispute"), &second, decide).await.json();
    assert_eq!(
        (&decided["outcome"], &decided["status"]),
        (&"validated".into(), &"validated".into())
    );
    site.world.settle().await;
    assert_eq!(site.world.status(claim).await, Status::Notified);
    site.world.withdraw(claim).await.unwrap();
}

#[tokio::test]
async fn an_incumbent_learns_of_a_contest_and_not_whose_it_is() {
    let site = Site::open().await;
    let (own, rivals) = (site.partner().await, site.key(partner("7654321")).await);
    let reviewer = site.key(Authority::Reviewer).await;
    let free = format!("/v1/items/taken?tenant_id={CUSTOMER_TENANT}&items=workload:teams");
    let taken = site.http.get_as(&rivals, &free).await.json();
    assert_eq!(taken["items"][0]["taken"], false, "{taken}");
    let incumbent = site.world.submit(a_claim()).await;
    let taken = site.http.get_as(&rivals, &free).await.json();
    assert_eq!(taken["items"][0]["taken"], true, "{taken}");
    assert!(!taken.to_string().contains("1234567"), "{taken}");
    site.world.travel_to("2026-12-01T00:00:00Z").await;
    let rival = site.world.submit(a_claim_of("7654321")).await;
    let of = |claim| format!("/v1/claims/{claim}");
    let view = site.http.get_as(&own, &of(incumbent)).await;
    let text = view.text();
    assert!(!text.contains(&rival.to_string()) && !text.contains("7654321"), "{text}");
    let history = site.http.get_as(&own, &format!("{}/history", of(incumbent))).await.text();
    assert!(!history.contains(&rival.to_string()), "{history}");
    let contest = view.json()["contests"][0]["contest"].as_u64().unwrap();
    let answer = format!(r#"{{"contest":{contest},"keeps":false,"comment":"We have moved on."}}"#);
    let path = format!("{}/answer-contest", of(incumbent));
    let answered = site.http.post_json(&path, &own, answer).await.json();
    assert_eq!(answered["outcome"], "contest_answered", "{answered}");
    let decide = r#"{"upheld":true,"reason":"They gave it up."}"#;
    let decided = site.http.post_json(&format!("{}/arbitrate", of(rival)), &reviewer, decide).await;
    assert_eq!(decided.json()["outcome"], "validated", "{}", decided.text());
    site.world.settle().await;
    assert_eq!(site.world.status(incumbent).await, Status::Ended);
    site.world.withdraw(rival).await.unwrap();
}
