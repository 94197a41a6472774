//! Every invariant of one claim, with a damage that violates it.

mod adjusted;
mod stored;

use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::Job;

use super::{Terms, judge};
use crate::check::Invariant::{
    self, I01, I02, I04, I05, I06, I07, I08, I10, I11, I12, I13, I14, I15, I17, I19, I21, I22, I24,
    I25,
};
use crate::check::Patience;
use crate::claim::{Event, Recorded, Status};
use crate::store::inspect::{Entry, Inspection};

use stored::{CLOSES, at, id, life, policy, stored, submission};

/// A claim that was judged at some point of its life.
struct Case {
    now: DateTime<Utc>,
    history: Vec<Recorded>,
    /// Changes what is stored after everything was made to agree.
    damage: Box<dyn Fn(&mut Inspection)>,
}

fn check(case: &Case, expected: &[Invariant]) {
    let mut seen = stored(&case.history);
    (case.damage)(&mut seen);
    let (lease, notice) = (TimeDelta::seconds(30), TimeDelta::minutes(15));
    let patience = Patience { lease, notice, kept: None };
    let terms = Terms { now: case.now, real: case.now, patience, window: policy() };
    let looks = judge(id(), &seen, &terms);
    assert_eq!(looks.violated(), expected, "{looks:#?}");
}

/// A claim of that status to which something was done behind the system's back.
fn damaged(status: Status, damage: impl Fn(&mut Inspection) + 'static) -> Case {
    Case { now: at("2026-11-27T21:01:00Z"), history: life(status), damage: Box::new(damage) }
}

/// A claim with another history, of which everything stored is what follows from it.
fn rewritten(status: Status, rewrite: impl Fn(&mut Vec<Recorded>)) -> Case {
    let mut history = life(status);
    rewrite(&mut history);
    Case { now: at("2026-11-27T21:01:00Z"), history, damage: Box::new(|_| {}) }
}

fn entry(seen: &mut Inspection, job: Job) -> &mut Entry {
    seen.entries.iter_mut().find(|entry| entry.job == job).unwrap()
}

#[test]
fn a_claim_that_nothing_happened_to_violates_nothing() {
    for status in [Status::Validated, Status::Notified, Status::Rejected, Status::Associated] {
        let case = Case { now: at("2026-11-20T15:01:00Z"), ..damaged(status, |_| {}) };
        check(&case, &[]);
    }
}

#[test]
fn what_does_not_add_up_is_found() {
    let status = Status::Notified;
    check(&damaged(status, |seen| seen.submission_key = None), &[I01]);
    check(&damaged(status, |seen| seen.submission_key = Some(format!("{} beef", id()))), &[I01]);
    check(&damaged(status, |seen| seen.indexes.push(Status::Ended)), &[I02]);
    check(&damaged(status, |seen| seen.indexes.clear()), &[I02]);
    check(&damaged(status, |seen| seen.closing = None), &[I02]);
    check(&damaged(Status::Rejected, |seen| seen.closing = Some(at(CLOSES))), &[I02]);
    check(&damaged(status, |seen| seen.listed[0].1 = false), &[I02]);
    check(&damaged(status, |s| "ended".clone_into(&mut s.head.as_mut().unwrap().status)), &[I02]);
    check(&damaged(status, |seen| drop(seen.history.pop())), &[I04, I05, I06, I12]);
    check(&damaged(status, |seen| seen.head.as_mut().unwrap().revision += 1), &[I04]);
    check(&damaged(status, |seen| seen.head = None), &[I05]);
    check(&damaged(status, |seen| seen.history[0].clear()), &[I05]);
    let other = |seen: &mut Inspection| seen.history[1] = seen.history[2].clone();
    check(&damaged(status, other), &[I04, I05, I06]);
    // Everything is as it was said to be, and nothing is as it was.
    check(&damaged(status, |seen| seen.history[1].push(b' ')), &[I06]);
    check(&damaged(status, |seen| seen.head.as_mut().unwrap().chain = None), &[I06]);
    let renamed = |seen: &mut Inspection| {
        let event = String::from_utf8(seen.history[2].clone()).unwrap();
        seen.history[2] = event.replace("\"worker\"", "\"nobody\"").into_bytes();
    };
    check(&damaged(status, renamed), &[I06]);
    check(&rewritten(status, |h| h[1].at = at("2026-11-20T14:00:00Z")), &[I07]);
    let copy = |history: &mut Vec<Recorded>| {
        let message_id = "<another@x.example>".to_owned();
        let event = Event::NoticeSending { notice: 1, message_id, link_key: None };
        let mut copy = Recorded { event, ..history[2].clone() };
        copy.revision = 4;
        history[3].revision = 5;
        history.insert(3, copy);
    };
    check(&rewritten(status, copy), &[I22]);
}

