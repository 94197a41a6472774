//! The HTTP API, over real connections, against a whole deployment.

mod access;
mod adjust;
mod batch;
mod changes;
mod clock;
pub mod documents;
mod drafts;
mod events;
mod figures;
mod limits;
mod metrics;
mod others;
pub mod proofs;
mod readiness;
mod reviews;
mod roles;
mod search;
mod submit;
mod usage;
mod windows;

use cpor::access::{ApiKeys, Authority, NewApiKey, Role};
use cpor::claim::identity::{Line, MpnId, Source};
use cpor::testkit::http::{Answer, HttpServer};
use cpor::testkit::{World, a_claim};
use cpor_jobs::SubmitClaim;
use serde_json::Value;

const FRIDAY: &str = "2026-11-20T15:00:00Z";

/// A world that is served, and keys of everybody.
struct Site {
    world: World,
    http: HttpServer,
    keys: ApiKeys,
}

impl Site {
    async fn open() -> Self {
        Self::configured(&[]).await
    }

    async fn configured(overrides: &[(&str, &str)]) -> Self {
        let world = World::configured(FRIDAY, overrides).await;
        Self::of(world).await
    }

    async fn of(world: World) -> Self {
        let http = world.serve().await;
        let keys = ApiKeys::new(world.ledger().store().clone());
        Self { world, http, keys }
    }

    /// A key of this authority.
    async fn key(&self, authority: Authority) -> String {
        let label = Line::parse("a test").unwrap();
        let new = NewApiKey { authority, label, expires_at: None };
        let issued = self.keys.create(&new, self.world.ledger().clock().real()).await.unwrap();
        issued.key.reveal().clone()
    }

    /// A key of the source that all claims of the testkit have.
    async fn upstream(&self) -> String {
        self.key(source(&a_claim().source)).await
    }

    /// A key of the partner that all claims of the testkit have.
    async fn partner(&self) -> String {
        self.key(partner(&a_claim().partner.mpn_id)).await
    }

    async fn submit(&self, key: &str, claim: &SubmitClaim) -> Answer {
        let answer = self.http.post_json("/v1/claims", key, claim.to_json().unwrap()).await;
        self.world.settle().await;
        answer
    }
}

fn partner(mpn_id: &str) -> Authority {
    Authority::IncentivesAdmin(MpnId::parse(mpn_id).unwrap())
}

fn source(name: &str) -> Authority {
    Authority::UpstreamSource(Source::parse(name).unwrap())
}

/// Somebody with this role.
fn somebody(role: Role) -> Authority {
    match role {
        Role::IncentivesAdmin => partner(&a_claim().partner.mpn_id),
        Role::UpstreamSource => source(&a_claim().source),
        Role::Reviewer => Authority::Reviewer,
        Role::Operator => Authority::Operator,
        Role::Observer => Authority::Observer,
        Role::UsageDataService => Authority::UsageDataService,
    }
}

/// The answer is a problem of this kind, and says what was attempted and what to do.
#[track_caller]
fn assert_problem(answer: &Answer, status: u16, kind: &str) -> Value {
    let text = answer.text();
    assert_eq!(answer.status.as_u16(), status, "{text}");
    assert_eq!(answer.header("content-type"), "application/problem+json", "{text}");
    let problem = answer.json();
    assert_eq!(problem["type"], format!("urn:cpor:problem:{kind}"), "{text}");
    assert_eq!(problem["status"], status, "{text}");
    for field in ["title", "detail", "remedy"] {
        assert!(problem[field].as_str().is_some_and(|words| words.len() > 10), "{field}: {text}");
    }
    problem
}

/// Codes of the findings of a problem.
fn codes(problem: &Value) -> Vec<(&str, &str)> {
    let findings = problem["findings"].as_array().map(Vec::as_slice).unwrap_or_default();
    findings.iter().filter_map(|f| Some((f["field"].as_str()?, f["code"].as_str()?))).collect()
}

#[tokio::test]
async fn a_claim_goes_from_the_api_to_the_association() {
    let site = Site::open().await;
    let key = site.upstream().await;
    let created = site.submit(&key, &a_claim()).await;
    assert_eq!(created.status, 201, "{}", created.text());
    let location = created.header("location").to_owned();
    assert_eq!(site.http.get_as(&key, &location).await.json()["status"], "notified");
    site.world.travel_to("2026-12-01T00:00:00Z").await;
    let claim = site.http.get_as(&key, &location).await.json();
    assert_eq!(
        (&claim["status"], &claim["decided_at"]),
        (&"associated".into(), &claim["closes_at"])
    );
    let history = site.http.get_as(&key, &format!("{location}/history")).await.json();
    let events = history["events"].as_array().unwrap();
    assert_eq!(events.len(), usize::try_from(claim["revision"].as_u64().unwrap()).unwrap());
    assert!(events[0]["actor"].as_str().unwrap().starts_with("key:"), "{}", events[0]);
    let deadline = site.http.get_as(&key, &format!("{location}/deadline")).await.json();
    assert_eq!(deadline["closes_at"], claim["closes_at"]);
    let counted = |day: &&Value| day["counted"].as_bool().unwrap();
    assert_eq!(deadline["days"].as_array().unwrap().iter().filter(counted).count(), 5);
    let turkish = site.http.get_as(&key, &format!("{location}/deadline?language=tr")).await.json();
    assert_ne!(turkish["sentences"], deadline["sentences"]);
}
