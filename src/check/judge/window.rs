//! The notice and its window: I10, I11, I12, I14, I15, I21.

mod changes;

use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::Job;

use crate::calendar::{Deadline, WindowTerms, tzdb_version};
use crate::check::Invariant::{I10, I11, I12, I14, I15, I21};
use crate::check::judge::{Stored, Terms};
use crate::check::report::Looks;
use crate::claim::window_policy::WindowPolicy;
use crate::claim::{Event, Recorded, State, Submission, Window};
use crate::clock::SKEW_MAX_MS;
use crate::store::inspect::Entry;

/// How late finalizing may be before somebody has to say why.
const OVERDUE_MAX: TimeDelta = TimeDelta::minutes(10);
/// How far the clocks of two processes can be apart.
const SKEW_MAX: TimeDelta = TimeDelta::milliseconds(2 * SKEW_MAX_MS);

/// The acceptance of a notice, as the history has it.
struct Acceptance<'a> {
    notice: u32,
    window: &'a Window,
    recorded: &'a Recorded,
}

pub(super) fn judge(stored: &Stored<'_>, terms: &Terms<'_>, looks: &mut Looks) {
    let accepted: Vec<Acceptance<'_>> = stored.history.iter().filter_map(acceptance).collect();
    by_the_rule(stored, terms.window, looks);
    not_overdue(stored, terms, looks);
    let last = accepted.last();
    if let Some(window) = stored.claim.open_window() {
        let opened = last.filter(|accepted| {
            accepted.notice == stored.claim.notices && follows_its_sending(stored, accepted)
        });
        let holds = opened.is_some() && newest(stored) == Some(window);
        let notice = stored.claim.notices;
        looks.look(I12, holds, || format!("no acceptance of notice {notice} opened its window"));
        changes::judge(&stored.history, looks);
    }
    if let Some(accepted) = last {
        whole_window(stored, accepted, terms.window, looks);
    }
    no_rejection_in_time(stored, last.map_or(0, |accepted| accepted.recorded.revision), looks);
    intent_has_outcome(stored, terms, looks);
}

/// The window that the history leaves the claim with.
fn newest<'a>(stored: &'a Stored<'_>) -> Option<&'a Window> {
    stored.history.iter().rev().find_map(|recorded| recorded.event.window())
}

const fn acceptance(recorded: &Recorded) -> Option<Acceptance<'_>> {
    match &recorded.event {
        Event::CustomerNotified { notice, window, .. } => {
            Some(Acceptance { notice: *notice, window, recorded })
        }
        _ => None,
    }
}

/// The window opened after the notice was about to be sent and before its acceptance was recorded.
fn follows_its_sending(stored: &Stored<'_>, accepted: &Acceptance<'_>) -> bool {
    let opened_at = accepted.window.opened_at;
    let sent = stored.history.iter().find_map(|recorded| match &recorded.event {
        Event::NoticeSending { notice, .. } if *notice == accepted.notice => Some(recorded.at),
        _ => None,
    });
    sent.is_some_and(|sent| sent <= opened_at + SKEW_MAX)
        && opened_at <= accepted.recorded.at + SKEW_MAX
}

/// Every window there was, also those that became longer, and none shorter than the one before
/// for the same notice.
fn by_the_rule(stored: &Stored<'_>, policy: &WindowPolicy, looks: &mut Looks) {
    let mut before: Option<&Window> = None;
    for recorded in &stored.history {
        let Some(this) = recorded.event.window() else { continue };
        let closes_at = this.closes_at();
        if let Some(right) = recomputed(this, policy) {
            looks.look(I10, right == this.deadline, || {
                format!("it closes at {closes_at}, and by the rule at {}", right.closes_at)
            });
        }
        let is_new = acceptance(recorded).is_some() && !notice_repeats(stored, recorded);
        let lowered = !is_new && before.is_some_and(|before| closes_at < before.closes_at());
        looks.look(I10, !lowered, || format!("event {} has shortened it", recorded.revision));
        before = Some(this);
    }
    if let Some(window) = stored.claim.window() {
        looks.look(I10, window.finalize_at >= window.closes_at(), || {
            format!("it is finalized at {}, before it closes", window.finalize_at)
        });
    }
}

/// Whether an earlier event has already recorded the acceptance of the same notice.
fn notice_repeats(stored: &Stored<'_>, recorded: &Recorded) -> bool {
    let number = |recorded| acceptance(recorded).map(|accepted| accepted.notice);
    let mut earlier = stored.history.iter().take_while(|other| other.revision < recorded.revision);
    earlier.any(|other| number(other).is_some() && number(other) == number(recorded))
}

