//! The small values of the rule: which calendar, how many business days, what a half day is worth.
//! Deliberately not here: whether a calendar of that id exists.

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use super::error::CalendarError;

/// The name of a calendar and of its file: a country (`TR`), or a country and a subdivision
/// (`GB-SCT`), as in ISO 3166-1 and 3166-2.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct CalendarId(Arc<str>);

impl CalendarId {
    /// Longest id accepted, in bytes.
    const MAX_LENGTH: usize = 32;

    /// Parses an id: 1 to 32 ASCII letters, digits, `-` or `_`, a letter first. The narrow
    /// alphabet also keeps an id from being a path.
    ///
    /// # Errors
    /// [`CalendarError::MalformedId`] for anything else.
    pub fn parse(raw: &str) -> Result<Self, CalendarError> {
        let fits = raw.len() <= Self::MAX_LENGTH
            && raw.starts_with(|first: char| first.is_ascii_alphabetic())
            && raw.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !fits {
            return Err(CalendarError::MalformedId { given: CalendarError::shortened(raw) });
        }
        Ok(Self(Arc::from(raw)))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The country the calendar belongs to: everything before the first `-`.
    #[must_use]
    pub fn country(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }
}

impl TryFrom<String> for CalendarId {
    type Error = CalendarError;

    fn try_from(raw: String) -> Result<Self, CalendarError> {
        Self::parse(&raw)
    }
}

impl Serialize for CalendarId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl fmt::Display for CalendarId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The length of a window in business days, 1 to 260 (about a year).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct BusinessDays(u16);

impl BusinessDays {
    /// The longest window, in business days.
    pub const MAX: u32 = 260;
    /// The length the business promises to customers.
    pub const FIVE: Self = Self(5);

    /// Checks a number of business days.
    ///
    /// # Errors
    /// [`CalendarError::BusinessDays`] unless it is 1 to [`Self::MAX`].
    pub fn new(given: u32) -> Result<Self, CalendarError> {
        let refused = || CalendarError::BusinessDays { given };
        if !(1..=Self::MAX).contains(&given) {
            return Err(refused());
        }
        u16::try_from(given).map(Self).map_err(|_| refused())
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u32 {
        u32::from(self.0)
    }
}

impl From<BusinessDays> for i32 {
    fn from(business_days: BusinessDays) -> Self {
        Self::from(business_days.0)
    }
}

impl Default for BusinessDays {
    fn default() -> Self {
        Self::FIVE
    }
}

impl TryFrom<u32> for BusinessDays {
    type Error = CalendarError;

    fn try_from(given: u32) -> Result<Self, CalendarError> {
        Self::new(given)
    }
}

impl From<BusinessDays> for u32 {
    fn from(business_days: BusinessDays) -> Self {
        business_days.get()
    }
}

impl fmt::Display for BusinessDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whether a day on which people work only half of the day is a business day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum HalfDays {
    /// A half day is a business day.
    #[default]
    Count,
    /// A half day is not a business day.
    Skip,
}

impl HalfDays {
    /// Whether this is the policy that needs no mention.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    pub(super) fn is_count(&self) -> bool {
        *self == Self::Count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_short_plain_name_and_never_a_path() {
        let check = |given: &str, accepted: bool| {
            assert_eq!(CalendarId::parse(given).is_ok(), accepted, "{given:?}");
        };
        check("TR", true);
        check("GB-SCT", true);
        check("FR-75C", true);
        check("test_1", true);
        check("", false);
        check("1R", false);
        check("-TR", false);
        check("../TR", false);
        check("TR.toml", false);
        check("TÜR", false);
        check(&"A".repeat(32), true);
        check(&"A".repeat(33), false);
    }

    #[test]
    fn the_country_is_what_precedes_the_first_dash() {
        assert_eq!(CalendarId::parse("GB-SCT").unwrap().country(), "GB");
        assert_eq!(CalendarId::parse("TR").unwrap().country(), "TR");
    }

    #[test]
    fn a_window_has_1_to_260_business_days() {
        for (given, accepted) in [(0, false), (1, true), (260, true), (261, false)] {
            assert_eq!(BusinessDays::new(given).is_ok(), accepted, "{given}");
        }
        assert!(BusinessDays::new(u32::MAX).is_err());
        assert!(serde_json::from_str::<BusinessDays>("0").is_err());
    }
}
