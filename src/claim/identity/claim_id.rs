//! The id of a claim: when it was made, and in which partition its keys are.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::claim::finding::Finding;

/// The id of a claim: a UUID of version 7 whose 12 bits after the version are the partition, so
/// that a claim's keys are found without a look-up. Ids are ordered by the time they were made at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct ClaimId(Uuid);

impl ClaimId {
    /// No claim: what stands for one that is not the reader's business.
    pub const NOBODY: Self = Self(Uuid::nil());

    /// One more than the greatest partition that an id can hold.
    pub const PARTITIONS_MAX: u16 = 1 << 12;

    /// The id of a claim made at this instant (kept to the millisecond) in this partition, which
    /// is below [`ClaimId::PARTITIONS_MAX`]. Of `random`, 62 bits are used.
    pub fn new(at: DateTime<Utc>, partition: u16, random: [u8; 8]) -> Self {
        debug_assert!(partition < Self::PARTITIONS_MAX, "partition {partition} does not fit");
        let [high, low] = partition.to_be_bytes();
        let [r0, r1, r2, r3, r4, r5, r6, r7] = random;
        let after_time = [high, low, r0, r1, r2, r3, r4, r5, r6, r7];
        // A claim was never made before 1970; clocks that say so are refused elsewhere.
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &after_time).into_uuid())
    }

    /// Reads an id in the hyphenated form, in either case.
    ///
    /// # Errors
    /// `claim_id_malformed` for everything that is not a hyphenated UUID of version 7.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        let hyphenated = raw.len() == uuid::fmt::Hyphenated::LENGTH;
        match Uuid::try_parse(raw) {
            Ok(uuid) if hyphenated && Self::has_our_layout(uuid) => Ok(Self(uuid)),
            Ok(_) | Err(_) => Err(Finding::new(
                "claim_id",
                "claim_id_malformed",
                "This is not the id of a claim. Copy the id whole, such as \
                 01993c2a-7e00-7003-8000-00000000002a.",
            )),
        }
    }

    /// The partition in which the claim's keys are.
    pub fn partition(self) -> u16 {
        let [_, _, _, _, _, _, high, low, ..] = self.0.into_bytes();
        u16::from_be_bytes([high & 0x0f, low])
    }

    /// When the id was made, a moment before the claim.
    #[must_use]
    pub fn made_at(self) -> Option<DateTime<Utc>> {
        let (seconds, nanos) = self.0.get_timestamp()?.to_unix();
        DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
    }

    /// The id as a plain UUID, as the jobs carry it.
    pub fn as_uuid(self) -> Uuid {
        self.0
    }

    fn has_our_layout(uuid: Uuid) -> bool {
        uuid.get_version_num() == 7 && uuid.get_variant() == uuid::Variant::RFC4122
    }
}

impl fmt::Display for ClaimId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl TryFrom<String> for ClaimId {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

impl TryFrom<Uuid> for ClaimId {
    type Error = Finding;

    fn try_from(uuid: Uuid) -> Result<Self, Self::Error> {
        Self::parse(&uuid.hyphenated().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(instant: &str) -> DateTime<Utc> {
        instant.parse().unwrap()
    }

    #[test]
    fn an_id_tells_its_partition() {
        for partition in [0, 1, 15, 255, 256, 4_095] {
            for random in [[0; 8], [0xff; 8], *b"cpor-id!"] {
                let id = ClaimId::new(at("2026-11-20T15:00:00Z"), partition, random);
                assert_eq!(id.partition(), partition);
                assert_eq!(ClaimId::parse(&id.to_string()), Ok(id));
                assert_eq!(ClaimId::parse(&id.to_string().to_uppercase()), Ok(id));
                assert_eq!(ClaimId::try_from(id.as_uuid()), Ok(id));
            }
        }
    }

    #[test]
    fn ids_are_ordered_by_time_before_all_else() {
        let earlier = ClaimId::new(at("2026-11-20T15:00:00.001Z"), 4_095, [0xff; 8]);
        let later = ClaimId::new(at("2026-11-20T15:00:00.002Z"), 0, [0; 8]);
        assert!(earlier < later);
        assert!(earlier.to_string() < later.to_string());
    }

    #[test]
    fn an_instant_before_1970_is_taken_as_1970() {
        let id = ClaimId::new(at("1969-12-31T23:59:59Z"), 3, [0; 8]);
        assert_eq!(id.to_string(), "00000000-0000-7003-8000-000000000000");
    }

    #[test]
    fn what_is_not_a_claim_id_is_refused() {
        let check = |raw: &str| {
            assert_eq!(ClaimId::parse(raw).unwrap_err().code, "claim_id_malformed", "{raw}");
        };
        check("");
        check("42");
        check("01993c2a7e0070038000-00000000002a");
        check("01993c2a7e007003800000000000002a");
        check("{01993c2a-7e00-7003-8000-00000000002a}");
        check("01993c2a-7e00-4003-8000-00000000002a"); // Version 4.
        check("01993c2a-7e00-7003-0000-00000000002a"); // Another variant.
        check("01993c2a-7e00-7003-8000-00000000002g");
    }

    #[test]
    fn an_id_is_text_in_json() {
        let id = ClaimId::new(at("2026-11-20T15:00:00Z"), 3, [1; 8]);
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, format!("\"{id}\""));
        assert_eq!(serde_json::from_str::<ClaimId>(&json).unwrap(), id);
        assert!(serde_json::from_str::<ClaimId>("\"42\"").is_err());
    }
}
