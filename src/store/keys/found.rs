//! What a key is, for somebody who goes through all of them.

use crate::claim::identity::{ClaimId, DocumentId};
use crate::drafts::DraftId;
use crate::store::Keys;

/// What a key of a partition is, as far as somebody who goes through all of them wants to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A claim.
    Claim(ClaimId),
    /// The history of a claim.
    History(ClaimId),
    /// Who has an item of a tenant.
    Item {
        /// The tenant.
        tenant_id: String,
        /// The item's own key, such as `workload:teams`.
        item: String,
    },
    /// The grants on the data of a tenant.
    Grants {
        /// The tenant.
        tenant_id: String,
    },
    /// The claim of a source's own key.
    Submission,
    /// An index of claims by what they were submitted with.
    Index,
    /// The record of a document.
    Document(DocumentId),
    /// A draft.
    Draft(DraftId),
    /// What concerns a partner's people, of the claims of the partition.
    Inbox,
    /// Who has looked at the usage data of a tenant last.
    Looks {
        /// The tenant.
        tenant_id: String,
    },
    /// Something else: a queue, the feed, an index by what changes.
    Other,
}

impl Found {
    /// Whether it can be made anew from claims and their histories.
    #[must_use]
    pub const fn follows_from_claims(&self) -> bool {
        match self {
            Self::Claim(_)
            | Self::History(_)
            | Self::Item { .. }
            | Self::Grants { .. }
            | Self::Submission
            | Self::Index => true,
            Self::Document(_) | Self::Draft(_) | Self::Inbox | Self::Looks { .. } | Self::Other => {
                false
            }
        }
    }
}

impl Keys {
    /// The pattern that every key of a partition fits.
    #[must_use]
    pub fn pattern(&self) -> String {
        format!("{{{}:*}}:*", self.namespace)
    }

    /// What a key that fits [`Keys::pattern`] is.
    #[must_use]
    pub fn found(&self, key: &str) -> Found {
        let Some((_, rest)) = key.split_once("}:") else { return Found::Other };
        let claim_id = |id: &str| ClaimId::parse(id).ok();
        match rest.split_once(':') {
            Some(("claim", id)) => claim_id(id).map_or(Found::Other, Found::Claim),
            Some(("history", id)) => claim_id(id).map_or(Found::Other, Found::History),
            Some(("item", rest)) => {
                rest.split_once(':').map_or(Found::Other, |(tenant_id, item)| Found::Item {
                    tenant_id: tenant_id.to_owned(),
                    item: item.to_owned(),
                })
            }
            Some(("grants", tenant_id)) => Found::Grants { tenant_id: tenant_id.to_owned() },
            Some(("submission", _)) => Found::Submission,
            Some(("document", id)) => DocumentId::parse(id).map_or(Found::Other, Found::Document),
            Some(("draft", id)) => DraftId::parse(id).map_or(Found::Other, Found::Draft),
            Some(("inbox", _)) => Found::Inbox,
            Some(("looks", tenant_id)) => Found::Looks { tenant_id: tenant_id.to_owned() },
            Some(("by-partner" | "by-source" | "by-tenant", _)) => Found::Index,
            None if matches!(rest, "by-name" | "by-domain" | "by-item" | "by-mail") => Found::Index,
            _ => Found::Other,
        }
    }
}
