//! What became of a mail. Pure: how a reply or a failure in a phase is to be read.
//!
//! What is done about it (when to try again, when to ask a person) is the caller's business.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::clean::header_text;

/// Longest text kept of what a server said, in characters.
const TEXT_CHARACTERS_MAX: usize = 500;

/// The text of a failure that is only silence.
pub(super) const OUT_OF_TIME: &str = "no answer within the time limit";

/// What became of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The server has taken responsibility for it.
    Accepted {
        /// What the server said, usually with its queue id.
        reply: String,
    },
    /// It was not sent, and may be sent later.
    TryAgain {
        /// How far it came.
        phase: Phase,
        /// The server's reply code, if it gave one.
        code: Option<u16>,
        /// What the server said, or what failed.
        text: String,
    },
    /// It was not sent, and sending it again would not help.
    Refused {
        /// How far it came.
        phase: Phase,
        /// The server's reply code, if it gave one.
        code: Option<u16>,
        /// What the server said, or what is wrong.
        text: String,
    },
    /// The whole message went out and no clear answer came back: it may or may not arrive.
    Unknown {
        /// What failed.
        text: String,
    },
}

/// What became of one attempt, and what was to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// What became of it.
    pub delivery: Delivery,
    /// SHA-256 of the mail's bytes, in hexadecimal; nothing where none were written because the
    /// mail goes nowhere, or could not be written.
    pub sha256: Option<String>,
}

/// The steps of handing over a mail, in their order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Writing the mail's bytes.
    Compose,
    /// Writing the file (transport `directory`).
    Store,
    /// Finding and reaching the server.
    Connect,
    /// The server's greeting and `EHLO`.
    Greeting,
    /// Encrypting the connection.
    Tls,
    /// Logging in.
    Login,
    /// `MAIL FROM`.
    Sender,
    /// `RCPT TO`.
    Recipient,
    /// `DATA`, and the message before its final dot.
    Data,
    /// The final dot and the answer to it.
    FinalDot,
}

impl Phase {
    /// Every step.
    pub const ALL: [Self; 10] = [
        Self::Compose,
        Self::Store,
        Self::Connect,
        Self::Greeting,
        Self::Tls,
        Self::Login,
        Self::Sender,
        Self::Recipient,
        Self::Data,
        Self::FinalDot,
    ];

    /// The name of the step in figures.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Compose => "compose",
            Self::Store => "store",
            Self::Connect => "connect",
            Self::Greeting => "greeting",
            Self::Tls => "tls",
            Self::Login => "login",
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Data => "data",
            Self::FinalDot => "final_dot",
        }
    }
}

impl fmt::Display for Phase {
    /// The step in words, as histories and errors show it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Compose => "writing the mail",
            Self::Store => "writing the file",
            Self::Connect => "connecting",
            Self::Greeting => "greeting",
            Self::Tls => "TLS",
            Self::Login => "logging in",
            Self::Sender => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Data => "DATA",
            Self::FinalDot => "after the final dot",
        })
    }
}

/// Something other than acceptance, before it is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// How far it came.
    pub phase: Phase,
    /// The server's reply code, if it said one.
    pub code: Option<u16>,
    /// The server's words, or what happened instead.
    pub text: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { phase, code, text } = self;
        match code {
            Some(code) => write!(f, "{phase}: {code} {text}"),
            None => write!(f, "{phase}: {text}"),
        }
    }
}

impl Failure {
    /// A failure without a reply code; the text is cleaned and bounded.
    pub(super) fn new(phase: Phase, text: &str) -> Self {
        Self { phase, code: None, text: bounded(text) }
    }

    /// Whether the connection was gone or going: nothing said, or 421.
    pub(super) fn lost_connection(&self) -> bool {
        matches!(self.code, None | Some(421))
    }

    /// Reads the failure. A 5xx before `MAIL FROM` is about us (the relay is closed to us, the
    /// password is wrong), not about the recipient: it must not end as a refusal of the mail.
    pub(super) fn judge(self) -> Delivery {
        let Self { phase, code, text } = self;
        match code {
            None if phase == Phase::Compose => Delivery::Refused { phase, code, text },
            None if phase == Phase::FinalDot => Delivery::Unknown { text },
            Some(500..=599) if phase >= Phase::Sender => Delivery::Refused { phase, code, text },
            None | Some(_) => Delivery::TryAgain { phase, code, text },
        }
    }
}

/// A server's words, fit for a history: one line, no control characters, not endless.
pub(super) fn bounded(text: &str) -> String {
    header_text(text, TEXT_CHARACTERS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    enum Verdict {
        TryAgain,
        Refused,
        Unknown,
    }

    fn check(phase: Phase, code: Option<u16>, expected: Verdict) {
        let verdict = match (Failure { phase, code, text: "text".to_owned() }).judge() {
            Delivery::TryAgain { .. } => Verdict::TryAgain,
            Delivery::Refused { .. } => Verdict::Refused,
            Delivery::Unknown { .. } => Verdict::Unknown,
            Delivery::Accepted { .. } => panic!("a failure was read as acceptance"),
        };
        assert_eq!(verdict, expected, "{phase:?} {code:?}");
    }

    #[test]
    fn a_failure_is_read_by_its_phase_and_code() {
        for phase in [Phase::Connect, Phase::Greeting, Phase::Tls, Phase::Login] {
            check(phase, None, Verdict::TryAgain);
            check(phase, Some(421), Verdict::TryAgain);
            check(phase, Some(554), Verdict::TryAgain);
        }
        for phase in [Phase::Sender, Phase::Recipient, Phase::Data] {
            check(phase, None, Verdict::TryAgain);
            check(phase, Some(450), Verdict::TryAgain);
            check(phase, Some(550), Verdict::Refused);
        }
        check(Phase::FinalDot, None, Verdict::Unknown);
        check(Phase::FinalDot, Some(451), Verdict::TryAgain);
        check(Phase::FinalDot, Some(554), Verdict::Refused);
        check(Phase::Compose, None, Verdict::Refused);
        check(Phase::Store, None, Verdict::TryAgain);
    }

    #[test]
    fn a_reply_is_bounded_and_has_no_control_characters() {
        assert_eq!(bounded("2.0.0 Ok:\tqueued\u{1b}[31m as 1\r\n"), "2.0.0 Ok: queued [31m as 1");
        assert_eq!(bounded(&"x".repeat(5_000)).len(), 500);
    }
}
