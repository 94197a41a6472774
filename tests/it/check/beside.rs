//! What is beside claims: contests and their winners, reviews and refusals, documents, drafts,
//! looks at usage figures, inboxes. Nothing is wrong with them, and every damage is found.

use cpor::access::{ApiKeys, Authority, NewApiKey};
use cpor::claim::command::{Command, Dispute, ReviewOutcome, Reviewed, Terms};
use cpor::claim::identity::{Comment, Line, MpnId, TenantId};
use cpor::claim::{ClaimId, Finding, Status};
use cpor::store::keys::Found;
use cpor::testkit::http::HttpServer;
use cpor::testkit::{
    CUSTOMER_TENANT, SALES_SUBSCRIPTION, World, a_claim_of, a_claim_on, a_dynamics_claim,
};
use cpor_jobs::{Item, Job, ProofOfExecution, SubmitClaim};
use serde_json::{Value, json};

use super::{found, violated};
use crate::drafts::content_of;
use crate::http::proofs::files;

/// Most that an inbox of these worlds has.
const INBOX_MAX: usize = 25;

fn rivals(workload: &str) -> SubmitClaim {
    let mut rival = a_claim_of("7654321");
    rival.items = vec![Item::workload(workload)];
    rival
}

fn said(words: &str) -> Comment {
    Comment::parse(words).unwrap()
}

/// A world in which claims on workloads are reviewed.
struct Scene {
    world: World,
    /// Of one partner: under review, and contested by another one.
    held: ClaimId,
    contested: ClaimId,
    refused: ClaimId,
    disputed: ClaimId,
    /// Two that wanted the same item.
    superseded: ClaimId,
    winner: ClaimId,
    official: ClaimId,
    document: String,
    draft: String,
}

impl Scene {
    async fn set() -> Self {
        let most = INBOX_MAX.to_string();
        let settings =
            [("review.osu_microsoft_365", "all"), ("notifications.inbox_max", most.as_str())];
        let world = World::configured("2026-11-20T15:00:00Z", &settings).await;
        let http = world.serve().await;
        let key = key(&world).await;
        let superseded = world.submit(a_claim_on("yammer")).await;
        let winner = world.submit(rivals("yammer")).await;
        let official = world.submit(a_dynamics_claim()).await;
        // The superseded one has had its time to answer, and the customer its time to reject.
        world.travel_to("2026-12-02T00:00:00Z").await;
        let reason = "It is newer.".to_owned();
        world.ledger().arbitrate(winner, true, reason, "key:another").await.unwrap();
        world.settle().await;
        let document = uploaded(&http, &key).await;
        let mut proved = a_claim_on("teams");
        proved.proof_of_execution = vec![ProofOfExecution::uploaded(document.parse().unwrap())];
        let held = world.submit(proved).await;
        let contested = world.submit(rivals("teams")).await;
        let refused = world.submit(a_claim_on("exchange")).await;
        let disputed = world.submit(a_claim_on("sharepoint")).await;
        let draft = submitted_draft(&world, &http, &key).await;
        let scene = Self {
            world,
            held,
            contested,
            refused,
            disputed,
            superseded,
            winner,
            official,
            document,
            draft,
        };
        scene.decide().await;
        let path = format!("/v1/usage?tenant_id={CUSTOMER_TENANT}");
        assert_eq!(http.get_as(&key, &path).await.status, 200);
        scene
    }

    async fn decide(&self) {
        for claim in [self.refused, self.disputed] {
            let findings = vec![Finding::new("proof_of_execution", "proof_missing", "Empty.")];
            let (outcome, terms) = (ReviewOutcome::Refuse { findings }, Terms::default());
            self.world.apply(claim, Command::Review(Reviewed { outcome, terms })).await.unwrap();
        }
        let (justification, proof_of_execution) = (said("It is there."), Vec::new());
        let dispute = Dispute { justification, proof_of_execution, terms: Terms::default() };
        self.world.apply(self.disputed, Command::Dispute(dispute)).await.unwrap();
        for (claim, status) in [
            (self.held, Status::UnderReview),
            (self.contested, Status::Contested),
            (self.refused, Status::Refused),
            (self.disputed, Status::Disputed),
            (self.superseded, Status::Refused),
            (self.winner, Status::UnderReview),
            (self.official, Status::Associated),
        ] {
            assert_eq!(self.world.status(claim).await, status, "{claim}");
        }
    }

