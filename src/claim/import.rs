//! Associations of earlier programs, read from the rows of a table. Pure: who has the items is not
//! asked here.
//!
//! They come without proof of execution and without a window: they were official elsewhere, and
//! stay so until their subscription ends. What is known and cannot be claimed any more, such as
//! Power BI, can be imported.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use cpor_jobs::Version;

use crate::claim::ItemKey;
use crate::claim::catalog::{Availability, Catalog};
use crate::claim::event::AssociationImported;
use crate::claim::finding::Finding;
use crate::claim::identity::{
    CountryCode, DomainName, EmailAddress, IdempotencyKey, ItemCode, Line, MpnId, PersonName,
    Source, SubscriptionId, TenantId,
};
use crate::claim::item::Item;
use crate::claim::lasting::{Imported, Origin};
use crate::claim::program::Activity;
use crate::claim::submission::{
    Customer, CustomerContact, Partner, PartnerContact, RawContact, Submission,
};
use crate::table::Columns;

/// The columns of the file, in the order in which they are documented.
pub const COLUMNS: [&str; 15] = [
    "program",
    "mpn_id",
    "partner_name",
    "partner_email",
    "tenant_id",
    "domain",
    "country",
    "customer_name",
    "customer_title",
    "customer_email",
    "customer_language",
    "item",
    "subscription_id",
    "associated_since",
    "ends_on",
];

/// One association that is to be taken over.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// Where it stands in the file, from 1.
    pub line: u64,
    /// Who, for whom, and what, as if it had been submitted here.
    pub submission: Arc<Submission>,
    /// From where, since when and until when.
    pub event: AssociationImported,
}

/// A file that is being read.
pub struct ImportFile<'a> {
    catalog: &'a Catalog,
    now: DateTime<Utc>,
    columns: Option<Columns>,
    lines: BTreeMap<(TenantId, ItemKey), u64>,
    imports: Vec<Import>,
    wrong: Vec<(u64, Finding)>,
}

impl<'a> ImportFile<'a> {
    /// Nothing so far.
    #[must_use]
    pub const fn new(catalog: &'a Catalog, now: DateTime<Utc>) -> Self {
        Self {
            catalog,
            now,
            columns: None,
            lines: BTreeMap::new(),
            imports: Vec::new(),
            wrong: Vec::new(),
        }
    }

    /// One line; the first one names the columns. False when nothing that follows can be read.
    pub fn line(&mut self, line: u64, raw: &[u8]) -> bool {
        let Some(columns) = &self.columns else {
            match Columns::named(raw, &COLUMNS) {
                Ok(columns) => self.columns = Some(columns),
                Err(finding) => self.wrong(line, finding),
            }
            return self.columns.is_some();
        };
        match columns.cells(raw) {
            Ok(cells) => self.row(line, &cells),
            Err(finding) => self.wrong(line, finding),
        }
        true
    }

    /// A line that cannot be used, whatever it says.
    pub fn wrong(&mut self, line: u64, finding: Finding) {
        self.wrong.push((line, finding));
    }

    /// Everything that was read, if all of it is good.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, with the number of its line.
    pub fn finish(self) -> Result<Vec<Import>, Vec<(u64, Finding)>> {
        if self.wrong.is_empty() { Ok(self.imports) } else { Err(self.wrong) }
    }

    fn row(&mut self, line: u64, cells: &[String]) {
        let mut row = Row { cells, findings: Vec::new() };
        let import = row.import(line, self.catalog, self.now);
        self.wrong.extend(row.findings.into_iter().map(|finding| (line, finding)));
        let Some(import) = import else { return };
        let customer = &import.submission.customer;
        let keys = import.submission.items.iter().map(ItemKey::from);
        for key in keys {
            if let Some(earlier) = self.lines.insert((customer.tenant_id, key), line) {
                let message = format!("Line {earlier} has the same item of the same tenant.");
                self.wrong.push((line, Finding::new("item", "item_twice", message)));
            }
        }
        self.imports.push(import);
    }
}

/// One row, and what is wrong with it.
struct Row<'a> {
    cells: &'a [String],
    findings: Vec<Finding>,
}

