//! The script of the demo: who does what in the virtual week, and how each claim has to end.
//!
//! The claims themselves are data, `config/demo/claims.jsonl`; a scene finds its claim by the
//! idempotency key. The ends of the windows were worked out by hand from the three calendars, so
//! a wrong rule makes the demo fail instead of looking plausible.

use chrono::{DateTime, TimeDelta, Utc};

use cpor::claim::{Status, Window};

/// When the virtual week starts: a Tuesday, 17:00 in Istanbul, 07:00 in Los Angeles. Ahead lie a
/// half day (28 October) and a public holiday (29 October) in Turkey, a weekend, and the night in
/// which the United States set their clocks back.
pub const STARTS_AT: &str = "2026-10-27T14:00:00Z";
/// When the virtual week ends: every window has closed by then.
pub const ENDS_AT: &str = "2026-11-06T12:00:00Z";

/// One claim's part in the story.
#[derive(Debug)]
pub struct Scene {
    /// The idempotency key of the claim in the file.
    pub key: &'static str,
    /// What the scene shows, as a sentence.
    pub shows: &'static str,
    /// What somebody does while the week passes.
    pub turn: Turn,
    /// How the claim has to end.
    pub ending: Ending,
}

/// What somebody does, and when.
#[derive(Debug, Clone, Copy)]
pub enum Turn {
    /// Nobody does anything.
    Silence,
    /// The customer rejects one second before the window closes.
    RejectsInTheLastSecond,
    /// The customer rejects at the instant at which the window closes.
    RejectsAtTheEnd,
    /// The customer agrees at this instant.
    ConfirmsAt(&'static str),
    /// The partner corrects the customer's domain at this instant.
    CorrectsDomainAt(&'static str, &'static str),
    /// The partner takes the claim back at this instant.
    WithdrawsAt(&'static str),
}

impl Turn {
    /// When it happens; nothing for silence, or for a window that has not opened.
    pub fn moment(self, window: Option<&Window>) -> Option<DateTime<Utc>> {
        match self {
            Self::Silence => None,
            Self::RejectsInTheLastSecond => Some(window?.closes_at() - TimeDelta::seconds(1)),
            Self::RejectsAtTheEnd => Some(window?.closes_at()),
            Self::ConfirmsAt(at) | Self::CorrectsDomainAt(at, _) | Self::WithdrawsAt(at) => {
                at.parse().ok()
            }
        }
    }

    /// Who does it, as the history has it.
    pub const fn who(self) -> &'static str {
        match self {
            Self::CorrectsDomainAt(..) | Self::WithdrawsAt(_) => "partner",
            Self::Silence
            | Self::ConfirmsAt(_)
            | Self::RejectsInTheLastSecond
            | Self::RejectsAtTheEnd => "customer",
        }
    }
}

/// How a claim has to end.
#[derive(Debug)]
pub enum Ending {
    /// It never became a claim, for findings with exactly these codes.
    Refused(&'static [&'static str]),
    /// It is a claim.
    Claim {
        /// Where it has to stand.
        status: Status,
        /// When its window has to end or have ended, if it had one.
        closes_at: Option<&'static str>,
        /// An event that its history has to contain.
        event: &'static str,
    },
}

const ISTANBUL: Option<&str> = Some("2026-11-04T21:00:00Z");
const BERLIN: Option<&str> = Some("2026-11-03T23:00:00Z");

const fn ends(status: Status, closes_at: Option<&'static str>, event: &'static str) -> Ending {
    Ending::Claim { status, closes_at, event }
}

/// One scene per line of the file, in its order.
pub const SCENES: [Scene; 15] = [
    Scene {
        key: "TR-1001",
        shows: "The customer stays silent, and silence is consent.",
        turn: Turn::Silence,
        ending: ends(Status::Associated, ISTANBUL, "association_finalized"),
    },
    Scene {
        key: "TR-1002",
        shows: "The customer rejects in the last second of the window: in time.",
        turn: Turn::RejectsInTheLastSecond,
        ending: ends(Status::Rejected, ISTANBUL, "claim_rejected"),
    },
    Scene {
        key: "TR-1003",
        shows: "The customer rejects at the very instant the window ends: too late.",
        turn: Turn::RejectsAtTheEnd,
        ending: ends(Status::Associated, ISTANBUL, "late_rejection_received"),
    },
    Scene {
        key: "TR-1004",
        shows: "The customer agrees, so nobody has to wait for the end of the window.",
        turn: Turn::ConfirmsAt("2026-10-30T07:30:00Z"),
        ending: ends(Status::Associated, ISTANBUL, "claim_confirmed"),
    },
    Scene {
        key: "TR-1005",
        shows: "The partner takes the claim back while the window is open.",
        turn: Turn::WithdrawsAt("2026-11-02T12:15:00Z"),
        ending: ends(Status::Withdrawn, ISTANBUL, "claim_withdrawn"),
    },
    Scene {
        key: "DE-2001",
        shows: "The mail server puts the notice off twice; the window opens when it takes it.",
        turn: Turn::Silence,
        ending: ends(Status::Associated, BERLIN, "notice_deferred"),
    },
    Scene {
        key: "DE-2002",
        shows: "A revenue association; Turkey's holiday is an ordinary Thursday in Germany.",
        turn: Turn::Silence,
        ending: ends(Status::Associated, BERLIN, "association_finalized"),
    },
    Scene {
        key: "DE-2003",
        shows: "The same partner claims what it claims already: disqualified.",
        turn: Turn::Silence,
        ending: ends(Status::Disqualified, None, "claim_disqualified"),
    },
    Scene {
        key: "DE-2004",
        shows: "Another partner claims a workload that is held: contested, for a person to decide.",
        turn: Turn::Silence,
        ending: ends(Status::Contested, None, "claim_contested"),
    },
    Scene {
        key: "DE-2005",
        shows: "The mail server refuses the address, and the partner names no other in time.",
        turn: Turn::Silence,
        ending: ends(Status::Refused, None, "notice_refused"),
    },
    Scene {
        key: "US-3001",
        shows: "A window across the end of summer time: its last day ends at local midnight.",
        turn: Turn::Silence,
        ending: ends(Status::Associated, Some("2026-11-04T08:00:00Z"), "association_finalized"),
    },
    Scene {
        key: "US-3002",
        shows: "No tenant has the domain; the partner corrects it two days later.",
        turn: Turn::CorrectsDomainAt("2026-10-29T15:20:00Z", "prairiemedical.example"),
        ending: ends(Status::Associated, Some("2026-11-06T06:00:00Z"), "claim_amended"),
    },
    Scene {
        key: "US-3003",
        shows: "The subscription is not there after seven days, and the partner has to act.",
        turn: Turn::Silence,
        ending: ends(Status::ActionRequired, None, "verdict_deferred"),
    },
    Scene {
        key: "US-3004",
        shows: "Refused at the door, with everything that is wrong named at once.",
        turn: Turn::Silence,
        ending: Ending::Refused(&[
            "email_malformed",
            "program_not_claimable",
            "workload_unknown",
            "missing",
        ]),
    },
    Scene {
        key: "US-3005",
        shows: "New York: the window ends three hours before the one in Portland.",
        turn: Turn::Silence,
        ending: ends(Status::Associated, Some("2026-11-04T05:00:00Z"), "association_finalized"),
    },
];
