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

/// Pauses of a delivery to a webhook, in seconds; the last one repeats, so that 31 attempts take
/// three days.
const DELIVERY_PAUSES_S: [i64; 7] = [5, 30, 2 * 60, 10 * 60, 30 * 60, 3_600, 3 * 3_600];

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
        Job::NotifyCustomer
        | Job::RemindCustomer
        | Job::NotifyPartner
        | Job::SendReceipt
        | Job::SendCorrection
        | Job::RemindPartner
        | Job::CheckSubscription
        | Job::EscalateReview
        | Job::SendNotification
        | Job::TendSubscription
        | Job::AskCustomer => TimeDelta::minutes(step_of(&MAIL_PAUSES_MIN, attempt)),
        Job::DeliverWebhook => TimeDelta::seconds(step_of(&DELIVERY_PAUSES_S, attempt)),
        Job::SubmitClaim
        | Job::ValidateClaim
        | Job::FinalizeAssociation
        | Job::ExpireClaim
        | Job::ScanDocument => {
            let doublings = attempt.saturating_sub(1).min(20);
            TimeDelta::milliseconds((FIRST_PAUSE_MS << doublings).min(LONGEST_PAUSE_MS))
        }
    }
}

/// The pause after the given attempt, from 1; the last one repeats.
fn step_of(pauses: &[i64], attempt: u32) -> i64 {
    let step = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    pauses.get(step).or(pauses.last()).copied().unwrap_or_default()
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
            (Job::DeliverWebhook, 1, 5, 5),
            (Job::DeliverWebhook, 3, 120, 132),
            (Job::DeliverWebhook, 30, 10_800, 11_880),
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
    fn a_delivery_is_tried_for_three_days_and_a_little_more() {
        let sum_s: i64 = (1..31).map(|attempt| pause_s(Job::DeliverWebhook, attempt)).sum();
        assert!((72 * 3_600..82 * 3_600).contains(&sum_s), "{sum_s} s");
    }

    #[test]
    fn two_entries_that_fail_together_do_not_come_back_together() {
        let now = DateTime::UNIX_EPOCH;
        let due_at = |entry| retry(Job::NotifyCustomer, entry, 1, 48, now);
        assert_eq!(due_at("a"), due_at("a"));
        assert_ne!(due_at("a"), due_at("b"));
    }
}
