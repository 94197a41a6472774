//! What the partner did, and for which items.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::limits;

/// A solution area whose claims are made here.
///
/// ```
/// use cpor_jobs::SolutionArea;
///
/// assert_eq!(SolutionArea::ALL.map(SolutionArea::as_str), [
///     "microsoft_365",
///     "business_applications",
/// ]);
/// ```
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum SolutionArea {
    /// Claims are for workloads.
    #[serde(rename = "microsoft_365")]
    Microsoft365,
    /// Claims are for subscriptions of products.
    #[serde(rename = "business_applications")]
    BusinessApplications,
}

impl SolutionArea {
    /// Every solution area.
    pub const ALL: [Self; 2] = [Self::Microsoft365, Self::BusinessApplications];

    /// The code on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Microsoft365 => "microsoft_365",
            Self::BusinessApplications => "business_applications",
        }
    }
}

impl fmt::Display for SolutionArea {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a partner did for the customer.
///
/// ```
/// use cpor_jobs::Activity;
///
/// assert_eq!(Activity::RevenueAssociation.to_string(), "revenue_association");
/// assert_eq!(Activity::ALL.len(), 3);
/// ```
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// Helped the customer to choose and buy. Business Applications only.
    Presales,
    /// Helped the customer to use what it has.
    Usage,
    /// Sold its own solution on top; recognition only. Business Applications only.
    RevenueAssociation,
}

impl Activity {
    /// Every activity.
    pub const ALL: [Self; 3] = [Self::Presales, Self::Usage, Self::RevenueAssociation];

    /// The code on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Presales => "presales",
            Self::Usage => "usage",
            Self::RevenueAssociation => "revenue_association",
        }
    }
}

impl fmt::Display for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A claimed item. The codes are those of cpor's catalog.
///
/// ```
/// use cpor_jobs::Item;
/// use uuid::Uuid;
///
/// assert_eq!(serde_json::to_string(&Item::workload("teams"))?, r#"{"workload":"teams"}"#);
/// let item = Item::subscription("sales", Uuid::from_u128(1));
/// assert!(serde_json::to_string(&item)?.starts_with(r#"{"product":"sales","subscription_id":"#));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Item {
    /// A workload of Microsoft 365.
    Workload {
        /// The workload's code, such as `teams`.
        #[schemars(regex(pattern = r"^[a-z0-9_]+$"), length(max = limits::ITEM_CODE_MAX))]
        workload: String,
    },
    /// One subscription of a product of Business Applications.
    Subscription {
        /// The product's code, such as `sales`.
        #[schemars(regex(pattern = r"^[a-z0-9_]+$"), length(max = limits::ITEM_CODE_MAX))]
        product: String,
        /// The subscription, not all zero.
        subscription_id: Uuid,
    },
}

impl Item {
    /// A workload of Microsoft 365, by its code.
    pub fn workload(workload: impl Into<String>) -> Self {
        Self::Workload { workload: workload.into() }
    }

    /// A subscription of a product of Business Applications, the product by its code.
    pub fn subscription(product: impl Into<String>, subscription_id: Uuid) -> Self {
        Self::Subscription { product: product.into(), subscription_id }
    }
}

/// What is asked for exactly when the activity is `revenue_association`.
///
/// ```
/// let revenue = cpor_jobs::Revenue::new("Ece Yıldız", "Anadolu Elektrik A.Ş.", "GridPlan");
/// assert_eq!(revenue.isv_solution, "GridPlan");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Revenue {
    /// Who sold the solution.
    #[schemars(length(min = 1, max = limits::LINE_MAX))]
    pub solution_seller: String,
    /// The customer's name in the sale.
    #[schemars(length(min = 1, max = limits::LINE_MAX))]
    pub customer_name: String,
    /// The solution that was sold.
    #[schemars(length(min = 1, max = limits::LINE_MAX))]
    pub isv_solution: String,
}

impl Revenue {
    /// Who sold the solution, the customer's name in that sale, and the solution.
    pub fn new(
        solution_seller: impl Into<String>,
        customer_name: impl Into<String>,
        isv_solution: impl Into<String>,
    ) -> Self {
        Self {
            solution_seller: solution_seller.into(),
            customer_name: customer_name.into(),
            isv_solution: isv_solution.into(),
        }
    }
}

/// Solution area, activities, items and revenue fields that fit each other.
///
/// ```
/// use cpor_jobs::{Activity, Item, Revenue, Work};
/// use uuid::Uuid;
///
/// let sales = Item::subscription("sales", Uuid::from_u128(1));
/// let _ = Work::microsoft_365(["teams", "exchange"]);
/// let _ = Work::business_applications([Activity::Usage], [sales.clone()]);
/// let _ = Work::revenue_association([sales], Revenue::new("Ece Yıldız", "Anadolu", "GridPlan"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    solution_area: SolutionArea,
    activities: Vec<Activity>,
    items: Vec<Item>,
    revenue: Option<Revenue>,
}

impl Work {
    /// Usage of these workloads of Microsoft 365, by their codes.
    pub fn microsoft_365<W: Into<String>>(workloads: impl IntoIterator<Item = W>) -> Self {
        Self {
            solution_area: SolutionArea::Microsoft365,
            activities: vec![Activity::Usage],
            items: workloads.into_iter().map(Item::workload).collect(),
            revenue: None,
        }
    }

    /// Usage and/or presales of these subscriptions of Business Applications.
    pub fn business_applications(
        activities: impl IntoIterator<Item = Activity>,
        items: impl IntoIterator<Item = Item>,
    ) -> Self {
        Self {
            solution_area: SolutionArea::BusinessApplications,
            activities: activities.into_iter().collect(),
            items: items.into_iter().collect(),
            revenue: None,
        }
    }

    /// Revenue association with these subscriptions of Business Applications.
    pub fn revenue_association(items: impl IntoIterator<Item = Item>, revenue: Revenue) -> Self {
        Self {
            solution_area: SolutionArea::BusinessApplications,
            activities: vec![Activity::RevenueAssociation],
            items: items.into_iter().collect(),
            revenue: Some(revenue),
        }
    }

    /// The four fields of a submission that it stands for.
    pub(super) fn into_fields(self) -> (SolutionArea, Vec<Activity>, Vec<Item>, Option<Revenue>) {
        (self.solution_area, self.activities, self.items, self.revenue)
    }
}
