//! What single events mean for the course of a claim: its window, and its end.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Event, Recorded};
use crate::claim::submission::Submission;
use crate::claim::window::Window;

impl Event {
    /// The window that holds from this event on, where it brings one.
    #[must_use]
    pub const fn window(&self) -> Option<&Window> {
        match self {
            Self::CustomerNotified { window, .. }
            | Self::WindowResumed { window, .. }
            | Self::WindowExtended { window, .. } => Some(window),
            Self::ClaimSubmitted { .. }
            | Self::ClaimAmended { .. }
            | Self::VerdictDeferred { .. }
            | Self::ClaimValidated
            | Self::ActionRequested { .. }
            | Self::ClaimDisqualified { .. }
            | Self::ClaimContested { .. }
            | Self::NoticeSending { .. }
            | Self::NoticeDeferred { .. }
            | Self::NoticeUncertain { .. }
            | Self::NoticeResumed { .. }
            | Self::NoticeRefused { .. }
            | Self::CustomerReminded { .. }
            | Self::WindowPaused { .. }
            | Self::CorrectionSent { .. }
            | Self::ContactProposed { .. }
            | Self::ContactConfirmed { .. }
            | Self::ClaimRejected { .. }
            | Self::LateRejectionReceived { .. }
            | Self::ClaimConfirmed { .. }
            | Self::AssociationFinalized { .. }
            | Self::AssociationImported(_)
            | Self::SubscriptionEndWarned(_)
            | Self::ClaimWithdrawn { .. }
            | Self::AssociationEnded { .. }
            | Self::ReviewRequested(_)
            | Self::ReviewApproved(_)
            | Self::ClaimRefused(_)
            | Self::ClaimDisputed(_)
            | Self::DisputeDecided(_)
            | Self::ClaimReactivated(_)
            | Self::ItemsContested(_)
            | Self::ContestAnswered(_)
            | Self::IncumbentAnswered(_)
            | Self::ChoiceAsked(_)
            | Self::CustomerChose(_)
            | Self::ContestWon(_)
            | Self::ContestClosed(_)
            | Self::IncumbentNotified(_)
            | Self::CommentAdded(_)
            | Self::ProofAdded(_)
            | Self::PartnerReminded(_)
            | Self::ReviewersTold(_)
            | Self::PartnerNotified { .. }
            | Self::ReceiptSent { .. }
            | Self::PersonalDataErased { .. } => None,
        }
    }

    /// The submission that holds from this event on, where it brings one.
    #[must_use]
    pub const fn submission(&self) -> Option<&Arc<Submission>> {
        match self {
            Self::ClaimSubmitted { submission }
            | Self::ClaimAmended { submission }
            | Self::ContactConfirmed { submission } => Some(submission),
            Self::PersonalDataErased(erased) => Some(&erased.submission),
            Self::ReviewApproved(approved) => approved.submission.as_ref(),
            Self::VerdictDeferred { .. }
            | Self::ClaimValidated
            | Self::ActionRequested { .. }
            | Self::ClaimDisqualified { .. }
            | Self::ClaimContested { .. }
            | Self::NoticeSending { .. }
            | Self::NoticeDeferred { .. }
            | Self::NoticeUncertain { .. }
            | Self::NoticeResumed { .. }
            | Self::NoticeRefused { .. }
            | Self::CustomerNotified { .. }
            | Self::CustomerReminded { .. }
            | Self::WindowPaused { .. }
            | Self::WindowResumed { .. }
            | Self::WindowExtended { .. }
            | Self::CorrectionSent { .. }
            | Self::ContactProposed { .. }
            | Self::ClaimRejected { .. }
            | Self::LateRejectionReceived { .. }
            | Self::ClaimConfirmed { .. }
            | Self::AssociationFinalized { .. }
            | Self::AssociationImported(_)
            | Self::SubscriptionEndWarned(_)
            | Self::ClaimWithdrawn { .. }
            | Self::AssociationEnded { .. }
            | Self::PartnerNotified { .. }
            | Self::ReceiptSent { .. }
            | Self::ReviewRequested(_)
            | Self::ClaimRefused(_)
            | Self::ClaimDisputed(_)
            | Self::DisputeDecided(_)
            | Self::ClaimReactivated(_)
            | Self::ItemsContested(_)
            | Self::ContestAnswered(_)
            | Self::IncumbentAnswered(_)
            | Self::ChoiceAsked(_)
            | Self::CustomerChose(_)
            | Self::ContestWon(_)
            | Self::ContestClosed(_)
            | Self::IncumbentNotified(_)
            | Self::CommentAdded(_)
            | Self::ProofAdded(_)
            | Self::PartnerReminded(_)
            | Self::ReviewersTold(_) => None,
        }
    }

    /// Whether the claim is closed from this event on, for good.
    #[must_use]
    pub const fn closes(&self) -> bool {
        matches!(
            self,
            Self::ClaimDisqualified { .. }
                | Self::ClaimRejected { .. }
                | Self::ClaimWithdrawn { .. }
                | Self::AssociationEnded { .. }
        )
    }
}

/// When a claim with this history was closed; nothing while it is not.
#[must_use]
pub fn closed_at(history: &[Recorded]) -> Option<DateTime<Utc>> {
    history.iter().find(|recorded| recorded.event.closes()).map(|recorded| recorded.at)
}
