//! Whether the queues that this process works make progress: something is due, and attempts end.
//!
//! A queue that is slow because there is much to do, or because every attempt fails, does move; one
//! in which no attempt has ended for longer than an attempt may take does not. A queue that is
//! paused on purpose is not to be judged: who knows of pauses leaves its job out of `due`.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use cpor_jobs::Job;

/// What was seen of each job last.
#[derive(Debug, Default)]
pub(super) struct Queues(HashMap<Job, Seen>);

#[derive(Debug)]
struct Seen {
    ended: u64,
    /// Since when something is due and no attempt has ended.
    still_since: Option<Instant>,
}

impl Queues {
    /// The jobs whose queue stands still, with how long it has: those of `counts` (how many
    /// attempts have ended) of which something is `due`, for longer than `limit` says.
    pub(super) fn stalled(
        &mut self,
        counts: &[(Job, u64)],
        due: &[Job],
        now: Instant,
        limit: impl Fn(Job) -> Duration,
    ) -> Vec<(Job, Duration)> {
        let mut stalled = Vec::new();
        for &(job, ended) in counts {
            let seen = self.0.entry(job).or_insert(Seen { ended, still_since: None });
            let moved = seen.ended != ended || !due.contains(&job);
            seen.ended = ended;
            if moved {
                seen.still_since = due.contains(&job).then_some(now);
                continue;
            }
            let since = *seen.still_since.get_or_insert(now);
            let still = now.saturating_duration_since(since);
            if still > limit(job) {
                stalled.push((job, still));
            }
        }
        stalled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_stands_still_when_something_is_due_and_nothing_ends_for_too_long() {
        let start = Instant::now();
        let mut queues = Queues::default();
        let mut check = |second: u64, ended: u64, is_due: bool, expected: Option<u64>| {
            let due: &[Job] = if is_due { &[Job::ValidateClaim] } else { &[] };
            let now = start + Duration::from_secs(second);
            let limit = |_| Duration::from_secs(60);
            let stalled = queues.stalled(&[(Job::ValidateClaim, ended)], due, now, limit);
            let expected = expected.map(|s| (Job::ValidateClaim, Duration::from_secs(s)));
            assert_eq!(stalled, Vec::from_iter(expected), "at second {second}");
        };
        check(0, 5, true, None);
        check(60, 5, true, None);
        check(61, 5, true, Some(61));
        check(62, 6, true, None); // One has ended, so it counts from here.
        check(122, 6, true, None);
        check(123, 6, true, Some(61));
        check(124, 6, false, None); // Nothing is due any more.
        check(500, 6, false, None);
        check(501, 6, true, None);
        check(561, 6, true, None);
        check(562, 6, true, Some(61));
    }

    #[test]
    fn a_queue_that_others_work_is_not_judged() {
        let mut queues = Queues::default();
        let (start, later) = (Instant::now(), Instant::now() + Duration::from_secs(900));
        for now in [start, later] {
            let stalled = queues.stalled(&[], &Job::ALL, now, |_| Duration::ZERO);
            assert_eq!(stalled, []);
        }
    }
}
