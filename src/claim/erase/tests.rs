//! Everything a person could be known by is gone, and everything that was decided is there.

use super::*;
use crate::claim::command::Command;
use crate::claim::identity::{EmailAddress, Line, Location, PersonName};
use crate::claim::tests::samples::{Cast, START, at, minutes, recorded};
use crate::claim::{Finding, decide};

/// A history made by these rows of the table, one minute apart.
fn history(cast: &Cast, names: &[&str]) -> Vec<Recorded> {
    let mut history: Vec<Recorded> = Vec::new();
    let mut now = at(START);
    for name in names {
        let claim = Claim::replay(cast.id(), &history);
        let mut command = cast.ask(name, claim.as_ref(), now);
        if let Command::Reject { reason, .. } | Command::Withdraw { reason } = &mut command {
            *reason = Some("Mert Kaya has left us.".to_owned());
        }
        if let Command::Choose(word) = &mut command {
            word.comment = Some(Comment::parse("Ask Mert Kaya.").unwrap());
        }
        let events = decide(claim.as_ref(), &command, now).unwrap();
        history.extend(recorded(claim.as_ref(), &events, now));
        now += minutes(1);
    }
    history
}

const NOTIFIED: [&str; 4] =
    ["submit", "record_verdict: right", "record_notice_sending", "record_notice: accepted"];

fn closed(cast: &Cast) -> Vec<Recorded> {
    let rows = [&NOTIFIED[..], &["reject: received now"][..]].concat();
    let told = ["record_partner_notice: of this status", "record_receipt: that is owed"];
    history(cast, &[&rows[..], &told[..]].concat())
}

fn erasure(reason: &str) -> Erasure {
    let reason = Comment::parse(reason).unwrap();
    Erasure { at: at(START), actor: "operator".to_owned(), reason, former_tip: None }
}

#[test]
fn no_person_is_left_and_nothing_decided_is_lost() {
    let cast = Cast::new();
    let history = closed(&cast);
    let erased = erase(cast.id(), &history, &erasure("Request 7.")).unwrap();
    let text = serde_json::to_string(&erased).unwrap();
    let gone = ["Mert", "mert.kaya", "Ece", "ece.yildiz", "\"IT\"", "Teams rollout", "queued as 1"];
    for personal in gone {
        assert!(serde_json::to_string(&history).unwrap().contains(personal), "{personal}");
        assert!(!text.contains(personal), "{personal} in {text}");
    }
    let old = Claim::replay(cast.id(), &history).unwrap();
    let new = Claim::replay(cast.id(), &erased).unwrap();
    assert_eq!((new.status(), new.revision), (old.status(), old.revision + 1));
    assert_eq!(new.submission_revision, new.revision, "no process goes on with the old one");
    assert_eq!(new.submission.items, old.submission.items);
    assert_eq!(new.submission.partner.mpn_id, old.submission.partner.mpn_id);
    let course = |history: &[Recorded]| -> Vec<_> {
        history
            .iter()
            .map(|r| (r.revision, r.at, r.event.name(), r.event.window().cloned()))
            .collect()
    };
    assert_eq!(course(&erased[..history.len()]), course(&history));
    let Event::PersonalDataErased(last) = &erased.last().unwrap().event else {
        panic!("the last event says what was done");
    };
    assert_eq!(last.submission_digest, old.submission.digest());
}

#[test]
fn whom_a_customer_chose_stays_without_its_words() {
    let cast = Cast::new();
    let asked = ["submit", "record_verdict: held, advises", "record_choice_asked: that is owed"];
    let chosen = ["choose: neither", "withdraw", "record_partner_notice: of this status"];
    let history = history(&cast, &[&asked[..], &chosen[..]].concat());
    assert!(serde_json::to_string(&history).unwrap().contains("Ask Mert Kaya."));
    let erased = erase(cast.id(), &history, &erasure("Request 7.")).unwrap();
    let Event::CustomerChose(chose) = &erased[3].event else { panic!("{:?}", erased[3]) };
    assert_eq!(chose.comment.as_ref().map(Comment::as_str), Some(MARKER));
    assert!(!serde_json::to_string(&erased).unwrap().contains("Mert"));
}

#[test]
fn it_is_done_once_to_what_is_closed_and_told() {
    let cast = Cast::new();
    let check = |history: &[Recorded], reason: &str, expected| {
        assert_eq!(erase(cast.id(), history, &erasure(reason)).unwrap_err(), expected);
    };
    check(&[], "Request 7.", NotErasable::Unreadable);
    check(&history(&cast, &NOTIFIED), "Request 7.", NotErasable::Open(Status::Notified));
    let closed = closed(&cast);
    check(&closed[..closed.len() - 1], "Request 7.", NotErasable::MailOwed);
    check(&closed, "Mert Kaya asked for it.", NotErasable::ReasonNamesPerson);
    check(&closed, "MERT.KAYA@anadoluelektrik.com.tr", NotErasable::ReasonNamesPerson);
    let erased = erase(cast.id(), &closed, &erasure("Request 7.")).unwrap();
    check(&erased, "Request 7.", NotErasable::ErasedBefore);
}

#[test]
fn a_text_mentions_whole_names_and_addresses() {
    let check = |text: &str, somebody: &str, expected: bool| {
        assert_eq!(mentions(text, somebody), expected, "{somebody} in {text}");
    };
    check(r#""email":"jo@a.example""#, "jo@a.example", true);
    check("<Jo@A.example>: refused", "jo@a.example", true);
    check("Ask jo@a.example.", "jo@a.example", true);
    check("banjo@a.example", "jo@a.example", false);
    check("jo@a.example.org", "jo@a.example", false);
    check("j.jo@a.example", "jo@a.example", false);
    check("Jo Ann has left", "Jo Ann", true);
    check("", "jo@a.example", false);
}

#[test]
fn every_marker_can_be_read() {
    let reads = |result: Result<(), Finding>| assert_eq!(result, Ok(()));
    reads(Line::parse(MARKER).map(drop));
    reads(PersonName::parse(MARKER).map(drop));
    reads(Comment::parse(MARKER).map(drop));
    reads(Location::parse(MARKER).map(drop));
    reads(EmailAddress::parse(ADDRESS_MARKER).map(drop));
}
