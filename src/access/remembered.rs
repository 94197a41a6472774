//! Something that others keep and we remember for a while: the API keys, the keys of an issuer.
//!
//! One asks and everybody else goes on with what is there, as long as that may still be believed;
//! nothing is asked more often than once per pause, however many want what nobody has. Time is an
//! argument; what is remembered and how it is asked for is the caller's business.

use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::Mutex;
use tracing::warn;

/// How long an answer counts, and how often there may be a new one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Policy {
    /// What is asked, for the log.
    pub doing: &'static str,
    /// For so long an answer counts.
    pub fresh: TimeDelta,
    /// For so long it counts when there is no new one to be had.
    pub usable: TimeDelta,
    /// The least time between questions after a failure, and for what is not in a fresh answer.
    pub pause: TimeDelta,
    /// The longest that one question may take.
    pub patience: Duration,
}

/// There is no answer that may be believed; trying again soon is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unavailable;

/// An answer, when it was asked for, and when asking was in vain.
#[derive(Debug)]
pub(super) struct Remembered<T> {
    policy: Policy,
    held: Mutex<Held<T>>,
    asking: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Held<T> {
    answer: Option<(Arc<T>, DateTime<Utc>)>,
    failed_at: Option<DateTime<Utc>>,
    missed_at: Option<DateTime<Utc>>,
}

/// What to do for somebody who wants an answer.
enum Look<T> {
    Take(Arc<T>),
    /// Ask; with what there is in the meantime.
    Ask(Option<Arc<T>>),
    GoWithout,
}

impl<T> Remembered<T> {
    pub(super) const fn new(policy: Policy) -> Self {
        let held = Held { answer: None, failed_at: None, missed_at: None };
        Self { policy, held: Mutex::new(held), asking: tokio::sync::Mutex::const_new(()) }
    }

    /// The last answer, however old.
    pub(super) fn last(&self) -> Option<Arc<T>> {
        self.held.lock().answer.as_ref().map(|(answer, _)| Arc::clone(answer))
    }

    /// An answer that may be believed now, and has what is wanted if a new one can have it. `ask`
    /// is polled only when it is needed.
    pub(super) async fn get<E: Error + 'static>(
        &self,
        now: DateTime<Utc>,
        has: impl Fn(&T) -> bool,
        ask: impl Future<Output = Result<Arc<T>, E>>,
    ) -> Result<Arc<T>, Unavailable> {
        let meanwhile = match self.look(now, &has) {
            Look::Take(answer) => return Ok(answer),
            Look::GoWithout => return Err(Unavailable),
            Look::Ask(meanwhile) => meanwhile,
        };
        let _asking = match (self.asking.try_lock(), meanwhile) {
            (Ok(asking), _) => asking,
            (Err(_), Some(answer)) if has(&answer) => return Ok(answer),
            (Err(_), _) => self.asking.lock().await,
        };
        let meanwhile = match self.look(now, &has) {
            Look::Take(answer) => return Ok(answer),
            Look::GoWithout => return Err(Unavailable),
            Look::Ask(meanwhile) => meanwhile,
        };
        let problem: Box<dyn Error> = match tokio::time::timeout(self.policy.patience, ask).await {
            Ok(Ok(answer)) => {
                let mut held = self.held.lock();
                held.missed_at = (!has(&answer)).then_some(now);
                held.answer = Some((Arc::clone(&answer), now));
                return Ok(answer);
            }
            Ok(Err(error)) => Box::new(error),
            Err(elapsed) => Box::new(elapsed),
        };
        warn!(error = &*problem, "could not {}", self.policy.doing);
        self.held.lock().failed_at = Some(now);
        meanwhile.ok_or(Unavailable)
    }

