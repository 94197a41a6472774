//! Submissions to start a test from; every field is public, so a test says only what it is about.

use std::sync::atomic::{AtomicU32, Ordering};

use cpor_jobs::{
    Activity, Customer, CustomerContact, Item, Partner, ProofOfExecution, SubmissionKey,
    SubmitClaim, Work,
};
use uuid::{Uuid, uuid};

/// The tenant of the customer in Istanbul that every world's directory knows, with the domain
/// `anadoluelektrik.com.tr`.
pub const CUSTOMER_TENANT: Uuid = uuid!("8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d");

/// An active subscription of that tenant to the product `sales`.
pub const SALES_SUBSCRIPTION: Uuid = uuid!("2b6d9a10-7c1e-4d2f-8a55-6f7e8d9c0b1a");

/// The digest of the document that proves the work of every claim here.
const SOW_SHA256: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

static NEXT_KEY: AtomicU32 = AtomicU32::new(1);

/// A claim that passes: the customer's Teams workload, with a key of its own.
///
/// ```
/// let mut claim = cpor::testkit::a_claim();
/// claim.items = vec![cpor_jobs::Item::workload("exchange")];
/// claim.customer.contact.email = "refused@anadoluelektrik.com.tr".to_owned();
/// ```
#[must_use]
pub fn a_claim() -> SubmitClaim {
    claim_on(Work::microsoft_365(["teams"]))
}

/// A claim that passes, on another workload of that customer, such as `exchange`.
///
/// ```
/// let claim = cpor::testkit::a_claim_on("exchange");
/// assert_eq!(claim.items, [cpor_jobs::Item::workload("exchange")]);
/// ```
#[must_use]
pub fn a_claim_on(workload: &str) -> SubmitClaim {
    claim_on(Work::microsoft_365([workload]))
}

/// The claim of [`a_claim`] by another partner, by MPN ID: beside it a rival.
///
/// ```
/// let claim = cpor::testkit::a_claim_of("7654321");
/// assert_eq!(claim.partner.mpn_id, "7654321");
/// ```
#[must_use]
pub fn a_claim_of(mpn_id: &str) -> SubmitClaim {
    let mut claim = a_claim();
    mpn_id.clone_into(&mut claim.partner.mpn_id);
    claim
}

/// A claim that passes: pre-sales on the customer's subscription to Dynamics 365 Sales.
#[must_use]
pub fn a_dynamics_claim() -> SubmitClaim {
    let items = [Item::subscription("sales", SALES_SUBSCRIPTION)];
    claim_on(Work::business_applications([Activity::Presales], items))
}

fn claim_on(work: Work) -> SubmitClaim {
    let number = NEXT_KEY.fetch_add(1, Ordering::Relaxed);
    let contact =
        CustomerContact::new("Mert Kaya", "BT Müdürü", "mert.kaya@anadoluelektrik.com.tr")
            .with_language("tr");
    SubmitClaim::new(
        SubmissionKey::new("testkit", format!("key-{number}")),
        "Teams rollout",
        Partner::new("1234567", "Ece Yıldız", "ece.yildiz@partner.example"),
        Customer::new(CUSTOMER_TENANT, "anadoluelektrik.com.tr", "TR", contact)
            .with_time_zone("Europe/Istanbul"),
        work,
        ProofOfExecution::document("sow.pdf", SOW_SHA256, "https://files.partner.example/sow.pdf"),
    )
}
