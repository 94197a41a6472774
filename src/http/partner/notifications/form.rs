//! The form of a subscription: what it was sent with, and what is wrong, beside each field.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::calendar::Language;
use crate::claim::Finding;
use crate::http::form::Fields;
use crate::http::language::{of_tag, tag};
use crate::notifications::{Delivery, DeliveryName, Kind, Subscription, Wish};

/// Findings that have words of their own on this page.
const KNOWN: [&str; 7] = [
    "email_malformed",
    "asked_too_often",
    "too_many",
    "kind_missing",
    "out_of_range",
    "time_zone_unknown",
    "language_unknown",
];

/// The form as a template fills it in.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Form {
    pub email: String,
    pub language: &'static str,
    pub kinds: BTreeSet<&'static str>,
    pub is_daily: bool,
    pub hour: String,
    pub time_zone: String,
    /// Field to the key of the words that say what is wrong with it.
    pub wrong: BTreeMap<String, &'static str>,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            email: String::new(),
            language: "en",
            kinds: Kind::ALL.map(Kind::as_str).into(),
            is_daily: false,
            hour: "8".to_owned(),
            time_zone: "Europe/Istanbul".to_owned(),
            wrong: BTreeMap::new(),
        }
    }
}

impl From<&Subscription> for Form {
    fn from(subscription: &Subscription) -> Self {
        let form = Self {
            email: subscription.email.as_str().to_owned(),
            language: tag(subscription.language),
            kinds: subscription.kinds.iter().map(|kind| kind.as_str()).collect(),
            ..Self::default()
        };
        match &subscription.delivery {
            Delivery::AtOnce => form,
            Delivery::Daily { hour, time_zone } => Self {
                is_daily: true,
                hour: hour.to_string(),
                time_zone: time_zone.name().to_owned(),
                ..form
            },
        }
    }
}

impl Form {
    /// Nothing is filled in yet but what most people want.
    pub fn empty(language: Language) -> Self {
        Self { language: tag(language), ..Self::default() }
    }

    /// As it was sent.
    pub fn of(fields: &Fields, language: Language) -> Self {
        let is_ticked = |kind: &Kind| fields.choice(&format!("kind-{kind}")).is_some();
        Self {
            email: fields.text("email"),
            language: tag(of_tag(&fields.text("language")).unwrap_or(language)),
            kinds: Kind::ALL.iter().filter(|kind| is_ticked(kind)).map(|k| k.as_str()).collect(),
            is_daily: fields.choice("delivery") == Some("daily"),
            hour: fields.text("hour"),
            time_zone: fields.text("time_zone"),
            wrong: BTreeMap::new(),
        }
    }

    /// What is wanted, as far as a form says it.
    pub fn wish(&self) -> Result<Wish, Vec<Finding>> {
        let mut findings = Vec::new();
        if self.kinds.is_empty() {
            findings.push(Finding::new("kinds", "kind_missing", "Choose at least one."));
        }
        let hour = self.hour.parse().ok();
        if self.is_daily && hour.is_none() {
            let message = "The hour is a number from 0 to 23.";
            findings.push(Finding::new("hour", "out_of_range", message));
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        let daily = self.is_daily;
        Ok(Wish {
            email: self.email.clone(),
            language: self.language.to_owned(),
            kinds: self.kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            delivery: if daily { DeliveryName::Daily } else { DeliveryName::AtOnce },
            hour: hour.filter(|_| daily),
            time_zone: Some(self.time_zone.clone()).filter(|_| daily),
        })
    }

    /// The same with what is wrong.
    pub fn with(mut self, findings: &[Finding]) -> Self {
        for finding in findings {
            let words = KNOWN.into_iter().find(|known| *known == finding.code);
            // What is wrong with the whole is said where the form begins.
            let field = if finding.field == Finding::WHOLE { "email" } else { &finding.field };
            self.wrong.insert(field.to_owned(), words.unwrap_or("other"));
        }
        self
    }
}
