//! What events about the beginning of an imported association, and about the end of subscriptions,
//! carry.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::claim::lasting::{EndWarning, Imported};

/// An association of an earlier program is official here, without a notice and a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssociationImported {
    /// From where, and until when.
    #[serde(flatten)]
    pub imported: Imported,
    /// Since when it is official.
    pub since: DateTime<Utc>,
}

/// One side was told that the association ends soon with its subscription, or could not be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionEndWarned {
    /// Whom, of which end, and how long before.
    #[serde(flatten)]
    pub warning: EndWarning,
    /// False when the mail server refused it for good.
    pub delivered: bool,
    /// What the mail server said.
    pub reply: String,
    /// SHA-256 of the mail as it was sent; nothing where none was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mail_sha256: Option<String>,
}
