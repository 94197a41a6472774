//! Puts one claim on the intake list: `cargo run --features client --example enqueue`.
//!
//! The address is taken from `REDIS_URL`, the namespace from `CPOR_NAMESPACE`.

use std::env;
use std::error::Error;

use cpor_jobs::client::{Client, ClientSettings};
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
    let client = Client::connect(settings).await?;
    // A repeat with the same key is harmless, so run it as often as you like.
    client.enqueue(&a_claim()).await?;
    println!("enqueued crm-emea / 2026-000123");
    Ok(())
}

fn a_claim() -> SubmitClaim {
    let contact =
        CustomerContact::new("Mert Kaya", "BT Müdürü", "mert.kaya@anadoluelektrik.com.tr")
            .with_language("tr");
    let tenant_id = uuid!("8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d");
    let sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    SubmitClaim::new(
        SubmissionKey::new("crm-emea", "2026-000123"),
        "Teams rollout",
        Partner::new("1234567", "Ece Yıldız", "ece.yildiz@partner.example"),
        Customer::new(tenant_id, "anadoluelektrik.com.tr", "TR", contact)
            .with_time_zone("Europe/Istanbul"),
        Work::microsoft_365(["teams"]),
        ProofOfExecution::document("sow.pdf", sha256, "https://files.partner.example/sow.pdf"),
    )
    .with_comment("Pilot done in May.")
}
