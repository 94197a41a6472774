//! The names of events, as the history, the feed and webhooks show them.

use super::Event;

impl Event {
    /// The names of all events.
    pub const NAMES: [&str; 49] = [
        "claim_submitted",
        "claim_amended",
        "verdict_deferred",
        "claim_validated",
        "action_requested",
        "claim_disqualified",
        "claim_contested",
        "notice_sending",
        "notice_deferred",
        "notice_uncertain",
        "notice_resumed",
        "notice_refused",
        "customer_notified",
        "customer_reminded",
        "window_paused",
        "window_resumed",
        "window_extended",
        "correction_sent",
        "contact_proposed",
        "contact_confirmed",
        "claim_rejected",
        "late_rejection_received",
        "claim_confirmed",
        "association_finalized",
        "association_imported",
        "subscription_end_warned",
        "claim_withdrawn",
        "association_ended",
        "review_requested",
        "review_approved",
        "claim_refused",
        "claim_disputed",
        "dispute_decided",
        "claim_reactivated",
        "items_contested",
        "contest_answered",
        "incumbent_answered",
        "choice_asked",
        "customer_chose",
        "contest_won",
        "contest_closed",
        "incumbent_notified",
        "comment_added",
        "proof_added",
        "partner_reminded",
        "reviewers_told",
        "partner_notified",
        "receipt_sent",
        "personal_data_erased",
    ];

    /// The name of the event as the history and the feed show it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ClaimSubmitted { .. } => "claim_submitted",
            Self::ClaimAmended { .. } => "claim_amended",
            Self::VerdictDeferred { .. } => "verdict_deferred",
            Self::ClaimValidated => "claim_validated",
            Self::ActionRequested { .. } => "action_requested",
            Self::ClaimDisqualified { .. } => "claim_disqualified",
            Self::ClaimContested { .. } => "claim_contested",
            Self::NoticeSending { .. } => "notice_sending",
            Self::NoticeDeferred { .. } => "notice_deferred",
            Self::NoticeUncertain { .. } => "notice_uncertain",
            Self::NoticeResumed { .. } => "notice_resumed",
            Self::NoticeRefused { .. } => "notice_refused",
            Self::CustomerNotified { .. } => "customer_notified",
            Self::CustomerReminded { .. } => "customer_reminded",
            Self::WindowPaused { .. } => "window_paused",
            Self::WindowResumed { .. } => "window_resumed",
            Self::WindowExtended { .. } => "window_extended",
            Self::CorrectionSent { .. } => "correction_sent",
            Self::ContactProposed { .. } => "contact_proposed",
            Self::ContactConfirmed { .. } => "contact_confirmed",
            Self::ClaimRejected { .. } => "claim_rejected",
            Self::LateRejectionReceived { .. } => "late_rejection_received",
            Self::ClaimConfirmed { .. } => "claim_confirmed",
            Self::AssociationFinalized { .. } => "association_finalized",
            Self::AssociationImported(_) => "association_imported",
            Self::SubscriptionEndWarned(_) => "subscription_end_warned",
            Self::ClaimWithdrawn { .. } => "claim_withdrawn",
            Self::AssociationEnded { .. } => "association_ended",
            Self::ReviewRequested(_) => "review_requested",
            Self::ReviewApproved(_) => "review_approved",
            Self::ClaimRefused(_) => "claim_refused",
            Self::ClaimDisputed(_) => "claim_disputed",
            Self::DisputeDecided(_) => "dispute_decided",
            Self::ClaimReactivated(_) => "claim_reactivated",
            Self::ItemsContested(_) => "items_contested",
            Self::ContestAnswered(_) => "contest_answered",
            Self::IncumbentAnswered(_) => "incumbent_answered",
            Self::ChoiceAsked(_) => "choice_asked",
            Self::CustomerChose(_) => "customer_chose",
            Self::ContestWon(_) => "contest_won",
            Self::ContestClosed(_) => "contest_closed",
            Self::IncumbentNotified(_) => "incumbent_notified",
            Self::CommentAdded(_) => "comment_added",
            Self::ProofAdded(_) => "proof_added",
            Self::PartnerReminded(_) => "partner_reminded",
            Self::ReviewersTold(_) => "reviewers_told",
            Self::PartnerNotified { .. } => "partner_notified",
            Self::ReceiptSent { .. } => "receipt_sent",
            Self::PersonalDataErased { .. } => "personal_data_erased",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What serde expects is what there is.
    #[test]
    fn every_event_is_listed_by_name() {
        let unknown = serde_json::from_str::<Event>(r#"{"event":""}"#).unwrap_err().to_string();
        let (_, expected) = unknown.split_once("expected one of ").unwrap();
        let named: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
        assert_eq!(named, Event::NAMES);
    }
}
