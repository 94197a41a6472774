//! The queue is a schema: every job reads and writes the examples in `tests/wire`, byte by byte.
//!
//! The files are what has been shipped. A change that fails here needs a new version, not a new
//! file; only a job or version that was never shipped may be written with `CPOR_UPDATE=1`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::fs;
use std::path::{Path, PathBuf};

use cpor_jobs::{
    AgendaEntry, AskCustomer, CheckSubscription, Customer, CustomerContact, DeliverWebhook,
    EscalateReview, ExpireClaim, FinalizeAssociation, Job, NotifyCustomer, NotifyPartner, Partner,
    ProofOfExecution, RemindCustomer, RemindPartner, ScanDocument, SendCorrection,
    SendNotification, SendReceipt, SubmissionKey, SubmitClaim, TendSubscription, ValidateClaim,
    Work,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::{Uuid, uuid};

const CLAIM_ID: Uuid = uuid!("01993c2a-7e00-7003-8000-00000000002a");

fn in_package(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Compares with a file that is kept; rewrites it when asked to.
fn check_kept(path: &str, found: &str) {
    let path = in_package(path);
    if std::env::var_os("CPOR_UPDATE").is_some_and(|value| value == "1") {
        fs::write(&path, found).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == found,
        "{} is not what the types say. If the change is meant and compatible, run the test again \
         with CPOR_UPDATE=1 and look at the difference. The types say:\n{found}",
        path.display(),
    );
}

fn check<J>(job: Job, value: &J)
where
    J: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let path = format!("tests/wire/{job}.v1.json");
    let written = serde_json::to_string(value).unwrap() + "\n";
    check_kept(&path, &written);
    let kept = fs::read_to_string(in_package(&path)).unwrap();
    assert_eq!(&serde_json::from_str::<J>(&kept).unwrap(), value, "{path}");
}

fn check_on_agenda<J>()
where
    J: AgendaEntry + Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let job = J::of(CLAIM_ID);
    check(J::JOB, &job);
    assert_eq!(serde_json::to_value(&job).unwrap(), job.entry(), "the entry is the JSON's text");
    assert_eq!(J::parse(&job.entry()).as_ref(), Ok(&job));
}

#[test]
fn jobs_on_the_agenda_keep_their_wire_form() {
    check_on_agenda::<ValidateClaim>();
    check_on_agenda::<NotifyCustomer>();
    check_on_agenda::<RemindCustomer>();
    check_on_agenda::<FinalizeAssociation>();
    check_on_agenda::<NotifyPartner>();
    check_on_agenda::<ExpireClaim>();
    check_on_agenda::<SendReceipt>();
    check_on_agenda::<SendCorrection>();
    check_on_agenda::<RemindPartner>();
    check_on_agenda::<EscalateReview>();
    check_on_agenda::<CheckSubscription>();
}

#[test]
fn a_scan_keeps_its_wire_form() {
    let job = ScanDocument { document_id: uuid!("01993c2a-7e00-7003-8000-00000000002b") };
    check(Job::ScanDocument, &job);
    assert_eq!(serde_json::to_value(job).unwrap(), job.entry(), "the entry is the JSON's text");
    assert_eq!(ScanDocument::parse(&job.entry()), Ok(job));
}

#[test]
fn a_question_keeps_its_wire_form() {
    let job = AskCustomer { document_id: uuid!("01993c2a-7e00-7000-8000-00000000002b") };
    check(Job::AskCustomer, &job);
    assert_eq!(serde_json::to_value(job).unwrap(), job.entry(), "the entry is the JSON's text");
    assert_eq!(AskCustomer::parse(&job.entry()), Ok(job));
}

#[test]
fn a_delivery_keeps_its_wire_form() {
    let webhook_id = uuid!("5f0c9d3e-8a41-4b7c-9f26-3d1e8b6a7c05");
    let job = DeliverWebhook { claim_id: CLAIM_ID, revision: 7, webhook_id };
    check(Job::DeliverWebhook, &job);
    assert_eq!(serde_json::to_value(job).unwrap(), job.entry(), "the entry is the JSON's text");
    assert_eq!(DeliverWebhook::parse(&job.entry()), Ok(job));
}

