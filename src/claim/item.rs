//! The claimed item: what can have only one partner at a time.

use serde::{Deserialize, Serialize};

use crate::claim::identity::{ItemCode, SubscriptionId};
use crate::claim::program::SolutionArea;

/// The one workload or subscription that a claim asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Item {
    /// A workload of Microsoft 365.
    Workload {
        /// The workload's code.
        workload: ItemCode,
    },
    /// A subscription of a product of Business Applications.
    Subscription {
        /// The product's code.
        product: ItemCode,
        /// The subscription.
        subscription_id: SubscriptionId,
    },
}

impl Item {
    /// What exclusivity is about, inside one tenant: `workload:teams`, or `subscription:<GUID>`
    /// whatever the product.
    pub fn key(&self) -> String {
        match self {
            Self::Workload { workload } => format!("workload:{workload}"),
            Self::Subscription { subscription_id, .. } => format!("subscription:{subscription_id}"),
        }
    }

    /// The code of the workload or product.
    pub fn code(&self) -> &ItemCode {
        match self {
            Self::Workload { workload } => workload,
            Self::Subscription { product, .. } => product,
        }
    }

    /// The solution area to which items of this kind belong.
    pub fn solution_area(&self) -> SolutionArea {
        match self {
            Self::Workload { .. } => SolutionArea::Microsoft365,
            Self::Subscription { .. } => SolutionArea::BusinessApplications,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_has_a_key_and_its_wire_form() {
        let check = |json: &str, key: &str, area: SolutionArea| {
            let item: Item = serde_json::from_str(json).unwrap();
            assert_eq!((item.key().as_str(), item.solution_area()), (key, area));
            assert_eq!(serde_json::to_string(&item).unwrap(), json);
        };
        check(r#"{"workload":"teams"}"#, "workload:teams", SolutionArea::Microsoft365);
        check(
            r#"{"product":"sales","subscription_id":"2b6d9a10-7c1e-4d2f-8a55-6f7e8d9c0b1a"}"#,
            "subscription:2b6d9a10-7c1e-4d2f-8a55-6f7e8d9c0b1a",
            SolutionArea::BusinessApplications,
        );
    }
}
