//! A window that was paused, resumed and extended, with damages that violate an invariant.

use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::Job;

use super::stored::{at, life, policy};
use super::{Case, check};
use crate::calendar::{Adjustments, Span};
use crate::check::Invariant::{I02, I08, I10, I11, I12, I14, I24};
use crate::claim::identity::Comment;
use crate::claim::{Event, ExtensionCause, Recorded, Status, Window};
use crate::store::inspect::{Entry, Inspection};

const PAUSED: &str = "2026-11-24T10:00:00Z";
const RESUMED: &str = "2026-11-25T10:00:00Z";
/// Tuesday and Wednesday did not count: Monday, Thursday, Friday, Monday, Tuesday.
const AFTER_THE_PAUSE: &str = "2026-12-01T21:00:00Z";
/// With two days more.
const CLOSES: &str = "2026-12-03T21:00:00Z";
/// With the day of an outage made good.
const LAST: &str = "2026-12-04T21:00:00Z";

fn reason() -> Comment {
    Comment::parse("A court looks at it.").unwrap()
}

/// The window of the history as it is with these adjustments.
fn adjusted(history: &[Recorded], adjustments: Adjustments) -> Window {
    let window = history.iter().rev().find_map(|recorded| recorded.event.window()).unwrap();
    policy().adjusted(window, adjustments).unwrap()
}

fn then(history: &mut Vec<Recorded>, when: &str, event: Event) {
    let (revision, actor) = (history.len() as u64 + 1, "reviewer".to_owned());
    history.push(Recorded { revision, at: at(when), actor, event });
}

fn paused() -> Vec<Recorded> {
    let mut history = life(Status::Notified);
    then(&mut history, PAUSED, Event::WindowPaused { paused_at: at(PAUSED), reason: reason() });
    history
}

fn pause() -> Adjustments {
    let pauses = vec![Span { from: at(PAUSED), to: at(RESUMED) }];
    Adjustments { pauses, ..Adjustments::default() }
}

/// Paused, resumed, extended by a reviewer and by an outage: events 5 to 8.
fn changed() -> Vec<Recorded> {
    let mut history = paused();
    let window = adjusted(&history, pause());
    assert_eq!(window.closes_at(), at(AFTER_THE_PAUSE));
    then(&mut history, RESUMED, Event::WindowResumed { window, reason: reason() });
    let more = Adjustments { extra_business_days: 2, ..pause() };
    let window = adjusted(&history, more.clone());
    assert_eq!(window.closes_at(), at(CLOSES));
    let cause = ExtensionCause::Reviewer { business_days: 2, reason: reason() };
    then(&mut history, RESUMED, Event::WindowExtended { window, cause });
    let outage = Span { from: at("2026-11-26T09:00:00Z"), to: at("2026-11-26T10:00:00Z") };
    let window = adjusted(&history, Adjustments { outages: vec![outage], ..more });
    assert_eq!(window.closes_at(), at(LAST));
    let cause = ExtensionCause::Outage { outage, reason: reason() };
    then(&mut history, "2026-11-26T11:00:00Z", Event::WindowExtended { window, cause });
    history
}

fn official(official_at: &str, recorded_at: &str) -> Vec<Recorded> {
    let mut history = changed();
    let event = Event::AssociationFinalized { official_at: at(official_at) };
    then(&mut history, recorded_at, event);
    history
}

fn case(history: Vec<Recorded>) -> Case {
    Case { now: at("2026-12-04T21:01:00Z"), history, damage: Box::new(|_| {}) }
}

fn damaged(history: Vec<Recorded>, damage: impl Fn(&mut Inspection) + 'static) -> Case {
    Case { damage: Box::new(damage), ..case(history) }
}

/// The history with another window in one of its events.
fn with(mut history: Vec<Recorded>, event: usize, change: impl Fn(&mut Window)) -> Case {
    match &mut history[event - 1].event {
        Event::WindowResumed { window, .. } | Event::WindowExtended { window, .. } => {
            change(window);
        }
        other => panic!("{} has no window", other.name()),
    }
    case(history)
}

fn stray(job: Job, due_at: DateTime<Utc>) -> impl Fn(&mut Inspection) {
    move |seen| {
        let (lease_end, dead_since) = (None, None);
        let due_at = Some(due_at);
        seen.entries.push(Entry { job, due_at, lease_end, dead_since, failed_attempts: 0 });
    }
}

#[test]
fn a_window_that_was_changed_as_the_history_says_violates_nothing() {
    check(&case(paused()), &[]);
    check(&case(changed()), &[]);
    check(&case(official(LAST, "2026-12-04T21:00:30Z")), &[]);
}

#[test]
fn a_paused_claim_that_goes_on_by_itself_is_found() {
    check(&damaged(paused(), stray(Job::FinalizeAssociation, at(LAST))), &[I08]);
    check(&damaged(paused(), stray(Job::RemindCustomer, at(LAST))), &[I24]);
    check(&damaged(paused(), |seen| seen.closing = Some(at(LAST))), &[I02]);
    let forgotten =
        |seen: &mut Inspection| seen.entries.retain(|e| e.job != Job::FinalizeAssociation);
    check(&damaged(changed(), forgotten), &[I08]);
    check(&Case { now: at("2026-12-04T21:10:31Z"), ..case(changed()) }, &[I11]);
    // However long it takes.
    check(&Case { now: at("2027-12-04T21:00:00Z"), ..case(paused()) }, &[]);
}

#[test]
fn a_changed_window_that_is_not_the_rules_is_found() {
    let moved = |by: TimeDelta| {
        move |window: &mut Window| {
            window.deadline.closes_at += by;
            window.finalize_at += by;
        }
    };
    check(&with(changed(), 8, moved(TimeDelta::days(1))), &[I10]);
    check(&with(changed(), 6, moved(TimeDelta::days(1))), &[I10]);
    // Earlier than the window before it, as well.
    check(&with(changed(), 8, moved(TimeDelta::days(-2))), &[I10, I11]);
    let announced = changed()[3].event.window().unwrap().clone();
    let shortened = with(changed(), 8, |window| *window = announced.clone());
    check(&shortened, &[I10, I11, I12]);
}

#[test]
fn a_change_that_did_something_else_than_it_says_is_found() {
    let readjusted = |event, adjustments: fn(&mut Adjustments)| {
        with(changed(), event, move |window| {
            let mut other = window.deadline.adjustments.clone();
            adjustments(&mut other);
            *window = policy().adjusted(window, other).unwrap();
        })
    };
    // Of the window of the last event, because the claim's has to be the newest.
    check(&readjusted(8, |window| window.extra_business_days += 1), &[I12]);
    check(&readjusted(8, |window| window.pauses[0].to += TimeDelta::days(1)), &[I12]);
    check(&readjusted(7, |window| window.extra_business_days += 1), &[I12]);
    let longer_pause = |window: &mut Adjustments| window.pauses[0].from -= TimeDelta::days(1);
    check(&readjusted(6, longer_pause), &[I12]);
    let of_another_notice = with(changed(), 8, |window| {
        window.opened_at += TimeDelta::hours(1);
    });
    check(&of_another_notice, &[I12]);
}

#[test]
fn a_claim_that_was_official_before_its_newest_end_is_found() {
    check(&case(official(LAST, "2026-12-04T20:59:00Z")), &[I14]);
    check(&case(official(CLOSES, "2026-12-04T21:00:30Z")), &[I14]);
}