#[test]
fn an_agenda_that_is_not_the_plan_is_found() {
    let remove = |job| move |seen: &mut Inspection| seen.entries.retain(|entry| entry.job != job);
    let later = |seen: &mut Inspection| {
        entry(seen, Job::FinalizeAssociation).due_at = Some(at("2027-01-01T00:00:00Z"));
    };
    let early = |seen: &mut Inspection| {
        entry(seen, Job::FinalizeAssociation).due_at = Some(at(CLOSES));
    };
    let stray = |job| {
        move |seen: &mut Inspection| {
            let due_at = Some(at(CLOSES));
            let (lease_end, dead_since) = (None, None);
            seen.entries.push(Entry { job, due_at, lease_end, dead_since, failed_attempts: 0 });
        }
    };
    let twice = |seen: &mut Inspection| {
        entry(seen, Job::FinalizeAssociation).lease_end = Some(at("2026-11-27T21:01:10Z"));
    };
    let lease = |lease_end: &'static str| {
        move |seen: &mut Inspection| {
            let entry = entry(seen, Job::RemindCustomer);
            (entry.due_at, entry.lease_end) = (None, Some(at(lease_end)));
        }
    };
    let failed = move |seen: &mut Inspection| {
        later(seen);
        entry(seen, Job::FinalizeAssociation).failed_attempts = 1;
    };
    let status = Status::Notified;
    check(&damaged(status, remove(Job::FinalizeAssociation)), &[I08]);
    check(&damaged(status, later), &[I08]);
    check(&damaged(status, early), &[I08]);
    check(&damaged(status, failed), &[]);
    check(&damaged(Status::Associated, stray(Job::FinalizeAssociation)), &[I08]);
    check(&damaged(status, remove(Job::RemindCustomer)), &[I24]);
    check(&damaged(status, stray(Job::ExpireClaim)), &[I24]);
    check(&damaged(Status::Rejected, stray(Job::ExpireClaim)), &[I19]);
    check(&damaged(status, twice), &[I25]);
    check(&damaged(status, lease("2026-11-27T20:59:00Z")), &[I25]);
    check(&damaged(status, lease("2026-12-27T20:59:00Z")), &[I25]);
    check(&damaged(status, lease("2026-11-27T21:01:10Z")), &[]);
}

#[test]
fn a_window_that_is_not_the_rules_is_found() {
    let shorter = |history: &mut Vec<Recorded>| {
        let Event::CustomerNotified { window, .. } = &mut history[3].event else { return };
        window.deadline.closes_at -= TimeDelta::days(1);
        window.finalize_at -= TimeDelta::days(1);
    };
    check(&rewritten(Status::Notified, shorter), &[I10, I11]);
    let early = move |history: &mut Vec<Recorded>| {
        shorter(history);
        let official_at = at(CLOSES) - TimeDelta::days(1);
        history[4].event = Event::AssociationFinalized { official_at };
    };
    check(&rewritten(Status::Associated, early), &[I10, I14]);
    let before_its_end = |history: &mut Vec<Recorded>| history[4].at = at("2026-11-27T20:59:00Z");
    check(&rewritten(Status::Associated, before_its_end), &[I14]);
    let backdated = |history: &mut Vec<Recorded>| {
        let opened_at = at("2026-11-13T15:00:00Z");
        let Event::CustomerNotified { window, .. } = &mut history[3].event else { return };
        *window = policy().open(&submission(), opened_at).unwrap();
    };
    check(&rewritten(Status::Notified, backdated), &[I11, I12]);
    let overdue = |now: &str, damage: fn(&mut Inspection)| Case {
        now: at(now),
        ..damaged(Status::Notified, damage)
    };
    check(&overdue("2026-11-27T21:10:30Z", |_| {}), &[]);
    check(&overdue("2026-11-27T21:10:31Z", |_| {}), &[I11]);
    let buried = |seen: &mut Inspection| {
        let entry = entry(seen, Job::FinalizeAssociation);
        (entry.due_at, entry.dead_since) = (None, Some(at("2026-11-27T21:05:00Z")));
    };
    check(&overdue("2026-11-27T21:10:31Z", buried), &[]);
}

#[test]
fn an_answer_that_was_passed_over_is_found() {
    let rejected = |received_at: &'static str| {
        move |history: &mut Vec<Recorded>| {
            let received_at = at(received_at);
            let event = Event::LateRejectionReceived { received_at, reason: None, receipt: false };
            let last = history[4].clone();
            history.push(Recorded { revision: 6, event, ..last });
        }
    };
    check(&rewritten(Status::Associated, rejected("2026-11-27T20:59:59.999Z")), &[I15]);
    check(&rewritten(Status::Associated, rejected(CLOSES)), &[]);
    // A no that was too late for the window of a contact who then passed the claim on.
    let of_an_earlier_window = |history: &mut Vec<Recorded>| {
        let received_at = at("2026-11-20T14:00:00Z");
        let event = Event::LateRejectionReceived { received_at, reason: None, receipt: false };
        let late = Recorded { event, ..history[1].clone() };
        history.insert(2, late);
        (1..).zip(history).for_each(|(revision, recorded)| recorded.revision = revision);
    };
    check(&rewritten(Status::Associated, of_an_earlier_window), &[]);
    let sent = |now: &str| Case { now: at(now), ..damaged(Status::Validated, |_| {}) };
    check(&sent("2026-11-20T15:15:30Z"), &[]);
    check(&sent("2026-11-20T15:15:31Z"), &[I21]);
}

#[test]
fn items_that_are_not_where_they_belong_are_found() {
    fn says(record: &'static str) -> impl Fn(&mut Inspection) {
        move |seen| seen.items[0].1 = Some(record.replace("{id}", &id().to_string()))
    }
    const OTHERS: &str = "01993c2a-7e00-7003-8000-00000000002a 7654321 associated 0";
    check(&damaged(Status::Notified, |seen| seen.items[0].1 = None), &[I17]);
    check(&damaged(Status::Notified, says(OTHERS)), &[I17]);
    check(&damaged(Status::Notified, says("{id} 1234567 associated 0")), &[I17]);
    check(&damaged(Status::Associated, says("{id} 1234567 associated 0")), &[I13]);
    check(&damaged(Status::Associated, says(OTHERS)), &[I13, I17]);
    check(&damaged(Status::Associated, |seen| seen.grants[0].1 = None), &[I13]);
    check(&damaged(Status::Rejected, says("{id} 1234567 held 0")), &[I19]);
    check(&damaged(Status::Rejected, says(OTHERS)), &[]);
    let granted = |seen: &mut Inspection| seen.grants[0].1 = Some(format!("{} 0", id()));
    check(&damaged(Status::Rejected, granted), &[I19]);
}
