//! Claims for measurements: about 900 bytes each, one for each of ten workloads of every tenant.

use std::fmt::Write as _;
use std::sync::LazyLock;

use cpor_jobs::{
    Customer, CustomerContact, Partner, ProofOfExecution, SubmissionKey, SubmitClaim, Work,
};
use uuid::Uuid;

use crate::bench::BenchError;
use crate::claim::catalog::Catalog;
use crate::claim::submission::{Submission, SubmissionPolicy};

/// What every tenant has; each of its claims asks for one of them.
const WORKLOADS: [&str; 10] = [
    "exchange",
    "sharepoint",
    "teams",
    "teams_meetings",
    "teams_phone",
    "teams_platform",
    "microsoft_365_apps",
    "yammer",
    "viva_insights",
    "viva_learning",
];

/// The `customer`-th tenant; spread like real ones.
fn tenant(customer: usize) -> Uuid {
    let spread = (customer as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    Uuid::from_u64_pair(spread, customer as u64 + 1)
}

/// The raw submission of the `number`-th claim, with the key `<run>-<number>`.
pub(super) fn raw(run: &str, number: usize) -> String {
    let customer = number / WORKLOADS.len();
    let domain = format!("customer{customer}.example");
    let contact = CustomerContact::new("Mert Kaya", "BT Müdürü", format!("mert.kaya@{domain}"))
        .with_language("tr");
    let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let claim = SubmitClaim::new(
        SubmissionKey::new("bench", format!("{run}-{number}")),
        format!("Rollout at customer {customer}"),
        Partner::new("1234567", "Ece Yıldız", "ece.yildiz@partner.example"),
        Customer::new(tenant(customer), domain, "TR", contact).with_time_zone("Europe/Istanbul"),
        Work::microsoft_365([WORKLOADS[number % WORKLOADS.len()]]),
        ProofOfExecution::document("sow.pdf", digest, "https://files.partner.example/sow.pdf"),
    );
    claim
        .with_comment("Pilot done in May; rollout to all departments follows in summer.")
        .to_json()
        .unwrap_or_default()
}

/// What is built in, read once.
static CATALOG: LazyLock<Result<Catalog, String>> =
    LazyLock::new(|| Catalog::built_in().map_err(|error| error.to_string()));

/// The same, parsed.
pub(super) fn parsed(run: &str, number: usize) -> Result<Submission, BenchError> {
    let catalog = CATALOG.as_ref().map_err(BenchError::because)?;
    let policy = SubmissionPolicy { technical_contact_required: false };
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 20).unwrap_or_default();
    Submission::parse(raw(run, number).as_bytes(), catalog, &policy, today)
        .map_err(|findings| BenchError::because(format!("{findings:?}")))
}

/// The file of a static directory that knows the tenants of the first `claims` claims.
pub(super) fn directory(claims: usize) -> String {
    let mut text = String::new();
    for customer in 0..claims.div_ceil(WORKLOADS.len()) {
        let (id, domain) = (tenant(customer), format!("customer{customer}.example"));
        let _ = writeln!(text, "[[tenant]]\nid = \"{id}\"\ndomains = [\"{domain}\"]");
    }
    text
}
