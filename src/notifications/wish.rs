//! What somebody wants of a subscription, as it came in: parsed once, with everything that is wrong
//! reported at once, each beside its field.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::{Language, Zone};
use crate::claim::Finding;
use crate::claim::identity::EmailAddress;
use crate::notifications::{Delivery, Kind};

/// How an address is told, by name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "NotificationDelivery")]
pub enum DeliveryName {
    /// By a mail of its own for each event.
    #[default]
    AtOnce,
    /// By one mail a day, if there is anything to tell.
    Daily,
}

/// What a subscription is to be.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SubscriptionWish")]
pub struct Wish {
    /// The address of a person or a group. Nothing but a request to confirm is sent to it before
    /// somebody who reads it has confirmed it.
    #[schemars(length(min = 3, max = 254))]
    pub email: String,
    /// The language of its mails: `en` or `tr`.
    #[serde(default = "english")]
    #[schemars(length(max = 35))]
    pub language: String,
    /// What it is told: `needs_action`, `decided`, `customer_answered`, `window`, `ended`,
    /// `comments_and_contests`; all of them unless given.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub kinds: Vec<String>,
    /// At once, or in one mail a day.
    #[serde(default)]
    pub delivery: DeliveryName,
    /// With `daily`: the hour of the day at which it is sent, 0 to 23; 8 unless given.
    #[serde(default)]
    #[schemars(range(max = 23))]
    pub hour: Option<u8>,
    /// With `daily`: on whose clocks, as an IANA name such as `Europe/Istanbul`; UTC unless given.
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub time_zone: Option<String>,
}

fn english() -> String {
    "en".to_owned()
}

/// The hour of digests of which none was given.
const HOUR: u8 = 8;

/// A wish that can be fulfilled.
pub(super) struct Wanted {
    pub(super) email: EmailAddress,
    pub(super) language: Language,
    pub(super) kinds: BTreeSet<Kind>,
    pub(super) delivery: Delivery,
}

impl Wish {
    /// What is wanted, or everything that is wrong with it.
    pub(super) fn parse(&self) -> Result<Wanted, Vec<Finding>> {
        let mut findings = Vec::new();
        let email = noted(EmailAddress::parse(self.email.trim()), &mut findings);
        let language = noted(self.language(), &mut findings);
        let kinds = noted(self.kinds(), &mut findings);
        let delivery = noted(self.delivery(), &mut findings);
        match (email, language, kinds, delivery) {
            (Some(email), Some(language), Some(kinds), Some(delivery)) => {
                Ok(Wanted { email, language, kinds, delivery })
            }
            _ => Err(findings),
        }
    }

    fn language(&self) -> Result<Language, Finding> {
        match self.language.as_str() {
            "en" => Ok(Language::English),
            "tr" => Ok(Language::Turkish),
            _ => {
                let message = "Mails are written in `en` (English) and `tr` (Turkish).";
                Err(Finding::new("language", "language_unknown", message))
            }
        }
    }

    fn kinds(&self) -> Result<BTreeSet<Kind>, Finding> {
        let kinds = self.kinds.iter().map(|name| name.parse::<Kind>());
        let kinds = kinds.collect::<Result<BTreeSet<_>, _>>().map_err(|error| {
            Finding::new("kinds", "kind_unknown", format!("At least one is none: {error}."))
        })?;
        Ok(if kinds.is_empty() { Kind::ALL.into() } else { kinds })
    }

    fn delivery(&self) -> Result<Delivery, Finding> {
        match self.delivery {
            DeliveryName::AtOnce if self.hour.is_some() || self.time_zone.is_some() => {
                let message = "An hour and a time zone are for `daily`; leave them out.";
                Err(Finding::new("delivery", "not_daily", message))
            }
            DeliveryName::AtOnce => Ok(Delivery::AtOnce),
            DeliveryName::Daily => {
                let hour = self.hour.unwrap_or(HOUR);
                if hour > 23 {
                    let message = "The hour is a number from 0 to 23.";
                    return Err(Finding::new("hour", "out_of_range", message));
                }
                let name = self.time_zone.as_deref().unwrap_or("UTC");
                let time_zone = Zone::parse(name).map_err(|error| {
                    Finding::new("time_zone", "time_zone_unknown", format!("{error}."))
                })?;
                Ok(Delivery::Daily { hour, time_zone })
            }
        }
    }
}

fn noted<T>(parsed: Result<T, Finding>, findings: &mut Vec<Finding>) -> Option<T> {
    parsed.map_err(|finding| findings.push(finding)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(json: &str) -> Wish {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_is_not_said_has_a_sensible_meaning() {
        let wanted = wish(r#"{"email":" claims@partner.example "}"#).parse().ok().unwrap();
        assert_eq!(wanted.email.as_str(), "claims@partner.example");
        assert_eq!(wanted.language, Language::English);
        assert_eq!(wanted.kinds, Kind::ALL.into());
        assert_eq!(wanted.delivery, Delivery::AtOnce);
        let daily = wish(r#"{"email":"a@partner.example","delivery":"daily"}"#);
        let time_zone = Zone::UTC;
        let expected = Delivery::Daily { hour: 8, time_zone };
        assert_eq!(daily.parse().ok().unwrap().delivery, expected);
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let wish = wish(
            r#"{"email":"nobody","language":"de","kinds":["all"],"delivery":"daily","hour":24}"#,
        );
        let findings = wish.parse().err().unwrap();
        let fields: Vec<&str> = findings.iter().map(|finding| finding.field.as_str()).collect();
        assert_eq!(fields, ["email", "language", "kinds", "hour"]);
        let at_once = r#"{"email":"a@partner.example","hour":7}"#;
        let findings = serde_json::from_str::<Wish>(at_once).unwrap().parse().err().unwrap();
        assert_eq!(findings[0].code, "not_daily");
        let zone = r#"{"email":"a@partner.example","delivery":"daily","time_zone":"Ankara"}"#;
        let findings = serde_json::from_str::<Wish>(zone).unwrap().parse().err().unwrap();
        assert_eq!(findings[0].field, "time_zone");
    }
}
