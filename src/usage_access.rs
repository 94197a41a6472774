//! Does this partner see this item's usage data now, and if not, why not?
//!
//! The grant decides; the partner's claims only explain. Nothing is opened or revoked here, and
//! whether the asker may ask is decided before.

pub mod reading;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::claim::catalog::{Availability, Catalog};
use crate::claim::identity::{MpnId, TenantId};
use crate::claim::state::EndReason;
use crate::claim::{Claim, ClaimId, ItemKey, State, Status};
use crate::ledger::Ledger;
use crate::store::StoreError;
use crate::store::search::{ClaimFilter, Order, PageSize, Search};

/// How often a claim that changes while it is read is read again.
const READS_MAX: u32 = 3;

/// Who asks about what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The partner.
    pub mpn_id: MpnId,
    /// The customer.
    pub tenant_id: TenantId,
    /// The item.
    pub item: ItemKey,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// The partner sees the data.
    Granted {
        /// Since when.
        since: DateTime<Utc>,
        /// By which claim.
        claim_id: ClaimId,
    },
    /// The partner does not see the data.
    Denied(NoAccess),
}

/// Why a partner does not see an item's usage data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAccess {
    /// There is no such workload.
    UnknownItem,
    /// The workload is known, and was never to be claimed here.
    NotClaimable,
    /// The partner has no claim on this item of this tenant.
    NotClaimed,
    /// The partner's claim is on its way.
    ClaimWaits {
        /// The claim.
        claim_id: ClaimId,
        /// Where it stands.
        status: Status,
        /// Until when somebody has time, if that is fixed: the partner to answer, or the customer
        /// to reject.
        until: Option<DateTime<Utc>>,
    },
    /// The customer rejected the claim.
    Rejected {
        /// The claim.
        claim_id: ClaimId,
        /// When the customer did.
        at: DateTime<Utc>,
    },
    /// The association has ended.
    Ended {
        /// The claim.
        claim_id: ClaimId,
        /// Why.
        reason: EndReason,
        /// When.
        at: DateTime<Utc>,
    },
    /// The partner took the claim back.
    Withdrawn {
        /// The claim.
        claim_id: ClaimId,
    },
    /// The claim was refused by the rules.
    Disqualified {
        /// The claim.
        claim_id: ClaimId,
    },
    /// The claim is official and its grant is missing: a fault of ours that `cpor check` reports.
    GrantMissing {
        /// The claim.
        claim_id: ClaimId,
    },
}

/// Answers from what is stored; `now` is the day that the catalog is read for.
///
/// # Errors
///
/// When Redis cannot be reached or refuses, or what lies there cannot be read.
pub async fn access(
    ledger: &Ledger,
    question: &Question,
    now: DateTime<Utc>,
) -> Result<Access, StoreError> {
    let Question { mpn_id, tenant_id, item } = question;
    let store = ledger.store();
    let mut reason = NoAccess::NotClaimed;
    for _ in 0..READS_MAX {
        let grants = store.grants_on(mpn_id, tenant_id, std::slice::from_ref(item)).await?;
        if let Some(grant) = grants.into_iter().flatten().next() {
            return Ok(Access::Granted { since: grant.since, claim_id: grant.claim_id });
        }
        let filter = ClaimFilter {
            mpn_id: Some(mpn_id.clone()),
            tenant_id: Some(*tenant_id),
            item: Some(item.clone()),
            ..ClaimFilter::default()
        };
        let page = store.search(&Search::new(filter, Order::Newest, PageSize::DEFAULT)).await?;
        reason = page
            .entries
            .iter()
            .min_by_key(|claim| rank(claim))
            .map_or_else(|| unclaimed(item, &ledger.rules().catalog, now), explain);
        // A claim that has just become official: its grant came with it.
        if !matches!(reason, NoAccess::GrantMissing { .. }) {
            break;
        }
    }
    Ok(Access::Denied(reason))
}

/// What is on its way explains more than what is over; among equals the newest does, which comes
/// first.
const fn rank(claim: &Claim) -> u8 {
    match claim.status() {
        Status::Associated => 0,
        Status::Submitted
        | Status::ActionRequired
        | Status::Contested
        | Status::Validated
        | Status::Notified
        | Status::Paused => 1,
        Status::Disqualified | Status::Rejected | Status::Withdrawn | Status::Ended => 2,
    }
}

