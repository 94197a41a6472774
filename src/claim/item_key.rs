//! How an item is named without its product: what exclusivity and grants are about.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::claim::finding::Finding;
use crate::claim::identity::{ItemCode, SubscriptionId};
use crate::claim::item::Item;

/// The name of an item inside a tenant: `workload:teams`, or `subscription:<GUID>` whatever the
/// product. Written as [`Item::key`] writes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ItemKey {
    /// A workload of Microsoft 365.
    Workload(ItemCode),
    /// A subscription to whatever product.
    Subscription(SubscriptionId),
}

impl ItemKey {
    /// Reads the name of an item.
    ///
    /// # Errors
    /// `item_malformed` for everything but `workload:<code>` and `subscription:<GUID>`.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        let read = match raw.split_once(':') {
            Some(("workload", code)) => ItemCode::parse(code).ok().map(Self::Workload),
            Some(("subscription", id)) => SubscriptionId::parse(id).ok().map(Self::Subscription),
            _ => None,
        };
        read.ok_or_else(|| {
            Finding::new(
                "item",
                "item_malformed",
                "This is not the name of an item. Write workload:teams or \
                 subscription:2b6d9a10-7c1e-4d2f-8a55-6f7e8d9c0b1a.",
            )
        })
    }

    /// Whether this is the name of that item.
    pub fn names(&self, item: &Item) -> bool {
        match (self, item) {
            (Self::Workload(code), Item::Workload { workload }) => code == workload,
            (Self::Subscription(id), Item::Subscription { subscription_id, .. }) => {
                id == subscription_id
            }
            (Self::Workload(_), Item::Subscription { .. })
            | (Self::Subscription(_), Item::Workload { .. }) => false,
        }
    }
}

impl From<&Item> for ItemKey {
    fn from(item: &Item) -> Self {
        match item {
            Item::Workload { workload } => Self::Workload(workload.clone()),
            Item::Subscription { subscription_id, .. } => Self::Subscription(*subscription_id),
        }
    }
}

impl fmt::Display for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workload(code) => write!(f, "workload:{code}"),
            Self::Subscription(id) => write!(f, "subscription:{id}"),
        }
    }
}

impl TryFrom<String> for ItemKey {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

impl From<ItemKey> for String {
    fn from(key: ItemKey) -> Self {
        key.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_item_is_that_of_its_key() {
        let check = |json: &str, name: &str| {
            let item: Item = serde_json::from_str(json).unwrap();
            let key = ItemKey::parse(name).unwrap();
            assert!(key.names(&item) && key == ItemKey::from(&item));
            assert_eq!(key.to_string(), item.key());
        };
        check(r#"{"workload":"teams"}"#, "workload:teams");
        check(
            r#"{"product":"sales","subscription_id":"2b6d9a10-7c1e-4d2f-8a55-6f7e8d9c0b1a"}"#,
            "subscription:2B6D9A10-7C1E-4D2F-8A55-6F7E8D9C0B1A",
        );
    }

    #[test]
    fn what_names_no_item_is_refused() {
        for raw in ["", "teams", "workload:", "workload:Teams", "product:sales", "subscription:42"]
        {
            assert_eq!(ItemKey::parse(raw).unwrap_err().code, "item_malformed", "{raw}");
        }
    }
}
