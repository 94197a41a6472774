//! The states of a claim. What exists only in a state lives in that variant.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::claim::choice::CustomerChoice;
use crate::claim::finding::Finding;
use crate::claim::identity::{ClaimId, Comment, MpnId};
use crate::claim::item::Item;
use crate::claim::lasting::{Basis, EndWarning};
use crate::claim::review::{DecideBy, Disputed, IncumbentAnswer, Refused, Review};
use crate::claim::status::Status;
use crate::claim::submission::CustomerContact;
use crate::claim::window::Window;

/// Where a claim stands, with what is only known there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum State {
    /// Accepted, being validated.
    Submitted {
        /// When the claim is to be validated.
        validate_at: DateTime<Utc>,
    },
    /// The partner can put it right.
    ActionRequired {
        /// What to put right.
        findings: Vec<Finding>,
        /// No answer by then disqualifies the claim.
        answer_by: DateTime<Utc>,
        /// Whom the customer named instead of the contact, for the partner to confirm.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        proposed: Option<Box<Proposed>>,
        /// When the partner is to be reminded; never, or no more, if there is nothing.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        remind_at: Option<DateTime<Utc>>,
    },
    /// Refused by the rules, for good.
    Disqualified {
        /// Why.
        findings: Vec<Finding>,
    },
    /// Another partner holds or claims one of the items; a person decides.
    Contested {
        /// Who held what when the claim was validated.
        holders: Vec<Holder>,
        /// Until when nobody decides for it without the answers of the incumbents.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        answer_by: Option<DateTime<Utc>>,
        /// What the incumbents have answered.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        answers: Vec<IncumbentAnswer>,
        /// By when a reviewer has to decide; earlier releases knew no such time.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        decide_by: Option<DecideBy>,
        /// What the customer is asked, where it is.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        choice: Option<Box<CustomerChoice>>,
    },
    /// Right; a reviewer looks at the proof before the customer is told.
    UnderReview(Review),
    /// Refused; the partner can still do something about it, once.
    Refused(Refused),
    /// The partner disputes the refusal; somebody else decides.
    Disputed(Disputed),
    /// Right; the customer's mail is on its way.
    Validated {
        /// The notice that is being sent.
        notice: Notice,
    },
    /// The customer may reject until the window closes.
    Notified {
        /// The rejection window.
        window: Window,
        /// The reminder has been dealt with.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        reminded: bool,
    },
    /// The window's time stands still; the customer may go on answering.
    Paused {
        /// The rejection window, as it was when its time stopped.
        window: Window,
        /// Since when its time stands still.
        paused_at: DateTime<Utc>,
        /// The reminder has been dealt with.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        reminded: bool,
    },
    /// The customer said no in time.
    Rejected {
        /// When the no entered our system.
        received_at: DateTime<Utc>,
        /// The customer's words, if any.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
    },
    /// Official; usage data open for exactly the claimed items.
    Associated {
        /// The bond, and the grant that comes with it.
        association: Association,
    },
    /// The partner took the claim back before it was official.
    Withdrawn {
        /// The partner's words, if any.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
    },
    /// The association is over, its grant revoked.
    Ended {
        /// Why.
        reason: EndReason,
        /// In somebody's words, if given.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        detail: Option<String>,
        /// When it ended.
        ended_at: DateTime<Utc>,
    },
}

impl State {
    /// The name of the state.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Self::Submitted { .. } => Status::Submitted,
            Self::ActionRequired { .. } => Status::ActionRequired,
            Self::Disqualified { .. } => Status::Disqualified,
            Self::Contested { .. } => Status::Contested,
            Self::UnderReview(_) => Status::UnderReview,
            Self::Refused(_) => Status::Refused,
            Self::Disputed(_) => Status::Disputed,
            Self::Validated { .. } => Status::Validated,
            Self::Notified { .. } => Status::Notified,
            Self::Paused { .. } => Status::Paused,
            Self::Rejected { .. } => Status::Rejected,
            Self::Associated { .. } => Status::Associated,
            Self::Withdrawn { .. } => Status::Withdrawn,
            Self::Ended { .. } => Status::Ended,
        }
    }
}

/// A claim that holds, or is associated with, an item another claim asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The item in question.
    pub item: Item,
    /// The claim that holds it.
    pub claim_id: ClaimId,
    /// The partner of that claim.
    pub mpn_id: MpnId,
    /// Since when.
    pub since: DateTime<Utc>,
    /// True when the item is associated, false when it is only held by a claim in flight.
    pub official: bool,
}

/// The contact that a customer named because the one with the notice is not the right person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// Who should get the notice.
    pub contact: CustomerContact,
    /// The customer's words for the partner, if any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub comment: Option<Comment>,
}

/// A notice on its way to the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Number of the notice, from 1; a new contact gets a new notice.
    pub number: u32,
    /// When the next copy is due.
    pub due_at: DateTime<Utc>,
    /// Known from the first copy on, the same for every copy.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sending: Option<Sending>,
}

/// What is fixed before the first copy of a notice leaves, and how its copies fared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sending {
    /// `Message-ID` of every copy.
    pub message_id: String,
    /// `Date` of every copy, and the instant from which it tells the end of the window. Moves on
    /// only while it is certain that no copy has arrived.
    pub date: DateTime<Utc>,
    /// A copy of unknown fate went out: from now on every copy is the same, byte for byte.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub may_have_arrived: bool,
    /// A copy is out and its outcome is not recorded.
    pub in_flight: bool,
    /// Copies that the mail server did not take for now.
    pub deferrals: u32,
    /// Copies of which nobody knows what became of them.
    pub unknowns: u32,
}

impl Sending {
    /// Whether every further copy has to be the same, byte for byte.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.in_flight || self.may_have_arrived
    }
}

/// The finished bond between a partner and a tenant's items, with its usage-data grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Association {
    /// The official instant; the grant is open from here on.
    pub since: DateTime<Utc>,
    /// What made it official.
    #[serde(flatten)]
    pub basis: Basis,
    /// Who was told of its end, as far as that end is still the one that was told.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub warned: Vec<EndWarning>,
}

/// Why an association ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The customer took the association back.
    CustomerWithdrew,
    /// The partner gave the association up.
    PartnerWithdrew,
    /// The claimed subscription ended.
    SubscriptionEnded,
    /// Another partner's claim won an arbitration.
    Superseded,
    /// A rejection received in time was entered only after the window had been finalized.
    RejectedInTime,
}

impl EndReason {
    /// The name that scripts rely on.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::CustomerWithdrew => "customer_withdrew",
            Self::PartnerWithdrew => "partner_withdrew",
            Self::SubscriptionEnded => "subscription_ended",
            Self::Superseded => "superseded",
            Self::RejectedInTime => "rejected_in_time",
        }
    }
}
