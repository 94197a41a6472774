//! How much a submission may hold. The schema and cpor's own parser use the same figures.
//!
//! Lengths are counted in Unicode characters of the normalized form (NFC), not in bytes. What is
//! over a limit is refused at the door with a finding that names the field and the limit. This
//! module deliberately holds figures only; nothing here checks anything.
//!
//! ```
//! use cpor_jobs::limits;
//!
//! assert_eq!(limits::SUBMISSION_BYTES_MAX, 64 * 1024);
//! assert_eq!((limits::SOURCE_MAX, limits::IDEMPOTENCY_KEY_MAX), (64, 128));
//! assert_eq!(limits::ITEMS_MAX, 50);
//! ```

/// The most bytes of JSON in one submission.
pub const SUBMISSION_BYTES_MAX: usize = 64 * 1024;
/// The most bytes of the line that signs a submission, its line feed included.
pub const SIGNATURE_LINE_BYTES_MAX: usize = 128;
/// The most bytes of an entry on the intake list: a submission and the line that signs it.
pub const ENTRY_BYTES_MAX: usize = SIGNATURE_LINE_BYTES_MAX + SUBMISSION_BYTES_MAX;
/// The most characters of `source`.
pub const SOURCE_MAX: usize = 64;
/// The most characters of `idempotency_key`.
pub const IDEMPOTENCY_KEY_MAX: usize = 128;
/// The most characters of a name, a title, and of every other short line of text.
pub const LINE_MAX: usize = 200;
/// The most digits of `partner.mpn_id`.
pub const MPN_ID_MAX: usize = 10;
/// The most characters of a DNS name, in its ASCII form.
pub const DOMAIN_MAX: usize = 253;
/// The most bytes of an e-mail address.
pub const EMAIL_MAX: usize = 254;
/// The most characters of the name of a time zone.
pub const TIME_ZONE_MAX: usize = 64;
/// The most characters of a language tag.
pub const LANGUAGE_MAX: usize = 35;
/// The most activities of one claim.
pub const ACTIVITIES_MAX: usize = 3;
/// The most claimed items of one claim.
pub const ITEMS_MAX: usize = 50;
/// The most characters of the code of a workload or product.
pub const ITEM_CODE_MAX: usize = 64;
/// The most proofs of execution of one claim.
pub const PROOFS_MAX: usize = 20;
/// The most characters of the location of a proof of execution.
pub const LOCATION_MAX: usize = 2_048;
/// The most characters of `comment`.
pub const COMMENT_MAX: usize = 4_000;
