//! What arguments have to look like.

use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use clap::ValueEnum;

use cpor::calendar::{BusinessDays, Language};
use cpor::claim::identity::{Comment, EmailAddress, IdempotencyKey, Line, MpnId, Source, TenantId};
use cpor::claim::{ClaimId, ItemKey};
use cpor::drafts::DraftId;
use cpor::notifications::SubscriptionId;
use cpor::store::search::Prefix;
use cpor::webhook::WebhookId;

/// RFC 3339, and what people write instead of it. Every form has an offset.
const FORMS: [&str; 4] = [
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S%.f%#z",
    "%Y-%m-%dT%H:%M%#z",
    "%Y-%m-%d %H:%M%#z",
];

/// The language of sentences.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Tongue {
    /// English.
    En,
    /// Turkish.
    Tr,
}

impl From<Tongue> for Language {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::En => Self::English,
            Tongue::Tr => Self::Turkish,
        }
    }
}

/// An instant: a date and time with an offset.
pub fn instant(raw: &str) -> Result<DateTime<Utc>, String> {
    let upper = raw.trim().to_ascii_uppercase();
    let written =
        upper.strip_suffix('Z').map_or_else(|| upper.clone(), |rest| format!("{rest}+00:00"));
    FORMS
        .iter()
        .find_map(|form| DateTime::parse_from_str(&written, form).ok())
        .filter(|at| (1970..=9999).contains(&at.year()))
        .map(|at| at.to_utc())
        .ok_or_else(|| {
            "write a date and time with an offset, for example 2026-11-27T21:00:00Z or \
             2026-11-28T00:00:00+03:00"
                .to_owned()
        })
}

/// A date, written in full.
pub fn date(raw: &str) -> Result<NaiveDate, String> {
    let date = NaiveDate::parse_from_str(raw.trim(), "%Y-%m-%d").ok();
    date.filter(|date| (0..=9999).contains(&date.year()) && date.to_string() == raw.trim())
        .ok_or_else(|| "write a date such as 2026-11-27".to_owned())
}

/// A length of time, at most 100 years.
pub fn duration(raw: &str) -> Result<Duration, String> {
    let most = Duration::from_hours(100 * 366 * 24);
    let given = humantime::parse_duration(raw)
        .map_err(|error| format!("{error}; write for example 90min, 36h or \"2days 6h\""))?;
    if given <= most { Ok(given) } else { Err("at most 100 years".to_owned()) }
}

/// The id of a claim.
pub fn claim_id(raw: &str) -> Result<ClaimId, String> {
    ClaimId::parse(raw).map_err(|finding| finding.message)
}

/// The id of a draft.
pub fn draft_id(raw: &str) -> Result<DraftId, String> {
    DraftId::parse(raw).map_err(|finding| finding.message)
}

/// The MPN ID of a partner.
pub fn mpn_id(raw: &str) -> Result<MpnId, String> {
    MpnId::parse(raw).map_err(|finding| finding.message)
}

/// The upstream system that submits claims.
pub fn source(raw: &str) -> Result<Source, String> {
    Source::parse(raw).map_err(|finding| finding.message)
}

/// A source's own key of a claim.
pub fn idempotency_key(raw: &str) -> Result<IdempotencyKey, String> {
    IdempotencyKey::parse(raw).map_err(|finding| finding.message)
}

/// A mail address.
pub fn email(raw: &str) -> Result<EmailAddress, String> {
    EmailAddress::parse(raw).map_err(|finding| finding.message)
}

/// The id of a webhook.
pub fn webhook_id(raw: &str) -> Result<WebhookId, String> {
    WebhookId::parse(raw).ok_or_else(|| {
        "this is not the id of a webhook; copy it whole, as `cpor webhook list` prints it"
            .to_owned()
    })
}

/// The id of a subscription.
pub fn subscription_id(raw: &str) -> Result<SubscriptionId, String> {
    SubscriptionId::parse(raw).ok_or_else(|| {
        "this is not the id of a subscription; copy it whole, as `cpor notifications list` prints \
         it"
        .to_owned()
    })
}

/// The id of a customer's tenant.
pub fn tenant_id(raw: &str) -> Result<TenantId, String> {
    TenantId::parse(raw).map_err(|finding| finding.message)
}

/// The name of a claimed item.
pub fn item(raw: &str) -> Result<ItemKey, String> {
    ItemKey::parse(raw).map_err(|finding| finding.message)
}

/// The beginning of a claim's name.
pub fn name_prefix(raw: &str) -> Result<Prefix, String> {
    Prefix::of_name(raw).map_err(|finding| finding.message)
}

/// The beginning of a customer's domain.
pub fn domain_prefix(raw: &str) -> Result<Prefix, String> {
    Prefix::of_domain(raw).map_err(|finding| finding.message)
}

/// One line of text.
pub fn line(raw: &str) -> Result<Line, String> {
    Line::parse(raw).map_err(|finding| finding.message)
}

/// Reads a number of business days.
pub fn business_days(raw: &str) -> Result<BusinessDays, String> {
    let given = raw.parse().map_err(|_| format!("`{raw}` is not a whole number of days"))?;
    BusinessDays::new(given).map_err(|error| error.to_string())
}

/// Somebody's words, with the limits of a claim's comment.
pub fn words(raw: &str) -> Result<String, String> {
    Comment::parse(raw).map(|text| text.as_str().to_owned()).map_err(|finding| finding.message)
}

/// Who acts, as the history shows it; the limits are those of a claim's source.
pub fn actor(raw: &str) -> Result<String, String> {
    Source::parse(raw).map(|text| text.as_str().to_owned()).map_err(|finding| finding.message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_a_date_and_time_with_an_offset() {
        let check = |given: &str, expected: Option<&str>| {
            let found = instant(given).ok().map(|at| at.to_rfc3339());
            assert_eq!(found.as_deref(), expected, "{given:?}");
        };
        check("2026-11-27T21:00:00Z", Some("2026-11-27T21:00:00+00:00"));
        check("2026-11-27t21:00:00.5z", Some("2026-11-27T21:00:00.500+00:00"));
        check("2026-11-28T00:00:00+03:00", Some("2026-11-27T21:00:00+00:00"));
        check("2026-11-28 00:00:00 +0300", Some("2026-11-27T21:00:00+00:00"));
        check("2026-11-28T00:00+03", Some("2026-11-27T21:00:00+00:00"));
        check("2026-11-28 00:00+03:00", Some("2026-11-27T21:00:00+00:00"));
        check("2026-11-28T00:00:00", None);
        check("2026-11-28", None);
        check("2026-02-30T00:00:00Z", None);
        check("+262000-01-01T00:00:00Z", None);
        check("now", None);
        check("", None);
    }

    #[test]
    fn a_date_is_written_in_full() {
        assert_eq!(date("2026-11-27").map(|date| date.to_string()), Ok("2026-11-27".to_owned()));
        for bad in ["2026-1-27", "27.11.2026", "2026-02-30", "+12026-01-01", ""] {
            assert!(date(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_duration_has_units_and_an_end() {
        assert_eq!(duration("36h"), Ok(Duration::from_hours(36)));
        assert_eq!(duration("2days 6h"), Ok(Duration::from_hours(54)));
        assert!(duration("5").unwrap_err().contains("90min"));
        assert!(duration("1000years").is_err());
    }
}
