//! Claims for measurements: about 900 bytes each, every one on a tenant of its own.

use std::fmt::Write as _;

use crate::bench::BenchError;
use crate::claim::catalog::Catalog;
use crate::claim::submission::{Submission, SubmissionPolicy};

/// The tenant of the `number`-th claim; spread like real ones.
fn tenant(number: usize) -> String {
    let hash = (number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!("{:08x}-{:04x}-4000-8000-{:012x}", hash >> 32, hash >> 16 & 0xffff, number + 1)
}

/// The raw submission of the `number`-th claim, with the key `<run>-<number>`.
pub(super) fn raw(run: &str, number: usize) -> String {
    let tenant = tenant(number);
    format!(
        r#"{{"v":1,"source":"bench","idempotency_key":"{run}-{number}","name":"Teams rollout at customer {number}","partner":{{"mpn_id":"1234567","contact":{{"name":"Ece Yıldız","email":"ece.yildiz@partner.example"}}}},"customer":{{"tenant_id":"{tenant}","domain":"customer{number}.example","country":"TR","time_zone":"Europe/Istanbul","contact":{{"name":"Mert Kaya","title":"BT Müdürü","email":"mert.kaya@customer{number}.example","language":"tr"}}}},"solution_area":"microsoft_365","activities":["usage"],"items":[{{"workload":"teams"}}],"proof_of_execution":[{{"name":"sow.pdf","sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","location":"https://files.partner.example/sow.pdf"}}],"comment":"Pilot done in May; rollout to all departments is planned for the summer, with training."}}"#
    )
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
