//! Everything that is ever written to a queue of cpor, and nothing else.
//!
//! A job is one of the things that can happen to a claim, or around it. One of them is public:
//! [`SubmitClaim`] is what an upstream system pushes on the list `<namespace>:intake`, as one line
//! of JSON, signed or not ([`SignedEntry`]). The others are put on the agenda by cpor itself, and
//! are nothing but the id of the claim they concern, of [`DeliverWebhook`] the event and the
//! webhook, of [`ScanDocument`] and [`AskCustomer`] the document, of [`SendNotification`] the event
//! and the subscription, and of [`TendSubscription`] the subscription: ids, not objects.
//!
//! The queue is a schema: the name, the fields and the meaning of a job never change. A job gains
//! optional fields, or a new job is added. `tests/wire` holds one example of every job and version
//! ever shipped, and `schema` the JSON Schema of the public one.
//!
//! This crate deliberately does not judge: whether a submission is a sound claim is decided by
//! cpor when it takes it in, and every finding is reported there. Nor does it work jobs off.
//!
//! With the feature `client` there is a typed enqueue over Redis, `client::Client`.
//!
//! ```
//! use cpor_jobs::{Customer, CustomerContact, Partner, ProofOfExecution, SubmissionKey};
//! use cpor_jobs::{SubmitClaim, Work};
//! use uuid::uuid;
//!
//! let claim = SubmitClaim::new(
//!     SubmissionKey::new("crm-emea", "2026-000123"),
//!     "Teams rollout",
//!     Partner::new("1234567", "Ece Yıldız", "ece.yildiz@partner.example"),
//!     Customer::new(
//!         uuid!("8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d"),
//!         "anadoluelektrik.com.tr",
//!         "TR",
//!         CustomerContact::new("Mert Kaya", "BT Müdürü", "mert.kaya@anadoluelektrik.com.tr"),
//!     ),
//!     Work::microsoft_365(["teams"]),
//!     ProofOfExecution::uploaded(uuid!("0d5f3a52-6f0b-4c6e-8a65-0d2c8a3f5b11")),
//! );
//! assert!(claim.to_json()?.starts_with(r#"{"v":1,"source":"crm-emea","#));
//! # Ok::<(), serde_json::Error>(())
//! ```

#[cfg(feature = "client")]
pub mod client;
pub mod limits;

mod agenda_entry;
mod ask_customer;
mod check_subscription;
mod deliver_webhook;
mod escalate_review;
mod expire_claim;
mod finalize_association;
mod job;
mod notify_customer;
mod notify_partner;
mod remind_customer;
mod remind_partner;
mod scan_document;
mod send_correction;
mod send_notification;
mod send_receipt;
mod signed_entry;
mod submit_claim;
mod tend_subscription;
mod validate_claim;

pub use agenda_entry::{AgendaEntry, EntryError};
pub use ask_customer::{AskCustomer, AskEntryError};
pub use check_subscription::CheckSubscription;
pub use deliver_webhook::{DeliverWebhook, DeliveryEntryError};
pub use escalate_review::EscalateReview;
pub use expire_claim::ExpireClaim;
pub use finalize_association::FinalizeAssociation;
pub use job::{Job, UnknownJob};
pub use notify_customer::NotifyCustomer;
pub use notify_partner::NotifyPartner;
pub use remind_customer::RemindCustomer;
pub use remind_partner::RemindPartner;
pub use scan_document::{ScanDocument, ScanEntryError};
pub use send_correction::SendCorrection;
pub use send_notification::{NotificationEntryError, SendNotification};
pub use send_receipt::SendReceipt;
pub use signed_entry::{SignatureLineError, SignedEntry};
pub use submit_claim::{
    Activity, Customer, CustomerContact, Item, Partner, PartnerContact, ProofOfExecution, Revenue,
    SolutionArea, SubmissionKey, SubmitClaim, TechnicalContact, UnknownVersion, Version, Work,
};
pub use tend_subscription::{SubscriptionEntryError, TendSubscription};
pub use validate_claim::ValidateClaim;
