//! `cpor claim …`: what people ask of a claim, and what they are told.

use cpor::testkit::a_claim;
use cpor_jobs::{Item, SubmitClaim};
use serde_json::{Value, json};

use super::deployment::Deployment;

fn a_claim_on(workload: &str) -> SubmitClaim {
    let mut claim = a_claim();
    claim.items = vec![Item::workload(workload)];
    claim
}

/// Asks something of a claim and compares outcome, exit code and the status after it.
#[track_caller]
fn check(deployment: &Deployment, args: &[&str], expected: (&str, i32, &str)) -> Value {
    let ran = deployment.run(&[&["claim"], args, &["--json"]].concat());
    let answer = ran.object();
    let found = (answer["outcome"].as_str().unwrap(), ran.code, answer["status"].as_str());
    assert_eq!(found, (expected.0, expected.1, Some(expected.2)), "{args:?}: {answer}");
    assert_eq!(answer["claim_id"], args[1]);
    answer
}

#[tokio::test]
async fn every_answer_has_its_outcome_and_its_exit_code() {
    let deployment = Deployment::new().await;
    let working = deployment.work();
    let [rejected, confirmed, withdrawn, silent] =
        ["teams", "exchange", "sharepoint", "yammer"].map(|w| deployment.submit(&a_claim_on(w)));
    deployment.advance(&["--to", "2026-11-27T20:59:59.999Z"]);
    let why = ["--reason", "We never met them."];
    let reject = ["reject", &rejected];
    check(&deployment, &[&reject[..], &why].concat(), ("rejected", 0, "rejected"));
    check(&deployment, &reject, ("already_decided", 1, "rejected"));
    let claim = deployment.claim(&rejected);
    assert_eq!(claim["reason"], "We never met them.");
    assert_eq!(claim["decided_at"], "2026-11-27T20:59:59.999Z");
    assert_eq!(claim["opened_at"], "2026-11-20T15:00:00Z");
    check(&deployment, &["confirm", &confirmed], ("confirmed", 0, "associated"));
    check(&deployment, &["withdraw", &withdrawn], ("withdrawn", 0, "withdrawn"));
    let early = ["reject", &silent, "--received-at", "2026-11-27T21:00:00Z"];
    let answer = check(&deployment, &early, ("refused", 1, "notified"));
    assert_eq!(answer["code"], "in_the_future");

    deployment.advance(&["--by", "1ms"]);
    assert_eq!(deployment.status(&silent), "associated");
    check(&deployment, &["reject", &silent], ("too_late", 1, "associated"));
    let answer = check(&deployment, &["withdraw", &silent], ("refused", 1, "associated"));
    assert_eq!(answer["code"], "official");
    let end = ["end", &silent, "--reason", "customer_withdrew", "--detail", "By letter."];
    check(&deployment, &end, ("ended", 0, "ended"));
    check(&deployment, &end, ("already_decided", 1, "ended"));
    assert_eq!(deployment.claim(&silent)["reason"], "customer_withdrew");
    let in_time = ["reject", &confirmed, "--received-at", "2026-11-27T20:00:00Z"];
    check(&deployment, &in_time, ("rejected", 0, "ended"));
    working.stop();
}

#[tokio::test]
async fn a_claim_is_passed_on_to_whom_the_customer_names_and_the_partner_confirms() {
    let deployment = Deployment::new().await;
    let working = deployment.work();
    let id = deployment.submit(&a_claim());
    deployment.advance(&["--by", "1h"]);
    let named = ["--name", "Selin Demir", "--title", "CIO", "--language", "tr"];
    let propose = |email| [&["propose-contact", &id], &named[..], &["--email", email]].concat();
    let selin = "selin@anadoluelektrik.com.tr";
    let ran = deployment.run(&[&["claim"], &propose("selin")[..], &["--json"]].concat());
    assert_eq!((ran.code, &ran.object()["findings"][0]["field"]), (1, &json!("email")));
    check(&deployment, &["confirm-contact", &id], ("refused", 1, "notified"));
    check(&deployment, &propose(selin), ("contact_proposed", 0, "action_required"));
    check(&deployment, &propose(selin), ("already_decided", 1, "action_required"));
    let history = deployment.run(&["claim", "history", &id]).stdout;
    assert!(history.contains("s***@anadoluelektrik.com.tr") && !history.contains(selin));
    check(&deployment, &["confirm-contact", &id], ("contact_confirmed", 0, "submitted"));
    deployment.advance(&["--by", "1s"]);
    assert_eq!(deployment.status(&id), "notified");
    assert_eq!(deployment.claim(&id)["opened_at"], "2026-11-20T16:00:00Z");
    working.stop();
}

