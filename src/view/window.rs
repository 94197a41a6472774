//! A window that was changed, or would be, and what has become of its time; for programs.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::calendar::{Language, explain, moment};
use crate::claim::window::Account;
use crate::claim::{Claim, ClaimId, Status, Window};
use crate::ledger::{Adjustment, Applied};
use crate::view::answer::outcome_of;

/// What became of a window, or would become of it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AdjustedWindow")]
pub struct AdjustedView {
    /// The claim.
    #[schemars(with = "Uuid")]
    claim_id: ClaimId,
    /// `window_paused`, `window_resumed` or `window_extended`; `already_decided` when there was
    /// nothing to do.
    pub outcome: &'static str,
    /// Whether this only shows what would be; then nothing has changed.
    pub preview: bool,
    /// When it was recorded, or looked at.
    at: DateTime<Utc>,
    /// Where the claim stands now, or would stand.
    pub status: Status,
    /// How many events the claim has had; after a preview, what to send as `if_revision`.
    revision: u64,
    /// The first instant at which a rejection was late before.
    pub closes_at_before: Option<DateTime<Utc>>,
    /// The first instant at which a rejection is late; nothing while the window is paused.
    pub closes_at: Option<DateTime<Utc>>,
    /// Since when the window is paused.
    paused_at: Option<DateTime<Utc>>,
    /// What has become of the window's time.
    pub time: Option<TimeView>,
    /// The window explained in sentences, in English.
    pub sentences: Vec<String>,
}

/// What has become of a window's time; consumed, paused and remaining are the whole window.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "WindowTime")]
pub struct TimeView {
    /// Milliseconds that ran.
    consumed_ms: i64,
    /// Milliseconds that stood still.
    paused_ms: i64,
    /// Milliseconds until the end; while the window is paused, what was left when it stopped.
    remaining_ms: i64,
    /// Business days that are over.
    pub business_days_passed: u32,
    /// Business days that are not over, that of today included.
    pub business_days_left: u32,
}

impl AdjustedView {
    /// What was done.
    #[must_use]
    pub fn done(applied: &Applied) -> Self {
        let (outcome, _) = outcome_of(&applied.events);
        Self::of(&applied.claim, outcome, applied.at)
    }

    /// What would be: `before` would become `after`.
    #[must_use]
    pub fn foreseen(
        before: &Claim,
        after: &Claim,
        adjustment: &Adjustment,
        now: DateTime<Utc>,
    ) -> Self {
        let outcome = match adjustment {
            _ if before.revision == after.revision => "already_decided",
            Adjustment::Pause { .. } => "window_paused",
            Adjustment::Resume { .. } => "window_resumed",
            Adjustment::Extend { .. }
            | Adjustment::Outage { .. }
            | Adjustment::Calendars { .. } => "window_extended",
        };
        Self { preview: true, revision: before.revision, ..Self::of(after, outcome, now) }
    }

    fn of(claim: &Claim, outcome: &'static str, at: DateTime<Utc>) -> Self {
        let (window, paused_at) = (claim.open_window(), claim.paused_at());
        let end = window.map(Window::closes_at);
        let newest = claim.corrections.iter().find(|change| change.revision == claim.revision);
        Self {
            claim_id: claim.id,
            outcome,
            preview: false,
            at,
            status: claim.status(),
            revision: claim.revision,
            closes_at_before: newest.map(|change| change.closes_at_before).or(end),
            closes_at: end.filter(|_| paused_at.is_none()),
            paused_at,
            time: window.map(|window| TimeView::of(window.account(at, paused_at))),
            sentences: window.map(|window| sentences(window, paused_at, at)).unwrap_or_default(),
        }
    }
}

impl TimeView {
    /// What has become of a window's time.
    #[must_use]
    pub const fn of(account: Account) -> Self {
        Self {
            consumed_ms: account.consumed.num_milliseconds(),
            paused_ms: account.paused.num_milliseconds(),
            remaining_ms: account.remaining.num_milliseconds(),
            business_days_passed: account.business_days_passed,
            business_days_left: account.business_days_left,
        }
    }
}

fn sentences(window: &Window, paused_at: Option<DateTime<Utc>>, at: DateTime<Utc>) -> Vec<String> {
    match paused_at {
        Some(paused_at) => paused_sentences(window, paused_at, at, Language::English),
        None => explain(&window.deadline, window.opened_at, Language::English),
    }
}

/// The explanation of a window whose time stands still.
#[must_use]
pub fn paused_sentences(
    window: &Window,
    paused_at: DateTime<Utc>,
    now: DateTime<Utc>,
    language: Language,
) -> Vec<String> {
    let since = moment(paused_at, &window.deadline.zone, language);
    let left = window.account(now, Some(paused_at)).business_days_left;
    match language {
        Language::English => vec![
            format!("The time to answer has stood still since {since}."),
            "Answering is possible all the same, and every answer is in time.".to_owned(),
            match left {
                1 => "When the time goes on, at least 1 business day is left.".to_owned(),
                left => format!("When the time goes on, at least {left} business days are left."),
            },
            "The customer then gets a mail with the new last day.".to_owned(),
        ],
        Language::Turkish => vec![
            format!("Yanıt süresi şu andan beri durdurulmuştur: {since}."),
            "Bu sırada da yanıt verilebilir; verilen her yanıt zamanında sayılır.".to_owned(),
            format!("Süre yeniden başladığında en az {left} iş günü kalır."),
            "Müşteri o zaman yeni son günü bildiren bir e-posta alır.".to_owned(),
        ],
    }
}
