//! A deployment as the release before reviews, drafts and imports left it: read, shown, and
//! finished by this one.
//!
//! `earlier.jsonl` is what that release (commit 35e85aa) wrote itself: every key of a namespace
//! named `earlier` in which its worker, on a virtual clock, took two claims to associations (one by
//! silence, one confirmed), contested a third, and left a fourth to its customer.

use cpor::access::{ApiKeys, Authority, NewApiKey};
use cpor::claim::identity::{Line, MpnId};
use cpor::claim::{ClaimId, Status};
use cpor::link::{NoticeLink, TenantLink};
use cpor::testkit::World;
use cpor::testkit::http::HttpServer;
use cpor::testkit::redis::shared_redis;
use redis::Pipeline;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{CUSTOMER, PARTNER, write_directory};
use crate::partner::Person;

const WRITTEN: &str = include_str!("earlier.jsonl");

/// Where the earlier deployment's clock stands.
const LEFT_AT: &str = "2026-12-01T09:00:00Z";

/// The command that writes one key as it was.
fn rewrite(pipeline: &mut Pipeline, line: &str, namespace: &str) {
    let entry: Value = serde_json::from_str(line).unwrap();
    let key = entry["key"].as_str().unwrap().replacen("earlier", namespace, 1);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let pairs = |value: &Value| -> Vec<[String; 2]> {
        let pair = |pair: &Value| [text(&pair[0]), text(&pair[1])];
        value.as_array().unwrap().iter().map(pair).collect()
    };
    let (kind, value) = entry.as_object().unwrap().iter().find(|(name, _)| *name != "key").unwrap();
    match kind.as_str() {
        "string" => {
            pipeline.cmd("SET").arg(&key).arg(text(value)).ignore();
        }
        "hash" => pairs(value).iter().for_each(|[field, value]| {
            pipeline.cmd("HSET").arg(&key).arg(field).arg(value).ignore();
        }),
        "list" => value.as_array().unwrap().iter().map(text).for_each(|element| {
            pipeline.cmd("RPUSH").arg(&key).arg(element).ignore();
        }),
        "zset" => pairs(value).iter().for_each(|[member, score]| {
            pipeline.cmd("ZADD").arg(&key).arg(score).arg(member).ignore();
        }),
        "stream" => value.as_array().unwrap().iter().for_each(|entry| {
            pipeline.cmd("XADD").arg(&key).arg(text(&entry[0]));
            for pair in pairs(&entry[1]) {
                pipeline.arg(&pair);
            }
            pipeline.ignore();
        }),
        other => panic!("{key} is a {other}"),
    }
}

/// The earlier deployment, with this release at work in it.
async fn upgraded() -> World {
    let namespace = format!("earlier-{}", Uuid::new_v4().simple());
    let client = redis::Client::open(shared_redis().await).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut pipeline = redis::pipe();
    WRITTEN.lines().for_each(|line| rewrite(&mut pipeline, line, &namespace));
    let () = pipeline.query_async(&mut connection).await.unwrap();
    let world = World::configured(LEFT_AT, &[("redis.namespace", &namespace)]).await;
    world.settle().await;
    world
}

/// The claim that was submitted under this key.
async fn submitted_as(world: &World, key: &str) -> ClaimId {
    let claims = world.claims().await;
    let of_it = |claim: &&cpor::claim::Claim| claim.submission.idempotency_key.as_str() == key;
    claims.iter().find(of_it).unwrap().id
}

async fn key(world: &World, authority: Authority) -> String {
    let keys = ApiKeys::new(world.ledger().store().clone());
    let new = NewApiKey { authority, label: Line::parse("a test").unwrap(), expires_at: None };
    keys.create(&new, world.ledger().clock().real()).await.unwrap().key.reveal().clone()
}

