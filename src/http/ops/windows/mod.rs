//! When windows end: how many and which, with what is left of each and what it waits for.
//!
//! | file | holds |
//! |---|---|
//! | `ends.rs` | which windows: today's, tomorrow's, overdue ones |
//! | `map.rs` | the calendar |
//! | `list.rs` | the windows one by one, a page of them |

mod ends;
mod list;
mod map;

use axum::http::{Method, Uri};
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::claim::Status;
use crate::http::form::Fields;
use crate::http::problem::Problem;
use crate::http::route::Route;

use super::LOOKS;
use super::frame::{Page, Section, Visit};
use crate::http::figures::grouped;
pub(super) use ends::Ends;
use list::Listed;

/// Where the page is.
const PATH: &str = "/ops/windows";

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, PATH, "show_windows", "When windows end", show).signed_in(LOOKS)]
}

/// Which windows are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    /// By when they end.
    Ends(Ends),
    /// Those whose last day is this date.
    Date(NaiveDate),
    /// Those whose time stands still.
    Paused,
}

/// What a link asks for.
struct Asked {
    which: Which,
    /// The instant that today and tomorrow are seen from: now, or that of the first page.
    at: DateTime<Utc>,
    cursor: Option<String>,
}

impl Asked {
    fn of(query: &Fields, now: DateTime<Utc>) -> Self {
        let date = query.choice("date").and_then(|date| date.parse().ok());
        let which = match (date, query.choice("when")) {
            (Some(date), _) => Which::Date(date),
            (None, Some("paused")) => Which::Paused,
            (None, when) => Which::Ends(when.and_then(Ends::parse).unwrap_or(Ends::Next)),
        };
        let cursor = query.choice("cursor").map(str::to_owned);
        let at = query.choice("at").and_then(|at| at.parse().ok());
        Self { which, at: at.filter(|_| cursor.is_some()).unwrap_or(now), cursor }
    }
}

impl Which {
    /// The link to the first page.
    fn path(self) -> String {
        match self {
            Self::Ends(ends) => format!("{PATH}?when={}", ends.as_str()),
            Self::Date(date) => format!("{PATH}?date={date}"),
            Self::Paused => format!("{PATH}?when=paused"),
        }
    }

    fn words(self) -> String {
        match self {
            Self::Ends(ends) => ends.words().to_owned(),
            Self::Date(date) => format!("Last day {}", date.format("%A %-d %B %Y")),
            Self::Paused => "Paused".to_owned(),
        }
    }
}

#[derive(Serialize)]
struct View<'a> {
    tabs: Vec<Tab>,
    overdue: Vec<Bucket>,
    is_overdue: bool,
    weeks: Vec<map::Week>,
    title: String,
    list: Listed<'a>,
}

/// A kind of windows, and how many there are.
#[derive(Serialize)]
struct Tab {
    words: String,
    path: String,
    count: String,
    is_chosen: bool,
    is_bad: bool,
}

/// Overdue windows that are about as late.
#[derive(Serialize)]
struct Bucket {
    words: &'static str,
    count: String,
}

async fn show(visit: Visit, uri: Uri) -> Result<Response, Problem> {
    let ledger = &visit.web.ledger;
    let now = ledger.clock().now().await?;
    let asked = Asked::of(&Fields::of_query(&uri), now);
    let date = if let Which::Date(date) = asked.which { Some(date) } else { None };
    let found = list::read(&visit, &asked, now).await?;
    let (tabs, overdue) = counted(&visit, &asked, now).await?;
    let view = View {
        is_overdue: tabs.iter().any(|tab| tab.is_bad),
        tabs,
        overdue,
        weeks: map::weeks(ledger.store(), now, date).await?,
        title: asked.which.words(),
        list: found.listed(&visit, &asked, now),
    };
    let page = Page { file: "windows.html", title: "Windows", section: Section::Windows, view };
    visit.reply(&page).await
}

/// How many windows of each kind there are, and how late the overdue ones are.
async fn counted(
    visit: &Visit,
    asked: &Asked,
    now: DateTime<Utc>,
) -> Result<(Vec<Tab>, Vec<Bucket>), Problem> {
    let ledger = &visit.web.ledger;
    let grace = ledger.rules().window().finalize_grace;
    let buckets = ends::buckets(now, grace);
    let kinds = Ends::ALL.map(|ends| ends.within(now, grace));
    let spans: Vec<_> = kinds.into_iter().chain(buckets.iter().map(|(_, span)| *span)).collect();
    let counts = ledger.store().count_ending(&spans).await?;
    let paused = ledger.store().count(Status::Paused).await?;
    let (of_kinds, of_buckets) = counts.split_at(kinds.len());
    let kinds = Ends::ALL.map(Which::Ends).into_iter().zip(of_kinds.iter().copied());
    let tab = |(which, count): (Which, usize)| Tab {
        words: which.words(),
        path: which.path(),
        count: grouped(count as u64),
        is_chosen: which == asked.which,
        is_bad: which == Which::Ends(Ends::Overdue) && count > 0,
    };
    let tabs = kinds.chain([(Which::Paused, paused)]).map(tab).collect();
    let bucket = |((words, _), count): (&(&'static str, _), &usize)| Bucket {
        words,
        count: grouped(*count as u64),
    };
    Ok((tabs, buckets.iter().zip(of_buckets).map(bucket).collect()))
}
