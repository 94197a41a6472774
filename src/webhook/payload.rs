//! What a webhook is told: the event and the claim as it was then.
//!
//! It is built from the history alone, so that every attempt of a delivery says the same. It
//! deliberately has no name, address or words of anybody: whoever wants those asks the API.

use chrono::{DateTime, Utc};
use cpor_jobs::DeliverWebhook;
use serde::Serialize;

use crate::claim::identity::{MpnId, TenantId};
use crate::claim::item::Item;
use crate::claim::{Claim, ClaimId, Finding, Recorded, State, Status, Window};

#[derive(Serialize)]
struct Told<'a> {
    /// The id of the delivery, the same for every attempt.
    id: String,
    event: &'a str,
    at: DateTime<Utc>,
    claim: ClaimThen<'a>,
}

/// The claim as it was right after the event.
#[derive(Serialize)]
struct ClaimThen<'a> {
    id: ClaimId,
    revision: u64,
    status: Status,
    source: &'a str,
    idempotency_key: &'a str,
    mpn_id: &'a MpnId,
    tenant_id: &'a TenantId,
    items: &'a [Item],
    submitted_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    opened_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closes_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paused_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer_by: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Found<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_reason: Option<&'a str>,
}

/// A finding without its sentence.
#[derive(Serialize)]
struct Found<'a> {
    field: &'a str,
    code: &'a str,
}

/// The body of a delivery, from the history of its claim; nothing when there is no such event.
#[must_use]
pub fn payload(delivery: &DeliverWebhook, history: &[Recorded]) -> Option<Vec<u8>> {
    let until = usize::try_from(delivery.revision).ok()?;
    let history = history.get(..until)?;
    let recorded = history.last()?;
    let id = ClaimId::try_from(delivery.claim_id).ok()?;
    let claim = Claim::replay(id, history)?;
    let told = Told {
        id: delivery.entry(),
        event: recorded.event.name(),
        at: recorded.at,
        claim: claim_then(&claim),
    };
    serde_json::to_vec(&told).ok()
}

fn claim_then(claim: &Claim) -> ClaimThen<'_> {
    let submission = &claim.submission;
    let (window, paused_at) = (claim.window(), claim.paused_at());
    let (answer_by, findings, end_reason) = particulars(&claim.state);
    ClaimThen {
        id: claim.id,
        revision: claim.revision,
        status: claim.status(),
        source: submission.source.as_str(),
        idempotency_key: submission.idempotency_key.as_str(),
        mpn_id: &submission.partner.mpn_id,
        tenant_id: &submission.customer.tenant_id,
        items: &submission.items,
        submitted_at: claim.submitted_at,
        opened_at: window.map(|window| window.opened_at),
        closes_at: window.filter(|_| paused_at.is_none()).map(Window::closes_at),
        paused_at,
        answer_by,
        findings: findings.iter().map(found).collect(),
        end_reason,
    }
}

fn found(finding: &Finding) -> Found<'_> {
    Found { field: &finding.field, code: &finding.code }
}

/// Time to answer, findings and reason, as far as the state has them.
fn particulars(state: &State) -> (Option<DateTime<Utc>>, &[Finding], Option<&'static str>) {
    match state {
        State::ActionRequired { findings, answer_by, .. } => (Some(*answer_by), findings, None),
        State::Disqualified { findings } => (None, findings, None),
        State::Refused(refused) => (Some(refused.until), &refused.findings, None),
        State::Disputed(disputed) => (None, &disputed.refusal.findings, None),
        State::Ended { reason, .. } => (None, &[], Some(reason.as_str())),
        State::Submitted { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. } => (None, &[], None),
    }
}
