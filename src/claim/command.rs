//! What can be asked of a claim; how it says no is in `refusal.rs`.

mod notice;
mod refusal;
mod review;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::calendar::BusinessDays;
use crate::claim::choice::Incumbent;
use crate::claim::correction::ExtensionCause;
use crate::claim::event::AssociationImported;
use crate::claim::finding::Finding;
use crate::claim::identity::Comment;
use crate::claim::lasting::EndWarning;
use crate::claim::review::{Side, Urgency};
use crate::claim::state::{EndReason, Holder};
use crate::claim::status::Status;
use crate::claim::submission::{ProofOfExecution, Submission};
use crate::claim::window::Window;
use crate::secrets::KeyId;

pub use notice::{ContactProposal, NoticeOutcome, Told};
pub use refusal::{Refusal, Why};
pub use review::{
    Arbitration, Consequence, CustomerWord, Dispute, DisputeDecision, ReviewOutcome, Reviewed,
    Terms,
};

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
        /// The key that signs its link, unless a copy that may have arrived has settled that.
        link_key: KeyId,
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
    /// The customer's contact is not the right person and names somebody else.
    ProposeContact(Box<ContactProposal>),
    /// The partner agrees that the named contact gets a notice.
    ConfirmContact,
    /// The window has ended in silence: make the association official.
    Finalize,
    /// Take over an association of an earlier program.
    Import(Arc<Submission>, AssociationImported),
    /// Record that one side was told that the association ends soon.
    RecordEndWarning {
        /// Whom, and of what.
        warning: EndWarning,
        /// How it went.
        told: Told,
    },
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
    /// The partner has not answered, or not disputed a refusal, in time.
    Expire {
        /// What the rules say; the ledger fills it in.
        terms: Terms,
    },
    /// A reviewer decides about a claim under review.
    Review(Reviewed),
    /// Say something about the claim.
    Comment {
        /// Who, as far as it matters.
        from: Side,
        /// What.
        text: Comment,
    },
    /// Add newer proof.
    AddProof {
        /// The documents.
        proof_of_execution: Vec<ProofOfExecution>,
    },
    /// The partner that has contested items answers.
    AnswerContest {
        /// The event of its claim that brought the contest.
        contest: u64,
        /// Whether it keeps its claim on them.
        keeps: bool,
        /// In its words.
        comment: Option<Comment>,
    },
    /// The customer's contact chooses between the partners of a contest.
    Choose(CustomerWord),
    /// Record that the customer was asked to choose.
    RecordChoiceAsked {
        /// The event that brought the contest.
        contest: u64,
        /// Who has the items, as the customer was told.
        incumbents: Vec<Incumbent>,
        /// How it went.
        told: Told,
    },
    /// The partner disputes a refusal.
    Dispute(Dispute),
    /// Somebody else than who refused decides the dispute.
    DecideDispute(DisputeDecision),
    /// The partner goes on with a claim that it has not answered in time.
    Reactivate {
        /// Why.
        reason: Comment,
        /// What the rules say; the ledger fills it in.
        terms: Terms,
    },
    /// Record what became of the reminder to the partner.
    RecordPartnerReminder(Told),
    /// Record that reviewers were told that the claim waits for them.
    RecordReviewNotice {
        /// How urgently.
        urgency: Urgency,
        /// How it went.
        told: Told,
    },
    /// Record that the partner was told that its items are contested.
    RecordContestNotice {
        /// The event of its claim that brought the contest.
        contest: u64,
        /// How it went.
        told: Told,
    },
    /// What follows from a change of another claim of the tenant.
    Follow(Consequence),
    /// Record that the partner was told how the claim stands.
    RecordPartnerNotice {
        /// The status that was told.
        outcome: Status,
        /// How it went.
        told: Told,
    },
    /// Stop the time of the window.
    Pause {
        /// Why; the customer reads it.
        reason: Comment,
    },
    /// Let the time of a paused window go on.
    Resume {
        /// The window as it goes on.
        window: Box<Window>,
        /// Why; the customer reads it.
        reason: Comment,
    },
    /// Grant the customer more time.
    Extend {
        /// How much more.
        business_days: BusinessDays,
        /// The window as it becomes.
        window: Box<Window>,
        /// Why; the customer reads it.
        reason: Comment,
    },
    /// Bring the window in line with calendars, time zones or an outage; it only becomes longer.
    Realign {
        /// The window as it would become.
        window: Box<Window>,
        /// What asks for it.
        cause: ExtensionCause,
    },
    /// Record that the customer was told of a change of the window.
    RecordCorrection {
        /// The event that changed it, as in [`Correction`](crate::claim::Correction).
        revision: u64,
        /// How it went.
        told: Told,
    },
    /// Record that the customer got a receipt.
    RecordReceipt {
        /// The event that recorded the answer, as in [`Receipt`](crate::claim::Receipt).
        revision: u64,
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
            Self::ProposeContact(_) => "propose_contact",
            Self::ConfirmContact => "confirm_contact",
            Self::Finalize => "finalize",
            Self::Import(..) => "import",
            Self::RecordEndWarning { .. } => "record_end_warning",
            Self::Withdraw { .. } => "withdraw",
            Self::End { .. } => "end",
            Self::Expire { .. } => "expire",
            Self::Review(_) => "review",
            Self::Comment { .. } => "comment",
            Self::AddProof { .. } => "add_proof",
            Self::AnswerContest { .. } => "answer_contest",
            Self::Choose(_) => "choose",
            Self::RecordChoiceAsked { .. } => "record_choice_asked",
            Self::Dispute(_) => "dispute",
            Self::DecideDispute(_) => "decide_dispute",
            Self::Reactivate { .. } => "reactivate",
            Self::RecordPartnerReminder(_) => "record_partner_reminder",
            Self::RecordReviewNotice { .. } => "record_review_notice",
            Self::RecordContestNotice { .. } => "record_contest_notice",
            Self::Follow(_) => "follow",
            Self::RecordPartnerNotice { .. } => "record_partner_notice",
            Self::Pause { .. } => "pause",
            Self::Resume { .. } => "resume",
            Self::Extend { .. } => "extend",
            Self::Realign { .. } => "realign",
            Self::RecordCorrection { .. } => "record_correction",
            Self::RecordReceipt { .. } => "record_receipt",
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
    /// What the rules say; the ledger fills it in.
    pub terms: Terms,
}
