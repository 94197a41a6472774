//! From the text of a tenant directory file to a version that can be asked.
//!
//! Strict, because a slip in this file costs a partner a claim: unknown keys, unknown words and
//! ids that appear twice are refused, with the line. It deliberately does not judge products:
//! the catalog does.

mod partners;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use serde::Deserialize;
use toml::Spanned;
use uuid::Uuid;

use super::{Snapshot, Tenant};
use crate::claim::identity::MpnId;
use crate::directory::{Channel, SubscriptionRecord, SubscriptionState};

/// A longer product id is no id.
const PRODUCT_CHARS_MAX: usize = 64;

/// Why a tenant directory file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileProblem {
    /// The file could not be read at all.
    #[error("it could not be read; check that it exists and that cpor may read it")]
    Unreadable(#[source] io::Error),
    /// The file has no content, as it has for a moment while it is being written in place.
    #[error("it is empty; write a tenant into it, or unset directory.file to know nobody")]
    Empty,
    /// A line breaks the format or one of its rules.
    #[error("line {line}: {problem}; {remedy}")]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong.
        problem: String,
        /// What to do about it.
        remedy: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    tenant: Vec<RawTenant>,
    #[serde(default)]
    partner: Vec<partners::RawPartner>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTenant {
    id: Spanned<Uuid>,
    domains: Vec<Spanned<String>>,
    #[serde(default)]
    subscription: Vec<RawSubscription>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSubscription {
    id: Spanned<Uuid>,
    product: Spanned<String>,
    channel: Channel,
    state: SubscriptionState,
    ends_on: Option<NaiveDate>,
}

/// Parses a whole file; the first thing wrong refuses it.
pub(super) fn parse(bytes: &[u8]) -> Result<Snapshot, FileProblem> {
    let text = std::str::from_utf8(bytes).map_err(|error| FileProblem::Line {
        line: line_of(bytes, error.valid_up_to()),
        problem: "there is a byte that is not UTF-8".to_owned(),
        remedy: "save the file as UTF-8",
    })?;
    if text.trim().is_empty() {
        return Err(FileProblem::Empty);
    }
    let file: RawFile = toml::from_str(text).map_err(|error| FileProblem::Line {
        line: line_of(bytes, error.span().map_or(0, |span| span.start)),
        problem: error.message().to_owned(),
        remedy: "correct it as in config/directory.example.toml",
    })?;
    let mut reading = Reading { text, ..Reading::default() };
    for tenant in file.tenant {
        reading.add_tenant(tenant)?;
    }
    for partner in file.partner {
        reading.add_partner(partner)?;
    }
    Ok(reading.snapshot)
}

/// The line of an offset, counted from 1.
fn line_of(bytes: &[u8], offset: usize) -> usize {
    1 + bytes.iter().take(offset).filter(|byte| **byte == b'\n').count()
}

/// A file half read: the snapshot so far, and where each id was first seen.
#[derive(Default)]
struct Reading<'a> {
    text: &'a str,
    snapshot: Snapshot,
    tenants_at: HashMap<Uuid, usize>,
    subscriptions_at: HashMap<Uuid, usize>,
    domains_at: HashMap<String, usize>,
    locations_at: HashMap<MpnId, usize>,
}

impl Reading<'_> {
    fn add_tenant(&mut self, raw: RawTenant) -> Result<(), FileProblem> {
        let id = *raw.id.get_ref();
        self.check_id("tenant", &raw.id)?;
        if let Some(first) = self.tenants_at.insert(id, raw.id.span().start) {
            return Err(self.twice(&raw.id.span(), "tenant", &id.to_string(), first));
        }
        let mut domains = Vec::with_capacity(raw.domains.len());
        for domain in &raw.domains {
            domains.extend(self.add_domain(id, domain)?);
        }
        let mut subscriptions = HashMap::with_capacity(raw.subscription.len());
        for subscription in raw.subscription {
            let (id, record) = self.add_subscription(subscription)?;
            subscriptions.insert(id, record);
        }
        self.snapshot.tenants.insert(id, Tenant { domains: Arc::from(domains), subscriptions });
        Ok(())
    }

    /// The domain as A-labels; `None` when this tenant has listed it before, which does no harm.
    fn add_domain(
        &mut self,
        tenant_id: Uuid,
        raw: &Spanned<String>,
    ) -> Result<Option<String>, FileProblem> {
        let Some(domain) = to_a_labels(raw.get_ref()) else {
            let problem = format!("{:?} is not a domain name", raw.get_ref());
            return Err(self.line(&raw.span(), problem, "write it as in an address, after the @"));
        };
        match self.snapshot.owners.get(&domain) {
            Some(owner) if *owner == tenant_id => Ok(None),
            Some(_) => {
                let first = self.domains_at.get(&domain).copied().unwrap_or_default();
                Err(self.twice(&raw.span(), "domain", &domain, first))
            }
            None => {
                self.snapshot.owners.insert(domain.clone(), tenant_id);
                self.domains_at.insert(domain.clone(), raw.span().start);
                Ok(Some(domain))
            }
        }
    }

    fn add_subscription(
        &mut self,
        raw: RawSubscription,
    ) -> Result<(Uuid, SubscriptionRecord), FileProblem> {
        let id = *raw.id.get_ref();
        self.check_id("subscription", &raw.id)?;
        if let Some(first) = self.subscriptions_at.insert(id, raw.id.span().start) {
            return Err(self.twice(&raw.id.span(), "subscription", &id.to_string(), first));
        }
        let (span, product) = (raw.product.span(), raw.product.into_inner());
        let length = product.chars().count();
        if product.trim().is_empty() || length > PRODUCT_CHARS_MAX {
            let problem = format!("a product has {length} characters");
            return Err(self.line(&span, problem, "write 1 to 64, such as \"sales\""));
        }
        let RawSubscription { channel, state, ends_on, .. } = raw;
        Ok((id, SubscriptionRecord { product, channel, state, ends_on }))
    }

    fn check_id(&self, whose: &str, id: &Spanned<Uuid>) -> Result<(), FileProblem> {
        if !id.get_ref().is_nil() {
            return Ok(());
        }
        let problem = format!("the {whose} id is all zero");
        Err(self.line(&id.span(), problem, "write the id that the customer's admin center shows"))
    }

    fn twice(&self, span: &Range<usize>, what: &str, name: &str, first: usize) -> FileProblem {
        let first = line_of(self.text.as_bytes(), first);
        let problem = format!("{what} {name} is already on line {first}");
        self.line(span, problem, "leave it in one place only")
    }

    fn line(&self, span: &Range<usize>, problem: String, remedy: &'static str) -> FileProblem {
        FileProblem::Line { line: line_of(self.text.as_bytes(), span.start), problem, remedy }
    }
}

/// The lower-case ASCII form of a domain with at least two labels.
fn to_a_labels(domain: &str) -> Option<String> {
    Uts46::new()
        .to_ascii(
            domain.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::CheckFirstLast,
            DnsLength::Verify,
        )
        .ok()
        .filter(|ascii| ascii.contains('.'))
        .map(|ascii| ascii.into_owned())
}
