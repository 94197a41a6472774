//! A claim as programs see it: one object. The names of its fields are relied on by scripts.

use chrono::{DateTime, Utc};
use serde::Serialize;

use cpor::claim::event::{Event, Recorded};
use cpor::claim::identity::{IdempotencyKey, MpnId, Source, TenantId};
use cpor::claim::item::Item;
use cpor::claim::{Claim, ClaimId, Finding, State, Status, Window};
use cpor::store::dead::DeadEntry;

use crate::cli::words;

/// A claim with what only its history tells.
pub struct Dossier {
    /// The claim as it is now.
    pub claim: Claim,
    /// Everything that has happened to it; may be missing where [`needs_history`] says no.
    pub history: Vec<Recorded>,
    /// The dead letter in its way, if there is one.
    pub stuck: Option<DeadEntry>,
}

/// One claim on one line.
#[derive(Debug, Serialize)]
pub struct ClaimView<'a> {
    id: ClaimId,
    status: Status,
    name: &'a str,
    source: &'a Source,
    idempotency_key: &'a IdempotencyKey,
    mpn_id: &'a MpnId,
    tenant_id: TenantId,
    items: &'a [Item],
    submitted_at: DateTime<Utc>,
    opened_at: Option<DateTime<Utc>>,
    closes_at: Option<DateTime<Utc>>,
    decided_at: Option<DateTime<Utc>>,
    reason: Option<String>,
    detail: Option<&'a str>,
    findings: &'a [Finding],
    answer_by: Option<DateTime<Utc>>,
    waits_for: Option<String>,
    stuck: Option<StuckView>,
    revision: u64,
}

/// Why nothing happens to a claim until a person has looked.
#[derive(Debug, Serialize)]
struct StuckView {
    job: cpor_jobs::Job,
    error: String,
    attempts: u32,
    at: DateTime<Utc>,
    remedy: String,
}

/// Whether a claim's state alone does not tell its window or when it was decided.
pub const fn needs_history(status: Status) -> bool {
    match status {
        Status::Disqualified | Status::Rejected | Status::Withdrawn | Status::Ended => true,
        Status::Submitted
        | Status::ActionRequired
        | Status::Contested
        | Status::Validated
        | Status::Notified
        | Status::Associated => false,
    }
}

/// The command that takes a dead letter up again.
pub fn retry_command(entry: &DeadEntry) -> String {
    format!("cpor dead retry {} {}", entry.job, entry.entry)
}

impl Dossier {
    /// The newest window of the claim, if one was ever opened.
    pub fn window(&self) -> Option<&Window> {
        self.claim.window().or_else(|| {
            self.history.iter().rev().find_map(|recorded| match &recorded.event {
                Event::CustomerNotified { window, .. } => Some(window),
                _ => None,
            })
        })
    }

    /// The instant that counts: of the customer's answer, of the end of the window, or of the
    /// event that ended the claim.
    pub fn decided_at(&self) -> Option<DateTime<Utc>> {
        match &self.claim.state {
            State::Rejected { received_at, .. } => Some(*received_at),
            State::Associated { association } => Some(association.since),
            State::Ended { ended_at, .. } => Some(*ended_at),
            State::Disqualified { .. } => self.last("claim_disqualified"),
            State::Withdrawn { .. } => self.last("claim_withdrawn"),
            State::Submitted { .. }
            | State::ActionRequired { .. }
            | State::Contested { .. }
            | State::Validated { .. }
            | State::Notified { .. } => None,
        }
    }

    fn last(&self, event: &str) -> Option<DateTime<Utc>> {
        let found = self.history.iter().rev().find(|recorded| recorded.event.name() == event);
        found.map(|recorded| recorded.at)
    }

    /// The claim as programs see it.
    pub fn view(&self) -> ClaimView<'_> {
        let (claim, submission) = (&self.claim, &self.claim.submission);
        let window = self.window();
        let (detail, findings, answer_by) = match &claim.state {
            State::ActionRequired { findings, answer_by, .. } => {
                (None, &**findings, Some(*answer_by))
            }
            State::Disqualified { findings } => (None, &**findings, None),
            State::Ended { detail, .. } => (detail.as_deref(), &[][..], None),
            State::Submitted { .. }
            | State::Contested { .. }
            | State::Validated { .. }
            | State::Notified { .. }
            | State::Rejected { .. }
            | State::Associated { .. }
            | State::Withdrawn { .. } => (None, &[][..], None),
        };
        ClaimView {
            id: claim.id,
            status: claim.status(),
            name: submission.name.as_str(),
            source: &submission.source,
            idempotency_key: &submission.idempotency_key,
            mpn_id: &submission.partner.mpn_id,
            tenant_id: submission.customer.tenant_id,
            items: &submission.items,
            submitted_at: claim.submitted_at,
            opened_at: window.map(|window| window.opened_at),
            closes_at: window.map(Window::closes_at),
            decided_at: self.decided_at(),
            reason: words::reason(&claim.state),
            detail,
            findings,
            answer_by,
            waits_for: words::waits_for(&claim.state),
            stuck: self.stuck.as_ref().map(StuckView::of),
            revision: claim.revision,
        }
    }
}

impl StuckView {
    fn of(entry: &DeadEntry) -> Self {
        Self {
            job: entry.job,
            error: entry.letter.error.clone(),
            attempts: entry.letter.attempts,
            at: entry.letter.at,
            remedy: retry_command(entry),
        }
    }
}
