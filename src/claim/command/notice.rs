//! What became of mails, and what customers answer to them.

use chrono::{DateTime, Utc};

use crate::claim::identity::Comment;
use crate::claim::submission::CustomerContact;
use crate::claim::window::Window;

/// What became of one copy of a notice.
#[derive(Debug, Clone, PartialEq)]
pub enum NoticeOutcome {
    /// The mail server has it: the window opens.
    Accepted {
        /// What the mail server said.
        reply: String,
        /// SHA-256 of the mail as it was sent.
        mail_sha256: Option<String>,
        /// The window that opens now.
        window: Box<Window>,
    },
    /// Not now; the same message is tried again.
    Deferred {
        /// What the mail server said.
        cause: String,
        /// When it is tried again.
        again_at: DateTime<Utc>,
    },
    /// Never; the partner has to name another contact.
    Refused {
        /// What the mail server said.
        cause: String,
        /// By when the partner has to answer.
        answer_by: DateTime<Utc>,
        /// When the partner is reminded; the ledger fills it in.
        remind_at: Option<DateTime<Utc>>,
    },
    /// Nobody knows.
    Unknown {
        /// What is known.
        cause: String,
        /// When the same message is sent again.
        again_at: DateTime<Utc>,
    },
}

/// "I am not the right person": who is, in the customer's opinion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactProposal {
    /// The notice that is answered so.
    pub notice: u32,
    /// When the answer entered our system; it decides whether it is in time.
    pub received_at: DateTime<Utc>,
    /// Who should get the notice instead.
    pub contact: CustomerContact,
    /// The customer's words for the partner, if any.
    pub comment: Option<Comment>,
    /// By when the partner has to answer.
    pub answer_by: DateTime<Utc>,
    /// When the partner is reminded; the ledger fills it in.
    pub remind_at: Option<DateTime<Utc>>,
}

/// How telling somebody went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// False when the mail server refused it for good.
    pub delivered: bool,
    /// What the mail server said.
    pub reply: String,
    /// SHA-256 of the mail as it was sent; nothing when none was.
    pub mail_sha256: Option<String>,
}
