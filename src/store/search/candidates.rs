//! The claims of an index in the order of the list, over all partitions.
//!
//! Each partition is read some way ahead; the next claim is the first of them. A partition lies in
//! one slot and the partitions do not, so nothing spans two of them but the order.

use std::collections::VecDeque;

use futures_util::future::try_join_all;

use crate::claim::ClaimId;
use crate::store::search::cursor::{Order, Position};
use crate::store::search::plan::{GATHERED_MAX, Plan};
use crate::store::{Store, StoreError};

/// Entries of one partition that are read at once.
const AHEAD_MIN: usize = 16;
const AHEAD_MAX: usize = 500;

/// Claims that may fit, one after the other.
pub(super) struct Candidates<'a> {
    store: &'a Store,
    plan: &'a Plan,
    order: Order,
    lanes: Vec<Lane>,
    ahead: usize,
}

/// What was read of one partition.
struct Lane {
    partition: u16,
    ahead: VecDeque<Position>,
    /// The last that was read.
    read: Option<Position>,
    /// There is no more to be read.
    done: bool,
}

impl<'a> Candidates<'a> {
    /// Those after a position. `wanted` is how many are likely to be asked for.
    pub(super) async fn after(
        store: &'a Store,
        plan: &'a Plan,
        order: Order,
        position: Option<Position>,
        within: &[u16],
        wanted: usize,
    ) -> Result<Self, StoreError> {
        let lane = async |partition: u16| {
            let mut lane =
                Lane { partition, ahead: VecDeque::new(), read: position, done: plan.gathered };
            if plan.gathered {
                let found = store.gather(&plan.lead, order, partition, GATHERED_MAX).await?;
                let beyond = |p: &Position| position.is_none_or(|q| order.compare(p, &q).is_gt());
                lane.ahead = found.into_iter().filter(beyond).collect();
                lane.ahead.make_contiguous().sort_by(|one, other| order.compare(one, other));
            }
            Ok::<_, StoreError>(lane)
        };
        let lanes = try_join_all(within.iter().map(|&partition| lane(partition))).await?;
        let ahead = (2 * wanted / within.len().max(1)).clamp(AHEAD_MIN, AHEAD_MAX);
        Ok(Self { store, plan, order, lanes, ahead })
    }

    /// Whether there are none left, as far as has been read.
    pub(super) fn is_done(&self) -> bool {
        self.lanes.iter().all(|lane| lane.done && lane.ahead.is_empty())
    }

    /// The next `count`; fewer only at the end.
    pub(super) async fn next(&mut self, count: usize) -> Result<Vec<Position>, StoreError> {
        let mut next = Vec::with_capacity(count);
        while next.len() < count {
            self.read_ahead().await?;
            let order = self.order;
            let lanes = self.lanes.iter_mut().filter(|lane| !lane.ahead.is_empty());
            let first = lanes.min_by(|a, b| order.compare(&a.ahead[0], &b.ahead[0]));
            let Some(first) = first.and_then(|lane| lane.ahead.pop_front()) else { break };
            next.push(first);
        }
        Ok(next)
    }

    /// Afterwards no lane is empty that is not done.
    async fn read_ahead(&mut self) -> Result<(), StoreError> {
        let is_behind = |lane: &Lane, least: usize| !lane.done && lane.ahead.len() <= least;
        if !self.lanes.iter().any(|lane| is_behind(lane, 0)) {
            return Ok(());
        }
        let (store, lead, order, ahead) = (self.store, &self.plan.lead, self.order, self.ahead);
        let behind = self.lanes.iter_mut().filter(|lane| is_behind(lane, ahead / 4));
        let read = async |lane: &mut Lane| {
            let found = store.next_of(lead, order, lane.partition, lane.read, ahead).await?;
            lane.done = found.len() < ahead;
            lane.read = found.last().copied().or(lane.read);
            lane.ahead.extend(found);
            Ok::<_, StoreError>(())
        };
        try_join_all(behind.map(read)).await.map(drop)
    }

    /// Those of which the other indexes say that they fit.
    pub(super) async fn sifted(&self, found: Vec<Position>) -> Result<Vec<Position>, StoreError> {
        if self.plan.others.is_empty() {
            return Ok(found);
        }
        let in_lane = async |lane: &Lane| {
            let here = found.iter().map(|position| position.id);
            let mut ids: Vec<ClaimId> =
                here.filter(|id| id.partition() == lane.partition).collect();
            for index in &self.plan.others {
                let scores = self.store.scores(index, lane.partition, &ids).await?;
                let mut fits = scores.iter().map(|s| s.is_some_and(|score| index.admits(score)));
                ids.retain(|_| fits.next().unwrap_or(false));
            }
            Ok::<_, StoreError>(ids)
        };
        let kept = try_join_all(self.lanes.iter().map(in_lane)).await?.concat();
        let kept: std::collections::HashSet<ClaimId> = kept.into_iter().collect();
        Ok(found.into_iter().filter(|position| kept.contains(&position.id)).collect())
    }
}
