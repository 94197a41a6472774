//! The history and what it adds up to: I01, I02, I04, I05, I06, I07, I22.

use std::collections::BTreeMap;

use crate::check::Invariant::{I01, I02, I04, I05, I06, I07, I22};
use crate::check::judge::{Stored, SubmissionRecord};
use crate::check::report::Looks;
use crate::claim::{Claim, Event};

pub(super) fn judge(stored: &Stored<'_>, looks: &mut Looks) {
    one_submission(stored, looks);
    one_status(stored, looks);
    numbered(stored, looks);
    replayed(stored, looks);
    chained(stored, looks);
    let late = stored.history.iter().zip(stored.history.iter().skip(1)).find(|(a, b)| b.at < a.at);
    looks.look(I07, late.is_none(), || {
        late.map(|(a, b)| format!("event {} at {} comes after {}", b.revision, b.at, a.at))
            .unwrap_or_default()
    });
    one_message_id(stored, looks);
}

fn one_submission(stored: &Stored<'_>, looks: &mut Looks) {
    let record = stored.seen.submission_key.as_deref();
    let parsed = record.and_then(SubmissionRecord::parse);
    // The key knows the submission as it came in.
    let erased = stored.history.iter().find_map(|recorded| match &recorded.event {
        Event::PersonalDataErased(erased) => Some(erased.submission_digest.clone()),
        _ => None,
    });
    let digest = erased.or_else(|| stored.first_submission().map(crate::claim::Submission::digest));
    let holds = parsed
        .is_some_and(|parsed| parsed.claim_id == stored.claim.id && Some(parsed.digest) == digest);
    let found = record.unwrap_or("nothing");
    looks.look(I01, holds, || format!("the key of its submission says `{found}`"));
}

fn one_status(stored: &Stored<'_>, looks: &mut Looks) {
    let status = stored.claim.status();
    let (named, indexes) = (&stored.head.status, &stored.seen.indexes);
    let holds = named == status.as_str() && indexes.as_slice() == [status];
    looks.look(I02, holds, || {
        let listed: Vec<&str> = indexes.iter().map(|status| status.as_str()).collect();
        format!("it is {status}, its key says `{named}`, and the indexes [{}]", listed.join(", "))
    });
    let closes_at = stored.claim.running_window().map(crate::claim::Window::closes_at);
    // An index keeps instants to the millisecond.
    let ms = |at: chrono::DateTime<chrono::Utc>| at.timestamp_millis();
    looks.look(I02, closes_at.map(ms) == stored.seen.closing.map(ms), || {
        format!("its window closes {closes_at:?}, and by the index {:?}", stored.seen.closing)
    });
    let closed = crate::claim::event::closed_at(&stored.history);
    looks.look(I02, closed.map(ms) == stored.seen.closed.map(ms), || {
        format!("it was closed {closed:?}, and by the index {:?}", stored.seen.closed)
    });
    for (index, is_there) in &stored.seen.listed {
        looks.look(I02, *is_there, || format!("the index {index} does not list it in its place"));
    }
}

fn numbered(stored: &Stored<'_>, looks: &mut Looks) {
    let gap = (1..).zip(&stored.history).find(|(number, recorded)| recorded.revision != *number);
    let events = stored.history.len() as u64;
    let head = stored.head.revision;
    let holds = gap.is_none() && head == events && stored.claim.revision == events;
    looks.look(I04, holds, || match gap {
        Some((number, recorded)) => {
            format!("event {number} says that it is event {}", recorded.revision)
        }
        None => format!("there are {events} events and the revision is {head}"),
    });
}

fn replayed(stored: &Stored<'_>, looks: &mut Looks) {
    let replayed = Claim::replay(stored.claim.id, &stored.history);
    let same_submission = stored.claim.submission_revision == stored.head.submission;
    let holds = same_submission
        && replayed.as_ref().is_some_and(|replayed| {
            (&replayed.snapshot, &replayed.submission)
                == (&stored.claim.snapshot, &stored.claim.submission)
        });
    looks.look(I05, holds, || match &replayed {
        None => "the history does not begin with a submission".to_owned(),
        Some(replayed) if replayed.status() != stored.claim.status() => {
            format!("the history makes it {}, not {}", replayed.status(), stored.claim.status())
        }
        Some(_) => "the history adds up to another state than the stored one".to_owned(),
    });
}

/// A history that was rewritten as a whole, with everything that follows from it, adds up to
/// another tip: one that those who follow the feed have never been told.
fn chained(stored: &Stored<'_>, looks: &mut Looks) {
    let (tip, chain) = (stored.head.chain.as_deref(), stored.claim.chain.to_string());
    looks.look(I06, tip == Some(&chain), || {
        format!("the history adds up to {chain}, and its tip is {}", tip.unwrap_or("not there"))
    });
}

fn one_message_id(stored: &Stored<'_>, looks: &mut Looks) {
    let mut ids: BTreeMap<u32, &str> = BTreeMap::new();
    for recorded in &stored.history {
        let Event::NoticeSending { notice, message_id, .. } = &recorded.event else { continue };
        let first = *ids.entry(*notice).or_insert(message_id);
        looks.look(I22, first == message_id, || {
            format!("copies of notice {notice} are `{first}` and `{message_id}`")
        });
    }
}
