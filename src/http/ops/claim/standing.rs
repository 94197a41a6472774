//! Where a claim stands, in words: what that means, what it waits for, until when, and what happens
//! next if nobody does anything.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::calendar::Zone;
use crate::claim::lasting::Imported;
use crate::claim::{Claim, State, Status, Window};
use crate::http::ops::claims::{left, tone};
use crate::http::ops::when::{At, away, capitalized};
use crate::http::words;
use crate::store::dead::DeadEntry;
use crate::view::{Dossier, status_in_words, waits_for};

/// Where a claim stands.
#[derive(Serialize)]
pub(in crate::http::ops) struct Standing {
    words: String,
    tone: &'static str,
    means: &'static str,
    waits: Option<String>,
    until: Option<At>,
    left: Option<String>,
    next: String,
    stuck: Option<Stuck>,
}

/// What keeps it from going on.
#[derive(Serialize)]
struct Stuck {
    words: &'static str,
    job: String,
    error: String,
    attempts: u32,
    at: At,
    ago: String,
}

impl Standing {
    /// How the claim stands now.
    pub fn of(dossier: &Dossier, zone: &Zone, now: DateTime<Utc>) -> Self {
        let claim = &dossier.claim;
        let until = until(claim);
        Self {
            words: capitalized(status_in_words(claim.status())),
            tone: tone(claim.status()),
            means: means(claim.status()),
            waits: waits_for(&claim.state).as_deref().map(capitalized),
            left: left(claim, now).or_else(|| Some(away(until?, now))),
            until: until.map(|at| At::of(at, zone)),
            next: match &dossier.stuck {
                Some(_) => "Nothing, until somebody tries again what has failed.".to_owned(),
                None => next(claim),
            },
            stuck: dossier.stuck.as_ref().map(|entry| Stuck::of(entry, zone, now)),
        }
    }
}

impl Stuck {
    fn of(entry: &DeadEntry, zone: &Zone, now: DateTime<Utc>) -> Self {
        let letter = &entry.letter;
        Self {
            words: words::of_job(entry.job),
            job: entry.job.to_string(),
            error: letter.error.clone(),
            attempts: letter.attempts,
            at: At::of(letter.at, zone),
            ago: away(letter.at, now),
        }
    }
}

const fn means(status: Status) -> &'static str {
    match status {
        Status::Submitted => "The claim was accepted, and is being validated.",
        Status::ActionRequired => {
            "The partner has to put something right before the claim can go on."
        }
        Status::Disqualified => "The rules refuse the claim, for good.",
        Status::Contested => {
            "Another partner holds or claims one of the items; a reviewer decides who gets it."
        }
        Status::UnderReview => {
            "The claim is right; a reviewer looks at the proof before the customer is told."
        }
        Status::Refused => {
            "The claim was refused. The partner can still do something about that, once."
        }
        Status::Disputed => {
            "The partner disputes the refusal; somebody else than who refused it decides."
        }
        Status::Validated => "The claim is right, and the customer's notice is on its way.",
        Status::Notified => {
            "The customer has been told, and can reject the claim until the window closes."
        }
        Status::Paused => {
            "A reviewer has stopped the time of the window; the customer can go on answering."
        }
        Status::Rejected => "The customer said no in time. The items are free again.",
        Status::Associated => {
            "Official: the partner sees the usage data of exactly these items, and of nothing else."
        }
        Status::Withdrawn => "The partner took the claim back before it was official.",
        Status::Ended => "The association is over, and access to the usage data is closed.",
    }
}

/// The instant at which it goes on by itself.
fn until(claim: &Claim) -> Option<DateTime<Utc>> {
    match &claim.state {
        State::Submitted { validate_at } => Some(*validate_at),
        State::ActionRequired { answer_by, .. } => Some(*answer_by),
        State::Refused(refused) => Some(refused.until),
        State::Contested { .. } | State::UnderReview(_) | State::Disputed(_) => {
            claim.decide_by().map(|decide_by| decide_by.due.by)
        }
        State::Validated { notice } => Some(notice.due_at),
        State::Notified { window, .. } => Some(window.closes_at()),
        State::Paused { .. }
        | State::Disqualified { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => None,
    }
}

/// What happens if nobody does anything.
fn next(claim: &Claim) -> String {
    let said = match &claim.state {
        State::Submitted { .. } => "The tenant directory is asked, and the verdict follows.",
        State::ActionRequired { .. } => {
            "Without the partner's answer the claim is refused, and can be reactivated once."
        }
        State::UnderReview(_) => {
            "Nothing: it waits until a reviewer decides. When the time for that ends, reviewers \
             are told."
        }
        State::Refused(_) => "Without a word of the partner the claim is disqualified then.",
        State::Disputed(_) => {
            "Nothing: it waits until somebody decides the dispute. When the time for that ends, \
             reviewers are told."
        }
        State::Contested { .. } => {
            "Nothing: it waits until a reviewer decides, or one of the partners gives way."
        }
        State::Validated { .. } => {
            "The notice goes to the mail server; when that takes it, the window opens."
        }
        State::Notified { window, reminded } => return of_a_window(window, *reminded),
        State::Paused { .. } => {
            "Nothing: the time stands still until a reviewer resumes it, or the customer answers."
        }
        State::Associated { association } => {
            return of_an_association(claim, association.imported());
        }
        State::Disqualified { .. }
        | State::Rejected { .. }
        | State::Withdrawn { .. }
        | State::Ended { .. } => "Nothing: it is decided.",
    };
    said.to_owned()
}

fn of_an_association(claim: &Claim, imported: Option<Imported>) -> String {
    let from = imported.map(|imported| {
        let (origin, ends_on) = (imported.origin.as_str(), imported.ends_on);
        format!("It was imported from {origin}, with {ends_on} as its last day. ")
    });
    let ends = match claim.watched_since() {
        Some(_) => "It stays until its subscription ends, or somebody ends it before.",
        None => "The association stays until somebody ends it.",
    };
    from.unwrap_or_default() + ends
}

fn of_a_window(window: &Window, reminded: bool) -> String {
    let silence = "Silence makes the association official then, and opens the usage data.";
    if window.remind_at.is_some() && !reminded {
        return format!("The customer is reminded before. {silence}");
    }
    silence.to_owned()
}
