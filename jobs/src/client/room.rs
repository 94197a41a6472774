//! What a client knows of the room on the intake list.
//!
//! Every push answers with the list's length, so a push usually costs one round trip, and an
//! account that may push and nothing else has a brake as well: it cannot ask whether a full list
//! has become shorter, so it believes for a while that it is full, and then finds out by a push.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// For how long a list that was full is full for an account that may not ask.
const FULL_FOR: Duration = Duration::from_secs(1);

/// What to do before a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Advice {
    /// Push: there is room, or the only way to know is to try.
    Push,
    /// Ask how long the list is.
    Ask,
    /// Leave it: the list was this long a moment ago.
    Wait(u64),
}

/// How long the list was when the server last said so.
#[derive(Debug)]
pub(super) struct Room(Mutex<Seen>);

#[derive(Debug)]
struct Seen {
    length: Option<(u64, Instant)>,
    may_ask: bool,
}

impl Room {
    /// Nothing is known yet.
    pub const fn unknown() -> Self {
        Self(Mutex::new(Seen { length: None, may_ask: true }))
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The server has said how long the list is.
    pub fn learn(&self, length: u64, now: Instant) {
        self.seen().length = Some((length, now));
    }

    /// The account may push and not ask.
    pub fn must_not_ask(&self) {
        self.seen().may_ask = false;
    }

    /// What to do before a push, when so many entries may wait at most.
    pub fn advice(&self, max: u64, now: Instant) -> Advice {
        let seen = self.seen();
        match seen.length {
            Some((length, _)) if length < max => Advice::Push,
            _ if seen.may_ask => Advice::Ask,
            Some((length, at)) if now < at + FULL_FOR => Advice::Wait(length),
            _ => Advice::Push,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_ask_asks_and_who_may_not_tries_again_after_a_while() {
        let (room, now) = (Room::unknown(), Instant::now());
        let check = |now, expected| assert_eq!(room.advice(10, now), expected);
        check(now, Advice::Ask);
        room.learn(9, now);
        check(now, Advice::Push);
        room.learn(10, now);
        check(now, Advice::Ask);
        room.must_not_ask();
        check(now, Advice::Wait(10));
        check(now + FULL_FOR, Advice::Push);
        room.learn(11, now + FULL_FOR);
        check(now + FULL_FOR, Advice::Wait(11));
    }

    #[test]
    fn who_may_not_ask_begins_with_a_push() {
        let room = Room::unknown();
        room.must_not_ask();
        assert_eq!(room.advice(10, Instant::now()), Advice::Push);
    }
}