#[test]
fn what_a_subscription_is_sent_keeps_its_wire_form() {
    let subscription_id = uuid!("5f0c9d3e-8a41-4b7c-9f26-3d1e8b6a7c05");
    let job = SendNotification { claim_id: CLAIM_ID, revision: 7, subscription_id };
    check(Job::SendNotification, &job);
    assert_eq!(serde_json::to_value(job).unwrap(), job.entry(), "the entry is the JSON's text");
    let asking = TendSubscription { subscription_id, asking: Some(2) };
    check(Job::TendSubscription, &asking);
    assert_eq!(serde_json::to_value(asking).unwrap(), asking.entry());
}

#[test]
fn submit_claim_keeps_its_wire_form() {
    let contact =
        CustomerContact::new("Mert Kaya", "BT Müdürü", "mert.kaya@anadoluelektrik.com.tr")
            .with_language("tr");
    let tenant_id = uuid!("8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d");
    let customer = Customer::new(tenant_id, "anadoluelektrik.com.tr", "TR", contact)
        .with_time_zone("Europe/Istanbul");
    let sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let claim = SubmitClaim::new(
        SubmissionKey::new("crm-emea", "2026-000123"),
        "Teams rollout",
        Partner::new("1234567", "Ece Yıldız", "ece.yildiz@partner.example"),
        customer,
        Work::microsoft_365(["teams"]),
        ProofOfExecution::document("sow.pdf", sha256, "https://files.partner.example/sow.pdf"),
    )
    .with_comment("Pilot done in May.");
    check(Job::SubmitClaim, &claim);
}

#[test]
fn every_job_has_a_wire_example() {
    for job in Job::ALL {
        assert!(in_package(&format!("tests/wire/{job}.v1.json")).exists(), "{job}");
    }
}

#[test]
fn the_schema_says_what_the_types_say() {
    let schema = schemars::schema_for!(SubmitClaim);
    let pretty = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    check_kept("schema/submit_claim.v1.json", &pretty);
}

#[test]
fn an_entry_has_one_spelling() {
    let check = |entry: &str| assert!(NotifyCustomer::parse(entry).is_err(), "{entry}");
    check("");
    check("42");
    check("01993C2A-7E00-7003-8000-00000000002A");
    check("01993c2a7e0070038000-00000000002a");
    check("01993c2a7e007003800000000000002a");
    check("{01993c2a-7e00-7003-8000-00000000002a}");
    check(" 01993c2a-7e00-7003-8000-00000000002a");
    check("urn:uuid:01993c2a-7e00-7003-8000-00000000002a");
}

#[test]
fn a_delivery_has_one_spelling() {
    let (claim, webhook) = (CLAIM_ID, "5f0c9d3e-8a41-4b7c-9f26-3d1e8b6a7c05");
    let check = |entry: &str| assert!(DeliverWebhook::parse(entry).is_err(), "{entry}");
    check(&format!("{claim}"));
    check(&format!("{claim}:7"));
    check(&format!("{claim}:07:{webhook}"));
    check(&format!("{claim}:+7:{webhook}"));
    check(&format!("{claim}:-7:{webhook}"));
    check(&format!("{claim}:7:{webhook}:"));
    check(&format!("{claim}:7:{}", webhook.to_uppercase()));
    check(&format!("{}:7:{webhook}", claim.simple()));
    check(&format!("{claim}:18446744073709551616:{webhook}"));
    assert_eq!(DeliverWebhook::parse(&"x".repeat(100_000)).unwrap_err().start.len(), 64);
}

#[test]
fn what_a_subscription_has_due_has_one_spelling() {
    let subscription = "5f0c9d3e-8a41-4b7c-9f26-3d1e8b6a7c05";
    let check = |entry: &str| assert!(TendSubscription::parse(entry).is_err(), "{entry}");
    check("");
    check(&subscription.to_uppercase());
    check(&format!("{subscription}:"));
    check(&format!("{subscription}:01"));
    check(&format!("{subscription}:+1"));
    check(&format!("{subscription}:1:1"));
    check(&format!("{subscription}:4294967296"));
    let digest = TendSubscription::parse(subscription).unwrap();
    assert_eq!((digest.asking, digest.entry().as_str()), (None, subscription));
    let check = |entry: &str| assert!(SendNotification::parse(entry).is_err(), "{entry}");
    check(&format!("{CLAIM_ID}:7"));
    check(&format!("{CLAIM_ID}:07:{subscription}"));
    check(&format!("{CLAIM_ID}:7:{subscription}:"));
}

#[test]
fn a_bad_entry_is_shown_only_in_part() {
    let entry = "x".repeat(100_000);
    assert_eq!(NotifyCustomer::parse(&entry).unwrap_err().start.len(), 64);
}
