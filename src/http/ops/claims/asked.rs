//! What a link to a list of claims asks for. A saved filter is its link.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::claim::Finding;
use crate::http::form::{Fields, encoded};
use crate::http::ops::frame::Visit;
use crate::http::ops::windows::Ends;
use crate::http::v1::search::ListQuery;
use crate::store::search::{ClaimFilter, Order, PageSize, Search};
use crate::view::utc;

/// The fields of the form, as they were filled in.
const FIELDS: [&str; 12] = [
    "q",
    "status",
    "partner",
    "source",
    "tenant",
    "item",
    "email",
    "name_prefix",
    "domain_prefix",
    "window",
    "sort",
    "stuck",
];

/// What is asked for.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Asked {
    pub q: String,
    pub status: String,
    pub partner: String,
    pub source: String,
    pub tenant: String,
    pub item: String,
    /// A contact's address, for those who see such addresses.
    pub email: String,
    pub name_prefix: String,
    pub domain_prefix: String,
    /// Whose window is open and ends then; see [`Ends`].
    pub window: String,
    pub sort: String,
    /// Only those that a dead letter keeps from going on, when it says `yes`.
    pub stuck: String,
    /// Where to go on.
    #[serde(skip)]
    pub cursor: Option<String>,
    /// The instant that today is seen from: now, or that of the first page.
    #[serde(skip)]
    pub at: DateTime<Utc>,
}

impl Asked {
    /// What a query asks for.
    pub fn of(query: &Fields, now: DateTime<Utc>) -> Self {
        let cursor = query.choice("cursor").filter(|text| !text.is_empty()).map(str::to_owned);
        let at = query.choice("at").and_then(|at| at.parse().ok());
        Self {
            q: query.text("q"),
            status: query.text("status"),
            partner: query.text("partner"),
            source: query.text("source"),
            tenant: query.text("tenant"),
            item: query.text("item"),
            email: query.text("email"),
            name_prefix: query.text("name_prefix"),
            domain_prefix: query.text("domain_prefix"),
            window: query.text("window"),
            sort: query.text("sort"),
            stuck: query.text("stuck"),
            at: at.filter(|_| cursor.is_some()).unwrap_or(now),
            cursor,
        }
    }

    /// The same with one more filter.
    pub fn with(&self, field: &str, value: &str) -> Self {
        let mut asked = self.clone();
        if let Some(field) = asked.field(field) {
            value.clone_into(field);
        }
        asked
    }

    fn field(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "q" => &mut self.q,
            "status" => &mut self.status,
            "partner" => &mut self.partner,
            "source" => &mut self.source,
            "tenant" => &mut self.tenant,
            "item" => &mut self.item,
            "email" => &mut self.email,
            "name_prefix" => &mut self.name_prefix,
            "domain_prefix" => &mut self.domain_prefix,
            "window" => &mut self.window,
            "sort" => &mut self.sort,
            "stuck" => &mut self.stuck,
            _ => return None,
        })
    }

    /// The same as a query, without a place to go on from.
    pub fn query(&self) -> String {
        let mut asked = self.clone();
        let given = FIELDS.iter().filter_map(|name| {
            let value = asked.field(name)?;
            (!value.is_empty()).then(|| format!("{name}={}", encoded(value)))
        });
        given.collect::<Vec<_>>().join("&")
    }

    /// Whether a filter of the form is set beside the search box.
    pub fn is_filtered(&self) -> bool {
        let plain = Self { q: String::new(), sort: String::new(), ..self.clone() };
        !plain.query().is_empty()
    }

    /// Whether only claims that a dead letter keeps are asked for.
    pub fn wants_stuck(&self) -> bool {
        self.stuck == "yes"
    }

    /// The question, as the API reads it.
    fn list_query(&self, visit: &Visit) -> Result<ListQuery, Finding> {
        let given = |text: &String| (!text.is_empty()).then(|| text.clone());
        if !self.email.is_empty() && !visit.session.caller.authority.sees_personal_data() {
            let message = "your role does not search for people; ask a reviewer.";
            return Err(Finding::new("email", "role_not_allowed", message));
        }
        let mut query = ListQuery {
            status: given(&self.status),
            partner: given(&self.partner),
            source: given(&self.source),
            tenant: given(&self.tenant),
            item: given(&self.item),
            email: given(&self.email),
            name_prefix: given(&self.name_prefix),
            domain_prefix: given(&self.domain_prefix),
            sort: given(&self.sort),
            ..ListQuery::default()
        };
        if !self.window.is_empty() {
            let ends = Ends::parse(&self.window).ok_or_else(unknown_window)?;
            let grace = visit.web.ledger.rules().window().finalize_grace;
            let within = ends.within(self.at, grace);
            query.closing_after = within.from.map(utc);
            query.closing_before = within.to.map(utc);
        }
        Ok(query)
    }

    /// Which claims, and in which order.
    pub fn filter(&self, visit: &Visit) -> Result<(ClaimFilter, Order), Finding> {
        let query = self.list_query(visit)?;
        Ok((query.filter(&visit.session.caller)?, query.order()?))
    }

    /// The page that is asked for.
    pub fn search(&self, visit: &Visit, size: PageSize) -> Result<Search, Finding> {
        let (filter, order) = self.filter(visit)?;
        let search = Search::new(filter, order, size);
        match &self.cursor {
            Some(cursor) => search
                .after(cursor)
                .map_err(|error| Finding::new("cursor", "malformed", error.to_string())),
            None => Ok(search),
        }
    }
}

fn unknown_window() -> Finding {
    let names = Ends::ALL.map(Ends::as_str).join(", ");
    Finding::new("window", "malformed", format!("write one of {names}."))
}
