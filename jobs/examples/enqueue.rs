//! Puts one claim on the intake list: `cargo run --features client --example enqueue`.
//!
//! The address is taken from `REDIS_URL`, the namespace from `CPOR_NAMESPACE`, and the key with
//! which the claim is signed, as `cpor source key` prints it, from `CPOR_SOURCE_KEY`; the claim's
//! idempotency key can be given as an argument.

use std::env;
use std::error::Error;

use cpor_jobs::client::{Client, ClientSettings, SigningKey};
use cpor_jobs::{Customer, CustomerContact, Partner, ProofOfExecution};
use cpor_jobs::{SubmissionKey, SubmitClaim, Work};
use uuid::uuid;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:6379/".to_owned());
    let mut settings = ClientSettings::new(url);
    if let Ok(namespace) = env::var("CPOR_NAMESPACE") {
        settings.namespace = namespace;
    }
    if let Ok(printed) = env::var("CPOR_SOURCE_KEY") {
        settings.signing_key = Some(SigningKey::parse(&printed)?);
    }
    let client = Client::connect(settings).await?;
    // A repeat with the same key is harmless, so run it as often as you like.
    let claim = a_claim(&env::args().nth(1).unwrap_or_else(|| "2026-000123".to_owned()));
    client.enqueue(&claim).await?;
    println!("enqueued {} / {}", claim.source, claim.idempotency_key);
    Ok(())
}

fn a_claim(idempotency_key: &str) -> SubmitClaim {
    let contact =
        CustomerContact::new("Mert Kaya", "BT Müdürü", "mert.kaya@anadoluelektrik.com.tr")
            .with_language("tr");
    let tenant_id = uuid!("8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d");
    let sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    SubmitClaim::new(
        SubmissionKey::new("crm-emea", idempotency_key),
        "Teams rollout",
        Partner::new("1234567", "Ece Yıldız", "ece.yildiz@partner.example"),
        Customer::new(tenant_id, "anadoluelektrik.com.tr", "TR", contact)
            .with_time_zone("Europe/Istanbul"),
        Work::microsoft_365(["teams"]),
        ProofOfExecution::document("sow.pdf", sha256, "https://files.partner.example/sow.pdf"),
    )
    .with_comment("Pilot done in May.")
}