/// A subscription is known by its directory alone, and not by its id.
fn unclaimed(item: &ItemKey, catalog: &Catalog, now: DateTime<Utc>) -> NoAccess {
    let ItemKey::Workload(code) = item else { return NoAccess::NotClaimed };
    match catalog.workload(code.as_str(), now.date_naive()) {
        Availability::Unknown => NoAccess::UnknownItem,
        Availability::Never(_) => NoAccess::NotClaimable,
        Availability::Claimable(_) | Availability::NotYet(..) | Availability::NoLonger(..) => {
            NoAccess::NotClaimed
        }
    }
}

fn explain(claim: &Claim) -> NoAccess {
    let claim_id = claim.id;
    let waits = |until| NoAccess::ClaimWaits { claim_id, status: claim.status(), until };
    match &claim.state {
        State::Submitted { .. }
        | State::Contested { .. }
        | State::Validated { .. }
        | State::Paused { .. } => waits(None),
        State::ActionRequired { answer_by, .. } => waits(Some(*answer_by)),
        State::Notified { window, .. } => waits(Some(window.closes_at())),
        State::Rejected { received_at, .. } => NoAccess::Rejected { claim_id, at: *received_at },
        State::Ended { reason, ended_at, .. } => {
            NoAccess::Ended { claim_id, reason: reason.clone(), at: *ended_at }
        }
        State::Withdrawn { .. } => NoAccess::Withdrawn { claim_id },
        State::Disqualified { .. } => NoAccess::Disqualified { claim_id },
        State::Associated { .. } => NoAccess::GrantMissing { claim_id },
    }
}

impl NoAccess {
    /// The code that programs rely on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownItem => "unknown_item",
            Self::NotClaimable => "not_claimable",
            Self::NotClaimed => "not_claimed",
            Self::ClaimWaits { .. } => "claim_waits",
            Self::Rejected { .. } => "rejected",
            Self::Ended { .. } => "ended",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Disqualified { .. } => "disqualified",
            Self::GrantMissing { .. } => "grant_missing",
        }
    }

    /// The claim that explains it, if there is one.
    #[must_use]
    pub const fn claim_id(&self) -> Option<ClaimId> {
        match self {
            Self::UnknownItem | Self::NotClaimable | Self::NotClaimed => None,
            Self::ClaimWaits { claim_id, .. }
            | Self::Rejected { claim_id, .. }
            | Self::Ended { claim_id, .. }
            | Self::Withdrawn { claim_id }
            | Self::Disqualified { claim_id }
            | Self::GrantMissing { claim_id } => Some(*claim_id),
        }
    }

    /// The reason as a sentence for people.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::UnknownItem => "There is no such workload; see the catalog.".to_owned(),
            Self::NotClaimable => "This workload cannot be claimed here.".to_owned(),
            Self::NotClaimed => "The partner has no claim on this item of this tenant.".to_owned(),
            Self::ClaimWaits { claim_id, status, until } => waits(*claim_id, *status, *until),
            Self::Rejected { claim_id, at } => {
                format!("The customer rejected claim {claim_id} at {}.", utc(*at))
            }
            Self::Ended { claim_id, reason, at } => {
                let why = why_ended(reason);
                format!("The association of claim {claim_id} ended at {}: {why}.", utc(*at))
            }
            Self::Withdrawn { claim_id } => format!("The partner took claim {claim_id} back."),
            Self::Disqualified { claim_id } => {
                format!("Claim {claim_id} was refused by the rules; its findings say why.")
            }
            Self::GrantMissing { claim_id } => {
                format!(
                    "Claim {claim_id} is official and its grant is missing; operators have to look."
                )
            }
        }
    }
}

fn waits(claim_id: ClaimId, status: Status, until: Option<DateTime<Utc>>) -> String {
    let what = match status {
        Status::ActionRequired => "waits for the partner's answer",
        Status::Contested => "waits for a decision: another partner has the item or claims it",
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

const fn why_ended(reason: &EndReason) -> &'static str {
    match reason {
        EndReason::CustomerWithdrew => "the customer took it back",
        EndReason::PartnerWithdrew => "the partner gave it up",
        EndReason::SubscriptionEnded => "the subscription ended",
        EndReason::Superseded => "another partner's claim won an arbitration",
        EndReason::RejectedInTime => "the customer had rejected it in time",
    }
}

fn utc(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
