//! How a question is answered with little reading: which index leads, and which others are asked.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::try_join_all;

use crate::access::Authority;
use crate::claim::Status;
use crate::store::search::cursor::Order;
use crate::store::search::index::Index;
use crate::store::search::{ClaimFilter, Search};
use crate::store::{Store, StoreError};

/// An index that is not in the order of the list may lead when it has no more claims than this:
/// all of them are read and put in order for each page.
pub(super) const GATHERED_MAX: usize = 4_000;

/// How the claims of a list are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// The index that is read.
    pub(super) lead: Index,
    /// Whether all of it is read and put in order, because it is not in the order of the list.
    pub(super) gathered: bool,
    /// Indexes that are asked about what was read, before any claim is.
    pub(super) others: Vec<Index>,
}

impl Search {
    /// Whether no claim at all can fit.
    pub(super) fn is_impossible(&self) -> bool {
        let open = self.order == Order::ClosesAt || self.filter.wants_open_window();
        open && self.filter.status.is_some_and(|status| status != Status::Notified)
    }

    /// Every index that knows something about the question; one is in the order of the list.
    fn indexes(&self) -> Vec<Index> {
        let filter = &self.filter;
        let mut indexes = sets(filter);
        indexes.extend(filter.name_prefix.clone().map(Index::Name));
        indexes.extend(filter.domain_prefix.clone().map(Index::Domain));
        if self.order == Order::ClosesAt || filter.wants_open_window() {
            let from = filter.closing_after.map(|at| at.timestamp_millis());
            // Never earlier than asked: what does not fit is left out when it has been read.
            let up = |at: DateTime<Utc>| at.checked_add_signed(TimeDelta::nanoseconds(999_999));
            let to = filter.closing_before.map(|at| up(at).unwrap_or(at).timestamp_millis());
            indexes.push(Index::Closing { from, to });
        }
        if !indexes.iter().any(|index| index.is_in(self.order)) {
            // An open window implies its status, whose index is in order.
            let open = filter.wants_open_window();
            indexes.push(if open { Index::Status(Status::Notified) } else { Index::All });
        }
        indexes
    }
}

/// The indexes that know ids. What the caller sees is a partner or a source, too.
fn sets(filter: &ClaimFilter) -> Vec<Index> {
    let seen = filter.seen_by.as_ref().and_then(|who| match who {
        Authority::IncentivesAdmin(mpn_id) => Some(Index::Partner(mpn_id.clone())),
        Authority::UpstreamSource(source) => Some(Index::Source(source.clone())),
        Authority::Reviewer
        | Authority::Operator
        | Authority::Observer
        | Authority::UsageDataService => None,
    });
    let mut indexes: Vec<Index> = [
        filter.tenant_id.map(Index::Tenant),
        filter.mail.clone().map(Index::Mail),
        filter.item.clone().map(Index::Item),
        filter.mpn_id.clone().map(Index::Partner),
        filter.source.clone().map(Index::Source),
        filter.status.map(Index::Status),
        seen,
    ]
    .into_iter()
    .flatten()
    .collect();
    indexes.dedup();
    indexes
}

impl Store {
    /// Chooses the index with the fewest claims that can lead.
    pub(super) async fn plan(&self, search: &Search, within: &[u16]) -> Result<Plan, StoreError> {
        let mut indexes = search.indexes();
        let mut counts = vec![usize::MAX; indexes.len()];
        if indexes.len() > 1 {
            counts = self.count_all(&indexes, within).await?;
        }
        let can_lead = |at: &usize| indexes[*at].is_in(search.order) || counts[*at] <= GATHERED_MAX;
        let lead = (0..indexes.len()).filter(can_lead).min_by_key(|&at| counts[at]);
        let lead = indexes.swap_remove(lead.unwrap_or_default());
        let gathered = !lead.is_in(search.order);
        let others = indexes.into_iter().filter(Index::knows_ids).collect();
        Ok(Plan { lead, gathered, others })
    }

    /// How many claims each index has in these partitions.
    async fn count_all(&self, indexes: &[Index], within: &[u16]) -> Result<Vec<usize>, StoreError> {
        let in_partition = async |partition: u16| {
            let mut pipeline = redis::pipe();
            for index in indexes {
                pipeline.add_command(index.count(&self.keys, partition));
            }
            let mut connection = self.connection();
            let counts: Result<Vec<usize>, _> = pipeline.query_async(&mut connection).await;
            counts.map_err(StoreError::doing("count claims"))
        };
        let counts = try_join_all(within.iter().map(|&partition| in_partition(partition))).await?;
        let sum = |(at, index)| match index {
            &Index::All => usize::MAX,
            _ => counts.iter().map(|of_partition: &Vec<usize>| of_partition[at]).sum(),
        };
        Ok(indexes.iter().enumerate().map(sum).collect())
    }
}
