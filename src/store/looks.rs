//! Who asked for a customer's usage data last: what the customer's own view shows.
//!
//! One small hash per tenant, with one field per partner and item. It stays when a grant is
//! revoked: that somebody has looked does not become untrue. [`Store::record_read`] writes it.

use chrono::{DateTime, Utc};

use crate::claim::ItemKey;
use crate::claim::identity::{MpnId, TenantId};
use crate::store::{Store, StoreError};

/// Fields that are read at most: a tenant has some thousand items and a partner for each.
const FIELDS_MAX: usize = 10_000;
/// Fields that are read at once.
const FIELDS_PAGE: usize = 1_000;

/// A partner's last look at the usage data of one item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Look {
    /// The partner.
    pub mpn_id: MpnId,
    /// The item.
    pub item: ItemKey,
    /// When it last got access.
    pub at: DateTime<Utc>,
}

impl Store {
    /// The last looks at a tenant's usage data, by partner and item.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn looks(&self, tenant_id: &TenantId) -> Result<Vec<Look>, StoreError> {
        let doing = || format!("read who looked at tenant {tenant_id}");
        let (mut looks, mut cursor) = (Vec::new(), 0_u64);
        loop {
            let mut command = redis::cmd("HSCAN");
            command.arg(self.keys.looks(tenant_id)).arg(cursor).arg("COUNT").arg(FIELDS_PAGE);
            let mut connection = self.connection();
            let (next, fields): (u64, Vec<(String, i64)>) =
                command.query_async(&mut connection).await.map_err(StoreError::doing(doing()))?;
            looks.extend(fields.iter().filter_map(|(field, at_ms)| read_look(field, *at_ms)));
            cursor = next;
            if cursor == 0 || looks.len() >= FIELDS_MAX {
                break;
            }
        }
        looks.sort();
        // A field may be shown twice while the hash grows.
        looks.dedup_by(|one, other| (&one.mpn_id, &one.item) == (&other.mpn_id, &other.item));
        Ok(looks)
    }
}

/// `<mpn id> <item>` and the instant in ms.
fn read_look(field: &str, at_ms: i64) -> Option<Look> {
    let (mpn_id, item) = field.split_once(' ')?;
    Some(Look {
        mpn_id: MpnId::parse(mpn_id).ok()?,
        item: ItemKey::parse(item).ok()?,
        at: DateTime::from_timestamp_millis(at_ms)?,
    })
}