async fn posted(http: &HttpServer, key: &str, path: &str, body: &Value) -> Value {
    let answer = http.post_json(path, key, body.to_string()).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

#[tokio::test]
async fn what_an_earlier_release_has_written_is_sound_and_is_written_the_same() {
    let world = upgraded().await;
    assert_eq!(world.now().await.to_rfc3339(), "2026-12-01T09:00:00+00:00");
    assert_eq!(world.claims().await.len(), 4);
    assert_eq!(world.broken_invariants().await, []);
    for line in WRITTEN.lines().filter(|line| line.contains(":claim:")) {
        let entry: Value = serde_json::from_str(line).unwrap();
        let fields = entry["hash"].as_array().unwrap();
        let snapshot = fields.iter().find(|pair| pair[0] == "snapshot").unwrap();
        let stored: Value = serde_json::from_str(snapshot[1].as_str().unwrap()).unwrap();
        let id = ClaimId::parse(stored["id"].as_str().unwrap()).unwrap();
        assert_eq!(serde_json::to_value(&world.claim(id).await.snapshot).unwrap(), stored);
    }
    world.finish().await;
}

#[tokio::test]
async fn an_association_of_an_earlier_release_is_shown_by_api_and_pages() {
    let world = upgraded().await;
    let http = world.serve().await;
    let reviewer = key(&world, Authority::Reviewer).await;
    let partner = Person::of(&world, "1234567").await;
    let cookie = http.sign_in(&reviewer).await.unwrap();
    for (name, confirmed) in [("teams", false), ("sales", true)] {
        let claim = submitted_as(&world, name).await;
        let path = format!("/v1/claims/{claim}");
        let view = http.get_as(&reviewer, &path).await.json();
        assert_eq!(view["status"], "associated", "{view}");
        let history = http.get_as(&reviewer, &format!("{path}/history")).await.json();
        let events = history["events"].as_array().unwrap();
        let official = |event: &&Value| event["event"] == "association_finalized";
        assert_eq!(events.iter().filter(official).count(), 1, "{history}");
        assert_eq!(events.iter().any(|e| e["event"] == "claim_confirmed"), confirmed, "{history}");
        let page = partner.text(&format!("/partner/claims/{claim}")).await;
        assert!(page.contains("Mert Kaya") && page.contains("/end\""), "{page}");
        let page = crate::ops::get(&http, &cookie, &format!("/ops/claims/{claim}")).await;
        assert!(page.text().contains("Associated (official)"), "{}", page.text());
    }
    let list = partner.text("/partner/associations").await;
    for name in ["Teams rollout", "Sales rollout"] {
        assert!(list.contains(name), "{name}: {list}");
    }
    let claim = world.claim(submitted_as(&world, "teams").await).await;
    let tenant_id = claim.submission.customer.tenant_id;
    let links = world.links();
    let received = NoticeLink { claim_id: claim.id, notice: claim.notices };
    let own = links.tenant_url(TenantLink { tenant_id, received }, links.current_key());
    let own = &own[own.find("/c/").unwrap()..];
    let page = http.get(&format!("{own}?lang=en")).await.text();
    assert!(page.contains("Microsoft Teams") && page.contains("Dynamics 365 Sales"), "{page}");
    world.finish().await;
}

#[tokio::test]
async fn every_claim_of_an_earlier_release_is_finished() {
    let world = upgraded().await;
    let http = world.serve().await;
    let [teams, sales, rival, exchange] = [
        submitted_as(&world, "teams").await,
        submitted_as(&world, "sales").await,
        submitted_as(&world, "rival").await,
        submitted_as(&world, "exchange").await,
    ];
    let reviewer = key(&world, Authority::Reviewer).await;
    let decided = json!({"upheld": true, "reason": "The newest proof."});
    posted(&http, &reviewer, &format!("/v1/claims/{rival}/arbitrate"), &decided).await;
    world.settle().await;
    assert_eq!(super::ended_because(&world, teams).await.unwrap().as_str(), "superseded");
    assert_eq!(world.status(rival).await, Status::Notified);
    // The subscription of the other one ends, and both sides are told.
    write_directory(&world, "sales", "ended", None);
    world.travel_to("2026-12-31T00:00:00Z").await;
    assert_eq!(super::ended_because(&world, sales).await.unwrap().as_str(), "subscription_ended");
    assert_eq!(world.status(exchange).await, Status::Associated);
    let partner = key(&world, Authority::IncentivesAdmin(MpnId::parse("1234567").unwrap())).await;
    let over = json!({"reason": "partner_withdrew", "detail": "It is over."});
    posted(&http, &partner, &format!("/v1/claims/{exchange}/end"), &over).await;
    world.settle().await;
    assert_eq!(world.status(exchange).await, Status::Ended);
    assert_eq!(world.status(rival).await, Status::Associated);
    let tenant_id = world.claim(rival).await.submission.customer.tenant_id.as_uuid();
    assert_eq!(world.grants(tenant_id).await, ["7654321 workload:teams"]);
    let told = |to: &str| world.mails().iter().any(|mail| mail.to == to);
    assert!(told(CUSTOMER) && told(PARTNER));
    assert_eq!(world.broken_invariants().await, []);
    world.finish().await;
}