/// What the rule gives for what the window says it was computed from; nothing when calendar or
/// zones have changed since.
fn recomputed(window: &Window, policy: &WindowPolicy) -> Option<Deadline> {
    let stored = &window.deadline;
    let calendar = policy.calendars.get(&stored.calendar).ok()?;
    if calendar.version() != stored.calendar_version || tzdb_version() != stored.tzdb {
        return None;
    }
    let terms = WindowTerms {
        notified_at: window.opened_at,
        zone: stored.zone.clone(),
        calendar: std::sync::Arc::clone(calendar),
        business_days: stored.business_days,
        half_days: stored.half_days,
        adjustments: stored.adjustments.clone(),
    };
    terms.deadline().ok()
}

fn not_overdue(stored: &Stored<'_>, terms: &Terms<'_>, looks: &mut Looks) {
    let State::Notified { window, .. } = &stored.claim.state else { return };
    let overdue = terms.now > window.finalize_at + OVERDUE_MAX;
    let named = |entry: &Entry| {
        entry.job == Job::FinalizeAssociation
            && (entry.dead_since.is_some() || entry.failed_attempts > 0)
    };
    let holds = !overdue || stored.seen.entries.iter().any(named);
    looks.look(I11, holds, || format!("it was to be finalized at {}", window.finalize_at));
}

/// Judged from the submission and the recorded acceptance, not from what the window says.
fn whole_window(
    stored: &Stored<'_>,
    accepted: &Acceptance<'_>,
    policy: &WindowPolicy,
    looks: &mut Looks,
) {
    let Some((finalized, official_at)) = finalized(stored) else { return };
    if stored.history.iter().any(|r| matches!(r.event, Event::ClaimConfirmed { .. })) {
        return;
    }
    let window = newest(stored).unwrap_or(accepted.window);
    let closes_at = window.closes_at();
    let in_order = finalized.at >= closes_at
        && official_at == closes_at
        && follows_its_sending(stored, accepted);
    looks.look(I14, in_order, || {
        format!("official since {official_at}, finalized at {}, closed {closes_at}", finalized.at)
    });
    if let Some(right) = from_submission(&stored.claim.submission, window, policy) {
        looks.look(I14, official_at >= right, || {
            format!("official since {official_at}, and the customer had time until {right}")
        });
    }
}

fn finalized<'a>(stored: &'a Stored<'_>) -> Option<(&'a Recorded, DateTime<Utc>)> {
    stored.history.iter().find_map(|recorded| match recorded.event {
        Event::AssociationFinalized { official_at } => Some((recorded, official_at)),
        _ => None,
    })
}

fn from_submission(
    submission: &Submission,
    window: &Window,
    policy: &WindowPolicy,
) -> Option<DateTime<Utc>> {
    let stored = &window.deadline;
    let right = policy.deadline(submission, window.opened_at, stored.business_days).ok()?;
    let comparable = right.calendar_version == stored.calendar_version
        && right.tzdb == stored.tzdb
        && right.half_days == stored.half_days;
    let terms = WindowTerms {
        notified_at: window.opened_at,
        zone: right.zone,
        calendar: std::sync::Arc::clone(policy.calendars.get(&right.calendar).ok()?),
        business_days: right.business_days,
        half_days: right.half_days,
        adjustments: stored.adjustments.clone(),
    };
    terms.deadline().ok().filter(|_| comparable).map(|deadline| deadline.closes_at)
}

/// In time is before the end of the window, also for a customer who had agreed before. A no that
/// came too late for an earlier window, before the claim was passed on, stays too late.
fn no_rejection_in_time(stored: &Stored<'_>, accepted: u64, looks: &mut Looks) {
    let State::Associated { association } = &stored.claim.state else { return };
    let no = |recorded: &Recorded| match recorded.event {
        Event::ClaimRejected { received_at, .. } => Some(received_at),
        Event::LateRejectionReceived { received_at, .. } if recorded.revision > accepted => {
            Some(received_at)
        }
        _ => None,
    };
    // What was taken over from an earlier program had no window in which to say no.
    let Some(window) = association.window() else { return };
    let in_time = |received_at: &DateTime<Utc>| window.admits(*received_at);
    let rejection = stored.history.iter().filter_map(no).find(in_time);
    looks.look(I15, rejection.is_none(), || {
        format!("open until {}, rejected at {rejection:?}", window.closes_at())
    });
}

/// An intent whose entry was left to a person has a named reason.
fn intent_has_outcome(stored: &Stored<'_>, terms: &Terms<'_>, looks: &mut Looks) {
    let State::Validated { notice } = &stored.claim.state else { return };
    let Some(sending) = &notice.sending else { return };
    let age = terms.now - stored.claim.changed_at;
    let buried = |entry: &Entry| entry.job == Job::NotifyCustomer && entry.dead_since.is_some();
    let young = age <= terms.patience.notice + terms.patience.lease;
    let holds = !sending.in_flight || young || stored.seen.entries.iter().any(buried);
    looks.look(I21, holds, || {
        format!("notice {} has been on its way for {} min", notice.number, age.num_minutes())
    });
}
