//! What a partner asks a customer to acknowledge, read from a request: everything that is wrong
//! with it is reported at once.

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::template::{StatementOfWork, TemplateError, words};
use super::{Acknowledgement, Answer};
use crate::calendar::{Language as Spoken, Zone, default_zone};
use crate::claim::Finding;
use crate::claim::catalog::Catalog;
use crate::claim::identity::{
    Comment, DomainName, EmailAddress, Language, PersonName, Sha256Digest, TenantId,
};
use crate::claim::item::Item;

/// What the partner did, in so many characters at most.
const DESCRIPTION_MAX: usize = 1_000;

/// What a partner asks.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The fields of a submission.
    pub draft: &'a Value,
    /// What the partner did.
    pub description: &'a str,
    /// From when.
    pub from: NaiveDate,
    /// Until when.
    pub to: NaiveDate,
}

impl Question<'_> {
    /// The question, to be answered within so long, or everything that is wrong with it.
    ///
    /// # Errors
    ///
    /// Findings, each at its field in the request.
    pub fn read(
        &self,
        catalog: &Catalog,
        now: DateTime<Utc>,
        within: TimeDelta,
    ) -> Result<Acknowledgement, Vec<Finding>> {
        let mut findings = self.dates(now.date_naive());
        let email = self.field("customer/contact/email", EmailAddress::parse, &mut findings);
        let name = self.field("customer/contact/name", PersonName::parse, &mut findings);
        let partner_name = self.field("partner/contact/name", PersonName::parse, &mut findings);
        let partner_email = self.field("partner/contact/email", EmailAddress::parse, &mut findings);
        let tenant_id = self.field("customer/tenant_id", TenantId::parse, &mut findings);
        let domain = self.field("customer/domain", DomainName::parse, &mut findings);
        let items = self.items(&mut findings);
        if let (Some(email), Some(domain)) = (&email, &domain)
            && !email.domain().ascii().eq_ignore_ascii_case(domain.ascii())
        {
            let message = "Only somebody with an address at the customer's own domain can \
                           acknowledge for the customer.";
            let field = "submission.customer.contact.email";
            findings.push(Finding::new(field, "contact_outside_domain", message));
        }
        let language = self.text("customer/contact/language");
        let language = language.and_then(|language| Language::parse(language).ok());
        let statement = self
            .statement(language.as_ref(), catalog)
            .and_then(|text| Comment::parse(&text).map_err(|finding| finding.at("description")));
        let statement = statement.map_err(|finding| findings.push(finding)).ok();
        let parts = (email, name, partner_name, partner_email, tenant_id, domain, statement);
        let (
            Some(email),
            Some(name),
            Some(partner_name),
            Some(partner_email),
            Some(tenant_id),
            Some(domain),
            Some(statement),
        ) = parts
        else {
            return Err(findings);
        };
        if !findings.is_empty() {
            return Err(findings);
        }
        let digest = hex::encode(Sha256::digest(statement.as_str()));
        let statement_sha256 = Sha256Digest::parse(&digest).map_err(|finding| vec![finding])?;
        Ok(Acknowledgement {
            name,
            email,
            language,
            partner_name,
            partner_email,
            tenant_id,
            domain,
            items,
            statement,
            statement_sha256,
            zone: self.zone(now),
            open_until: now + within,
            sent: None,
            answer: Answer::Sending,
            evidence: None,
        })
    }

    /// The zone that a claim of this customer would have.
    fn zone(&self, now: DateTime<Utc>) -> Zone {
        let given = self.text("customer/time_zone").and_then(|name| Zone::parse(name).ok());
        let of_country = || default_zone(self.text("customer/country")?, now).ok();
        given.or_else(of_country).unwrap_or(Zone::UTC)
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.draft.pointer(&format!("/{path}")).and_then(Value::as_str)
    }

    fn field<T>(
        &self,
        path: &str,
        parse: fn(&str) -> Result<T, Finding>,
        findings: &mut Vec<Finding>,
    ) -> Option<T> {
        let field = format!("submission.{}", path.replace('/', "."));
        let read = parse(self.text(path).unwrap_or_default());
        read.map_err(|finding| findings.push(finding.at(field))).ok()
    }

    fn items(&self, findings: &mut Vec<Finding>) -> Vec<Item> {
        let items = self.draft.get("items").cloned().unwrap_or_default();
        let items: Vec<Item> = serde_json::from_value(items).unwrap_or_default();
        if items.is_empty() {
            let message = "Name what the work was done on, as in a submission.";
            findings.push(Finding::new("submission.items", "items_missing", message));
        }
        items
    }

    /// The words, in the language of whoever is asked.
    fn statement(&self, language: Option<&Language>, catalog: &Catalog) -> Result<String, Finding> {
        let is_turkish = language.is_some_and(|language| language.as_str().starts_with("tr"));
        let spoken = if is_turkish { Spoken::Turkish } else { Spoken::English };
        let broken = |_: TemplateError| {
            Finding::new(Finding::WHOLE, "statement_unwritten", "The statement cannot be written.")
        };
        let words = words(spoken).map_err(|error| broken(error.into()))?;
        let statement = StatementOfWork::of_draft(self.draft, catalog);
        Ok(statement.text(&words, self.description.trim(), self.from, self.to))
    }

    fn dates(&self, today: NaiveDate) -> Vec<Finding> {
        let since = today.checked_sub_months(Months::new(12)).unwrap_or(today);
        let mut findings = Vec::new();
        if self.to < self.from {
            let message = "The work ended before it began. Exchange `from` and `to`.";
            findings.push(Finding::new("to", "dates_reversed", message));
        }
        if !(since..=today).contains(&self.to) {
            let message = "The work has to have been done within the last 12 months.";
            findings.push(Finding::new("to", "dates_old", message));
        }
        if self.description.trim().is_empty() || self.description.chars().count() > DESCRIPTION_MAX
        {
            let message = "Say in 1 to 1,000 characters what the partner did.";
            findings.push(Finding::new("description", "description_length", message));
        }
        findings
    }
}
