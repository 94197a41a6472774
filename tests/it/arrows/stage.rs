//! A deployment in which claims move: its people, its tenants, and what a claim stands on before
//! an arrow is walked. Every claim has a tenant of its own, so that none meets another.

use std::collections::BTreeMap;
use std::sync::Mutex;

use chrono::TimeDelta;
use cpor::access::{ApiKeys, NewApiKey};
use cpor::claim::identity::Line;
use cpor::claim::import::{COLUMNS, ImportFile};
use cpor::claim::{ClaimId, Status};
use cpor::ledger::ImportOutcome;
use cpor::testkit::http::{Answer, HttpServer};
use cpor::testkit::{World, a_dynamics_claim};
use cpor_jobs::{Activity, Item, SubmitClaim};
use uuid::Uuid;

use super::table::{Row, Start};
use super::who::Who;

/// Of these claims those for pre-sales are reviewed, and those for usage are not.
const SETTINGS: [(&str, &str); 1] = [("review.osa_sell", "all")];
/// Longer than a partner's time to answer, and than that to dispute and to reactivate.
const TO_ANSWER: TimeDelta = TimeDelta::days(10);
const TO_DISPUTE: TimeDelta = TimeDelta::days(40);

/// See the module.
pub struct Stage {
    pub world: World,
    pub http: HttpServer,
    keys: BTreeMap<Who, String>,
    /// Of those who have signed in where their pages are.
    cookies: BTreeMap<Who, String>,
    /// Of every tenant the subscription and its state.
    tenants: Mutex<Vec<(Uuid, Uuid, &'static str)>>,
}

/// A claim, and the other one that has or wants its item.
pub struct Cast {
    tenant: usize,
    pub submission: SubmitClaim,
    claim: Option<ClaimId>,
    rival: Option<ClaimId>,
}

impl Cast {
    pub fn domain(&self) -> String {
        format!("t{}.example", self.tenant)
    }

    pub fn contact(&self) -> &str {
        &self.submission.customer.contact.email
    }

    pub fn claim(&self) -> ClaimId {
        self.claim.unwrap()
    }

    /// There was none, and now there is.
    pub fn becomes(&mut self, claim: ClaimId) {
        self.claim = Some(claim);
    }

    /// The claim that a deed is about: another one's, where that takes the items of this one.
    pub fn target(&self, deed: &str) -> Option<ClaimId> {
        if deed == "supersede" { self.rival } else { self.claim }
    }
}

impl Stage {
    pub async fn set() -> Self {
        let world = World::configured("2026-11-20T15:00:00Z", &SETTINGS).await;
        let http = world.serve().await;
        let keys = keys(&world).await;
        let mut cookies = BTreeMap::new();
        for (who, home) in [
            (Who::Partner, "/partner/sign-in"),
            (Who::Rival, "/partner/sign-in"),
            (Who::Reviewer, "/ops/sign-in"),
            (Who::OtherReviewer, "/ops/sign-in"),
            (Who::Operator, "/ops/sign-in"),
            (Who::Observer, "/ops/sign-in"),
        ] {
            cookies.insert(who, http.sign_in_at(home, &keys[&who]).await.unwrap());
        }
        Self { world, http, keys, cookies, tenants: Mutex::default() }
    }

    pub async fn over(self) {
        assert_eq!(self.world.broken_invariants().await, []);
        self.world.finish().await;
    }

    pub fn cookie(&self, who: Who) -> &str {
        &self.cookies[&who]
    }

    pub async fn post(&self, who: Who, path: &str, body: &str) -> Answer {
        self.http.post_json(path, &self.keys[&who], body.to_owned()).await
    }

    /// A claim that has come to where the arrow begins.
    pub async fn ready(&self, row: &Row) -> Cast {
        let mut cast = self.begun(row.start).await;
        for step in &row.before {
            self.step(&mut cast, step).await;
            self.world.settle().await;
        }
        cast
    }

    async fn begun(&self, start: Start) -> Cast {
        let state = if start == Start::Provisioning { "provisioning" } else { "active" };
        let (tenant, submission) = self.tenant(start, state);
        let mut cast = Cast { tenant, submission, claim: None, rival: None };
        match start {
            Start::Nothing => return cast,
            Start::Own => drop(self.beside(&cast, "1234567").await),
            Start::Taken | Start::TakenReviewed => {
                cast.rival = Some(self.beside(&cast, "7654321").await);
            }
            _ => {}
        }
        cast.claim = Some(self.world.submit(cast.submission.clone()).await);
        self.world.settle().await;
        cast
    }

