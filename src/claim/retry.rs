//! When a failed job is tried again.
//!
//! Pure: the jitter comes from the entry's own id and the attempt, so that a schedule can be
//! computed twice and a herd of failures spreads out by itself.

use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::Job;
use sha2::{Digest, Sha256};

/// First pause of a job that does not talk to a mail server, in milliseconds.
const FIRST_PAUSE_MS: i64 = 1_000;
/// Longest pause of such a job, in milliseconds.
const LONGEST_PAUSE_MS: i64 = 10 * 60 * 1_000;
/// Pauses of mail to a relay that is down, in minutes; the last one repeats (`reliability.md`,
/// F17).
const MAIL_PAUSES_MIN: [i64; 5] = [1, 5, 15, 30, 60];

/// What becomes of an entry whose attempt has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It is due again at this instant.
    At(DateTime<Utc>),
    /// It is out of attempts: a person has to look.
    Dead,
}

/// What becomes of `entry` when its `attempt` (from 1) has failed at `now`.
#[must_use]
pub fn retry(job: Job, entry: &str, attempt: u32, attempts_max: u32, now: DateTime<Utc>) -> Retry {
    if attempt >= attempts_max {
        return Retry::Dead;
    }
    Retry::At(now + jittered(pause(job, attempt), entry, attempt))
}

/// The pause after the given attempt, before jitter.
fn pause(job: Job, attempt: u32) -> TimeDelta {
    match job {
        Job::NotifyCustomer | Job::RemindCustomer | Job::NotifyPartner | Job::SendReceipt => {
            let step = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
            let last = MAIL_PAUSES_MIN.len() - 1;
            TimeDelta::minutes(MAIL_PAUSES_MIN[step.min(last)])
        }
        Job::SubmitClaim | Job::ValidateClaim | Job::FinalizeAssociation | Job::ExpireClaim => {
            let doublings = attempt.saturating_sub(1).min(20);
            TimeDelta::milliseconds((FIRST_PAUSE_MS << doublings).min(LONGEST_PAUSE_MS))
        }
    }
}

/// Adds up to a tenth, always the same for the same entry and attempt.
fn jittered(pause: TimeDelta, entry: &str, attempt: u32) -> TimeDelta {
    let hash = Sha256::new().chain_update(entry).chain_update(attempt.to_le_bytes()).finalize();
    let share = i64::from(hash[0]);
    let jitter = pause.num_milliseconds() * share / 2_560;
    pause + TimeDelta::milliseconds(jitter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause_s(job: Job, attempt: u32) -> i64 {
        let now = DateTime::UNIX_EPOCH;
        match retry(job, "entry", attempt, 99, now) {
            Retry::At(due_at) => (due_at - now).num_seconds(),
            Retry::Dead => -1,
        }
    }

    #[test]
    fn pauses_grow_to_a_bound_and_carry_at_most_a_tenth_of_jitter() {
        for (job, attempt, least, most) in [
            (Job::ValidateClaim, 1, 1, 1),
            (Job::ValidateClaim, 5, 16, 18),
            (Job::ValidateClaim, 40, 600, 660),
            (Job::NotifyCustomer, 1, 60, 66),
            (Job::NotifyCustomer, 2, 300, 330),
            (Job::NotifyCustomer, 5, 3_600, 3_960),
            (Job::NotifyCustomer, 47, 3_600, 3_960),
        ] {
            let pause_s = pause_s(job, attempt);
            assert!((least..=most).contains(&pause_s), "{job} {attempt}: {pause_s} s");
        }
    }

    #[test]
    fn the_last_attempt_leaves_the_entry_to_a_person() {
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(retry(Job::NotifyPartner, "entry", 48, 48, now), Retry::Dead);
        assert_ne!(retry(Job::NotifyPartner, "entry", 47, 48, now), Retry::Dead);
    }

    #[test]
    fn two_entries_that_fail_together_do_not_come_back_together() {
        let now = DateTime::UNIX_EPOCH;
        let due_at = |entry| retry(Job::NotifyCustomer, entry, 1, 48, now);
        assert_eq!(due_at("a"), due_at("a"));
        assert_ne!(due_at("a"), due_at("b"));
    }
}
