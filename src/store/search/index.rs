//! What each index can say about claims, and how it is read.

use redis::Cmd;

use crate::claim::identity::{EmailAddress, MpnId, Source, TenantId};
use crate::claim::{ClaimId, ItemKey, Status};
use crate::store::indexes::{before_item, before_mail, beginning, claim_of_member};
use crate::store::search::cursor::{Order, Position};
use crate::store::search::prefix::Prefix;
use crate::store::{Keys, Store, StoreError};

/// One index, or all indexes that together have every claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Index {
    /// Every claim, by going through all statuses at once.
    All,
    Status(Status),
    Partner(MpnId),
    Source(Source),
    Tenant(TenantId),
    Item(ItemKey),
    Mail(EmailAddress),
    Name(Prefix),
    Domain(Prefix),
    /// Open windows that close in `[from, to)`, ms since the epoch.
    Closing {
        from: Option<i64>,
        to: Option<i64>,
    },
}

impl Index {
    /// Whether it can be read in that order, from any claim on.
    pub(super) const fn is_in(&self, order: Order) -> bool {
        match self {
            Self::All
            | Self::Status(_)
            | Self::Partner(_)
            | Self::Source(_)
            | Self::Tenant(_)
            | Self::Item(_)
            | Self::Mail(_) => matches!(order, Order::Newest | Order::Oldest),
            Self::Closing { .. } => matches!(order, Order::ClosesAt),
            Self::Name(_) | Self::Domain(_) => false,
        }
    }

    /// Whether it says of a claim by its id alone whether it fits.
    pub(super) const fn knows_ids(&self) -> bool {
        !matches!(self, Self::All | Self::Name(_) | Self::Domain(_))
    }

    /// Whether a claim with that score in the index fits.
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds fit in 53 bits")]
    pub(super) fn admits(&self, score: f64) -> bool {
        let Self::Closing { from, to } = self else { return true };
        let at_ms = score as i64;
        from.is_none_or(|from| from <= at_ms) && to.is_none_or(|to| at_ms < to)
    }

    /// The sets of one partition that together are this index.
    pub(super) fn keys(&self, keys: &Keys, partition: u16) -> Vec<String> {
        match self {
            Self::All => Status::ALL.map(|status| keys.by_status(partition, status)).to_vec(),
            Self::Status(status) => vec![keys.by_status(partition, *status)],
            Self::Partner(mpn_id) => vec![keys.by_partner(partition, mpn_id)],
            Self::Source(source) => vec![keys.by_source(partition, source)],
            Self::Tenant(tenant_id) => vec![keys.by_tenant(tenant_id)],
            Self::Item(_) => vec![keys.by_item(partition)],
            Self::Mail(_) => vec![keys.by_mail(partition)],
            Self::Name(_) => vec![keys.by_name(partition)],
            Self::Domain(_) => vec![keys.by_domain(partition)],
            Self::Closing { .. } => vec![keys.by_closing(partition)],
        }
    }

    /// What stands before the id in each of its members; of names that differs.
    fn before_id(&self) -> String {
        match self {
            Self::Item(item) => before_item(item),
            Self::Mail(address) => before_mail(address),
            Self::All
            | Self::Status(_)
            | Self::Partner(_)
            | Self::Source(_)
            | Self::Tenant(_)
            | Self::Name(_)
            | Self::Domain(_)
            | Self::Closing { .. } => String::new(),
        }
    }

    /// Between which members its own lie.
    fn bounds(&self) -> [Vec<u8>; 2] {
        let beginning = match self {
            Self::Item(_) | Self::Mail(_) => self.before_id(),
            Self::Name(prefix) | Self::Domain(prefix) => beginning(prefix.as_str()).to_owned(),
            Self::All
            | Self::Status(_)
            | Self::Partner(_)
            | Self::Source(_)
            | Self::Tenant(_)
            | Self::Closing { .. } => return [b"-".to_vec(), b"+".to_vec()],
        };
        // No text has the last byte: the end of everything that begins so.
        [[b"[", beginning.as_bytes()].concat(), [b"(", beginning.as_bytes(), b"\xff"].concat()]
    }

    /// How many claims of a partition it has; of all claims it is not asked.
    pub(super) fn count(&self, keys: &Keys, partition: u16) -> Cmd {
        let key = self.keys(keys, partition).swap_remove(0);
        match self {
            Self::Item(_) | Self::Mail(_) | Self::Name(_) | Self::Domain(_) => {
                let [from, to] = self.bounds();
                let mut command = redis::cmd("ZLEXCOUNT");
                command.arg(key).arg(from).arg(to);
                command
            }
            Self::Closing { from, to } => {
                let mut command = redis::cmd("ZCOUNT");
                command.arg(key).arg(lowest(*from)).arg(highest(*to));
                command
            }
            Self::All | Self::Status(_) | Self::Partner(_) | Self::Source(_) | Self::Tenant(_) => {
                let mut command = redis::cmd("ZCARD");
                command.arg(key);
                command
            }
        }
    }