    /// The JSON of a field, as it should not be.
    async fn changed(&self, key: &str, field: &str, change: impl Fn(&mut Value)) -> String {
        let mut connection = self.world.redis().await;
        let json: String =
            redis::cmd("HGET").arg(key).arg(field).query_async(&mut connection).await.unwrap();
        let mut value: Value = serde_json::from_str(&json).unwrap();
        change(&mut value);
        assert_ne!(value.to_string(), json);
        value.to_string()
    }

    async fn damage(&self, command: &[&str], expected: &[&str]) {
        let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        found(&self.world, &command, expected).await;
    }
}

async fn key(world: &World) -> String {
    let keys = ApiKeys::new(world.ledger().store().clone());
    let authority = Authority::IncentivesAdmin(MpnId::parse("1234567").unwrap());
    let label = Line::parse("a test").unwrap();
    let new = NewApiKey { authority, label, expires_at: None };
    keys.create(&new, world.ledger().clock().real()).await.unwrap().key.reveal().clone()
}

async fn uploaded(http: &HttpServer, key: &str) -> String {
    let bearer = format!("Bearer {key}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/pdf")];
    let path = "/v1/documents?name=sow.pdf";
    let answer = http.request(axum::http::Method::POST, path, &headers, files::pdf("")).await;
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// The id of a draft that has become a claim.
async fn submitted_draft(world: &World, http: &HttpServer, key: &str) -> String {
    let content = content_of(&a_claim_on("intune")).to_string();
    let begun = http.post_json("/v1/drafts", key, content).await.json();
    let id = begun["id"].as_str().unwrap().to_owned();
    let done = http.post_json(&format!("/v1/drafts/{id}/submit"), key, "").await;
    assert_eq!(done.status, 201, "{}", done.text());
    world.settle().await;
    id
}

#[tokio::test]
async fn a_deadline_without_its_entry_and_an_item_in_wrong_hands_are_found() {
    let scene = Scene::set().await;
    assert_eq!(violated(&scene.world).await, (vec![], vec![]));
    let keys = scene.world.ledger().store().keys().clone();
    let partition = scene.held.partition();
    let agenda = |job| keys.agenda(partition, job);
    let (escalate, expire) = (agenda(Job::EscalateReview), agenda(Job::ExpireClaim));
    let watch = agenda(Job::CheckSubscription);
    for (agenda, claim) in [
        (&escalate, scene.held),
        (&escalate, scene.contested),
        (&escalate, scene.disputed),
        (&expire, scene.refused),
        (&watch, scene.official),
    ] {
        scene.damage(&["ZREM", agenda, &claim.to_string()], &["I24"]).await;
        scene.damage(&["ZADD", agenda, "9999999999999", &claim.to_string()], &["I24"]).await;
    }
    scene.damage(&["ZADD", &expire, "9999999999999", &scene.held.to_string()], &["I24"]).await;
    let claim = scene.world.claim(scene.held).await;
    let tenant_id = &claim.submission.customer.tenant_id;
    let item = keys.item(tenant_id, &claim.submission.items[0]);
    let grants = keys.grants(tenant_id);
    scene.damage(&["DEL", &item], &["I17"]).await;
    for (claim, workload, mpn_id) in [
        (scene.contested, "teams", "7654321"),
        (scene.refused, "exchange", "1234567"),
        (scene.disputed, "sharepoint", "1234567"),
        (scene.superseded, "yammer", "1234567"),
    ] {
        let (item, record) = (item.replace("teams", workload), format!("{claim} {mpn_id} held 0"));
        scene.damage(&["SET", &item, &record], &["I17", "I19"]).await;
        let (field, grant) = (format!("{mpn_id} workload:{workload}"), format!("{claim} 0"));
        scene.damage(&["HSET", &grants, &field, &grant], &["I18", "I19"]).await;
    }
    scene.over().await;
}

#[tokio::test]
async fn a_contest_with_one_side_and_a_loser_without_a_winner_are_found() {
    let scene = Scene::set().await;
    let store = scene.world.ledger().store();
    let (held, contested) = (store.keys().claim(scene.held), store.keys().claim(scene.contested));
    let nobody = ClaimId::new(scene.world.now().await, scene.held.partition(), [9; 8]).to_string();
    let forgotten = |snapshot: &mut Value| snapshot["contests"] = json!([]);
    let elsewhere = |snapshot: &mut Value| snapshot["contests"][0]["by"] = json!(nobody);
    let of_nobody =
        |snapshot: &mut Value| snapshot["state"]["holders"][0]["claim_id"] = json!(nobody);
    for snapshot in [
        scene.changed(&held, "snapshot", forgotten).await,
        scene.changed(&held, "snapshot", elsewhere).await,
    ] {
        scene.damage(&["HSET", &held, "snapshot", &snapshot], &["I05", "I35"]).await;
    }
    let snapshot = scene.changed(&contested, "snapshot", of_nobody).await;
    scene.damage(&["HSET", &contested, "snapshot", &snapshot], &["I05", "I35"]).await;
    let history = store.keys().history(scene.winner);
    let lines = store.history_lines(scene.winner).await.unwrap();
    let lines: Vec<String> = lines.into_iter().map(|l| String::from_utf8(l).unwrap()).collect();
    let won = lines.iter().position(|line| line.contains("contest_won")).unwrap();
    let over_nobody = lines[won].replace(&scene.superseded.to_string(), &nobody);
    scene.damage(&["LSET", &history, &won.to_string(), &over_nobody], &["I06", "I36"]).await;
    scene.over().await;
}

