//! A claim as programs see it, by command line and HTTP: one object. The names of its fields are
//! relied on by scripts.

mod answer;
mod contest;
mod csv;
mod deadline;
mod told;
mod window;
mod words;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::access::Authority;
use crate::claim::event::{Event, Recorded};
use crate::claim::identity::{IdempotencyKey, MpnId, Source, TenantId};
use crate::claim::item::Item;
use crate::claim::lasting::Imported;
use crate::claim::{ChainTip, Claim, ClaimId, Finding, State, Status, Window};
use crate::store::dead::DeadEntry;
pub use answer::{LineAnswer, Outcome, outcome_of};
use contest::{ChoiceView, ContestView};
pub use csv::{csv_more_rows, csv_rows};
pub use deadline::{DeadlineView, explanation};
pub use told::{Told, chose_in_words, end_in_words, status_in_words};
pub use window::{AdjustedView, TimeView, paused_sentences};
pub use words::{held_by, reason, sentences, utc, waits_for};

/// A claim with what only its history tells.
pub struct Dossier {
    /// The claim as it is now.
    pub claim: Claim,
    /// Everything that has happened to it; may be missing where [`needs_history`] says no.
    pub history: Vec<Recorded>,
    /// The dead letter in its way, if there is one.
    pub stuck: Option<DeadEntry>,
}

/// A claim.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Claim")]
pub struct ClaimView<'a> {
    /// The claim's id.
    #[schemars(with = "Uuid")]
    id: ClaimId,
    /// Where it stands.
    status: Status,
    /// The partner's own name for the claim.
    name: &'a str,
    /// The upstream system that submitted it.
    #[schemars(with = "String")]
    source: &'a Source,
    /// The source's own key for it.
    #[schemars(with = "String")]
    idempotency_key: &'a IdempotencyKey,
    /// The claiming partner's location.
    #[schemars(with = "String")]
    mpn_id: &'a MpnId,
    /// The customer's tenant.
    #[schemars(with = "Uuid")]
    tenant_id: TenantId,
    /// What is claimed.
    #[schemars(with = "Vec<cpor_jobs::Item>")]
    items: &'a [Item],
    /// When it became a claim.
    submitted_at: DateTime<Utc>,
    /// The earlier program from which it was imported, and until when: it never had a window.
    imported: Option<Imported>,
    /// When the rejection window opened.
    opened_at: Option<DateTime<Utc>>,
    /// The first instant at which a rejection is late; nothing while the window is paused.
    closes_at: Option<DateTime<Utc>>,
    /// Since when the window is paused: its time stands still until a reviewer resumes it.
    paused_at: Option<DateTime<Utc>>,
    /// When it was decided.
    decided_at: Option<DateTime<Utc>>,
    /// Why it stands there, where there is a reason.
    reason: Option<String>,
    /// The reason in somebody's own words.
    detail: Option<&'a str>,
    /// What has to be put right, or why it was refused.
    findings: &'a [Finding],
    /// Until when the partner can answer.
    answer_by: Option<DateTime<Utc>>,
    /// By when a reviewer has to decide.
    decide_by: Option<DateTime<Utc>>,
    /// Why it was refused, where the partner can still do something: `reviewer`, `arbitration` or
    /// `no_answer`.
    refused_by: Option<&'static str>,
    /// Other partners' claims on its items, until they are decided.
    contests: Vec<ContestView<'a>>,
    /// What its customer chose between the partners; only for those who decide between them.
    customer_choice: Option<ChoiceView<'a>>,
    /// Whom the customer has named instead of the contact that was notified.
    proposed_contact: Option<ProposedContact<'a>>,
    /// Whom or what it waits for.
    waits_for: Option<String>,
    /// What only a person can set going again.
    stuck: Option<StuckView>,
    /// How many events it has had.
    revision: u64,
    /// What its history up to here adds up to; the tip of the hash chain of its events.
    chain: ChainTip,
}

/// The person whom a customer has named as the right one.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ProposedContact")]
struct ProposedContact<'a> {
    /// The person's name.
    name: &'a str,
    /// The person's job title.
    title: &'a str,
    /// The person's address.
    email: &'a str,
    /// The customer's words for the partner.
    comment: Option<&'a str>,
}

impl<'a> ProposedContact<'a> {
    fn of(state: &'a State) -> Option<Self> {
        let State::ActionRequired { proposed: Some(proposed), .. } = state else { return None };
        let contact = &proposed.contact;
        Some(Self {
            name: contact.name.as_str(),
            title: contact.title.as_str(),
            email: contact.email.as_str(),
            comment: proposed.comment.as_ref().map(|comment| comment.as_str()),
        })
    }
}

