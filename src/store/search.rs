//! Lists of claims: filters, orders that stay, and pages that go on where the last one ended.
//!
//! A page looks at a bounded number of claims, however many there are. Where little fits it is
//! therefore shorter than asked for, even empty, and still has a cursor to go on from; the end of a
//! list is a page without one. A claim that fits all the while is on exactly one page, also when it
//! moves from status to status while somebody pages.
//!
//! | file | holds |
//! |---|---|
//! | `filter.rs` | which claims fit |
//! | `prefix.rs` | beginnings of names and domains |
//! | `cursor.rs` | orders, places in them, cursors |
//! | `index.rs` | what each index can say |
//! | `plan.rs` | which index leads |
//! | `candidates.rs` | an index over all partitions, in order |
//!
//! Written are the indexes elsewhere, in the commits of `indexes.rs`. A source's own key is no
//! index: its record names the one claim, so nothing else is read.

mod candidates;
mod cursor;
mod filter;
mod index;
mod plan;
pub(super) mod prefix;

use futures_util::future::try_join_all;
use sha2::{Digest, Sha256};
use tracing::warn;

pub use cursor::{CursorRefused, Order, UnknownOrder};
pub use filter::ClaimFilter;
pub use prefix::Prefix;

use crate::claim::{Claim, ClaimId};
use crate::store::{Store, StoreError};
use candidates::Candidates;
use cursor::{DIGEST, Position};

/// Entries of indexes that are looked at for one page.
const LOOKED_AT_MAX: usize = 4_000;
/// Claims that are looked at together, at least.
const BATCH_MIN: usize = 64;

/// How many claims a page has at most: 1 to 500.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(usize);

impl PageSize {
    /// The greatest page.
    pub const MAX: Self = Self(500);
    /// A page for people.
    pub const DEFAULT: Self = Self(100);

    /// A page of so many claims; `None` unless it is 1 to 500.
    #[must_use]
    pub fn new(claims: usize) -> Option<Self> {
        (1..=Self::MAX.0).contains(&claims).then_some(Self(claims))
    }

    /// How many claims.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0
    }
}

/// One page of a list that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    filter: ClaimFilter,
    order: Order,
    size: PageSize,
    after: Option<Position>,
}

impl Search {
    /// The first page of the claims that fit.
    #[must_use]
    pub const fn new(filter: ClaimFilter, order: Order, size: PageSize) -> Self {
        Self { filter, order, size, after: None }
    }

    /// The page that follows the one with this cursor.
    ///
    /// # Errors
    ///
    /// When it is no cursor, or one of another filter, order or caller.
    pub fn after(mut self, cursor: &str) -> Result<Self, CursorRefused> {
        self.after = Some(Position::read(cursor, self.digest())?);
        Ok(self)
    }

    /// Tells one question from another.
    fn digest(&self) -> [u8; DIGEST] {
        let mut hash = Sha256::new();
        hash.update(self.order.as_str());
        for part in self.filter.question() {
            hash.update([0]);
            hash.update(part);
        }
        let mut digest = [0; DIGEST];
        digest.copy_from_slice(&hash.finalize()[..DIGEST]);
        digest
    }
}

/// Some of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on the page, in order.
    pub entries: Vec<T>,
    /// Where to go on; `None` at the end.
    pub next: Option<String>,
}

impl Store {
    /// A page of the claims that fit.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn search(&self, search: &Search) -> Result<Page<Claim>, StoreError> {
        if search.is_impossible() {
            return Ok(Page { entries: Vec::new(), next: None });
        }
        if let (Some(source), Some(key)) = (&search.filter.source, &search.filter.idempotency_key) {
            let id = self.claim_by_key(source, key).await?;
            return self.only(search, id).await;
        }
        let within = self.partitions_of(&search.filter);
        let plan = self.plan(search, &within).await?;
        let size = search.size.get();
        let (order, after) = (search.order, search.after);
        let mut candidates =
            Candidates::after(self, &plan, order, after, &within, size.max(BATCH_MIN)).await?;
        let (mut entries, mut looked_at) = (Vec::new(), 0);
        while !candidates.is_done() && looked_at < LOOKED_AT_MAX {
            let found = candidates.next((size - entries.len()).max(BATCH_MIN)).await?;
            looked_at += found.len();
            let last = found.last().copied();
            for (position, claim) in self.fitting(search, candidates.sifted(found).await?).await? {
                if entries.len() == size {
                    return Ok(page(entries, search));
                }
                entries.push((position, claim));
            }
            let at_end = candidates.is_done();
            if let Some(last) = last.filter(|_| !at_end && looked_at >= LOOKED_AT_MAX) {
                let next = Some(last.write(search.digest()));
                return Ok(Page { entries: claims(entries), next });
            }
            if entries.len() == size && !at_end {
                return Ok(page(entries, search));
            }
        }
        Ok(Page { entries: claims(entries), next: None })
    }

    /// The page of a list that can have no other claim than this one.
    async fn only(&self, search: &Search, id: Option<ClaimId>) -> Result<Page<Claim>, StoreError> {
        let Some(id) = id else { return Ok(Page { entries: Vec::new(), next: None }) };
        let claim = self.readable(id).await?.filter(|claim| {
            let in_order = search.order != Order::ClosesAt || claim.running_window().is_some();
            in_order && search.filter.admits(claim)
        });
        Ok(Page { entries: claim.into_iter().collect(), next: None })
    }

    /// The partitions in which claims that fit can lie.
    fn partitions_of(&self, filter: &ClaimFilter) -> Vec<u16> {
        match &filter.tenant_id {
            Some(tenant_id) => vec![self.keys.partition_of_tenant(tenant_id)],
            None => (0..self.keys.partitions()).collect(),
        }
    }

    /// The claims at these positions that are still there and fit.
    async fn fitting(
        &self,
        search: &Search,
        positions: Vec<Position>,
    ) -> Result<Vec<(Position, Claim)>, StoreError> {
        let claims =
            try_join_all(positions.iter().map(|position| self.readable(position.id))).await?;
        let both = positions.into_iter().zip(claims);
        let there = both.filter_map(|(position, claim)| Some((position, claim?)));
        Ok(there.filter(|(position, claim)| search.admits(*position, claim)).collect())
    }

    /// One claim that cannot be read does not keep all others from being listed.
    async fn readable(&self, id: ClaimId) -> Result<Option<Claim>, StoreError> {
        match self.claim(id).await {
            Err(error @ StoreError::Malformed { .. }) => {
                warn!(claim.id = %id, %error, "left claim {id} out of a list");
                Ok(None)
            }
            read => read,
        }
    }
}

impl Search {
    /// A window that has moved since it was read has another place, and is shown there.
    fn admits(&self, position: Position, claim: &Claim) -> bool {
        let in_place = self.order != Order::ClosesAt
            || claim
                .running_window()
                .is_some_and(|window| window.closes_at().timestamp_millis() == position.at_ms);
        in_place && self.filter.admits(claim)
    }
}

/// A full page that goes on after its last claim.
fn page(entries: Vec<(Position, Claim)>, search: &Search) -> Page<Claim> {
    let next = entries.last().map(|(position, _)| position.write(search.digest()));
    Page { entries: claims(entries), next }
}

fn claims(entries: Vec<(Position, Claim)>) -> Vec<Claim> {
    entries.into_iter().map(|(_, claim)| claim).collect()
}
