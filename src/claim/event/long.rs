//! What the events carry that carry most.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::claim::finding::Finding;
use crate::claim::identity::Comment;
use crate::claim::submission::{CustomerContact, Submission};

/// The customer's contact is not the right person, and has named somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactProposed {
    /// The notice that was answered so.
    pub notice: u32,
    /// When the answer entered our system.
    pub received_at: DateTime<Utc>,
    /// Whom the customer named.
    pub contact: CustomerContact,
    /// The customer's words for the partner, if any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub comment: Option<Comment>,
    /// What the partner has to do.
    pub findings: Vec<Finding>,
    /// Without an answer by then the claim is refused; in earlier releases it was disqualified.
    pub answer_by: DateTime<Utc>,
    /// When the partner is to be reminded.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub remind_at: Option<DateTime<Utc>>,
}

/// Personal data was replaced by a marker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalDataErased {
    /// The submission without personal data; brought anew, so that nobody goes on with one
    /// that is remembered.
    pub submission: Arc<Submission>,
    /// Why, without personal data.
    pub reason: Comment,
    /// What was replaced: the names of fields, sorted.
    pub fields: Vec<String>,
    /// The digest of the first submission as it was, by which its source's key knows it.
    pub submission_digest: String,
    /// What vouched for the history as it was, where something did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub former_tip: Option<String>,
}