/// Why nothing happens to a claim until a person has looked.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Stuck")]
struct StuckView {
    /// The job that failed.
    #[schemars(with = "String")]
    job: cpor_jobs::Job,
    /// Why.
    error: String,
    /// How often it was tried.
    attempts: u32,
    /// When it failed for the last time.
    at: DateTime<Utc>,
    /// The command that takes it up again.
    remedy: String,
}

/// Whether a claim's state alone does not tell its window or when it was decided.
#[must_use]
pub const fn needs_history(status: Status) -> bool {
    status.is_closed()
}

/// The command that takes a dead letter up again.
#[must_use]
pub fn retry_command(entry: &DeadEntry) -> String {
    format!("cpor dead retry {} {}", entry.job, entry.entry)
}

impl Dossier {
    /// The newest window of the claim, if one was ever opened.
    pub fn window(&self) -> Option<&Window> {
        let newest = || self.history.iter().rev().find_map(|recorded| recorded.event.window());
        self.claim.window().or_else(newest)
    }

    /// The earlier program from which it was imported, if it was.
    pub fn imported(&self) -> Option<Imported> {
        if let State::Associated { association } = &self.claim.state {
            return association.imported();
        }
        self.history.iter().find_map(|recorded| match &recorded.event {
            Event::AssociationImported(event) => Some(event.imported),
            _ => None,
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
            | State::UnderReview(_)
            | State::Refused(_)
            | State::Disputed(_)
            | State::Validated { .. }
            | State::Notified { .. }
            | State::Paused { .. } => None,
        }
    }

    fn last(&self, event: &str) -> Option<DateTime<Utc>> {
        let found = self.history.iter().rev().find(|recorded| recorded.event.name() == event);
        found.map(|recorded| recorded.at)
    }

    /// The claim as programs see it.
    pub fn view(&self) -> ClaimView<'_> {
        let (claim, submission) = (&self.claim, &self.claim.submission);
        let (window, paused_at) = (self.window(), claim.paused_at());
        let (detail, findings, answer_by) = match &claim.state {
            State::ActionRequired { findings, answer_by, .. } => {
                (None, &**findings, Some(*answer_by))
            }
            State::Disqualified { findings } => (None, &**findings, None),
            State::Refused(refused) => (None, &*refused.findings, Some(refused.until)),
            State::Disputed(disputed) => (None, &*disputed.refusal.findings, None),
            State::Ended { detail, .. } => (detail.as_deref(), &[][..], None),
            State::Submitted { .. }
            | State::Contested { .. }
            | State::UnderReview(_)
            | State::Validated { .. }
            | State::Notified { .. }
            | State::Paused { .. }
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
            imported: self.imported(),
            opened_at: window.map(|window| window.opened_at),
            closes_at: window.filter(|_| paused_at.is_none()).map(Window::closes_at),
            paused_at,
            decided_at: self.decided_at(),
            reason: reason(&claim.state),
            detail,
            findings,
            answer_by,
            decide_by: claim.decide_by().map(|decide_by| decide_by.due.by),
            refused_by: contest::refused_by(&claim.state),
            contests: claim.file.contests.iter().map(ContestView::of).collect(),
            customer_choice: claim.customer_choice().map(ChoiceView::of),
            proposed_contact: ProposedContact::of(&claim.state),
            waits_for: waits_for(&claim.state),
            stuck: self.stuck.as_ref().map(StuckView::of),
            revision: claim.revision,
            chain: claim.chain,
        }
    }
}

impl ClaimView<'_> {
    /// What has to be put right, or why it was refused.
    #[must_use]
    pub const fn findings(&self) -> &[Finding] {
        self.findings
    }

    /// Without what the caller does not see: words of customers and partners for those who look
    /// after queues, and who else wants the items for those who want them too.
    #[must_use]
    pub fn for_caller(mut self, authority: &Authority) -> Self {
        if !authority.sees_personal_data() {
            self = Self { reason: None, detail: None, proposed_contact: None, name: "", ..self };
            self.customer_choice = self.customer_choice.map(ChoiceView::without_words);
        }
        if !authority.sees_rivals() {
            self.contests.iter_mut().for_each(|contest| contest.by = None);
            self.customer_choice = None;
        }
        if !authority.sees_rivals() && self.status == Status::Contested {
            self.reason = Some("Another partner holds or claims one of the items.".to_owned());
        }
        self
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
