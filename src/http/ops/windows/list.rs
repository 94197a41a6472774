//! The windows one by one: a page of them, in the order of their ends.

use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use serde::Serialize;

use super::ends::of_date;
use super::{Asked, Which};
use crate::claim::{Claim, Status};
use crate::http::form::encoded;
use crate::http::ops::claims::Row;
use crate::http::ops::frame::Visit;
use crate::http::problem::Problem;
use crate::store::search::{ClaimFilter, CursorRefused, Order, Page, PageSize, Search};
use crate::view::{Dossier, utc};

/// Windows on one page.
const SIZE: usize = 50;

/// A page that was read.
pub(super) struct Found {
    dossiers: Vec<Dossier>,
    next: Option<String>,
    trouble: Option<CursorRefused>,
}

/// A page as its template reads it.
#[derive(Serialize)]
pub(super) struct Listed<'a> {
    rows: Vec<Row<'a>>,
    /// The link to the next page.
    next: Option<String>,
    /// The link to the first page, where this is not it.
    first: Option<String>,
    trouble: Option<String>,
}

/// Reads a page of what is asked for.
pub(super) async fn read(
    visit: &Visit,
    asked: &Asked,
    now: DateTime<Utc>,
) -> Result<Found, Problem> {
    let store = visit.web.ledger.store();
    let search = Search::new(filter(visit, asked), order(asked.which), size());
    let search = match &asked.cursor {
        Some(cursor) => match search.after(cursor) {
            Ok(search) => search,
            Err(refused) => {
                return Ok(Found { dossiers: Vec::new(), next: None, trouble: Some(refused) });
            }
        },
        None => search,
    };
    let Page { entries, next } = store.search(&search).await?;
    let dossiers = entries.into_iter().map(async |claim: Claim| {
        // What is in the way of a window that has not ended is nobody's hurry.
        let has_ended = claim.running_window().is_some_and(|window| !window.admits(now));
        let stuck = if has_ended { store.dead_of(claim.id).await? } else { None };
        Ok::<_, Problem>(Dossier { claim, history: Vec::new(), stuck })
    });
    Ok(Found { dossiers: try_join_all(dossiers).await?, next, trouble: None })
}

fn size() -> PageSize {
    PageSize::new(SIZE).unwrap_or(PageSize::DEFAULT)
}

const fn order(which: Which) -> Order {
    match which {
        Which::Ends(_) | Which::Date(_) => Order::ClosesAt,
        Which::Paused => Order::Oldest,
    }
}

fn filter(visit: &Visit, asked: &Asked) -> ClaimFilter {
    let grace = visit.web.ledger.rules().window().finalize_grace;
    let within = match asked.which {
        Which::Ends(ends) => ends.within(asked.at, grace),
        Which::Date(date) => of_date(date),
        Which::Paused => {
            return ClaimFilter { status: Some(Status::Paused), ..ClaimFilter::default() };
        }
    };
    let (closing_after, closing_before) = (within.from, within.to);
    ClaimFilter { closing_after, closing_before, ..ClaimFilter::default() }
}

impl Found {
    pub fn listed<'a>(&'a self, visit: &'a Visit, asked: &Asked, now: DateTime<Utc>) -> Listed<'a> {
        let first = asked.which.path();
        let more = |next: &String| match asked.which {
            // Today stays today while somebody pages.
            Which::Ends(_) => format!("{first}&at={}&cursor={next}", encoded(&utc(asked.at))),
            Which::Date(_) | Which::Paused => format!("{first}&cursor={next}"),
        };
        Listed {
            rows: self.dossiers.iter().map(|dossier| Row::of(visit, dossier, now)).collect(),
            next: self.next.as_ref().map(more),
            first: asked.cursor.is_some().then(|| first.clone()),
            trouble: self
                .trouble
                .map(|refused| super::super::when::capitalized(&format!("{refused}."))),
        }
    }
}
