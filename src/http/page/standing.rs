//! How a claim stands for who has the link of one of its notices. Pure: claim, history and time in,
//! one of a few cases out; the words are in `told.rs`.

use chrono::{DateTime, Utc};

use crate::claim::event::{Event, Recorded};
use crate::claim::lasting::Basis;
use crate::claim::state::{EndReason, State};
use crate::claim::submission::CustomerContact;
use crate::claim::window_policy::WindowPolicy;
use crate::claim::{Claim, Window};

/// How a claim stands, as far as it is the business of who has the link.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Standing {
    /// The customer can answer.
    Open {
        /// Until when; nothing where no calendar says so any more.
        window: Option<Window>,
        /// Whether the mail server's acceptance is on record, from which the window counts.
        is_certain: bool,
        /// Since when the time stands still, if it does; the end is not known then.
        paused_at: Option<DateTime<Utc>>,
    },
    /// The window has ended in silence, and the claim is about to become official.
    Late(Window),
    /// Official since the window ended in silence.
    Official { since: DateTime<Utc>, window: Window },
    /// Official in an earlier program, from which it was taken over: it had no notice.
    Imported { since: DateTime<Utc> },
    /// Official since the customer agreed.
    Agreed { since: DateTime<Utc>, window: Window, answer: Option<Answered> },
    /// The customer said no.
    Rejected(Option<Answered>),
    /// It was official and is no longer.
    Ended { at: DateTime<Utc>, reason: EndReason, answer: Option<Answered> },
    /// Who has the link named somebody else.
    PassedOn { to: String, stage: Stage, answer: Answered },
    /// A newer notice went out, to somebody else or after a correction.
    OldNotice,
    /// The partner took the claim back.
    Withdrawn,
    /// The claim was refused by the rules.
    Disqualified,
    /// The customer was told, and something has to be put right or decided first.
    Preparing,
}

/// What became of a claim that was passed on to another contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The partner has to confirm the contact.
    Waiting,
    /// The other contact got a notice.
    Sent,
    /// The claim came to an end before.
    Closed,
}

/// An answer on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answered {
    /// The event that recorded it.
    pub revision: u64,
    /// When it entered our system.
    pub received_at: DateTime<Utc>,
    /// Whether the receipt has left.
    pub is_sent: bool,
}

/// A claim with its history, seen from the link of one notice.
pub(super) struct Seen<'a> {
    /// The claim as it is now.
    pub claim: &'a Claim,
    /// Everything that has happened to it.
    pub history: &'a [Recorded],
    /// The notice whose link it is.
    pub notice: u32,
}

