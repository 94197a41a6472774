//! What reviewers do to an open window, and what everybody sees of it.

use cpor::access::Authority;
use cpor::claim::{ClaimId, Status};
use cpor::testkit::{a_claim, a_dynamics_claim};
use serde_json::{Value, json};

use super::{Site, assert_problem, codes};

/// A claim whose window ends with Friday 27 November in Istanbul.
struct Dispute {
    site: Site,
    key: String,
    claim: ClaimId,
}

impl Dispute {
    async fn open() -> Self {
        let site = Site::open().await;
        let key = site.key(Authority::Reviewer).await;
        let claim = site.world.submit(a_claim()).await;
        site.world.travel_to("2026-11-24T10:00:00Z").await; // Tuesday; Monday has passed.
        Self { site, key, claim }
    }

    async fn ask(&self, what: &str, body: &Value) -> cpor::testkit::http::Answer {
        let path = format!("/v1/claims/{}/{what}", self.claim);
        let answer = self.site.http.post_json(&path, &self.key, body.to_string()).await;
        self.site.world.settle().await;
        answer
    }

    async fn done(&self, what: &str, body: &Value) -> Value {
        let answer = self.ask(what, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    async fn get(&self, path: &str) -> Value {
        self.site.http.get_as(&self.key, &format!("/v1/claims/{}{path}", self.claim)).await.json()
    }
}

#[tokio::test]
async fn a_reviewer_pauses_and_resumes_after_seeing_the_new_end() {
    let dispute = Dispute::open().await;
    let why = json!({ "reason": "A court looks at the contract." });
    let paused = dispute.done("pause", &why).await;
    assert_eq!(
        (&paused["outcome"], &paused["status"]),
        (&"window_paused".into(), &"paused".into())
    );
    assert_eq!(paused["closes_at_before"], "2026-11-27T21:00:00Z");
    assert_eq!(
        (&paused["closes_at"], &paused["paused_at"]),
        (&Value::Null, &"2026-11-24T10:00:00Z".into())
    );
    assert_eq!(dispute.done("pause", &why).await["outcome"], "already_decided");

    let claim = dispute.get("").await;
    assert_eq!((&claim["status"], &claim["closes_at"]), (&"paused".into(), &Value::Null));
    assert_eq!(claim["paused_at"], "2026-11-24T10:00:00Z");
    let waits_for = claim["waits_for"].as_str().unwrap();
    assert!(waits_for.contains("a reviewer who resumes"), "{waits_for}");

    dispute.site.world.travel_to("2026-12-02T10:00:00Z").await;
    let deadline = dispute.get("/deadline").await;
    assert_eq!((&deadline["closes_at"], &deadline["last_day"]), (&Value::Null, &Value::Null));
    assert_eq!(deadline["time"]["business_days_passed"], 1);
    assert_eq!(deadline["time"]["business_days_left"], 4);
    assert!(deadline["sentences"][0].as_str().unwrap().contains("has stood still since"));
    let preview = json!({ "reason": "The court has decided.", "preview": true });
    let seen = dispute.done("resume", &preview).await;
    assert_eq!((&seen["preview"], &seen["status"]), (&true.into(), &"notified".into()));
    assert_eq!(seen["closes_at"], "2026-12-08T21:00:00Z");
    assert_eq!(dispute.site.world.status(dispute.claim).await, Status::Paused);
    let resume = json!({ "reason": "The court has decided.", "if_revision": seen["revision"] });
    let resumed = dispute.done("resume", &resume).await;
    assert_eq!(resumed["closes_at"], "2026-12-08T21:00:00Z");
    assert_eq!(resumed["closes_at_before"], "2026-11-27T21:00:00Z");
    assert_eq!(resumed["sentences"], seen["sentences"]);
    dispute.site.world.finish().await;
}

#[tokio::test]
async fn days_are_granted_once_when_the_request_says_what_it_looked_at() {
    let dispute = Dispute::open().await;
    let preview = json!({ "business_days": 2, "reason": "She was ill.", "preview": true });
    let seen = dispute.done("extend", &preview).await;
    assert_eq!(seen["closes_at"], "2026-12-01T21:00:00Z");
    assert_eq!(dispute.get("").await["closes_at"], "2026-11-27T21:00:00Z");
    let body =
        json!({ "business_days": 2, "reason": "She was ill.", "if_revision": seen["revision"] });
    assert_eq!(dispute.done("extend", &body).await["outcome"], "window_extended");
    let again = dispute.ask("extend", &body).await;
    assert_eq!(assert_problem(&again, 409, "claim_conflict")["code"], "claim_changed");
    assert_eq!(dispute.get("").await["closes_at"], "2026-12-01T21:00:00Z");
    let deadline = dispute.get("/deadline").await;
    assert_eq!(
        (&deadline["business_days"], &deadline["adjustments"]["extra_business_days"]),
        (&5.into(), &2.into())
    );
    dispute.site.world.finish().await;
}

#[tokio::test]
async fn what_cannot_be_asked_of_a_window_is_refused_with_a_reason() {
    let dispute = Dispute::open().await;
    let early = dispute.ask("resume", &json!({ "reason": "Enough." })).await;
    assert_eq!(assert_problem(&early, 409, "claim_conflict")["code"], "wrong_status");
    for body in [json!({}), json!({ "reason": "x", "days": 2 }), json!({ "business_days": 2 })] {
        assert_problem(&dispute.ask("extend", &body).await, 400, "request_malformed");
    }
    let wrong = json!({ "business_days": 0, "reason": " " });
    let problem = assert_problem(&dispute.ask("extend", &wrong).await, 422, "findings_reported");
    let fields: Vec<String> = codes(&problem).into_iter().map(|(field, _)| field.into()).collect();
    assert_eq!(fields, ["business_days", "reason"]);
    let too_far = json!({ "business_days": 260, "reason": "Much.", "preview": true });
    dispute.ask("extend", &too_far).await;
    dispute.site.world.travel_to("2026-12-01T00:00:00Z").await;
    for (what, body) in
        [("pause", json!({"reason": "x"})), ("extend", json!({"reason": "x", "business_days": 1}))]
    {
        let late = dispute.ask(what, &body).await;
        assert_eq!(assert_problem(&late, 409, "claim_conflict")["code"], "wrong_status");
    }
    dispute.site.world.finish().await;
}

#[tokio::test]
async fn lists_of_closing_windows_leave_paused_ones_out() {
    let dispute = Dispute::open().await;
    dispute.site.world.submit(a_dynamics_claim()).await;
    dispute.done("pause", &json!({ "reason": "A dispute." })).await;
    let count = async |query: &str| {
        let found = dispute.site.http.get_as(&dispute.key, &format!("/v1/claims?{query}")).await;
        found.json()["claims"].as_array().unwrap().len()
    };
    assert_eq!(count("status=paused").await, 1);
    assert_eq!(count("closing_after=2026-11-01T00:00:00Z").await, 1);
    assert_eq!(count("sort=closes_at").await, 1);
    assert_eq!(count("status=paused&closing_after=2026-11-01T00:00:00Z").await, 0);
    dispute.site.world.finish().await;
}
