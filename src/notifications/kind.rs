//! Which events a partner's people are told of, and under which of a few headings.
//!
//! The one place that decides it: an event that is not named in [`kind_of`] does not build.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::claim::Event;
use crate::claim::event::{CommentAdded, IncumbentNotified, SubscriptionEndWarned, ToldAgain};
use crate::claim::lasting::{EndWarning, EndingSide};
use crate::claim::review::Side;

/// What an event is to a partner's people.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "NotificationKind")]
pub enum Kind {
    /// The partner has to do something, or nothing goes on.
    NeedsAction,
    /// The claim was decided: official, or refused; or a dispute or a contest of it.
    Decided,
    /// The customer said yes or no.
    CustomerAnswered,
    /// The customer's time to answer: it began, changed, or ends soon.
    Window,
    /// The claim was taken back, or the association is over or will be soon.
    Ended,
    /// What reviewers do and say, and what other partners claim.
    CommentsAndContests,
}

impl Kind {
    /// Every kind, in the order in which people are asked.
    pub const ALL: [Self; 6] = [
        Self::NeedsAction,
        Self::Decided,
        Self::CustomerAnswered,
        Self::Window,
        Self::Ended,
        Self::CommentsAndContests,
    ];

    /// The name, as the API and the feed write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NeedsAction => "needs_action",
            Self::Decided => "decided",
            Self::CustomerAnswered => "customer_answered",
            Self::Window => "window",
            Self::Ended => "ended",
            Self::CommentsAndContests => "comments_and_contests",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// There is no kind of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such kind; the kinds are {}", Kind::ALL.map(Kind::as_str).join(", "))]
pub struct UnknownKind;

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or(UnknownKind)
    }
}

/// What an event is to the people of its claim's partner; nothing, when it tells them nothing.
#[must_use]
pub const fn kind_of(event: &Event) -> Option<Kind> {
    match event {
        Event::ActionRequested { .. }
        | Event::ContactProposed { .. }
        | Event::ItemsContested(_)
        | Event::PartnerReminded(_)
        // The partner's own contact cannot be reached: somebody else of the partner has to know.
        | Event::IncumbentNotified(IncumbentNotified {
            told: ToldAgain { delivered: false, .. }, ..
        })
        | Event::PartnerNotified { delivered: false, .. } => Some(Kind::NeedsAction),
        Event::ClaimDisqualified { .. }
        | Event::ClaimRefused(_)
        | Event::DisputeDecided(_)
        | Event::ContestWon(_)
        | Event::AssociationImported(_)
        | Event::AssociationFinalized { .. } => Some(Kind::Decided),
        Event::ClaimRejected { .. }
        | Event::LateRejectionReceived { .. }
        | Event::ClaimConfirmed { .. } => Some(Kind::CustomerAnswered),
        Event::CustomerNotified { .. }
        | Event::WindowPaused { .. }
        | Event::WindowResumed { .. }
        | Event::WindowExtended { .. } => Some(Kind::Window),
        Event::ClaimWithdrawn { .. }
        | Event::AssociationEnded { .. }
        // Each side has a warning of its own: the customer's is not told once more.
        | Event::SubscriptionEndWarned(SubscriptionEndWarned {
            warning: EndWarning { side: EndingSide::Partner, .. }, ..
        }) => Some(Kind::Ended),
        Event::ClaimContested { .. }
        | Event::IncumbentAnswered(_)
        | Event::ContestClosed(_)
        | Event::ReviewRequested(_)
        | Event::ReviewApproved(_)
        | Event::CommentAdded(CommentAdded { from: Side::Reviewer, .. }) => {
            Some(Kind::CommentsAndContests)
        }
        Event::ClaimSubmitted { .. }
        | Event::ClaimAmended { .. }
        | Event::VerdictDeferred { .. }
        | Event::ClaimValidated
        | Event::NoticeSending { .. }
        | Event::NoticeDeferred { .. }
        | Event::NoticeUncertain { .. }
        | Event::NoticeResumed { .. }
        | Event::NoticeRefused { .. }
        | Event::CustomerReminded { .. }
        | Event::CorrectionSent { .. }
        | Event::ContactConfirmed { .. }
        | Event::ClaimDisputed(_)
        | Event::ClaimReactivated(_)
        | Event::ContestAnswered(_)
        | Event::CommentAdded(CommentAdded { from: Side::Partner, .. })
        | Event::ProofAdded(_)
        | Event::IncumbentNotified(IncumbentNotified {
            told: ToldAgain { delivered: true, .. }, ..
        })
        | Event::SubscriptionEndWarned(SubscriptionEndWarned {
            warning: EndWarning { side: EndingSide::Customer, .. }, ..
        })
        | Event::ChoiceAsked(_)
        // Its words are for the reviewer; what they decide is an event of its own.
        | Event::CustomerChose(_)
        | Event::ReviewersTold(_)
        | Event::PartnerNotified { delivered: true, .. }
        | Event::ReceiptSent { .. }
        | Event::PersonalDataErased { .. } => None,
    }
}
