//! Why somebody does not see usage data, in words.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::claim::state::EndReason;
use crate::claim::{ClaimId, Status};

pub(super) fn waits(claim_id: ClaimId, status: Status, until: Option<DateTime<Utc>>) -> String {
    let what = match status {
        Status::ActionRequired => "waits for the partner's answer",
        Status::Contested => "waits for a decision: another partner has the item or claims it",
        Status::UnderReview => "waits for a reviewer",
        Status::Refused => "was refused, which its partner can still dispute",
        Status::Disputed => "waits for a decision about a dispute",
        Status::Validated => "is right, and the customer's mail is on its way",
        Status::Notified => "waits for the customer, who may reject",
        Status::Paused => "is paused: the customer's time to reject stands still",
        Status::Submitted
        | Status::Disqualified
        | Status::Rejected
        | Status::Associated
        | Status::Withdrawn
        | Status::Ended => "is being validated",
    };
    let until = until.map(|at| format!(" until {}", utc(at))).unwrap_or_default();
    format!("Claim {claim_id} {what}{until}.")
}

pub(super) const fn why_ended(reason: &EndReason) -> &'static str {
    match reason {
        EndReason::CustomerWithdrew => "the customer took it back",
        EndReason::PartnerWithdrew => "the partner gave it up",
        EndReason::SubscriptionEnded => "the subscription ended",
        EndReason::Superseded => "another partner's claim won an arbitration",
        EndReason::RejectedInTime => "the customer had rejected it in time",
    }
}

pub(super) fn utc(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
