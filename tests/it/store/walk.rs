//! Every arrow of the picture of a claim's life, walked through the ledger against a real Redis.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::TimeDelta;
use cpor::app::App;
use cpor::calendar::BusinessDays;
use cpor::claim::command::{
    Arbitration, Command, Consequence, ContactProposal, Dispute, DisputeDecision, NoticeOutcome,
    ReviewOutcome, Reviewed, Terms, Verdict,
};
use cpor::claim::identity::{Comment, EmailAddress};
use cpor::claim::import::{COLUMNS, ImportFile};
use cpor::claim::state::EndReason;
use cpor::claim::{Claim, ClaimId, Event, Finding, Status};
use cpor::ledger::{Adjustment, ImportOutcome};
use cpor::settings::Settings;
use cpor::testkit::redis::shared_redis;
use cpor::testkit::{a_claim, a_claim_of};
use cpor_jobs::SubmitClaim;
use uuid::Uuid;

use super::Deployment;

type Arrow = (String, String);

const NOTIFIED: [&str; 3] = ["right", "sending", "accepted"];

/// Lives: whether every claim is reviewed, who has the item before, and what happens.
fn lives() -> Vec<(bool, Option<&'static str>, Vec<&'static str>)> {
    const OTHER: Option<&str> = Some("7654321");
    let notified = |more: &[&'static str]| (false, None, [&NOTIFIED[..], more].concat());
    let plain = |steps: &[&'static str]| (false, None, steps.to_vec());
    let reviewed = |steps: &[&'static str]| (true, None, steps.to_vec());
    vec![
        plain(&["provisioning", "right", "sending", "deferred", "sending", "accepted", "extend"]),
        plain(&["findings", "amend", "withdraw"]),
        plain(&["findings", "withdraw"]),
        plain(&["findings", "expire", "reactivate", "expire"]),
        plain(&["findings", "expire", "expire"]),
        plain(&["findings", "expire", "withdraw"]),
        (false, Some("1234567"), vec!["right"]),
        (false, OTHER, vec!["right", "arbitrate_for"]),
        (true, OTHER, vec!["right", "arbitrate_for"]),
        (false, OTHER, vec!["right", "arbitrate_against", "dispute", "upheld"]),
        (false, OTHER, vec!["right", "withdraw"]),
        plain(&["right", "sending", "undeliverable", "superseded"]),
        plain(&["right", "sending", "reject"]),
        plain(&["right", "withdraw"]),
        plain(&["right", "superseded"]),
        notified(&["reject"]),
        notified(&["propose", "confirm_contact", "superseded"]),
        notified(&["confirm", "end"]),
        notified(&["withdraw"]),
        notified(&["superseded"]),
        notified(&["pause", "resume"]),
        notified(&["pause", "reject"]),
        notified(&["pause", "propose"]),
        notified(&["pause", "confirm"]),
        notified(&["pause", "withdraw"]),
        notified(&["pause", "superseded"]),
        reviewed(&["right", "approve"]),
        reviewed(&["right", "ask"]),
        reviewed(&["right", "withdraw"]),
        reviewed(&["right", "refuse", "dispute", "dismissed"]),
        reviewed(&["right", "refuse", "dispute", "withdraw"]),
        reviewed(&["right", "refuse", "dispute", "rival", "upheld"]),
    ]
}

/// A deployment in which nobody works; every claim or none is reviewed.
async fn deployment(reviewed: bool) -> Deployment {
    let namespace = format!("walk-{}", Uuid::new_v4().simple());
    let settings = Settings::built_in(&[
        ("redis.url", shared_redis().await),
        ("redis.namespace", &namespace),
        ("redis.partitions", "2"),
        ("clock.mode", "virtual"),
        ("clock.starts_at", "2026-11-20T15:00:00Z"),
        ("calendars.overrides_directory", ""),
        ("review.osu_microsoft_365", if reviewed { "all" } else { "none" }),
    ]);
    Deployment { app: App::open(settings.unwrap()).await.unwrap() }
}

fn said(words: &str) -> Comment {
    Comment::parse(words).unwrap()
}

fn on(tenant_id: Uuid, mut submission: SubmitClaim) -> SubmitClaim {
    submission.customer.tenant_id = tenant_id;
    submission
}

fn findings() -> Vec<Finding> {
    vec![Finding::new("customer.domain", "domain_unknown", "Ask your customer.")]
}

impl Deployment {
    async fn step(&self, claim: &Claim, step: &str) -> Vec<Event> {
        let reason = || said("It was looked at.");
        let adjustment = match step {
            "pause" => Some(Adjustment::Pause { reason: reason() }),
            "resume" => Some(Adjustment::Resume { reason: reason() }),
            "extend" => {
                let business_days = BusinessDays::new(2).unwrap();
                Some(Adjustment::Extend { business_days, reason: reason() })
            }
            _ => None,
        };
        if let Some(adjustment) = adjustment {
            return self.app.ledger.adjust(claim.id, &adjustment, "reviewer").await.unwrap().events;
        }
        if step == "rival" {
            let tenant_id = claim.submission.customer.tenant_id.as_uuid();
            let rival = self.submit(&on(tenant_id, a_claim_of("7654321"))).await;
            self.apply(rival.id, self.command(&rival, "right").await).await;
            return Vec::new();
        }
        if ["expire", "arbitrate_for"].contains(&step) {
            self.wait(40 * 86_400).await;
        }
        let actor = if ["upheld", "dismissed"].contains(&step) { "another" } else { "reviewer" };
        let command = self.command(claim, step).await;
        self.app.ledger.apply(claim.id, &command, actor).await.unwrap().events
    }

    async fn command(&self, claim: &Claim, step: &str) -> Command {
        let now = self.at().await.now;
        let answer_by = now + TimeDelta::days(7);
        let verdict = Verdict { answer_by, ..Verdict::default() };
        let terms = Terms::default();
        let reviewed = |outcome| Command::Review(Reviewed { outcome, terms: Terms::default() });
        let decide = |upheld| {
            let (reason, holders) = (said("The signature is there."), Vec::new());
            let terms = Terms::default();
            Command::DecideDispute(DisputeDecision { upheld, reason, holders, terms })
        };
        let arbitrate = |upheld| {
            let reason = "The newest proof.".to_owned();
            Command::Arbitrate(Arbitration { upheld, reason, ..Arbitration::default() })
        };
        match step {
            "right" => Command::RecordVerdict(verdict),
            "findings" => Command::RecordVerdict(Verdict { findings: findings(), ..verdict }),
            "provisioning" => {
                Command::RecordVerdict(Verdict { provisioning: findings(), ..verdict })
            }
            "amend" => {
                let mut submission = claim.submission.as_ref().clone();
                submission.comment = Some(said("The customer was asked."));
                Command::Amend(Arc::new(submission))
            }
            "sending" => Command::RecordNoticeSending {
                message_id: "<n1@cpor.example>".to_owned(),
                link_key: cpor::secrets::KeyId(1),
            },
            "accepted" => {
                let window = self.app.ledger.rules().window().open(&claim.submission, now);
                let (reply, window) = ("250 Ok".to_owned(), Box::new(window.unwrap()));
                Command::RecordNotice(NoticeOutcome::Accepted { reply, mail_sha256: None, window })
            }
            "deferred" => {
                let (cause, again_at) = ("450".to_owned(), now + TimeDelta::minutes(5));
                Command::RecordNotice(NoticeOutcome::Deferred { cause, again_at })
            }
            "undeliverable" => {
                let cause = "550".to_owned();
                Command::RecordNotice(NoticeOutcome::Refused { cause, answer_by, remind_at: None })
            }
            "reject" => Command::Reject { received_at: now, reason: None },
            "confirm" => Command::Confirm { received_at: now },
            "propose" => {
                let mut contact = claim.submission.customer.contact.clone();
                contact.email = EmailAddress::parse("selin@anadoluelektrik.com.tr").unwrap();
                let (notice, received_at) = (claim.notices, now);
                let (comment, remind_at) = (None, None);
                Command::ProposeContact(Box::new(ContactProposal {
                    notice,
                    received_at,
                    contact,
                    comment,
                    answer_by,
                    remind_at,
                }))
            }
            "confirm_contact" => Command::ConfirmContact,
            "withdraw" => Command::Withdraw { reason: None },
            "end" => Command::End { reason: EndReason::PartnerWithdrew, detail: None },
            "expire" => Command::Expire { terms },
            "reactivate" => Command::Reactivate { reason: said("Ill."), terms },
            "dispute" => Command::Dispute(Dispute {
                justification: said("It was signed."),
                proof_of_execution: claim.submission.proof_of_execution.clone(),
                terms,
            }),
            "upheld" => decide(true),
            "dismissed" => decide(false),
            "arbitrate_for" => arbitrate(true),
            "arbitrate_against" => arbitrate(false),
            "approve" => reviewed(ReviewOutcome::Approve { dropped: Vec::new(), comment: None }),
            "ask" => reviewed(ReviewOutcome::AskAction { findings: findings() }),
            "refuse" => reviewed(ReviewOutcome::Refuse { findings: findings() }),
            "superseded" => Command::Follow(Consequence::Superseded {
                reason: "The newest proof.".to_owned(),
                by: "reviewer".to_owned(),
                until: now + TimeDelta::days(30),
            }),
            other => panic!("no step is called `{other}`"),
        }
    }

    /// A claim on an item that a partner may have before.
    async fn claim_beside(&self, holder: Option<&str>) -> ClaimId {
        let tenant_id = Uuid::new_v4();
        if let Some(mpn_id) = holder {
            let holder = self.submit(&on(tenant_id, a_claim_of(mpn_id))).await;
            self.apply(holder.id, self.command(&holder, "right").await).await;
        }
        self.submit(&on(tenant_id, a_claim())).await.id
    }
}

/// The status of an association of an earlier program that comes in.
async fn imported(deployment: &Deployment) -> Status {
    let (ledger, now) = (&deployment.app.ledger, deployment.at().await.now);
    let mut file = ImportFile::new(&ledger.rules().catalog, now);
    assert!(file.line(1, COLUMNS.join(",").as_bytes()));
    let row = format!(
        "dpor,7654321,Can,can@partner.example,{},example.com,TR,Mert,CTO,mert@example.com,en,\
         teams,,2021-05-01,2036-01-31",
        Uuid::new_v4()
    );
    assert!(file.line(2, row.as_bytes()));
    let imports = file.finish().unwrap();
    let outcome = ledger.import(&imports[0], "operator", false).await.unwrap();
    let ImportOutcome::Imported(id) = outcome else { panic!("{outcome:?}") };
    deployment.claim(id).await.status()
}

/// The arrows of the picture.
fn drawn() -> BTreeSet<Arrow> {
    let arrow = |line: &str| {
        let (from, rest) = line.trim().split_once(" --> ")?;
        Some((from.to_owned(), rest.split(':').next()?.to_owned()))
    };
    include_str!("../../../src/claim/life.md").lines().filter_map(arrow).collect()
}

#[tokio::test]
async fn every_arrow_of_the_picture_is_walked_and_no_other() {
    let deployments = [deployment(false).await, deployment(true).await];
    let mut walked: BTreeMap<Arrow, Vec<String>> = BTreeMap::new();
    for (reviewed, holder, steps) in lives() {
        let deployment = &deployments[usize::from(reviewed)];
        let id = deployment.claim_beside(holder).await;
        let start = ("[*]".to_owned(), Status::Submitted.to_string());
        walked.entry(start).or_default().push("submit".to_owned());
        for step in steps {
            let before = deployment.claim(id).await;
            let events = deployment.step(&before, step).await;
            let after = deployment.claim(id).await;
            let stays = ["provisioning", "deferred", "extend"].contains(&step);
            if !events.is_empty() && (before.status() != after.status() || stays) {
                let arrow = (before.status().to_string(), after.status().to_string());
                walked.entry(arrow).or_default().push(step.to_owned());
            }
        }
    }
    let start = ("[*]".to_owned(), imported(&deployments[0]).await.to_string());
    walked.entry(start).or_default().push("import".to_owned());
    let drawn = drawn();
    let missed: Vec<&Arrow> = drawn.iter().filter(|arrow| !walked.contains_key(*arrow)).collect();
    let others: Vec<_> = walked.iter().filter(|(arrow, _)| !drawn.contains(*arrow)).collect();
    assert!(missed.is_empty(), "{} of {} are missed: {missed:?}", missed.len(), drawn.len());
    assert!(others.is_empty(), "not in the picture: {others:?}");
}
