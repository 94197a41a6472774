//! Claims for measurements: about 900 bytes each, every one on a tenant of its own.

use std::fmt::Write as _;

use cpor_jobs::{
    Customer, CustomerContact, Partner, ProofOfExecution, SubmissionKey, SubmitClaim, Work,
};
use uuid::Uuid;

use crate::bench::BenchError;
use crate::claim::catalog::Catalog;
use crate::claim::submission::{Submission, SubmissionPolicy};

/// The tenant of the `number`-th claim; spread like real ones.
fn tenant(number: usize) -> Uuid {
    let spread = (number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    Uuid::from_u64_pair(spread, number as u64 + 1)
}

/// The raw submission of the `number`-th claim, with the key `<run>-<number>`.
pub(super) fn raw(run: &str, number: usize) -> String {
    let domain = format!("customer{number}.example");
    let contact = CustomerContact::new("Mert Kaya", "BT Müdürü", format!("mert.kaya@{domain}"))
        .with_language("tr");
    let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let claim = SubmitClaim::new(
        SubmissionKey::new("bench", format!("{run}-{number}")),
        format!("Teams rollout at customer {number}"),
        Partner::new("1234567", "Ece Yıldız", "ece.yildiz@partner.example"),
        Customer::new(tenant(number), domain, "TR", contact).with_time_zone("Europe/Istanbul"),
        Work::microsoft_365(["teams"]),
        ProofOfExecution::document("sow.pdf", digest, "https://files.partner.example/sow.pdf"),
    );
    claim
        .with_comment("Pilot done in May; rollout to all departments follows in summer.")
        .to_json()
        .unwrap_or_default()
}

/// The same, parsed.
pub(super) fn parsed(run: &str, number: usize) -> Result<Submission, BenchError> {
    let catalog = Catalog::built_in().map_err(BenchError::because)?;
    let policy = SubmissionPolicy { technical_contact_required: false };
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 20).unwrap_or_default();
    Submission::parse(raw(run, number).as_bytes(), &catalog, &policy, today)
        .map_err(|findings| BenchError::because(format!("{findings:?}")))
}

/// The file of a static directory that knows the tenants of the first `claims` claims.
pub(super) fn directory(claims: usize) -> String {
    let mut text = String::new();
    for number in 0..claims {
        let id = tenant(number);
        let _ =
            writeln!(text, "[[tenant]]\nid = \"{id}\"\ndomains = [\"customer{number}.example\"]");
    }
    text
}
