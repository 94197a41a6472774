//! The lines of a timeline.

use chrono::{DateTime, Utc};

use super::Row;
use super::life::{Life, Step};
use super::mails::places;
use super::read::{Entry, Found};
use super::words::{details, short_id, shortened, utc};
use crate::calendar::Zone;
use crate::claim::ClaimId;
use crate::store::dead::DeadEntry;
use crate::testkit::smtp::Received;

/// Characters of a claim's name that are shown.
const NAME_MAX: usize = 24;

/// All lines in their order; what has no time of its own stands at `seen`.
pub(super) fn rows(found: &Found, mails: &[Received], seen: DateTime<Utc>) -> Vec<Row> {
    let now = found.now.unwrap_or(seen);
    let mut rows = Vec::new();
    for life in &found.lives {
        life_rows(life, mails, &mut rows);
    }
    let known = |id: ClaimId| found.lives.iter().any(|life| life.claim.id == id);
    let strays = mails.iter().filter(|mail| match mail.claim_id() {
        Some(id) => found.is_whole && !known(id),
        None => true,
    });
    rows.extend(strays.map(|mail| Signature::of(found, mail.claim_id()).mail(mail)));
    let dead = found.dead.iter();
    rows.extend(dead.map(|dead| Signature::of(found, dead.claim_id()).dead(dead)));
    let entries = found.entries.iter();
    rows.extend(entries.map(|entry| Signature::of(found, entry.claim_id).entry(entry, now)));
    // Stable: within one instant every claim keeps its own order.
    rows.sort_by_key(|row| row.at);
    rows
}

fn life_rows(life: &Life, mails: &[Received], rows: &mut Vec<Row>) {
    let signature = Signature::of_life(life);
    let mails: Vec<&Received> =
        mails.iter().filter(|mail| mail.claim_id() == Some(life.claim.id)).collect();
    let places = places(&life.steps, &mails);
    let mails_before = |place: usize| {
        let here = mails.iter().zip(&places).filter(move |(_, at)| **at == place);
        here.map(|(mail, _)| signature.mail(mail))
    };
    for (place, step) in life.steps.iter().enumerate() {
        rows.extend(mails_before(place));
        rows.extend(signature.step(step));
    }
    rows.extend(mails_before(life.steps.len()));
}

/// What all lines of one claim have in common.
struct Signature {
    claim_id: Option<ClaimId>,
    claim: String,
    zone: Option<Zone>,
}

impl Signature {
    fn of_life(life: &Life) -> Self {
        let id = life.claim.id;
        let name: String = life.claim.submission.name.as_str().chars().take(NAME_MAX).collect();
        Self { claim_id: Some(id), claim: format!("{name} {}", short_id(id)), zone: life.zone() }
    }

    fn of(found: &Found, id: Option<ClaimId>) -> Self {
        match found.lives.iter().find(|life| Some(life.claim.id) == id) {
            Some(life) => Self::of_life(life),
            None => Self { claim_id: id, claim: id.map(short_id).unwrap_or_default(), zone: None },
        }
    }

    fn row(&self, at: Option<DateTime<Utc>>, by: String, what: String) -> Row {
        let Self { claim_id, claim, zone } = self;
        Row { at, claim_id: *claim_id, claim: claim.clone(), zone: zone.clone(), by, what }
    }

    fn step(&self, step: &Step) -> Vec<Row> {
        let recorded = &step.recorded;
        let (at, event) = (Some(recorded.at), &recorded.event);
        let mut what = event.name().to_owned();
        what.extend(step.status.map(|status| format!(" -> {status}")));
        what.extend(Some(details(event)).filter(|text| !text.is_empty()).map(|t| format!(": {t}")));
        let mut by = recorded.actor.clone();
        if let Some((job, due_at)) = step.worked {
            by = format!("{by}: {job}");
            if due_at < recorded.at {
                by = format!("{by}, due {}", utc(due_at));
            }
        }
        let mut rows = vec![self.row(at, by.clone(), what)];
        rows.extend(step.dropped.iter().map(|(job, due_at)| {
            self.row(at, by.clone(), format!("dropped {job}, due {}", utc(*due_at)))
        }));
        rows.extend(step.moved.iter().map(|(job, from, to)| {
            self.row(at, by.clone(), format!("moved {job} from {} to {}", utc(*from), utc(*to)))
        }));
        rows
    }

    fn mail(&self, mail: &Received) -> Row {
        let kind = mail.kind().map_or("", |kind| kind.name());
        let mut subject = mail.subject();
        if let Some(id) = self.claim_id {
            // It stands in a column of its own.
            subject = subject.replace(&format!(" [{id}]"), "");
        }
        let subject = shortened(&subject);
        let what = format!("mail {kind} -> {} \"{subject}\"", shortened(&mail.to));
        self.row(mail.received_at, "mail server".to_owned(), what)
    }

    fn dead(&self, dead: &DeadEntry) -> Row {
        let (job, letter) = (dead.job, &dead.letter);
        let error = shortened(&letter.error);
        let what = format!("dead letter {job} after {} attempts: {error}", letter.attempts);
        self.row(Some(letter.at), "worker".to_owned(), what)
    }

    fn entry(&self, entry: &Entry, now: DateTime<Utc>) -> Row {
        let mut what = match entry.due_at {
            Some(_) => format!("due {}", entry.job),
            None => format!("running {}", entry.job),
        };
        if entry.failed_attempts > 0 {
            what.push_str(&format!(", after {} failed attempts", entry.failed_attempts));
        }
        self.row(Some(entry.due_at.unwrap_or(now)), "agenda".to_owned(), what)
    }
}
