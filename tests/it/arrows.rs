//! Every arrow of the picture of a claim's life, by the API and by the pages, over a running
//! server: who makes a claim move, and that nobody else does.
//!
//! `table.rs` has the arrows and how a claim comes to where each begins, `deeds.rs` how each is
//! done, `stage.rs` what a claim stands on, and `walk.rs` does it. An arrow that is missed fails
//! the test. What is in the table is also `docs/arrows.md`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod customer;
mod deeds;
mod stage;
mod table;
mod walk;
mod who;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{StreamExt as _, iter};

use crate::http::documents::assert_kept;
use deeds::deed;
use stage::Stage;
use table::{Row, rows};

/// From, to, and what is said beside the arrow.
type Arrow = (String, String, String);

/// The deployments in which arrows are walked at the same time.
const AT_ONCE: usize = 4;

/// The arrows of the picture, those that are drawn for several things once for each.
fn drawn() -> BTreeSet<Arrow> {
    let arrow = |line: &str| {
        let (from, rest) = line.trim().split_once(" --> ")?;
        let (to, label) = rest.split_once(": ").unwrap_or((rest, "submit"));
        let (from, to) = (from.to_owned(), to.to_owned());
        let each = label.split(" or ").map(str::to_owned);
        Some(each.map(move |label| (from.clone(), to.clone(), label)).collect::<Vec<_>>())
    };
    let lines = include_str!("../../src/claim/life.md").lines();
    lines.filter_map(arrow).flatten().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_arrow_is_walked_by_api_and_page_and_by_nobody_who_may_not() {
    let mut groups: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for row in rows() {
        groups.entry(row.from).or_default().push(row);
    }
    let walks = groups.into_values().map(|rows| tokio::spawn(walk(rows)));
    let walked: Vec<_> = iter(walks).buffer_unordered(AT_ONCE).collect().await;
    let walked: BTreeSet<Arrow> = walked.into_iter().flat_map(Result::unwrap).collect();
    let drawn = drawn();
    let missed: Vec<&Arrow> = drawn.difference(&walked).collect();
    let others: Vec<&Arrow> = walked.difference(&drawn).collect();
    assert!(missed.is_empty(), "{} of {} are missed: {missed:#?}", missed.len(), drawn.len());
    assert!(others.is_empty(), "not in the picture: {others:#?}");
}

/// Walks arrows that begin at the same place, in a deployment of their own.
async fn walk(rows: Vec<Row>) -> BTreeSet<Arrow> {
    let (stage, mut walked) = (Stage::set().await, BTreeSet::new());
    for row in rows {
        stage.walk(&row).await;
        walked.insert(row.arrow());
    }
    stage.over().await;
    walked
}

#[test]
fn the_guide_has_every_arrow() {
    assert_kept("docs/arrows.md", &described());
}

const INTRODUCTION: &str = "\
# Who moves a claim

Every arrow of [the picture of a claim's life](../src/claim/life.md), and who makes a claim take it:
by the API, and by a page. Made by a test that walks each of them over a running server;
`UPDATE=1 cargo test --all-features --test it arrows::` writes it anew.

Whoever is not named beside a route is answered with 403, whoever is signed in nowhere with 401 or
the page to sign in on, another partner or source with 404; a link that was not sent is answered
with 404. Nothing changes then: the test tries each of them before it does what is allowed.
[roles.md](roles.md) has all routes.

";

fn described() -> String {
    let mut text = INTRODUCTION.to_owned();
    text.push_str("| from | to | by what | by API | by page |\n|---|---|---|---|---|\n");
    for row in rows() {
        let (from, to, what) = (row.from, row.to, row.what);
        let deed = deed(row.deed);
        let (api, page) = (deed.api_in_words(), deed.pages_in_words());
        text.push_str(&format!("| `{from}` | `{to}` | {what} | {api} | {page} |\n"));
    }
    text
}