    fn look(&self, now: DateTime<Utc>, has: impl Fn(&T) -> bool) -> Look<T> {
        let held = self.held.lock();
        // Requests do not come in the order of their times, and a clock may be set back.
        let within = |at: DateTime<Utc>, length: TimeDelta| (now - at).abs() < length;
        let recently =
            |at: Option<DateTime<Utc>>| at.is_some_and(|at| within(at, self.policy.pause));
        let usable = held.answer.as_ref().filter(|(_, at)| within(*at, self.policy.usable));
        match usable {
            Some((answer, at)) if within(*at, self.policy.fresh) && has(answer) => {
                Look::Take(Arc::clone(answer))
            }
            Some((answer, at)) if within(*at, self.policy.fresh) && recently(held.missed_at) => {
                Look::Take(Arc::clone(answer))
            }
            Some((answer, _)) if recently(held.failed_at) => Look::Take(Arc::clone(answer)),
            None if recently(held.failed_at) => Look::GoWithout,
            usable => Look::Ask(usable.map(|(answer, _)| Arc::clone(answer))),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    const POLICY: Policy = Policy {
        doing: "count",
        fresh: TimeDelta::seconds(4),
        usable: TimeDelta::seconds(60),
        pause: TimeDelta::seconds(1),
        patience: Duration::from_millis(50),
    };

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    /// Wants the number that `wanted` accepts; the world has `new`, or cannot be asked.
    async fn get(
        remembered: &Remembered<i32>,
        seconds: i64,
        wanted: impl Fn(i32) -> bool,
        new: Option<i32>,
    ) -> Result<i32, Unavailable> {
        let ask = async { new.map(Arc::new).ok_or_else(|| io::Error::other("nobody answers")) };
        remembered.get(at(seconds), |n| wanted(*n), ask).await.map(|answer| *answer)
    }

    #[tokio::test]
    async fn an_answer_counts_while_it_is_fresh_and_longer_when_nobody_answers() {
        let remembered = Remembered::new(POLICY);
        let any = |_| true;
        assert_eq!(get(&remembered, 0, any, None).await, Err(Unavailable));
        assert_eq!(get(&remembered, 0, any, Some(1)).await, Err(Unavailable)); // Not asked again.
        assert_eq!(get(&remembered, 1, any, Some(1)).await, Ok(1));
        assert_eq!(get(&remembered, 4, any, Some(2)).await, Ok(1));
        assert_eq!(get(&remembered, 5, any, Some(2)).await, Ok(2));
        assert_eq!(get(&remembered, 9, any, None).await, Ok(2));
        assert_eq!(get(&remembered, 9, any, Some(3)).await, Ok(2)); // Not asked again so soon.
        assert_eq!(get(&remembered, 64, any, None).await, Ok(2));
        assert_eq!(get(&remembered, 65, any, None).await, Err(Unavailable));
        assert_eq!(get(&remembered, 66, any, Some(4)).await, Ok(4));
        assert_eq!(get(&remembered, -9, any, Some(5)).await, Ok(5)); // The clock was set back.
        assert_eq!(remembered.last().as_deref(), Some(&5));
    }

    #[tokio::test]
    async fn what_is_missing_is_asked_for_at_once_and_then_once_per_pause() {
        let remembered = Remembered::new(POLICY);
        assert_eq!(get(&remembered, 0, |n| n == 1, Some(1)).await, Ok(1));
        assert_eq!(get(&remembered, 0, |n| n == 2, Some(2)).await, Ok(2));
        assert_eq!(get(&remembered, 0, |n| n == 4, Some(3)).await, Ok(3));
        assert_eq!(get(&remembered, 0, |n| n == 4, Some(4)).await, Ok(3));
        assert_eq!(get(&remembered, 1, |n| n == 4, Some(4)).await, Ok(4));
    }

    #[tokio::test]
    async fn while_one_asks_the_others_go_on_with_what_there_is() {
        let remembered = Remembered::new(POLICY);
        assert_eq!(get(&remembered, 0, |_| true, Some(1)).await, Ok(1));
        let (answered, answer) = tokio::sync::oneshot::channel();
        let slow = async { answer.await.map(Arc::new) };
        let asking = remembered.get(at(5), |_| true, slow);
        let meanwhile = async {
            assert_eq!(get(&remembered, 5, |n| n == 1, Some(9)).await, Ok(1));
            answered.send(2).unwrap();
        };
        let (asked, ()) = tokio::join!(asking, meanwhile);
        assert_eq!(asked.as_deref(), Ok(&2));
        assert_eq!(get(&remembered, 5, |_| true, Some(9)).await, Ok(2));
    }

    #[tokio::test]
    async fn a_question_without_an_answer_has_an_end() {
        let remembered = Remembered::<i32>::new(POLICY);
        let silence = std::future::pending::<Result<Arc<i32>, io::Error>>();
        assert_eq!(remembered.get(at(0), |_| true, silence).await, Err(Unavailable));
    }
}
