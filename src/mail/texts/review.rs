//! What the mail says that tells reviewers of a claim.

use serde::Serialize;

use super::ItemText;

/// What reviewers are told of a claim that waits for them. It names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReviewNoticeText {
    /// The claim's id.
    pub reference: String,
    /// Where it stands: `under_review`, `contested` or `disputed`.
    pub status: String,
    /// Whether the time to decide has ended.
    pub overdue: bool,
    /// When it ends or ended.
    pub decide_by_sentence: String,
    /// The claiming partner's location.
    pub partner_mpn_id: String,
    /// What is claimed.
    pub items: Vec<ItemText>,
}
