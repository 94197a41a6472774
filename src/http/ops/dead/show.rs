//! Looking at dead letters: the groups, one group, one entry.

use axum::http::Uri;
use axum::response::Response;
use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use serde::Serialize;

use crate::access::Role;
use crate::http::figures::Ago;
use crate::http::form::Fields;
use crate::http::ops::frame::{Page, Section, Visit};
use crate::http::ops::redis_answers;
use crate::http::problem::Problem;
use crate::http::words;
use crate::store::dead::DeadEntry;

use super::group::{Group, without_values};
use super::{Which, all, find};

/// Entries of a group on one page.
const PAGE: usize = 100;

pub(super) async fn show(visit: Visit, uri: Uri) -> Result<Response, Problem> {
    let fields = Fields::of_query(&uri);
    let done = fields.text("done");
    redis_answers(&visit.web).await?;
    match Which::of(&fields) {
        Which::All(job) => show_groups(&visit, job, done).await,
        Which::Group(id) => {
            let page = fields.text("page").parse().unwrap_or(1).max(1);
            show_group(&visit, id, page, done).await
        }
        Which::Entry(job, entry) => show_entry(&visit, job, &entry).await,
    }
}

#[derive(Serialize)]
struct Groups {
    groups: Vec<GroupRow>,
    job: Option<Job>,
    /// How many there are of all jobs.
    dead: usize,
    /// Whether there are more than were looked at.
    is_part: bool,
    done: String,
}

#[derive(Serialize)]
struct GroupRow {
    id: String,
    link: String,
    job: Job,
    words: &'static str,
    reason: String,
    count: usize,
    span: Option<(Ago, Ago)>,
}

impl GroupRow {
    fn new(group: &Group, now: DateTime<Utc>) -> Self {
        let id = group.id();
        let span = group.span();
        Self {
            link: Which::Group(id.clone()).link(),
            id,
            job: group.job,
            words: words::of_job(group.job),
            reason: group.reason.clone(),
            count: group.entries.len(),
            span: span.map(|(first, last)| (Ago::new(first, now), Ago::new(last, now))),
        }
    }
}

async fn show_groups(visit: &Visit, job: Option<Job>, done: String) -> Result<Response, Problem> {
    let now = visit.web.ledger.clock().now().await?;
    let (all, dead) = tokio::try_join!(all(visit), dead_of_all(visit, now))?;
    let is_part = all.iter().map(|group| group.entries.len()).sum::<usize>() < dead;
    let shown = all.iter().filter(|group| job.is_none_or(|job| job == group.job));
    let groups = shown.map(|group| GroupRow::new(group, now)).collect();
    let view = Groups { groups, job, dead, is_part, done };
    visit
        .reply(&Page { file: "dead.html", title: "Dead letters", section: Section::Dead, view })
        .await
}

async fn dead_of_all(visit: &Visit, now: DateTime<Utc>) -> Result<usize, Problem> {
    let queues = visit.web.ledger.store().queues(now).await?;
    Ok(queues.iter().map(|queue| queue.dead).sum())
}

#[derive(Serialize)]
struct GroupView {
    group: Option<GroupRow>,
    when_dropped: &'static str,
    entries: Vec<EntryRow>,
    page: usize,
    pages: usize,
    link: String,
    done: String,
}

#[derive(Serialize)]
struct EntryRow {
    entry: String,
    link: String,
    claim_id: Option<String>,
    attempts: u32,
    error: String,
    since: Ago,
}

impl EntryRow {
    fn new(dead: &DeadEntry, now: DateTime<Utc>) -> Self {
        Self {
            entry: dead.entry.clone(),
            link: Which::Entry(dead.job, dead.entry.clone()).link(),
            claim_id: dead.claim_id().map(|id| id.to_string()),
            attempts: dead.letter.attempts,
            error: dead.letter.error.clone(),
            since: Ago::new(dead.letter.at, now),
        }
    }
}

async fn show_group(
    visit: &Visit,
    id: String,
    page: usize,
    done: String,
) -> Result<Response, Problem> {
    let now = visit.web.ledger.clock().now().await?;
    let group = all(visit).await?.into_iter().find(|group| group.id() == id);
    let entries = group.as_ref().map(|group| group.entries.as_slice()).unwrap_or_default();
    let shown = entries.iter().skip((page - 1).saturating_mul(PAGE)).take(PAGE);
    let view = GroupView {
        entries: shown.map(|dead| EntryRow::new(dead, now)).collect(),
        pages: entries.len().div_ceil(PAGE),
        when_dropped: group.as_ref().map_or("", |group| words::when_dropped(group.job)),
        group: group.as_ref().map(|group| GroupRow::new(group, now)),
        page,
        link: Which::Group(id).link(),
        done,
    };
    let title = "Dead letters of one reason";
    visit.reply(&Page { file: "dead_group.html", title, section: Section::Dead, view }).await
}

#[derive(Serialize)]
struct EntryView {
    job: Job,
    words: &'static str,
    entry: String,
    found: Option<Found>,
}

#[derive(Serialize)]
struct Found {
    #[serde(flatten)]
    row: EntryRow,
    group_link: String,
    when_dropped: &'static str,
    /// The beginning of what was pushed on the intake.
    raw: Option<String>,
    /// Whether values are left out of it.
    is_shape: bool,
}

async fn show_entry(visit: &Visit, job: Job, entry: &str) -> Result<Response, Problem> {
    let now = visit.web.ledger.clock().now().await?;
    let sees_all = visit.session.caller.authority.role() == Role::Reviewer;
    let found = find(visit, job, entry).await?.map(|(group, dead)| Found {
        row: EntryRow::new(&dead, now),
        group_link: Which::Group(group).link(),
        when_dropped: words::when_dropped(job),
        raw: dead.raw.map(|raw| if sees_all { raw } else { without_values(&raw) }),
        is_shape: !sees_all,
    });
    let view = EntryView { job, words: words::of_job(job), entry: entry.to_owned(), found };
    let title = "A dead letter";
    visit.reply(&Page { file: "dead_entry.html", title, section: Section::Dead, view }).await
}