impl Seen<'_> {
    /// How the claim stands.
    pub fn standing(&self, policy: &WindowPolicy, now: DateTime<Utc>) -> Standing {
        if let Some((to, answer)) = self.passed_on() {
            return Standing::PassedOn { to, stage: self.stage(), answer };
        }
        if self.notice < self.claim.notices {
            return Standing::OldNotice;
        }
        match &self.claim.state {
            State::Validated { notice } => match &notice.sending {
                // A copy may have arrived before its acceptance was recorded: the answer counts.
                Some(sending) => {
                    let window = policy.open(&self.claim.submission, sending.date).ok();
                    Standing::Open { window, is_certain: false, paused_at: None }
                }
                None => Standing::Preparing,
            },
            State::Notified { window, .. } if window.admits(now) => {
                Standing::Open { window: Some(window.clone()), is_certain: true, paused_at: None }
            }
            State::Notified { window, .. } => Standing::Late(window.clone()),
            State::Paused { window, paused_at, .. } => {
                let (window, paused_at) = (Some(window.clone()), Some(*paused_at));
                Standing::Open { window, is_certain: true, paused_at }
            }
            State::Associated { association } => {
                let since = association.since;
                match &association.basis {
                    Basis::Told { window, confirmed } => {
                        let window = Window::clone(window);
                        if *confirmed {
                            Standing::Agreed { since, window, answer: self.answered(agreed) }
                        } else {
                            Standing::Official { since, window }
                        }
                    }
                    Basis::Imported { .. } => Standing::Imported { since },
                }
            }
            State::Rejected { .. } => Standing::Rejected(self.answered(rejected)),
            State::Ended { reason, ended_at, .. } => {
                let (at, reason) = (*ended_at, reason.clone());
                Standing::Ended { at, reason, answer: self.answered(ended) }
            }
            State::Withdrawn { .. } => Standing::Withdrawn,
            State::Disqualified { .. } => Standing::Disqualified,
            // Another partner may have won the items; the customer need not answer.
            State::Refused(_) => Standing::Disqualified,
            State::Submitted { .. }
            | State::ActionRequired { .. }
            | State::Contested { .. }
            | State::UnderReview(_)
            | State::Disputed(_) => Standing::Preparing,
        }
    }

    /// A no that came too late, unless a newer notice has begun since.
    pub fn late_rejection(&self) -> Option<Answered> {
        if self.claim.rejected_late { self.answered(rejected_late) } else { None }
    }

    /// The end of the association, where the customer's word ended it.
    pub fn end(&self) -> Option<Answered> {
        self.answered(ended)
    }

    /// The contact who got the notice.
    pub fn contact(&self) -> &CustomerContact {
        let mut contact = None;
        for recorded in self.history {
            if matches!(recorded.event, Event::PersonalDataErased { .. }) {
                break;
            }
            if let Some(submission) = recorded.event.submission() {
                contact = Some(&submission.customer.contact);
            }
            let own = |notice: u32| notice == self.notice;
            if matches!(recorded.event, Event::NoticeSending { notice, .. } if own(notice)) {
                break;
            }
        }
        contact.unwrap_or(&self.claim.submission.customer.contact)
    }

    /// Whom the holder of the link named, if that was the answer to this notice.
    pub fn passed_on(&self) -> Option<(String, Answered)> {
        let answer = self.answered(|event| match event {
            Event::ContactProposed(proposed) if proposed.notice == self.notice => {
                Some(proposed.received_at)
            }
            _ => None,
        })?;
        self.history.iter().rev().find_map(|recorded| match &recorded.event {
            Event::ContactProposed(proposed) if recorded.revision == answer.revision => {
                Some((proposed.contact.email.masked(), answer))
            }
            _ => None,
        })
    }

    fn stage(&self) -> Stage {
        match &self.claim.state {
            _ if self.claim.notices > self.notice => Stage::Sent,
            State::Disqualified { .. } | State::Refused(_) | State::Withdrawn { .. } => {
                Stage::Closed
            }
            State::Submitted { .. }
            | State::ActionRequired { .. }
            | State::Contested { .. }
            | State::UnderReview(_)
            | State::Disputed(_)
            | State::Validated { .. }
            | State::Notified { .. }
            | State::Paused { .. }
            | State::Rejected { .. }
            | State::Associated { .. }
            | State::Ended { .. } => Stage::Waiting,
        }
    }

    /// The newest event of a kind, which tells when the answer was received.
    fn answered(&self, of_kind: impl Fn(&Event) -> Option<DateTime<Utc>>) -> Option<Answered> {
        let newest = self.history.iter().rev();
        let mut of_kind = newest.filter_map(|recorded| Some((recorded, of_kind(&recorded.event)?)));
        let (recorded, received_at) = of_kind.next()?;
        let revision = recorded.revision;
        let is_sent = !self.claim.receipts.iter().any(|receipt| receipt.revision == revision);
        Some(Answered { revision, received_at, is_sent })
    }
}

impl Standing {
    /// The name under which templates and words know it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Open { .. } => "open",
            Self::Late(_) => "late",
            Self::Official { .. } | Self::Imported { .. } => "official",
            Self::Agreed { .. } => "agreed",
            Self::Rejected(_) => "rejected",
            Self::Ended { .. } => "ended",
            Self::PassedOn { .. } => "passed_on",
            Self::OldNotice => "old_notice",
            Self::Withdrawn => "withdrawn",
            Self::Disqualified => "disqualified",
            Self::Preparing => "preparing",
        }
    }
}

fn agreed(event: &Event) -> Option<DateTime<Utc>> {
    if let Event::ClaimConfirmed { received_at, .. } = event { Some(*received_at) } else { None }
}

fn rejected(event: &Event) -> Option<DateTime<Utc>> {
    if let Event::ClaimRejected { received_at, .. } = event { Some(*received_at) } else { None }
}

fn rejected_late(event: &Event) -> Option<DateTime<Utc>> {
    match event {
        Event::LateRejectionReceived { received_at, .. } => Some(*received_at),
        _ => None,
    }
}

fn ended(event: &Event) -> Option<DateTime<Utc>> {
    if let Event::AssociationEnded { received_at, .. } = event { *received_at } else { None }
}
