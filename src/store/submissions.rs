//! Submissions this process has read lately.
//!
//! A submission is an event of the history and never changes, so a job that follows another on the
//! same claim need not read and parse it again.

use std::num::NonZeroUsize;
use std::sync::Arc;

use lru::LruCache;
use parking_lot::Mutex;

use crate::claim::{Claim, ClaimId, Submission};

/// Submissions that are remembered, about 2 KB each.
const REMEMBERED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(8_191);

/// What is remembered, by claim and the revision that brought it; cheap to clone.
#[derive(Clone)]
pub(super) struct Submissions(Arc<Mutex<Remembered>>);

type Remembered = LruCache<(ClaimId, u64), Arc<Submission>>;

impl Submissions {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(REMEMBERED))))
    }

    pub(super) fn find(&self, id: ClaimId, revision: u64) -> Option<Arc<Submission>> {
        self.0.lock().get(&(id, revision)).cloned()
    }

    pub(super) fn remember(&self, claim: &Claim) {
        let key = (claim.id, claim.submission_revision);
        self.0.lock().get_or_insert(key, || Arc::clone(&claim.submission));
    }
}

impl std::fmt::Debug for Submissions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Submissions({})", self.0.lock().len())
    }
}
