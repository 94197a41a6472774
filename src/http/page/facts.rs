//! What a claim and its window say, in words for templates. The one place in which they are filled.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::calendar::{DayReason, Language, Zone, closing_moment, date_in_words, explain, moment};
use crate::claim::catalog::Catalog;
use crate::claim::item::Item;
use crate::claim::program::Activity;
use crate::claim::window_policy::WindowPolicy;
use crate::claim::{Claim, ClaimId, Submission, Window};

/// Who claims what.
#[derive(Serialize)]
pub(super) struct ClaimFacts {
    /// The claim's id.
    pub reference: String,
    /// The domain of the partner's contact: a claim names no company.
    pub partner: String,
    pub mpn_id: String,
    pub contact_name: String,
    pub contact_email: String,
    /// The partner's own name for the claim.
    pub name: String,
    /// The customer's domain.
    pub organization: String,
    pub tenant_id: String,
    pub items: Vec<ItemFacts>,
    pub activities: Vec<Activity>,
}

/// One claimed item.
#[derive(Serialize)]
pub(super) struct ItemFacts {
    /// Its name for people.
    pub label: String,
    /// The subscription's id; empty for a workload.
    pub detail: String,
    /// When the partner last looked at its figures, where that is asked.
    pub looked_at: Option<String>,
}

impl ClaimFacts {
    /// The facts of a claim.
    pub fn of(id: ClaimId, submission: &Submission, catalog: &Catalog) -> Self {
        let (partner, customer) = (&submission.partner, &submission.customer);
        Self {
            reference: id.to_string(),
            partner: partner.contact.email.domain().unicode().to_owned(),
            mpn_id: partner.mpn_id.to_string(),
            contact_name: partner.contact.name.as_str().to_owned(),
            contact_email: partner.contact.email.as_str().to_owned(),
            name: submission.name.as_str().to_owned(),
            organization: customer.domain.unicode().to_owned(),
            tenant_id: customer.tenant_id.to_string(),
            items: submission.items.iter().map(|item| ItemFacts::of(item, catalog)).collect(),
            activities: submission.activities.clone(),
        }
    }
}

impl ItemFacts {
    /// The words of an item.
    pub fn of(item: &Item, catalog: &Catalog) -> Self {
        let code = item.code().as_str();
        let detail = match item {
            Item::Workload { .. } => String::new(),
            Item::Subscription { subscription_id, .. } => subscription_id.to_string(),
        };
        let label = catalog.item_name(code).unwrap_or(code).to_owned();
        Self { label, detail, looked_at: None }
    }
}

/// Until when one can answer, and why.
#[derive(Serialize)]
pub(super) struct WindowFacts {
    /// The end, exclusive.
    pub closes: String,
    /// The last day on which one can answer.
    pub last_day: String,
    pub zone: String,
    /// How many business days are counted, with those that were granted later.
    pub business_days: u32,
    /// Business days that a reviewer has granted.
    pub granted: u32,
    /// The day of the notice, which is never counted.
    pub notice_day: String,
    pub days: Vec<DayFacts>,
    /// The explanation as it stands in the mail.
    pub sentences: Vec<String>,
}

/// One day of a window.
#[derive(Serialize)]
pub(super) struct DayFacts {
    pub date: String,
    /// Which business day it is, if it counts.
    pub number: Option<u32>,
    pub reason: DayReason,
    /// What the calendar calls it.
    pub name: Option<String>,
}

impl WindowFacts {
    /// The facts of a window.
    pub fn of(window: &Window, language: Language) -> Self {
        let deadline = &window.deadline;
        let date = |date: NaiveDate| date_in_words(date, language);
        let days = deadline.days();
        let business_days = days.iter().filter_map(|day| day.number).max().unwrap_or_default();
        let days = days.into_iter().map(|day| DayFacts {
            date: date(day.date),
            number: day.number,
            reason: day.reason,
            name: day.name,
        });
        Self {
            closes: closing_moment(deadline, language),
            last_day: date(deadline.last_day),
            zone: deadline.zone.to_string(),
            business_days,
            granted: deadline.adjustments.extra_business_days,
            notice_day: date(deadline.notified_local_date),
            days: days.collect(),
            sentences: explain(deadline, window.opened_at, language),
        }
    }
}

/// The customer's zone and a language: how instants are told.
pub(super) struct Teller {
    zone: Zone,
    pub language: Language,
}

impl Teller {
    /// Instants of this claim, as clocks at the customer's show them.
    pub fn of(claim: &Claim, policy: &WindowPolicy, language: Language) -> Self {
        let zone = match claim.window() {
            Some(window) => window.deadline.zone.clone(),
            None => policy.zone(&claim.submission, claim.changed_at).unwrap_or(Zone::UTC),
        };
        Self { zone, language }
    }

    /// Instants as clocks of this zone show them.
    pub const fn at(zone: Zone, language: Language) -> Self {
        Self { zone, language }
    }

    /// The customer's zone.
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// An instant in words.
    pub fn moment(&self, at: DateTime<Utc>) -> String {
        moment(at, &self.zone, self.language)
    }
}
