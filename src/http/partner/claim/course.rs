//! The course of a claim for its partner: what has happened, and what comes. Events and jobs are
//! told by their names, with words of the tables `event` and `planned`; what has no words there is
//! of no use to a partner, and is left out. Neither ids nor the insides of the deployment are told.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use crate::calendar::Zone;
use crate::claim::event::Recorded;
use crate::http::partner::frame::Visit;
use crate::http::partner::next::short;
use crate::http::texts::Words;
use crate::store::inspect::Entry;
use crate::view::Dossier;

/// Fields of events in which people have written something.
const WRITTEN: [&str; 5] = ["reason", "detail", "comment", "text", "justification"];
/// Fields of events that say until when something holds.
const UNTIL: [&str; 3] = ["answer_by", "again_at", "until"];

/// Tells a claim's course in the language of a page, on the customer's clocks.
pub(super) struct Teller<'a> {
    pub visit: &'a Visit,
    pub words: &'a Words,
    pub zone: Zone,
}

/// Something that comes.
#[derive(Serialize)]
pub(super) struct Planned {
    words: String,
    at: DateTime<Utc>,
    when: String,
}

/// Something that has happened.
#[derive(Serialize)]
pub(super) struct Past {
    words: String,
    /// What somebody wrote about it.
    quote: Option<String>,
    /// Until when something holds.
    until: Option<String>,
    /// The key of the words for who it was, in the table `by`.
    by: &'static str,
    at: DateTime<Utc>,
    when: String,
}

impl Teller<'_> {
    /// An instant in words.
    pub fn moment(&self, at: DateTime<Utc>) -> String {
        short(at, &self.zone, self.visit.language)
    }

    /// What comes, the last of it first: time runs upwards on the page.
    pub fn planned(
        &self,
        dossier: &Dossier,
        entries: &[Entry],
        now: DateTime<Utc>,
    ) -> Vec<Planned> {
        let of_entries = entries.iter().filter_map(|entry| {
            let at = entry.due_at.filter(|at| now < *at)?;
            Some((self.words.plain(&format!("planned.{}", entry.job)), at))
        });
        let window = dossier.claim.running_window().filter(|window| window.admits(now));
        let end = window.map(|window| (self.words.plain("planned.window"), window.closes_at()));
        let mut all: Vec<Planned> = of_entries
            .chain(end)
            .filter(|(words, _)| !words.is_empty())
            .map(|(words, at)| Planned { words: words.to_owned(), at, when: self.moment(at) })
            .collect();
        all.sort_by_key(|planned| Reverse(planned.at));
        all
    }

    /// What has happened, the newest first.
    pub fn past(&self, history: &[Recorded]) -> Vec<Past> {
        history.iter().rev().filter_map(|recorded| self.one(recorded)).collect()
    }

    fn one(&self, recorded: &Recorded) -> Option<Past> {
        let event = serde_json::to_value(&recorded.event).ok()?;
        let failed = event["delivered"] == Value::Bool(false);
        // A warning before an end goes to each side.
        let side = event["side"].as_str().map(|side| format!("_{side}")).unwrap_or_default();
        let failed = if failed { "_failed" } else { "" };
        let key = format!("event.{}{side}{failed}", recorded.event.name());
        let words = self.words.plain(&key);
        if words.is_empty() {
            return None;
        }
        let text = |name: &&'static str| event[*name].as_str().map(str::to_owned);
        // What the other partner of a contest says is for its reviewer.
        let is_shown = recorded.event.name() != "incumbent_answered";
        // A reason of the rules' own is not a person's words.
        let is_code = |text: &String| !text.contains(' ') && text.contains('_');
        let until = UNTIL.iter().find_map(|name| event[*name].as_str()?.parse().ok());
        Some(Past {
            words: words.to_owned(),
            quote: WRITTEN.iter().find_map(text).filter(|text| is_shown && !is_code(text)),
            until: until.map(|at| self.moment(at)),
            by: self.by(&recorded.actor),
            at: recorded.at,
            when: self.moment(recorded.at),
        })
    }

    fn by(&self, actor: &str) -> &'static str {
        if actor == self.visit.session.caller.name {
            return "you";
        }
        match actor.split_once(':') {
            Some(("key" | "oidc" | "development", _)) => "person",
            _ if actor == "customer" => "customer",
            _ => "system",
        }
    }
}
