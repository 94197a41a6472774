//! The small values a claim is made of: ids, names, addresses.
//!
//! Each has one constructor, `parse`, and a private field, so a value in hand is a valid value.
//! Each is written as text and read through the same `parse`. Whether the thing exists (the
//! tenant, the time zone, the country's calendar) is deliberately not asked here.

mod claim_id;
mod document;
mod domain_name;
mod email_address;
mod guid;
mod key;
mod mpn_id;
mod place;
mod text;

pub use claim_id::ClaimId;
pub use document::{DocumentId, Location, Sha256Digest};
pub use domain_name::DomainName;
pub use email_address::EmailAddress;
pub use guid::{SubscriptionId, TenantId};
pub use key::{IdempotencyKey, Source};
pub use mpn_id::MpnId;
pub use place::{CountryCode, Language, Subdivision, TimeZoneName};
pub use text::{Comment, ItemCode, Line, PersonName};

pub(crate) use text::shown;
