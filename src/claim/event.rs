//! What has happened to a claim: the events of its history.
//!
//! Events are facts and never change once written; the history of a claim is a list of
//! [`Recorded`] events, gap-free from revision 1. This module decides nothing.

mod course;
mod lasting;
mod long;
mod name;
mod recorded;
mod review;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::claim::correction::ExtensionCause;
use crate::claim::identity::Comment;
use crate::claim::state::EndReason;
use crate::claim::{Finding, Status, Submission, Window};
use crate::secrets::KeyId;
pub use course::closed_at;
pub use lasting::{AssociationImported, SubscriptionEndWarned};
pub use long::{ContactProposed, PersonalDataErased};
pub use recorded::Recorded;
pub use review::*;

/// One fact about a claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The submission was accepted and became a claim.
    ClaimSubmitted {
        /// What came in, parsed.
        submission: Arc<Submission>,
    },
    /// The partner answered an *action required* with a corrected submission.
    ClaimAmended {
        /// The corrected submission, which replaces the earlier one.
        submission: Arc<Submission>,
    },
    /// The verdict waits for a subscription that is still being provisioned.
    VerdictDeferred {
        /// What is not there yet.
        findings: Vec<Finding>,
        /// When the claim is validated again.
        again_at: DateTime<Utc>,
    },
    /// The verdict: right. The claim holds its items from here on.
    ClaimValidated,
    /// The verdict: the partner has to put something right.
    ActionRequested {
        /// One finding per thing to put right.
        findings: Vec<Finding>,
        /// Without an answer by then the claim is refused; in earlier releases it was disqualified.
        answer_by: DateTime<Utc>,
        /// When the partner is to be reminded.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        remind_at: Option<DateTime<Utc>>,
    },
    /// The verdict: refused by the rules, for good.
    ClaimDisqualified {
        /// Why.
        findings: Vec<Finding>,
    },
    /// Another partner holds or claims one of the items.
    ClaimContested(ClaimContested),
    /// The notice is about to be handed to the mail server: the intent before the effect.
    NoticeSending {
        /// Number of the notice, from 1.
        notice: u32,
        /// The same for every copy of this notice.
        message_id: String,
        /// The key that signs its link; notices of earlier releases had none.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        link_key: Option<KeyId>,
    },
    /// The mail server did not take the notice for now.
    NoticeDeferred {
        /// Number of the notice.
        notice: u32,
        /// What the mail server said, without addresses.
        cause: String,
        /// When the notice is tried again.
        again_at: DateTime<Utc>,
    },
    /// Nobody knows whether the mail server took the notice; the same message goes out again.
    NoticeUncertain {
        /// Number of the notice.
        notice: u32,
        /// What is known.
        cause: String,
        /// When the same message is sent again.
        again_at: DateTime<Utc>,
    },
    /// A person has looked: the same message goes out again, its copies counted anew.
    NoticeResumed {
        /// Number of the notice.
        notice: u32,
    },
    /// The mail server refused the notice for good.
    NoticeRefused {
        /// Number of the notice.
        notice: u32,
        /// What the mail server said.
        cause: String,
    },
    /// The mail server accepted the notice: the rejection window is open.
    CustomerNotified {
        /// Number of the notice.
        notice: u32,
        /// What the mail server said, with its queue id.
        reply: String,
        /// SHA-256 of the mail as it was sent; nothing in earlier releases.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        mail_sha256: Option<String>,
        /// The window and what it was computed from.
        window: Window,
    },
    /// The reminder was accepted by the mail server, or could not be delivered.
    CustomerReminded {
        /// False when the mail server refused it for good.
        delivered: bool,
        /// What the mail server said.
        reply: String,
        /// SHA-256 of the mail as it was sent; nothing in earlier releases.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        mail_sha256: Option<String>,
    },
    /// The window's time stands still.
    WindowPaused {
        /// Since when.
        paused_at: DateTime<Utc>,
        /// Why, in the reviewer's words.
        reason: Comment,
    },
    /// The window's time goes on.
    WindowResumed {
        /// The window as it goes on.
        window: Window,
        /// Why, in the reviewer's words.
        reason: Comment,
    },
    /// The window ends later than it did.
    WindowExtended {
        /// The window as it is now.
        window: Window,
        /// Why.
        #[serde(flatten)]
        cause: ExtensionCause,
    },
    /// The customer was told of a change of the window, or could not be reached.
    CorrectionSent {
        /// The event that changed the window.
        correction: u64,
        /// False when the mail server refused it for good.
        delivered: bool,
        /// What the mail server said.
        reply: String,
        /// SHA-256 of the mail as it was sent; nothing in earlier releases.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        mail_sha256: Option<String>,
    },
    /// The customer's contact is not the right person: the window is void, and the partner is
    /// asked whether the named contact is to get a notice of its own.
    ContactProposed(ContactProposed),
    /// The partner agreed with the contact that the customer had named.
    ContactConfirmed {
        /// The submission with that contact, which replaces the earlier one.
        submission: Arc<Submission>,
    },
    /// The customer said no in time.
    ClaimRejected {
        /// When the rejection entered our system.
        received_at: DateTime<Utc>,
        /// The customer's words, if any.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
        /// The customer gets a receipt; in earlier releases nobody did.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        receipt: bool,
    },
    /// The customer said no when it was too late to stop the association.
    LateRejectionReceived {
        /// When the rejection entered our system.
        received_at: DateTime<Utc>,
        /// The customer's words, if any.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
        /// The customer gets a receipt; in earlier releases nobody did.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        receipt: bool,
    },
    /// The customer agreed before the window ended.
    ClaimConfirmed {
        /// When the agreement entered our system.
        received_at: DateTime<Utc>,
        /// The customer gets a receipt; in earlier releases nobody did.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        receipt: bool,
    },
    /// The association is official and the grant is open.
    AssociationFinalized {
        /// The official instant, however late the worker was.
        official_at: DateTime<Utc>,
    },
    /// An association of an earlier program is official here, without a notice and a window.
    AssociationImported(AssociationImported),
    /// One side was told that the association ends soon, or could not be reached.
    SubscriptionEndWarned(SubscriptionEndWarned),
    /// The partner took the claim back before it was official.
    ClaimWithdrawn {
        /// The partner's words, if any.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
    },
    /// The association ended and its grant was revoked.
    AssociationEnded {
        /// Which of the known reasons.
        reason: EndReason,
        /// In somebody's words, if given.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        detail: Option<String>,
        /// When the customer's word entered our system, if it was the customer's and is to have a
        /// receipt.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        received_at: Option<DateTime<Utc>>,
    },
    /// A reviewer is to look at the claim before its customer is told; it holds its items.
    ReviewRequested(ReviewRequested),
    /// A reviewer has approved it.
    ReviewApproved(ReviewApproved),
    /// It is refused, and the partner can still do something about that, once.
    ClaimRefused(ClaimRefused),
    /// The partner disputes the refusal.
    ClaimDisputed(ClaimDisputed),
    /// Somebody else has decided the dispute.
    DisputeDecided(DisputeDecided),
    /// The partner goes on with a claim that it had not answered in time.
    ClaimReactivated(ClaimReactivated),
    /// Another partner claims items of this claim.
    ItemsContested(ItemsContested),
    /// The partner has answered that.
    ContestAnswered(ContestAnswered),
    /// The partner that has the items has answered this claim.
    IncumbentAnswered(IncumbentAnswered),
    /// The customer was asked to choose between the partners, or could not be reached.
    ChoiceAsked(ChoiceAsked),
    /// The customer has chosen between the partners.
    CustomerChose(CustomerChose),
    /// The contest was decided for this claim.
    ContestWon(ContestWon),
    /// A contest of items of this claim is over, and it was not touched.
    ContestClosed(ContestClosed),
    /// The partner was told that its items are contested, or could not be reached.
    IncumbentNotified(IncumbentNotified),
    /// Somebody has said something about it.
    CommentAdded(CommentAdded),
    /// Newer proof has come.
    ProofAdded(ProofAdded),
    /// The partner was reminded of an action required, or could not be reached.
    PartnerReminded(ToldAgain),
    /// Reviewers were told that the claim waits for them, or could not be reached.
    ReviewersTold(ReviewersTold),
    /// The partner was told how the claim stands, or could not be reached.
    PartnerNotified {
        /// The status that was told.
        outcome: Status,
        /// False when the mail server refused it for good.
        delivered: bool,
        /// What the mail server said.
        reply: String,
        /// SHA-256 of the mail as it was sent; nothing in earlier releases.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        mail_sha256: Option<String>,
    },
    /// The customer got a receipt, or could not be reached.
    ReceiptSent {
        /// The event that recorded the answer.
        receipt: u64,
        /// False when the mail server refused it for good.
        delivered: bool,
        /// What the mail server said.
        reply: String,
        /// SHA-256 of the mail as it was sent; nothing in earlier releases.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        mail_sha256: Option<String>,
    },
    /// Everything that people had written, and who they are, was replaced by a marker in this
    /// history. What was decided, when, and about what is as it was.
    PersonalDataErased(PersonalDataErased),
}
