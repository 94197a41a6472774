//! Where the customer is and what it speaks. Format only: whether there is a calendar for the
//! country, and whether the zone exists, is known by the calendars.

use std::fmt;

use cpor_jobs::limits;
use serde::{Deserialize, Serialize};

use crate::claim::finding::Finding;

/// A country: ISO 3166-1 alpha-2, in upper case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct CountryCode(String);

impl CountryCode {
    /// Reads two letters, in either case.
    ///
    /// # Errors
    /// `country_malformed`.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        if raw.len() == 2 && raw.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Ok(Self(raw.to_ascii_uppercase()));
        }
        Err(Finding::new(
            "country",
            "country_malformed",
            "The country is not a code of two letters. Give ISO 3166-1 alpha-2, such as TR.",
        ))
    }

    /// The two letters, in upper case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for CountryCode {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

/// A part of a country: ISO 3166-2, in upper case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Subdivision(String);

impl Subdivision {
    /// Reads a country code, a hyphen, and 1 to 3 letters or digits, in either case.
    ///
    /// # Errors
    /// `subdivision_malformed`.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        let fits = raw.split_once('-').is_some_and(|(country, part)| {
            CountryCode::parse(country).is_ok() && is_alphanumeric(part, 1..=3)
        });
        if fits {
            return Ok(Self(raw.to_ascii_uppercase()));
        }
        Err(Finding::new(
            "subdivision",
            "subdivision_malformed",
            "The subdivision is not an ISO 3166-2 code. Give one such as CA-BC, or leave it out.",
        ))
    }

    /// The code, in upper case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is a part of the country.
    pub fn is_in(&self, country: &CountryCode) -> bool {
        self.0.starts_with(country.as_str())
    }
}

impl fmt::Display for Subdivision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for Subdivision {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

/// The name of an IANA time zone, as written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct TimeZoneName(String);

impl TimeZoneName {
    /// Reads one to three parts of letters, digits, `_`, `+` and `-`, with slashes between them.
    ///
    /// # Errors
    /// `time_zone_malformed`.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        let is_part = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte))
        };
        let fits = raw.len() <= limits::TIME_ZONE_MAX
            && raw.starts_with(|first: char| first.is_ascii_alphabetic())
            && raw.split('/').all(is_part)
            && raw.split('/').count() <= 3;
        if fits {
            return Ok(Self(raw.to_owned()));
        }
        Err(Finding::new(
            "time_zone",
            "time_zone_malformed",
            "The time zone is not the name of an IANA zone. Give one such as Europe/Istanbul, or \
             leave it out.",
        ))
    }

    /// The name, as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TimeZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for TimeZoneName {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

/// A language that mails are written in: BCP 47, in the usual case (`tr`, `en-IE`, `zh-Hant`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Language(String);

impl Language {
    /// Reads 2 or 3 letters and further subtags, in either case.
    ///
    /// # Errors
    /// `language_malformed`.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        let mut subtags = raw.split('-');
        let is_language = |tag: &str| {
            (2..=3).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphabetic())
        };
        let fits = raw.len() <= limits::LANGUAGE_MAX
            && subtags.next().is_some_and(is_language)
            && subtags.all(|subtag| is_alphanumeric(subtag, 1..=8));
        if fits {
            return Ok(Self(in_usual_case(raw)));
        }
        Err(Finding::new(
            "language",
            "language_malformed",
            "The language is not a BCP 47 tag. Give one such as tr or en-IE, or leave it out.",
        ))
    }

    /// The tag, in the usual case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language alone, without script and region: what `tr` and `tr-CY` have in common.
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for Language {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

/// Writes a tag in the case that RFC 5646 section 2.1.1 recommends.
fn in_usual_case(tag: &str) -> String {
    let mut after_singleton = false;
    let mut subtags = Vec::new();
    for (index, subtag) in tag.split('-').enumerate() {
        let lower = subtag.to_ascii_lowercase();
        subtags.push(match lower.len() {
            2 if index > 0 && !after_singleton => lower.to_ascii_uppercase(),
            4 if index > 0 && !after_singleton => {
                let (first, rest) = lower.split_at(1);
                first.to_ascii_uppercase() + rest
            }
            _ => lower,
        });
        after_singleton |= subtag.len() == 1;
    }
    subtags.join("-")
}

fn is_alphanumeric(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests;
