//! What a link to a list asks for, and looking for it among the partner's own claims.

use serde::Serialize;

use crate::claim::{Claim, ClaimId, Finding, Status};
use crate::http::form::{Fields, encoded};
use crate::http::ops::claims::{Guess, guesses};
use crate::http::partner::frame::Visit;
use crate::http::problem::Problem;
use crate::http::v1::search::ListQuery;
use crate::store::search::{Page, PageSize, Search};

/// Claims on one page.
const SIZE: usize = 25;

/// Which list it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum List {
    /// Every claim, official or not.
    Claims,
    /// What is official.
    Associations,
}

impl List {
    /// Where it is.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Claims => "/partner/claims",
            Self::Associations => "/partner/associations",
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Asked {
    #[serde(skip)]
    list: List,
    pub q: String,
    pub status: String,
    pub sort: String,
    /// Where to go on.
    #[serde(skip)]
    pub cursor: Option<String>,
}

/// What was found.
pub(super) enum Found {
    /// This one.
    Claim(ClaimId),
    /// A page of them.
    Page(Page<Claim>),
    /// Nothing was looked for; the key of the words that say why.
    Nothing(&'static str),
}

impl Asked {
    /// What a query asks for.
    pub fn of(list: List, query: &Fields) -> Self {
        let cursor = query.choice("cursor").filter(|text| !text.is_empty()).map(str::to_owned);
        let status = match list {
            List::Claims => query.text("status"),
            List::Associations => String::new(),
        };
        Self { list, q: query.text("q"), status, sort: query.text("sort"), cursor }
    }

    /// The same as a query, without a place to go on from.
    pub fn query(&self) -> String {
        let fields = [("q", &self.q), ("status", &self.status), ("sort", &self.sort)];
        let given = fields.into_iter().filter(|(_, value)| !value.is_empty());
        given
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect::<Vec<_>>()
            .join("&")
    }

    /// Whether only some are asked for.
    pub const fn is_narrowed(&self) -> bool {
        !self.q.is_empty() || !self.status.is_empty()
    }

    /// The question, as the API reads it, with one more filter.
    pub fn search(
        &self,
        visit: &Visit,
        more: Option<(&str, &str)>,
        size: PageSize,
    ) -> Result<Search, Finding> {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let status = match self.list {
            List::Claims => self.status.as_str(),
            List::Associations => Status::Associated.as_str(),
        };
        let of = |field: &str| more.filter(|(name, _)| *name == field).map(|(_, v)| v.to_owned());
        let query = ListQuery {
            status: of("status").or_else(|| given(status)),
            source: of("source"),
            tenant: of("tenant"),
            item: of("item"),
            email: of("email"),
            name_prefix: of("name_prefix"),
            domain_prefix: of("domain_prefix"),
            sort: given(&self.sort),
            ..ListQuery::default()
        };
        let search = Search::new(query.filter(&visit.session.caller)?, query.order()?, size);
        match &self.cursor {
            Some(cursor) => search
                .after(cursor)
                .map_err(|error| Finding::new("cursor", "malformed", error.to_string())),
            None => Ok(search),
        }
    }
}

/// Looks for what is asked for. What was typed may be several things: the first of them that finds
/// anything counts.
pub(super) async fn find(visit: &Visit, asked: &Asked) -> Result<Found, Problem> {
    let size = PageSize::new(SIZE).unwrap_or(PageSize::DEFAULT);
    if asked.q.is_empty() {
        return page(visit, asked, None, size).await;
    }
    let mut last = Found::Nothing("not_searchable");
    for guess in guesses(&asked.q, &visit.web.ledger.rules().catalog) {
        match guess {
            Guess::Claim(id) => {
                let claim = visit.web.ledger.store().claim(id).await?;
                if claim.is_some_and(|claim| is_theirs(visit, &claim)) {
                    return Ok(Found::Claim(id));
                }
            }
            Guess::Key(..) => {}
            // Another partner's claims are not there anyway.
            Guess::Filter { field: "partner", .. } => {}
            Guess::Filter { field, value, .. } => {
                last = page(visit, asked, Some((field, &value)), size).await?;
                if matches!(&last, Found::Page(page) if !page.entries.is_empty()) {
                    return Ok(last);
                }
            }
        }
    }
    Ok(last)
}

fn is_theirs(visit: &Visit, claim: &Claim) -> bool {
    let submission = &claim.submission;
    visit.session.caller.authority.sees(&submission.partner.mpn_id, &submission.source)
}

async fn page(
    visit: &Visit,
    asked: &Asked,
    more: Option<(&str, &str)>,
    size: PageSize,
) -> Result<Found, Problem> {
    match asked.search(visit, more, size) {
        Ok(search) => Ok(Found::Page(visit.web.ledger.store().search(&search).await?)),
        Err(_) => Ok(Found::Nothing("link_unreadable")),
    }
}