#[tokio::test]
async fn documents_drafts_looks_and_inboxes_that_are_not_as_they_should_be_are_found() {
    let scene = Scene::set().await;
    let keys = scene.world.ledger().store().keys().clone();
    let nobody = ClaimId::new(scene.world.now().await, scene.held.partition(), [9; 8]).to_string();
    let document =
        keys.document(cpor::claim::identity::DocumentId::parse(&scene.document).unwrap());
    assert!(matches!(keys.found(&document), Found::Document(_)));
    scene.damage(&["DEL", &document], &["I37"]).await;
    let unnamed = |record: &mut Value| record["claims"] = json!([]);
    let anothers = |record: &mut Value| record["mpn_id"] = json!("7654321");
    for record in [
        scene.changed(&document, "record", unnamed).await,
        scene.changed(&document, "record", anothers).await,
        "{}".to_owned(),
    ] {
        scene.damage(&["HSET", &document, "record", &record], &["I37"]).await;
    }
    let folder = scene.world.settings().data.directory.join("documents");
    let file = folder.join(scene.world.namespace()).join(&scene.document);
    let bytes = std::fs::read(&file).unwrap();
    for left in [None, Some(&bytes[1..])] {
        std::fs::remove_file(&file).unwrap();
        if let Some(left) = left {
            std::fs::write(&file, left).unwrap();
        }
        assert_eq!(violated(&scene.world).await.0, ["I37"]);
        std::fs::write(&file, &bytes).unwrap();
    }

    let draft = keys.draft(cpor::drafts::DraftId::parse(&scene.draft).unwrap());
    for other in [nobody.clone(), scene.official.to_string()] {
        let renamed = |record: &mut Value| record["state"]["claim_id"] = json!(other);
        let record = scene.changed(&draft, "record", renamed).await;
        scene.damage(&["HSET", &draft, "record", &record], &["I38"]).await;
    }
    scene.damage(&["HSET", &draft, "record", "{}"], &["I38"]).await;

    let looks = keys.looks(&TenantId::parse(&CUSTOMER_TENANT.to_string()).unwrap());
    let since = scene.world.closes_at(scene.official).await.timestamp_millis();
    let (before, after) = ((since - 1).to_string(), since.to_string());
    let own = format!("1234567 subscription:{SALES_SUBSCRIPTION}");
    scene.damage(&["HSET", &looks, &own, &after], &[]).await;
    scene.damage(&["HSET", &looks, &own, &before], &["I39"]).await;
    scene.damage(&["HSET", &looks, &own.replace("1234567", "7654321"), &after], &["I39"]).await;
    scene.damage(&["HSET", &looks, "1234567 workload:teams", &after], &["I39"]).await;

    let inbox = keys.inbox(scene.held.partition(), &MpnId::parse("1234567").unwrap());
    scene.damage(&["PERSIST", &inbox], &["I40"]).await;
    let entry = |id: &str, n: usize| format!("{id}:{n:09}:decided:claim_rejected");
    scene.damage(&["ZADD", &inbox, "1", &entry(&nobody, 1)], &["I40"]).await;
    let many: Vec<String> =
        (0..=INBOX_MAX).map(|n| entry(&scene.held.to_string(), 100 + n)).collect();
    let pairs = many.iter().flat_map(|entry| ["1", entry.as_str()]);
    let command: Vec<&str> = ["ZADD", inbox.as_str()].into_iter().chain(pairs).collect();
    scene.damage(&command, &["I40"]).await;
    scene.over().await;
}

impl Scene {
    /// Nothing is left to do.
    async fn over(self) {
        for claim in [self.held, self.contested, self.refused, self.disputed, self.superseded] {
            self.world.withdraw(claim).await.unwrap();
        }
        self.world.settle().await;
        assert_eq!(violated(&self.world).await, (vec![], vec![]));
    }
}
