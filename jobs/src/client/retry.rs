//! Which failures may pass, and how long to wait for that.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use redis::RedisError;

/// The first pause before a repeat; it doubles with each further one.
pub(super) const BACK_OFF_MIN: Duration = Duration::from_millis(50);
/// The longest pause before a repeat.
pub(super) const BACK_OFF_MAX: Duration = Duration::from_secs(2);

/// Whether the same command may succeed a moment later. The codes are those with which a server
/// says that it cannot serve now; what is wrong with the command or the account does not pass.
pub(super) fn may_pass(error: &RedisError) -> bool {
    const CODES: [&str; 8] =
        ["LOADING", "BUSY", "MISCONF", "READONLY", "OOM", "TRYAGAIN", "CLUSTERDOWN", "MASTERDOWN"];
    error.is_io_error()
        || error.is_timeout()
        || error.is_connection_dropped()
        || error.code().is_some_and(|code| CODES.contains(&code))
}

/// How long to wait after the n-th failed attempt: between half of a doubling time and all of it,
/// so that clients that failed together do not come back together.
pub(super) fn back_off(attempts: u32) -> Duration {
    let doubled = BACK_OFF_MIN.saturating_mul(1 << attempts.saturating_sub(1).min(10));
    let longest = doubled.min(BACK_OFF_MAX);
    let jitter_percent = RandomState::new().hash_one(attempts) % 51;
    longest / 2 + longest * u32::try_from(jitter_percent).unwrap_or(0) / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_up_to_its_limit() {
        let check = |attempts, least_ms, most_ms| {
            let pause = back_off(attempts).as_millis();
            assert!((least_ms..=most_ms).contains(&pause), "attempt {attempts}: {pause} ms");
        };
        check(1, 25, 50);
        check(2, 50, 100);
        check(6, 800, 1_600);
        check(7, 1_000, 2_000);
        check(u32::MAX, 1_000, 2_000);
    }
}