#[tokio::test]
async fn lists_and_histories_say_what_has_happened() {
    let deployment = Deployment::new().await;
    let working = deployment.work();
    let teams = deployment.submit(&a_claim());
    let exchange = deployment.submit(&a_claim_on("exchange"));
    deployment.advance(&["--by", "1h"]);
    let reject = ["claim", "reject", &teams, "--actor", "call-center"];
    assert_eq!(deployment.run(&reject).code, 0);
    let history = deployment.run(&["claim", "history", &teams, "--json"]).objects();
    let revisions: Vec<u64> = history.iter().map(|e| e["revision"].as_u64().unwrap()).collect();
    assert_eq!(revisions, (1..=history.len() as u64).collect::<Vec<_>>());
    let no = history.iter().find(|event| event["event"] == "claim_rejected").unwrap();
    assert_eq!((&no["actor"], &no["at"]), (&json!("call-center"), &json!("2026-11-20T16:00:00Z")));

    let list = |args: &[&str]| -> Vec<String> {
        let ran = deployment.run(&[&["claims", "--json"], args].concat());
        ran.objects().iter().map(|claim| claim["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(list(&["--status", "notified"]), [exchange.as_str()]);
    assert_eq!(list(&["--partner", "1234567"]).len(), 2);
    assert_eq!(list(&["--partner", "7654321"]), [""; 0]);
    let tenant = "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d";
    assert_eq!(list(&["--tenant", tenant, "--status", "rejected"]), [teams.as_str()]);
    assert_eq!(list(&["--limit", "1"]).len(), 1);
    let table = deployment.run(&["claims"]).stdout;
    assert!(table.contains("customer notified") && table.contains(&exchange), "{table}");
    let portrait = deployment.run(&["claim", "show", &exchange]).stdout;
    assert!(portrait.contains("Friday 27 November 2026"), "{portrait}");
    working.stop();
}

#[tokio::test]
async fn a_contest_is_decided_for_the_claimant_by_ending_the_holder() {
    let deployment = Deployment::new().await;
    let working = deployment.work();
    let holder = deployment.submit(&a_claim());
    deployment.advance(&["--to", "2026-11-28T00:00:00Z"]);
    let mut claim = a_claim();
    "7654321".clone_into(&mut claim.partner.mpn_id);
    let claimant = deployment.submit(&claim);
    deployment.advance(&["--by", "1s"]);
    assert_eq!(deployment.status(&claimant), "contested");
    let decide = |id: &str, winner: &'static str, expected: (&str, i32, &str)| {
        let why = ["--for", winner, "--reason", "Signed statement of work."];
        check(&deployment, &[&["arbitrate", id][..], &why].concat(), expected)
    };
    let answer = decide(&holder, "claimant", ("refused", 1, "associated"));
    assert_eq!(answer["code"], "wrong_status");
    assert_eq!(deployment.status(&holder), "associated", "nothing was touched");
    let early = decide(&claimant, "claimant", ("refused", 1, "contested"));
    assert_eq!(early["code"], "answer_open", "the holder may still answer");
    deployment.advance(&["--by", "14d"]);
    decide(&claimant, "claimant", ("validated", 0, "validated"));
    deployment.advance(&["--by", "1s"]);
    assert_eq!(deployment.status(&claimant), "notified");
    let ended = deployment.claim(&holder);
    assert_eq!((&ended["status"], &ended["reason"]), (&json!("ended"), &json!("superseded")));

    let third = deployment.submit(&a_claim());
    deployment.advance(&["--by", "1s"]);
    let answer = decide(&third, "claimant", ("refused", 1, "contested"));
    assert_eq!(answer["code"], "answer_open");
    decide(&third, "holder", ("claim_refused", 0, "refused"));
    working.stop();
}

#[tokio::test]
async fn an_action_required_is_answered_with_a_corrected_submission() {
    let deployment = Deployment::new().await;
    let working = deployment.work();
    let mut claim = a_claim();
    "elsewhere.example".clone_into(&mut claim.customer.domain);
    "mert@elsewhere.example".clone_into(&mut claim.customer.contact.email);
    let id = deployment.submit(&claim);
    deployment.advance(&["--by", "1s"]);
    assert_eq!(deployment.status(&id), "action_required");
    assert!(!deployment.claim(&id)["findings"].as_array().unwrap().is_empty());
    let nonsense = deployment.file("nonsense.json", b"{}");
    let ran = deployment.run(&["claim", "amend", &id, &nonsense, "--json"]);
    let answer = ran.object();
    assert_eq!((ran.code, &answer["outcome"]), (1, &json!("refused")), "{answer}");
    assert!(answer["findings"].as_array().unwrap().len() > 3, "{answer}");
    "anadoluelektrik.com.tr".clone_into(&mut claim.customer.domain);
    "mert@anadoluelektrik.com.tr".clone_into(&mut claim.customer.contact.email);
    let corrected = deployment.file("corrected.json", claim.to_json().unwrap().as_bytes());
    check(&deployment, &["amend", &id, &corrected], ("amended", 0, "submitted"));
    deployment.advance(&["--by", "1s"]);
    assert_eq!(deployment.status(&id), "notified");
    working.stop();
}
