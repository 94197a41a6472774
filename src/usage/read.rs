//! Who has looked at a customer's figures, as it is kept for the customer.
//!
//! It names the partner and not the person: what the customer has to know is who sees its figures,
//! and nothing has to be erased here when somebody leaves.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Month;
use crate::claim::ItemKey;
use crate::claim::identity::MpnId;

/// Who reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// The partner with this MPN ID.
    Partner(MpnId),
    /// A reviewer of this deployment.
    Reviewer,
    /// The service that brings the figures in.
    UsageDataService,
}

/// One look at a tenant's figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Reader,
    /// The items whose figures were shown, or may be seen by an access token.
    pub items: Vec<ItemKey>,
    /// From which month to which, both included; nothing for an access token, with which its
    /// holder looks elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub months: Option<(Month, Month)>,
}