    /// What is submitted on a tenant of its own.
    fn tenant(&self, start: Start, state: &'static str) -> (usize, SubmitClaim) {
        let (tenant_id, subscription_id) = (Uuid::new_v4(), Uuid::new_v4());
        let tenant = {
            let mut tenants = self.tenants.lock().unwrap();
            tenants.push((tenant_id, subscription_id, state));
            tenants.len() - 1
        };
        self.write_directory();
        let mut submission = a_dynamics_claim();
        submission.items = vec![Item::subscription("sales", subscription_id)];
        if !matches!(start, Start::Reviewed | Start::TakenReviewed) {
            submission.activities = vec![Activity::Usage];
        }
        let mailbox = match start {
            Start::Full => "full",
            Start::Refused => "refused",
            Start::Uncertain => "drop-after-dot",
            _ => "mert",
        };
        let customer = &mut submission.customer;
        customer.tenant_id = tenant_id;
        customer.domain = format!("t{tenant}.example");
        customer.contact.email = format!("{mailbox}@t{tenant}.example");
        if start == Start::WrongDomain {
            "unknown.example".clone_into(&mut customer.domain);
        }
        (tenant, submission)
    }

    fn write_directory(&self) {
        let tenants = self.tenants.lock().unwrap();
        let each = tenants.iter().enumerate().map(|(n, (tenant_id, subscription_id, state))| {
            format!(
                "[[tenant]]\nid = \"{tenant_id}\"\ndomains = [\"t{n}.example\"]\n\
                 [[tenant.subscription]]\nid = \"{subscription_id}\"\nproduct = \"sales\"\n\
                 channel = \"web_direct\"\nstate = \"{state}\"\n"
            )
        });
        self.world.write_directory(&each.collect::<String>());
    }

    fn provision(&self, cast: &Cast, state: &'static str) {
        self.tenants.lock().unwrap()[cast.tenant].2 = state;
        self.write_directory();
    }

    /// Another claim on the same item.
    async fn beside(&self, cast: &Cast, mpn_id: &str) -> ClaimId {
        let mut submission = cast.submission.clone();
        mpn_id.clone_into(&mut submission.partner.mpn_id);
        submission.idempotency_key = Uuid::new_v4().to_string();
        let claim = self.world.submit(submission).await;
        self.world.settle().await;
        claim
    }

    /// Something that happens before the arrow, or that is it.
    pub async fn step(&self, cast: &mut Cast, step: &str) {
        match step {
            "verdict" | "notice" => {} // It has happened by itself.
            "wait" => self.world.travel_for(TO_ANSWER).await,
            "wait_long" => self.world.travel_for(TO_DISPUTE).await,
            "silence" => {
                let closes_at = self.world.closes_at(cast.claim()).await;
                self.world.travel_to(&closes_at.to_rfc3339()).await;
            }
            "unprovision" => self.provision(cast, "provisioning"),
            "subscription_ends" => {
                self.provision(cast, "ended");
                self.world.travel_for(TimeDelta::days(2)).await;
            }
            "take" => drop(self.beside(cast, "7654321").await),
            "rival" => {
                let rival = self.beside(cast, "7654321").await;
                assert_eq!(self.world.status(rival).await, Status::Contested);
                cast.rival = Some(rival);
                self.lets_go(Who::Partner, cast.claim()).await;
            }
            "let_go" => self.lets_go(Who::Rival, cast.rival.unwrap()).await,
            "import" => cast.claim = Some(self.imported(cast).await),
            deed => self.does(cast, deed).await,
        }
    }

    /// Who has the item says that it does not keep it, so that nobody has to wait.
    async fn lets_go(&self, who: Who, claim: ClaimId) {
        let contest = self.world.claim(claim).await.file.contests[0].revision;
        let body = format!(r#"{{"contest":{contest},"keeps":false}}"#);
        let path = format!("/v1/claims/{claim}/answer-contest");
        let answer = self.post(who, &path, &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    async fn imported(&self, cast: &Cast) -> ClaimId {
        let ledger = self.world.ledger();
        let mut file = ImportFile::new(&ledger.rules().catalog, self.world.now().await);
        assert!(file.line(1, COLUMNS.join(",").as_bytes()));
        let tenant_id = cast.submission.customer.tenant_id;
        let row = format!(
            "dpor,1234567,Can,can@partner.example,{tenant_id},{},TR,Mert,CTO,{},en,teams,,\
             2021-05-01,2036-01-31",
            cast.domain(),
            cast.contact()
        );
        assert!(file.line(2, row.as_bytes()));
        let imports = file.finish().unwrap();
        match ledger.import(&imports[0], "operator", false).await.unwrap() {
            ImportOutcome::Imported(claim) => claim,
            other => panic!("{other:?}"),
        }
    }
}

async fn keys(world: &World) -> BTreeMap<Who, String> {
    let (keys, now) = (ApiKeys::new(world.ledger().store().clone()), world.ledger().clock().real());
    let mut issued = BTreeMap::new();
    for who in Who::ALL {
        let (authority, label) = (who.authority(), Line::parse("a test").unwrap());
        let new = NewApiKey { authority, label, expires_at: None };
        let key = keys.create(&new, now).await.unwrap().key;
        issued.insert(who, key.reveal().clone());
    }
    issued
}
