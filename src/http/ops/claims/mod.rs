//! Claims: one search box that recognizes what was typed, filters, orders, pages, and the same as
//! CSV. Everything that selects is in the link.
//!
//! | file | holds |
//! |---|---|
//! | `asked.rs` | what a link asks for |
//! | `typed.rs` | what the words in the search box may be |
//! | `found.rs` | looking for it |
//! | `row.rs` | a claim as a line |
//! | `download.rs` | the whole list as CSV |

mod asked;
mod download;
mod found;
mod row;
mod typed;

use axum::http::{Method, Uri};
use axum::response::Response;
use serde::Serialize;

use crate::claim::Status;
use crate::http::form::{Fields, encoded};
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::signed::see_other;
use crate::store::search::Order;
use crate::view::status_in_words;

use super::LOOKS;
use super::frame::{Page, Section, Visit};
use super::when::capitalized;
use super::windows::Ends;
use asked::Asked;
use found::{Claims, Found};
pub(in crate::http) use row::tone;
pub(super) use row::{Row, left};
pub(in crate::http) use typed::{Guess, guesses};

/// Where the page is; one claim is below it.
pub(super) const PATH: &str = "/ops/claims";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, PATH, "show_claims", "Claims", show).signed_in(LOOKS),
        Route::new(
            Method::GET,
            "/ops/claims.csv",
            "download_claims",
            "Claims as CSV",
            download::download,
        )
        .signed_in(LOOKS)
        .streams(),
    ]
}

#[derive(Serialize)]
struct View<'a> {
    form: &'a Asked,
    statuses: Vec<Choice>,
    windows: Vec<Choice>,
    orders: Vec<Choice>,
    ready: Vec<Link>,
    is_filtered: bool,
    /// What the words were taken for.
    understood: Option<String>,
    /// What else they may be.
    others: Vec<Link>,
    /// Why nothing was looked for.
    trouble: Option<String>,
    rows: Vec<Row<'a>>,
    /// There are more, which are not shown.
    is_cut: bool,
    next: Option<String>,
    first: Option<String>,
    csv: String,
}

/// Something to choose.
#[derive(Serialize)]
struct Choice {
    value: &'static str,
    words: String,
    is_chosen: bool,
}

/// A link that is ready.
#[derive(Serialize)]
struct Link {
    words: String,
    path: String,
    is_chosen: bool,
}

async fn show(visit: Visit, uri: Uri) -> Result<Response, Problem> {
    let now = visit.web.ledger.clock().now().await?;
    let asked = Asked::of(&Fields::of_query(&uri), now);
    let claims = match found::find(&visit, &asked).await? {
        Found::Claim(id) => return Ok(see_other(&format!("{PATH}/{id}"))),
        Found::Claims(claims) => claims,
    };
    let more = |next: &String| {
        let at = encoded(&crate::view::utc(asked.at));
        format!("{PATH}?{}&at={at}&cursor={next}", asked.query())
    };
    let view = View {
        form: &asked,
        statuses: statuses(&asked),
        windows: windows(&asked),
        orders: orders(&asked),
        ready: ready(&asked),
        is_filtered: asked.is_filtered(),
        understood: claims.understood.clone(),
        others: others(&claims),
        trouble: claims.trouble.as_deref().map(capitalized),
        rows: claims.dossiers.iter().map(|dossier| Row::of(&visit, dossier, now)).collect(),
        is_cut: claims.is_cut,
        next: claims.next.as_ref().map(more),
        first: asked.cursor.is_some().then(|| format!("{PATH}?{}", asked.query())),
        csv: format!("{PATH}.csv?{}", asked.query()),
    };
    let page = Page { file: "claims.html", title: "Claims", section: Section::Claims, view };
    visit.reply(&page).await
}

fn statuses(asked: &Asked) -> Vec<Choice> {
    let choice = |status: Status| Choice {
        value: status.as_str(),
        words: capitalized(status_in_words(status)),
        is_chosen: asked.status == status.as_str(),
    };
    Status::ALL.into_iter().map(choice).collect()
}

fn windows(asked: &Asked) -> Vec<Choice> {
    let choice = |ends: Ends| Choice {
        value: ends.as_str(),
        words: ends.words().to_owned(),
        is_chosen: asked.window == ends.as_str(),
    };
    Ends::ALL.into_iter().map(choice).collect()
}

fn orders(asked: &Asked) -> Vec<Choice> {
    let choice = |order: Order| {
        let words = match order {
            Order::Newest => "Newest first",
            Order::Oldest => "Oldest first",
            Order::ClosesAt => "By the end of the window",
        };
        let is_chosen = asked.sort == order.as_str();
        Choice { value: order.as_str(), words: words.to_owned(), is_chosen }
    };
    Order::ALL.into_iter().map(choice).collect()
}

/// The lists that are asked for most.
fn ready(asked: &Asked) -> Vec<Link> {
    let query = asked.query();
    let link = |(words, selects): (&str, &str)| Link {
        words: words.to_owned(),
        path: format!("{PATH}?{selects}"),
        is_chosen: query == selects,
    };
    [
        ("All, newest first", ""),
        ("Stuck", "stuck=yes"),
        ("Contested", "status=contested&sort=oldest"),
        ("Action required", "status=action_required&sort=oldest"),
        ("Closing today", "window=today&sort=closes_at"),
        ("Paused", "status=paused&sort=oldest"),
    ]
    .map(link)
    .into()
}

fn others(claims: &Claims) -> Vec<Link> {
    let link = |(words, field, value): &(&str, &str, String)| Link {
        words: format!("{words} {value}"),
        path: format!("{PATH}?{field}={}", encoded(value)),
        is_chosen: false,
    };
    claims.others.iter().map(link).collect()
}
