//! Answers that are still fresh, by domain.
//!
//! Bounded in number and in time. It deliberately reads no clock and keeps no failures.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::Owner;

/// "Nobody's" is kept this long at most: it is what a partner asks the customer to put right,
/// and then expects to be seen.
const NOBODY_KEPT_MAX: Duration = Duration::from_secs(60);

/// Answers, each with the instant from which it no longer counts.
pub(super) struct AnswerCache {
    keep: Duration,
    entries_max: usize,
    entries: HashMap<String, Entry>,
}

struct Entry {
    owner: Owner,
    expires_at: Instant,
}

impl AnswerCache {
    pub(super) fn new(keep: Duration, entries_max: usize) -> Self {
        Self { keep, entries_max, entries: HashMap::new() }
    }

    /// The answer for the domain, if it is still fresh.
    pub(super) fn get(&self, domain: &str, now: Instant) -> Option<Owner> {
        self.entries.get(domain).filter(|entry| now < entry.expires_at).map(|entry| entry.owner)
    }

    /// Keeps an answer; when full, the one that would expire first makes room.
    pub(super) fn put(&mut self, domain: String, owner: Owner, now: Instant) {
        if self.entries.len() >= self.entries_max && !self.entries.contains_key(&domain) {
            self.make_room(now);
        }
        let keep = match owner {
            Owner::Tenant(_) => self.keep,
            Owner::Nobody => self.keep.min(NOBODY_KEPT_MAX),
        };
        self.entries.insert(domain, Entry { owner, expires_at: now + keep });
    }

    fn make_room(&mut self, now: Instant) {
        self.entries.retain(|_, entry| now < entry.expires_at);
        if self.entries.len() < self.entries_max {
            return;
        }
        let first = self.entries.iter().min_by_key(|(_, entry)| entry.expires_at);
        if let Some(domain) = first.map(|(domain, _)| domain.clone()) {
            self.entries.remove(&domain);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const KEEP: Duration = Duration::from_secs(600);
    const OWNER: Owner = Owner::Tenant(Uuid::from_u128(7));

    #[track_caller]
    fn check(given: (Owner, u64), expected: Option<Owner>) {
        let (now, mut cache) = (Instant::now(), AnswerCache::new(KEEP, 10));
        cache.put("a.example".to_owned(), given.0, now);
        assert_eq!(cache.get("a.example", now + Duration::from_secs(given.1)), expected);
    }

    #[test]
    fn an_answer_counts_until_its_time_has_passed() {
        check((OWNER, 0), Some(OWNER));
        check((OWNER, 599), Some(OWNER));
        check((OWNER, 600), None);
        check((Owner::Nobody, 59), Some(Owner::Nobody));
        check((Owner::Nobody, 60), None);
    }

    #[test]
    fn nothing_is_kept_for_no_time() {
        let (now, mut cache) = (Instant::now(), AnswerCache::new(Duration::ZERO, 10));
        cache.put("a.example".to_owned(), OWNER, now);
        assert_eq!(cache.get("a.example", now), None);
    }

    #[test]
    fn a_full_cache_drops_what_would_expire_first() {
        let (start, mut cache) = (Instant::now(), AnswerCache::new(KEEP, 3));
        for (second, domain) in ["a", "b", "c", "d", "c"].into_iter().enumerate() {
            cache.put(domain.to_owned(), OWNER, start + Duration::from_secs(second as u64));
        }
        let kept = ["a", "b", "c", "d"].map(|domain| cache.get(domain, start).is_some());
        assert_eq!(kept, [false, true, true, true]);
        assert_eq!(cache.entries.len(), 3);
    }

    #[test]
    fn a_full_cache_drops_what_has_expired_before_anything_else() {
        let (start, mut cache) = (Instant::now(), AnswerCache::new(KEEP, 2));
        cache.put("a".to_owned(), OWNER, start);
        cache.put("gone".to_owned(), Owner::Nobody, start);
        let later = start + Duration::from_secs(61);
        cache.put("b".to_owned(), OWNER, later);
        assert_eq!(cache.get("a", later), Some(OWNER));
        assert_eq!(cache.get("b", later), Some(OWNER));
    }
}