    /// The claims of a partition that it has, in no order, `limit` at most.
    fn all(&self, keys: &Keys, partition: u16, limit: usize) -> Cmd {
        let key = self.keys(keys, partition).swap_remove(0);
        let mut command = redis::cmd("ZRANGE");
        command.arg(key);
        if let Self::Closing { from, to } = self {
            command.arg(lowest(*from)).arg(highest(*to)).arg("BYSCORE");
        } else {
            let [from, to] = self.bounds();
            command.arg(from).arg(to).arg("BYLEX");
        }
        command.arg("LIMIT").arg(0).arg(limit);
        command
    }
}

fn lowest(from: Option<i64>) -> String {
    from.map_or_else(|| "-inf".to_owned(), |ms| ms.to_string())
}

fn highest(to: Option<i64>) -> String {
    to.map_or_else(|| "+inf".to_owned(), |ms| format!("({ms}"))
}

const DOING: &str = "list claims";

impl Store {
    /// The next claims of an index that is in this order; fewer than `limit` at its end.
    pub(super) async fn next_of(
        &self,
        index: &Index,
        order: Order,
        partition: u16,
        after: Option<Position>,
        limit: usize,
    ) -> Result<Vec<Position>, StoreError> {
        if let Index::Closing { from, to } = index {
            return self.next_closing(partition, (*from, *to), after, limit).await;
        }
        let before = index.before_id();
        let [from, to] = index.bounds();
        let beyond = after.map(|position| format!("({before}{}", position.id).into_bytes());
        let mut pipeline = redis::pipe();
        // In one step, so that a claim that moves from status to status is in one of them.
        pipeline.atomic();
        for key in index.keys(&self.keys, partition) {
            let command = pipeline.cmd("ZRANGE").arg(key);
            match order {
                Order::Newest => {
                    command.arg(beyond.as_ref().unwrap_or(&to)).arg(&from).arg("BYLEX").arg("REV")
                }
                Order::Oldest | Order::ClosesAt => {
                    command.arg(beyond.as_ref().unwrap_or(&from)).arg(&to).arg("BYLEX")
                }
            };
            command.arg("LIMIT").arg(0).arg(limit);
        }
        let mut connection = self.connection();
        let sets: Vec<Vec<String>> =
            pipeline.query_async(&mut connection).await.map_err(StoreError::doing(DOING))?;
        let members = sets.concat();
        let mut positions = read_ids(&members)?.map(Position::of).collect::<Vec<_>>();
        positions.sort_by(|one, other| order.compare(one, other));
        positions.truncate(limit);
        Ok(positions)
    }

    /// The next claims by the end of their open window; many windows end at the same instant.
    async fn next_closing(
        &self,
        partition: u16,
        (from, to): (Option<i64>, Option<i64>),
        after: Option<Position>,
        limit: usize,
    ) -> Result<Vec<Position>, StoreError> {
        let (end, id) = after.map_or_else(
            || (String::new(), String::new()),
            |after| (after.at_ms.to_string(), after.id.to_string()),
        );
        let mut invocation = self.scripts.next_closing.prepare_invoke();
        invocation.key(self.keys.by_closing(partition));
        invocation.arg(lowest(from)).arg(highest(to)).arg(end).arg(id).arg(limit);
        let mut connection = self.connection();
        let found: Vec<(String, i64)> =
            invocation.invoke_async(&mut connection).await.map_err(StoreError::doing(DOING))?;
        let position = |(id, at_ms): (String, i64)| Ok(Position { at_ms, id: read_id(&id)? });
        found.into_iter().map(position).collect()
    }

    /// All claims of an index in that order, of which there are few.
    pub(super) async fn gather(
        &self,
        index: &Index,
        order: Order,
        partition: u16,
        limit: usize,
    ) -> Result<Vec<Position>, StoreError> {
        let mut connection = self.connection();
        let members: Vec<String> = index
            .all(&self.keys, partition, limit)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(DOING))?;
        let ids: Vec<ClaimId> = read_ids(&members)?.collect();
        if order != Order::ClosesAt {
            return Ok(ids.into_iter().map(Position::of).collect());
        }
        let open = Index::Closing { from: None, to: None };
        let ends = self.scores(&open, partition, &ids).await?;
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds fit in 53 bits")]
        let position =
            |(id, end): (ClaimId, Option<f64>)| Some(Position { at_ms: end? as i64, id });
        Ok(ids.into_iter().zip(ends).filter_map(position).collect())
    }

    /// What the index says of claims of one partition; nothing of those it does not have.
    pub(super) async fn scores(
        &self,
        index: &Index,
        partition: u16,
        ids: &[ClaimId],
    ) -> Result<Vec<Option<f64>>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut command = redis::cmd("ZMSCORE");
        command.arg(index.keys(&self.keys, partition));
        let before = index.before_id();
        for id in ids {
            command.arg(format!("{before}{id}"));
        }
        let mut connection = self.connection();
        command.query_async(&mut connection).await.map_err(StoreError::doing(DOING))
    }
}

fn read_ids(members: &[String]) -> Result<impl Iterator<Item = ClaimId>, StoreError> {
    let ids: Result<Vec<ClaimId>, StoreError> = members.iter().map(|m| read_id(m)).collect();
    Ok(ids?.into_iter())
}

fn read_id(member: &str) -> Result<ClaimId, StoreError> {
    claim_of_member(member).ok_or_else(|| {
        let shown = member.chars().take(64).collect::<String>();
        StoreError::malformed(DOING, format!("an index lists `{}`", shown.escape_debug()))
    })
}
