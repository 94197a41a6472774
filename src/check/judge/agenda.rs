//! The entries of a claim: I08, I19, I24, I25.

use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::Job;

use crate::check::Invariant::{self, I08, I19, I24, I25};
use crate::check::judge::{Stored, Terms};
use crate::check::report::Looks;
use crate::claim::Status;
use crate::store::inspect::Entry;

/// How long a lease that has run out may wait for a taker.
const TAKEOVER_MAX: TimeDelta = TimeDelta::minutes(1);

/// How long after a look at the subscriptions of an association the next one is, at most.
const LOOKS_AGAIN_MAX: TimeDelta = TimeDelta::hours(168);

pub(super) fn judge(stored: &Stored<'_>, terms: &Terms<'_>, looks: &mut Looks) {
    let plan = stored.claim.plan();
    for &(job, planned_at) in &plan {
        let entry = stored.seen.entries.iter().find(|entry| entry.job == job);
        let missing = || Some(format!("{job} is planned and not on the agenda"));
        let problem = entry.map_or_else(missing, |entry| put_off(entry, planned_at, terms.now));
        looks.look(of_plan(job), problem.is_none(), || problem.unwrap_or_default());
    }
    for entry in &stored.seen.entries {
        in_one_place(entry, terms, looks);
        let planned = plan.iter().any(|(job, _)| *job == entry.job);
        let invariant = unplanned(entry.job, stored.claim.status());
        looks.look(invariant, planned, || format!("{} is not planned", entry.job));
    }
    // Having none is looked at, too.
    let concerned = |job: &Job| *job == Job::FinalizeAssociation;
    let planned = plan.iter().map(|(job, _)| job).any(concerned);
    if !planned && !stored.seen.entries.iter().map(|entry| &entry.job).any(concerned) {
        looks.look(I08, true, String::new);
    }
}

/// The end of the window has an invariant of its own.
fn of_plan(job: Job) -> Invariant {
    if job == Job::FinalizeAssociation { I08 } else { I24 }
}

const fn unplanned(job: Job, status: Status) -> Invariant {
    match job {
        Job::FinalizeAssociation => I08,
        _ if is_unsuccessful(status) => I19,
        _ => I24,
    }
}

/// Ended without the partner having what it asked for.
const fn is_unsuccessful(status: Status) -> bool {
    status.is_closed()
}

/// What is wrong with the time an entry is due at: only a failed attempt moves it into the future,
/// and only a person's retry or a worker's giving back makes it due at once.
fn put_off(entry: &Entry, planned_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<String> {
    let due_at = entry.due_at?;
    let (job, late) = (entry.job, due_at > planned_at);
    // It looks again and again, and every look puts it off.
    if job == Job::CheckSubscription && late && due_at <= now + LOOKS_AGAIN_MAX {
        return None;
    }
    let fits = due_at == planned_at || late && (entry.failed_attempts > 0 || due_at <= now);
    (!fits).then(|| format!("{job} is due at {due_at} and planned for {planned_at}"))
}

fn in_one_place(entry: &Entry, terms: &Terms<'_>, looks: &mut Looks) {
    let Entry { job, due_at, lease_end, dead_since, .. } = entry;
    let places = [("agenda", due_at), ("running", lease_end), ("dead", dead_since)];
    let found: Vec<&str> = places.iter().filter(|(_, at)| at.is_some()).map(|(n, _)| *n).collect();
    looks.look(I25, found.len() == 1, || format!("{job} is in {}", found.join(" and ")));
    let Some(lease_end) = *lease_end else { return };
    let taken_over = lease_end + TAKEOVER_MAX >= terms.real;
    looks.look(I25, taken_over, || {
        format!("the lease of {job} ended at {lease_end}, and nobody has taken it over")
    });
    let ends = lease_end <= terms.real + terms.patience.lease + TAKEOVER_MAX;
    looks.look(I25, ends, || format!("the lease of {job} ends as late as {lease_end}"));
}
