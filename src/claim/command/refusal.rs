//! How a claim says no to a command: the rule behind it, for programs and for people.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::claim::item_key::ItemKey;
use crate::claim::state::Holder;
use crate::claim::status::Status;

/// The domain says no: the command does not fit the state. An answer, not an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot {command} a claim that is {status}: {why}")]
pub struct Refusal {
    /// Name of the command.
    pub command: &'static str,
    /// Where the claim stands.
    pub status: Status,
    /// The rule that says no.
    pub why: Why,
}

/// The rule behind a [`Refusal`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The claim exists already.
    Exists,
    /// The command belongs to another status.
    WrongStatus,
    /// The window is still open.
    WindowOpen {
        /// Until when.
        closes_at: DateTime<Utc>,
    },
    /// The partner may still answer.
    AnswerOpen {
        /// Until when.
        answer_by: DateTime<Utc>,
    },
    /// An answer cannot be received in the future.
    Future {
        /// The instant that was given.
        received_at: DateTime<Utc>,
    },
    /// The items are still held by other claims.
    ItemsHeld {
        /// By which.
        holders: Vec<Holder>,
    },
    /// The association is official; ending it needs a reason.
    Official,
    /// The window has closed; silence has agreed.
    WindowClosed {
        /// When.
        closes_at: DateTime<Utc>,
    },
    /// The new end would not be later.
    NotLater {
        /// The end that holds.
        closes_at: DateTime<Utc>,
    },
    /// The claim is not as it was when it was looked at.
    ClaimChanged {
        /// How many events it has now.
        revision: u64,
    },
    /// A newer notice has gone to somebody else, or this one has not gone out yet.
    OtherNotice {
        /// The newest notice.
        newest: u32,
    },
    /// The named contact is the one that names it.
    SameContact,
    /// The customer has named no other contact.
    NothingProposed,
    /// Fields were changed that nothing was asked about.
    NotAsked {
        /// Which.
        fields: Vec<String>,
    },
    /// Who refused cannot decide a dispute about it, and who approved cannot approve again.
    SamePerson {
        /// Who.
        actor: String,
    },
    /// The partner has done it before, and can do it once.
    Once,
    /// The time for it is over.
    TimeOver {
        /// Since when.
        until: DateTime<Utc>,
    },
    /// The claim has no such item.
    NoSuchItem {
        /// Which was named.
        item: ItemKey,
    },
    /// One item at least has to stay.
    NothingLeft,
    /// No open contest of the claim's items has this number.
    NoSuchContest {
        /// Which was named.
        contest: u64,
    },
    /// A reason has to be given.
    NoReason,
    /// There are as many as a claim can have.
    TooMany,
    /// An amendment must keep source, key, partner and tenant.
    OtherClaim {
        /// The field that differs.
        field: &'static str,
    },
}

impl Why {
    /// The code that scripts rely on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Exists => "exists",
            Self::WrongStatus => "wrong_status",
            Self::WindowOpen { .. } => "window_open",
            Self::AnswerOpen { .. } => "answer_open",
            Self::Future { .. } => "in_the_future",
            Self::ItemsHeld { .. } => "items_held",
            Self::Official => "official",
            Self::WindowClosed { .. } => "window_closed",
            Self::NotLater { .. } => "not_later",
            Self::ClaimChanged { .. } => "claim_changed",
            Self::OtherNotice { .. } => "other_notice",
            Self::SameContact => "same_contact",
            Self::NothingProposed => "nothing_proposed",
            Self::OtherClaim { .. } => "other_claim",
            Self::NotAsked { .. } => "not_asked",
            Self::SamePerson { .. } => "same_person",
            Self::Once => "once",
            Self::TimeOver { .. } => "time_over",
            Self::NoSuchItem { .. } => "no_such_item",
            Self::NothingLeft => "nothing_left",
            Self::NoSuchContest { .. } => "no_such_contest",
            Self::NoReason => "no_reason",
            Self::TooMany => "too_many",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists => write!(f, "it has been submitted already"),
            Self::WrongStatus => write!(f, "the command belongs to another status"),
            Self::WindowOpen { closes_at } => {
                write!(f, "the customer may still reject until {closes_at}")
            }
            Self::AnswerOpen { answer_by } => {
                write!(f, "the partner may still answer until {answer_by}")
            }
            Self::Future { received_at } => write!(f, "{received_at} lies in the future"),
            Self::ItemsHeld { holders } => {
                write!(f, "its items are still held by ")?;
                for (i, holder) in holders.iter().enumerate() {
                    let comma = if i == 0 { "" } else { ", " };
                    write!(f, "{comma}claim {} ({})", holder.claim_id, holder.item.key())?;
                }
                write!(f, "; end or withdraw those claims first")
            }
            Self::Official => {
                write!(f, "the association is official; end it with a reason (`cpor claim end`)")
            }
            Self::WindowClosed { closes_at } => {
                write!(f, "the customer could answer until {closes_at}; silence has agreed")
            }
            Self::NotLater { closes_at } => {
                write!(f, "its window is open until {closes_at}, and can only become longer")
            }
            Self::ClaimChanged { revision } => {
                write!(f, "it has changed since you looked at it, and is at revision {revision}")
            }
            Self::OtherNotice { newest: 0 } => write!(f, "no notice has been sent"),
            Self::OtherNotice { newest } => {
                write!(f, "another notice was answered than the newest one, notice {newest}")
            }
            Self::SameContact => {
                write!(f, "the named contact is the one who got the notice; name somebody else")
            }
            Self::NothingProposed => {
                write!(f, "the customer has named no other contact; amend the claim instead")
            }
            Self::NotAsked { fields } => write!(
                f,
                "nothing was asked about {}; only what a finding concerns can be changed, and \
                 comment and proof",
                fields.join(", ")
            ),
            Self::SamePerson { actor } => {
                write!(f, "{actor} has decided before; somebody else has to decide now")
            }
            Self::Once => write!(f, "that can be done once, and it was"),
            Self::TimeOver { until } => write!(f, "the time for it ended at {until}"),
            Self::NoSuchItem { item } => write!(f, "it does not claim {item}"),
            Self::NothingLeft => {
                write!(f, "no item would be left; refuse the claim instead")
            }
            Self::NoSuchContest { contest } => {
                write!(f, "no open contest of its items has the number {contest}")
            }
            Self::NoReason => write!(f, "no reason is given"),
            Self::TooMany => write!(f, "it has as many as a claim can have"),
            Self::OtherClaim { field } => {
                write!(f, "`{field}` differs from the claim's; submit a new claim instead")
            }
        }
    }
}