impl Row<'_> {
    /// The cell of a column; every column is there.
    fn cell(&self, name: &str) -> &str {
        let place = COLUMNS.iter().position(|column| *column == name);
        place.and_then(|place| self.cells.get(place)).map_or("", String::as_str)
    }

    fn read<T>(&mut self, name: &str, parse: fn(&str) -> Result<T, Finding>) -> Option<T> {
        let read = parse(self.cell(name));
        self.good(read.map_err(|finding| finding.at(name)))
    }

    fn good<T>(&mut self, read: Result<T, Finding>) -> Option<T> {
        read.map_err(|finding| self.findings.push(finding)).ok()
    }

    fn import(&mut self, line: u64, catalog: &Catalog, now: DateTime<Utc>) -> Option<Import> {
        let origin = self.read("program", origin);
        let partner = self.partner();
        let customer = self.customer();
        let item = self.item(catalog, origin, now);
        let since = self.read("associated_since", date);
        let ends_on = self.read("ends_on", date);
        if ends_on.is_some_and(|ends_on| ends_on < now.date_naive()) {
            let message = "The association has ended; only those that go on are imported.";
            self.findings.push(Finding::new("ends_on", "ended_already", message));
        }
        let since = since.map(|since| since.and_time(NaiveTime::MIN).and_utc());
        if since.is_some_and(|since| since > now) {
            let message = "The association has not begun.";
            self.findings.push(Finding::new("associated_since", "not_begun", message));
        }
        let (origin, ends_on, since) = (origin?, ends_on?, since?);
        let submission = submission(origin, partner?, customer?, item?);
        let submission = Arc::new(self.good(submission)?);
        if !self.findings.is_empty() {
            return None;
        }
        let event = AssociationImported { imported: Imported { origin, ends_on }, since };
        Some(Import { line, submission, event })
    }

    fn partner(&mut self) -> Option<Partner> {
        let mpn_id = self.read("mpn_id", MpnId::parse);
        let name = self.read("partner_name", PersonName::parse);
        let email = self.read("partner_email", EmailAddress::parse);
        Some(Partner { mpn_id: mpn_id?, contact: PartnerContact { name: name?, email: email? } })
    }

    /// The customer is warned before the end, and can end the association itself; so it has to
    /// have a contact.
    fn customer(&mut self) -> Option<Customer> {
        let tenant_id = self.read("tenant_id", TenantId::parse);
        let domain = self.read("domain", DomainName::parse);
        let country = self.read("country", CountryCode::parse);
        let language = Some(self.cell("customer_language")).filter(|text| !text.is_empty());
        let contact = CustomerContact::parse(RawContact {
            name: self.cell("customer_name"),
            title: self.cell("customer_title"),
            email: self.cell("customer_email"),
            language,
        });
        let contact = match contact {
            Ok(contact) => Some(contact),
            Err(findings) => {
                let at = |finding: Finding| {
                    let field = format!("customer_{}", finding.field);
                    finding.at(field)
                };
                self.findings.extend(findings.into_iter().map(at));
                None
            }
        };
        Some(Customer {
            tenant_id: tenant_id?,
            domain: domain?,
            country: country?,
            subdivision: None,
            time_zone: None,
            contact: contact?,
            technical_contact: None,
        })
    }

    /// A workload, or a product with its subscription.
    fn item(
        &mut self,
        catalog: &Catalog,
        origin: Option<Origin>,
        now: DateTime<Utc>,
    ) -> Option<Item> {
        let code = self.read("item", ItemCode::parse)?;
        let (today, subscription) = (now.date_naive(), self.cell("subscription_id"));
        let known = |found: Availability<'_>| !matches!(found, Availability::Unknown);
        let is_workload = known(catalog.workload(code.as_str(), today));
        let wrong = |code, message| Err(Finding::new("item", code, message));
        if origin == Some(Origin::PowerBi) && code.as_str() != Origin::PowerBi.as_str() {
            return self.good(wrong("item_of_another_program", "It has to be power_bi here."));
        }
        if is_workload && subscription.is_empty() {
            return Some(Item::Workload { workload: code });
        }
        if is_workload {
            let message = "A workload has no subscription; leave the cell empty.";
            let finding = Finding::new("subscription_id", "subscription_not_expected", message);
            return self.good(Err(finding));
        }
        if !known(catalog.product(code.as_str(), today)) {
            return self.good(wrong("unknown_item", "There is no such workload or product."));
        }
        let subscription_id = self.read("subscription_id", SubscriptionId::parse)?;
        Some(Item::Subscription { product: code, subscription_id })
    }
}

fn origin(raw: &str) -> Result<Origin, Finding> {
    Origin::ALL.into_iter().find(|origin| origin.as_str() == raw).ok_or_else(|| {
        let message = "There is `dpor` and `power_bi`.";
        Finding::new("program", "program_unknown", message)
    })
}

fn date(raw: &str) -> Result<NaiveDate, Finding> {
    let date = NaiveDate::parse_from_str(raw, "%Y-%m-%d").ok();
    date.filter(|date| date.to_string() == raw).ok_or_else(|| {
        Finding::new(Finding::WHOLE, "date_malformed", "Write a date as 2027-06-30.")
    })
}

/// What would have been submitted, had it been claimed here. Its source and key are made of
/// program, tenant and item, so that the same association is imported once.
fn submission(
    origin: Origin,
    partner: Partner,
    customer: Customer,
    item: Item,
) -> Result<Submission, Finding> {
    let program = origin.as_str();
    let key = format!("{}/{}", customer.tenant_id, item.key());
    Ok(Submission {
        v: Version::V1,
        source: Source::parse(&format!("import-{program}"))?,
        idempotency_key: IdempotencyKey::parse(&key)?,
        name: Line::parse(&format!("Imported from {program}: {}", item.code()))?,
        partner,
        customer,
        solution_area: item.solution_area(),
        activities: vec![Activity::Usage],
        items: vec![item],
        revenue: None,
        proof_of_execution: Vec::new(),
        comment: None,
    })
}
