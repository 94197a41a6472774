//! What can be asked of a claim, and how it says no.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::claim::finding::Finding;
use crate::claim::state::{EndReason, Holder};
use crate::claim::status::Status;
use crate::claim::submission::Submission;
use crate::claim::window::Window;

/// A wish; [`decide`](crate::claim::decide) turns it into events, nothing or a [`Refusal`].
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Make the submission a claim.
    Submit(Arc<Submission>),
    /// Answer an *action required* with a corrected submission.
    Amend(Arc<Submission>),
    /// Record what validation found.
    RecordVerdict(Verdict),
    /// Decide a contest between partners.
    Arbitrate(Arbitration),
    /// Record that a copy of the notice is about to be sent.
    RecordNoticeSending {
        /// `Message-ID` of the notice, the same for every copy.
        message_id: String,
    },
    /// Record what became of a copy of the notice.
    RecordNotice(NoticeOutcome),
    /// A person has looked at a notice that is out of copies: send the same message again.
    ResumeNotice,
    /// Record what became of the reminder.
    RecordReminder(Told),
    /// The customer says no.
    Reject {
        /// When the no entered our system; it decides whether it is in time.
        received_at: DateTime<Utc>,
        /// The customer's words, if any.
        reason: Option<String>,
    },
    /// The customer agrees.
    Confirm {
        /// When the agreement entered our system.
        received_at: DateTime<Utc>,
    },
    /// The window has ended in silence: make the association official.
    Finalize,
    /// The partner takes the claim back.
    Withdraw {
        /// The partner's words, if any.
        reason: Option<String>,
    },
    /// End an association and revoke its grant.
    End {
        /// Which of the known reasons.
        reason: EndReason,
        /// In somebody's words, if given.
        detail: Option<String>,
    },
    /// The partner has not answered in time.
    Expire,
    /// Record that the partner was told how the claim stands.
    RecordPartnerNotice {
        /// The status that was told.
        outcome: Status,
        /// How it went.
        told: Told,
    },
}

impl Command {
    /// The command's name, as refusals show it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Submit(_) => "submit",
            Self::Amend(_) => "amend",
            Self::RecordVerdict(_) => "record_verdict",
            Self::Arbitrate(_) => "arbitrate",
            Self::RecordNoticeSending { .. } => "record_notice_sending",
            Self::RecordNotice(_) => "record_notice",
            Self::ResumeNotice => "resume_notice",
            Self::RecordReminder(_) => "record_reminder",
            Self::Reject { .. } => "reject",
            Self::Confirm { .. } => "confirm",
            Self::Finalize => "finalize",
            Self::Withdraw { .. } => "withdraw",
            Self::End { .. } => "end",
            Self::Expire => "expire",
            Self::RecordPartnerNotice { .. } => "record_partner_notice",
        }
    }
}

/// What validation found out about a claim.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Verdict {
    /// What the partner has to put right.
    pub findings: Vec<Finding>,
    /// What is missing only because a subscription is still being provisioned.
    pub provisioning: Vec<Finding>,
    /// Claims that hold one of the items; the ledger fills it in from the store.
    pub holders: Vec<Holder>,
    /// By when the partner has to answer, should there be findings.
    pub answer_by: DateTime<Utc>,
}

/// A person's decision in a contest.
#[derive(Debug, Clone, PartialEq)]
pub struct Arbitration {
    /// True when the contested claim wins.
    pub upheld: bool,
    /// Why, in the arbiter's words.
    pub reason: String,
    /// Claims that hold one of the items now; the ledger fills it in from the store.
    pub holders: Vec<Holder>,
}

/// What became of one copy of a notice.
#[derive(Debug, Clone, PartialEq)]
pub enum NoticeOutcome {
    /// The mail server has it: the window opens.
    Accepted {
        /// What the mail server said.
        reply: String,
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
    },
    /// Nobody knows.
    Unknown {
        /// What is known.
        cause: String,
        /// When the same message is sent again.
        again_at: DateTime<Utc>,
    },
}

/// How telling somebody went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// False when the mail server refused it for good.
    pub delivered: bool,
    /// What the mail server said.
    pub reply: String,
}

/// The domain says no: the command does not fit the state. An answer, not an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot {command} a claim that is {status}: {why}")]
pub struct Refusal {
    /// Name of the command.
    pub command: &'static str,
    /// Where the claim stands.
    pub status: Status,
    /// The rule that says no.
    pub why: Why,
}

/// The rule behind a [`Refusal`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The claim exists already.
    Exists,
    /// The command belongs to another status.
    WrongStatus,
    /// The window is still open.
    WindowOpen {
        /// Until when.
        closes_at: DateTime<Utc>,
    },
    /// The partner may still answer.
    AnswerOpen {
        /// Until when.
        answer_by: DateTime<Utc>,
    },
    /// An answer cannot be received in the future.
    Future {
        /// The instant that was given.
        received_at: DateTime<Utc>,
    },
    /// The items are still held by other claims.
    ItemsHeld {
        /// By which.
        holders: Vec<Holder>,
    },
    /// The association is official; ending it needs a reason.
    Official,
    /// An amendment must keep source, key, partner and tenant.
    OtherClaim {
        /// The field that differs.
        field: &'static str,
    },
}

impl Why {
    /// The code that scripts rely on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Exists => "exists",
            Self::WrongStatus => "wrong_status",
            Self::WindowOpen { .. } => "window_open",
            Self::AnswerOpen { .. } => "answer_open",
            Self::Future { .. } => "in_the_future",
            Self::ItemsHeld { .. } => "items_held",
            Self::Official => "official",
            Self::OtherClaim { .. } => "other_claim",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists => write!(f, "it has been submitted already"),
            Self::WrongStatus => write!(f, "the command belongs to another status"),
            Self::WindowOpen { closes_at } => {
                write!(f, "the customer may still reject until {closes_at}")
            }
            Self::AnswerOpen { answer_by } => {
                write!(f, "the partner may still answer until {answer_by}")
            }
            Self::Future { received_at } => write!(f, "{received_at} lies in the future"),
            Self::ItemsHeld { holders } => {
                write!(f, "its items are still held by ")?;
                for (i, holder) in holders.iter().enumerate() {
                    let comma = if i == 0 { "" } else { ", " };
                    write!(f, "{comma}claim {} ({})", holder.claim_id, holder.item.key())?;
                }
                write!(f, "; end or withdraw those claims first")
            }
            Self::Official => {
                write!(f, "the association is official; end it with a reason (`cpor claim end`)")
            }
            Self::OtherClaim { field } => {
                write!(f, "`{field}` differs from the claim's; submit a new claim instead")
            }
        }
    }
}
