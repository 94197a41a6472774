//! How a claim stands, in words for the template of a notice's page.

use serde::Serialize;

use super::facts::{Teller, WindowFacts};
use super::standing::{Answered, Seen, Stage, Standing};
use crate::claim::{ClaimId, Reference, Window};

/// How a claim stands, as the template reads it.
#[derive(Serialize)]
pub(super) struct Told {
    /// The name of the case.
    is: &'static str,
    /// Whether the end of the window is on record.
    is_certain: bool,
    /// Since when the time to answer stands still.
    paused_since: Option<String>,
    /// Since when it is official.
    since: Option<String>,
    /// When it ended.
    at: Option<String>,
    /// Why it ended.
    reason: Option<&'static str>,
    /// To whom it was passed on, mostly covered.
    to: Option<String>,
    /// What became of it then.
    stage: Option<&'static str>,
    /// The receipt of the answer that decided.
    receipt: Option<ReceiptFacts>,
    /// To whom receipts go, mostly covered.
    receipt_to: String,
    /// Whether there is an association to end, or there soon will be.
    can_be_ended: bool,
    /// Whether who has the link still learns what is claimed.
    shows_claim: bool,
}

/// An answer on record.
#[derive(Serialize)]
pub(super) struct ReceiptFacts {
    /// What the customer can refer to.
    number: String,
    /// When the answer was received.
    at: String,
    /// Whether the receipt has left.
    is_sent: bool,
}

impl ReceiptFacts {
    /// The facts of an answer.
    pub fn of(answered: Answered, claim_id: ClaimId, teller: &Teller) -> Self {
        Self {
            number: Reference::new(claim_id, answered.revision).to_string(),
            at: teller.moment(answered.received_at),
            is_sent: answered.is_sent,
        }
    }
}

impl Told {
    /// Puts a standing into words.
    pub fn of(seen: &Seen<'_>, standing: &Standing, teller: &Teller) -> Self {
        let (claim_id, is) = (seen.claim.id, standing.name());
        let mut told = Self {
            is,
            is_certain: true,
            paused_since: None,
            since: None,
            at: None,
            reason: None,
            to: None,
            stage: None,
            receipt: None,
            receipt_to: seen.contact().email.masked(),
            can_be_ended: false,
            shows_claim: true,
        };
        let receipt = |answer: &Answered| ReceiptFacts::of(*answer, claim_id, teller);
        match standing {
            Standing::Open { is_certain, paused_at, .. } => {
                told.is_certain = *is_certain;
                told.paused_since = paused_at.map(|since| teller.moment(since));
            }
            Standing::Late(_) => told.can_be_ended = true,
            Standing::Official { since, .. } | Standing::Imported { since } => {
                told.since = Some(teller.moment(*since));
                told.can_be_ended = true;
            }
            Standing::Agreed { since, answer, .. } => {
                told.since = Some(teller.moment(*since));
                told.receipt = answer.as_ref().map(receipt);
                told.can_be_ended = true;
            }
            Standing::Rejected(answer) => told.receipt = answer.as_ref().map(receipt),
            Standing::Ended { at, reason, answer } => {
                told.at = Some(teller.moment(*at));
                told.reason = Some(reason.as_str());
                told.receipt = answer.as_ref().map(receipt);
            }
            Standing::PassedOn { to, stage, answer } => {
                told.to = Some(to.clone());
                told.stage = Some(stage.name());
                told.receipt = Some(receipt(answer));
                told.shows_claim = false;
            }
            Standing::OldNotice => told.shows_claim = false,
            Standing::Withdrawn | Standing::Disqualified | Standing::Preparing => {}
        }
        told
    }
}

impl Standing {
    /// The window that the page explains.
    pub fn window(&self) -> Option<&Window> {
        match self {
            Self::Open { window, .. } => window.as_ref(),
            Self::Late(window) | Self::Official { window, .. } | Self::Agreed { window, .. } => {
                Some(window)
            }
            Self::Imported { .. }
            | Self::Rejected(_)
            | Self::Ended { .. }
            | Self::PassedOn { .. }
            | Self::OldNotice
            | Self::Withdrawn
            | Self::Disqualified
            | Self::Preparing => None,
        }
    }

    /// That window in words.
    pub fn window_facts(&self, teller: &Teller) -> Option<WindowFacts> {
        self.window().map(|window| WindowFacts::of(window, teller.language))
    }
}

impl Stage {
    /// The key of its words under `[passed_on]`.
    const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Closed => "closed",
        }
    }
}
