//! What the clock's page shows, as its template reads it.

use chrono::{DateTime, SecondsFormat, Timelike as _, Utc};
use serde::Serialize;

use super::claims::{Choice, ClaimAt, Claims};
use crate::http::form::Fields;
use crate::http::words;
use crate::http::{Mails, Web};
use crate::store::StoreError;
use crate::store::feed::{FeedEntry, FeedPosition};
use crate::travel::{self, UPCOMING_MAX, Upcoming};

/// Events that are shown at most.
const EVENTS_MAX: usize = 60;
/// Entries of one moment that are told one by one.
const ENTRIES_MAX: usize = 4;
/// Zones in which the time is told.
const ZONES_MAX: usize = 4;

/// What to show beside the clock.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// What happened after this.
    pub since: Option<FeedPosition>,
    /// Where the last journey began.
    pub from: Option<DateTime<Utc>>,
    /// The claim that was chosen.
    pub claim: String,
    /// Why the clock has not moved.
    pub trouble: Option<String>,
}

impl Asked {
    /// What a query asks for; nothing of it has to be right.
    pub fn of(query: &Fields) -> Self {
        Self {
            since: query.choice("since").and_then(|since| since.parse().ok()),
            from: query.choice("from").and_then(|from| from.parse().ok()),
            claim: query.text("claim"),
            trouble: None,
        }
    }

    /// The same as a query.
    pub fn query(&self) -> String {
        let since = self.since.as_ref().map(ToString::to_string).unwrap_or_default();
        let from = self.from.map(rfc3339).unwrap_or_default();
        let is_id = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let claim: String = self.claim.chars().filter(|c| is_id(*c)).take(36).collect();
        format!("?since={since}&from={from}&claim={claim}")
    }
}

#[derive(Serialize)]
pub(super) struct View {
    namespace: String,
    now: Moment,
    elsewhere: Vec<Elsewhere>,
    stops: Vec<Stop>,
    claims: Vec<Choice>,
    happened: Option<Happened>,
    trouble: Option<String>,
    mails: String,
    api: String,
}

#[derive(Serialize)]
struct Moment {
    rfc3339: String,
    /// For the field of a date and time.
    input: String,
    time: String,
    /// Milliseconds, where there are any.
    fraction: String,
    date: String,
}

#[derive(Serialize)]
struct Elsewhere {
    time: String,
    day: String,
    zone: String,
}

/// A moment at which something falls due.
#[derive(Serialize)]
struct Stop {
    rfc3339: String,
    time: String,
    date: String,
    short: String,
    from_now: String,
    /// For who moves the slider.
    in_words: String,
    entries: Vec<Entry>,
    more: usize,
}

#[derive(Serialize)]
struct Entry {
    words: &'static str,
    claim: Option<ClaimAt>,
}

#[derive(Serialize)]
struct Happened {
    since: Option<String>,
    events: Vec<Event>,
    is_cut: bool,
}

#[derive(Serialize)]
struct Event {
    time: String,
    date: String,
    words: String,
    claim: Option<ClaimAt>,
}

/// Everything the page shows now.
pub(super) async fn view(web: &Web, asked: &Asked) -> Result<View, StoreError> {
    let ledger = &web.ledger;
    let now = ledger.clock().now().await?;
    let upcoming = travel::upcoming(ledger, UPCOMING_MAX).await?;
    let position = asked.since.as_ref();
    let partitions = ledger.store().keys().partitions();
    let happened = match position.filter(|position| position.fits(partitions)) {
        Some(position) => Some(travel::happened_since(ledger, position).await?),
        None => None,
    };
    let (mut events, mut is_cut) = happened.map(|h| (h.events, h.is_cut)).unwrap_or_default();
    events.reverse();
    is_cut |= events.len() > EVENTS_MAX;
    events.truncate(EVENTS_MAX);
    let planned = upcoming.iter().filter_map(|entry| entry.claim_id);
    let ids = planned.chain(events.iter().map(|event| event.claim_id));
    let claims = Claims::read(web, ids).await?;
    Ok(View {
        namespace: ledger.store().keys().namespace().to_owned(),
        now: moment(now),
        elsewhere: elsewhere(&claims, now),
        stops: stops(&claims, &upcoming, now),
        happened: asked.since.as_ref().map(|_| Happened {
            since: asked.from.map(|from| format!("{} UTC, {}", time(from), short_date(from))),
            events: events.iter().map(|entry| event(&claims, entry)).collect(),
            is_cut,
        }),
        claims: claims.choices(&asked.claim),
        trouble: asked.trouble.clone(),
        mails: match &web.mails {
            Mails::Elsewhere(sentence) => sentence.clone(),
            Mails::Kept(_) => {
                format!("Mails are kept: GET {}/v1/mails lists them.", web.public_url)
            }
        },
        api: format!("{}/v1/clock", web.public_url),
    })
}

fn elsewhere(claims: &Claims<'_>, now: DateTime<Utc>) -> Vec<Elsewhere> {
    let zones = claims.zones().into_iter().take(ZONES_MAX).map(|zone| {
        let local = zone.local(now);
        Elsewhere {
            time: local.format("%H:%M").to_string(),
            day: local.format("%A").to_string(),
            zone: zone.to_string().replace('_', " "),
        }
    });
    zones.collect()
}

/// Entries that fall due at the same moment are one stop.
fn stops(claims: &Claims<'_>, upcoming: &[Upcoming], now: DateTime<Utc>) -> Vec<Stop> {
    let moments = upcoming.chunk_by(|a, b| a.due_at == b.due_at);
    let stops = moments.filter_map(|entries| {
        let due_at = entries.first()?.due_at.max(now);
        let told = entries.iter().take(ENTRIES_MAX).map(|entry| Entry {
            words: words::of_job(entry.job),
            claim: entry.claim_id.and_then(|id| claims.beside(id, due_at)),
        });
        let told: Vec<Entry> = told.collect();
        let first = told.first()?;
        let whose = first.claim.as_ref().map(|claim| format!(" ({})", claim.local));
        Some(Stop {
            rfc3339: rfc3339(due_at),
            time: time(due_at),
            date: short_date(due_at),
            short: due_at.format("%-d %b").to_string(),
            from_now: words::from_now(due_at - now),
            in_words: format!(
                "{}: {}{}",
                short_date(due_at),
                first.words,
                whose.unwrap_or_default()
            ),
            more: entries.len() - told.len(),
            entries: told,
        })
    });
    stops.collect()
}

fn event(claims: &Claims<'_>, entry: &FeedEntry) -> Event {
    Event {
        time: time(entry.at),
        date: short_date(entry.at),
        words: words::of_event(&entry.event),
        claim: claims.beside(entry.claim_id, entry.at),
    }
}

fn moment(at: DateTime<Utc>) -> Moment {
    let ms = at.timestamp_subsec_millis();
    Moment {
        rfc3339: rfc3339(at),
        input: at.format("%Y-%m-%dT%H:%M:%S").to_string(),
        time: at.format("%H:%M:%S").to_string(),
        fraction: if ms == 0 { String::new() } else { format!(".{ms:03}") },
        date: at.format("%A %-d %B %Y").to_string(),
    }
}

/// To the minute where that is all there is.
fn time(at: DateTime<Utc>) -> String {
    let form = match (at.second(), at.timestamp_subsec_millis()) {
        (0, 0) => "%H:%M",
        (_, 0) => "%H:%M:%S",
        _ => "%H:%M:%S%.3f",
    };
    at.format(form).to_string()
}

fn short_date(at: DateTime<Utc>) -> String {
    at.format("%a %-d %B %Y").to_string()
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
