//! One expectation: its words, and whether what was found meets it.

use chrono::{DateTime, Utc};

use super::found::Found;
use crate::claim::Status;
use crate::claim::state::{EndReason, State};
use crate::mail::MailKind;
use crate::testkit::timeline::moment;

/// How often something is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Times {
    AtLeastOnce,
    Exactly(usize),
}

/// What is expected of a claim.
#[derive(Debug)]
pub(super) enum Expected {
    Status(Status),
    /// The end of its window.
    Closing(DateTime<Utc>),
    /// The official instant.
    Associated(DateTime<Utc>),
    /// When the no was received.
    Rejected(DateTime<Utc>),
    Ended(EndReason),
    /// Code or field of one finding.
    Finding(String),
    /// The codes of all.
    Findings(Vec<String>),
    /// The names of all.
    Events(Vec<String>),
    Event(String, Times),
    Mailed(MailKind, Times),
    MailsTo(String, Times),
    /// Of all items, or of none.
    UsageData(bool),
}

impl Expected {
    /// What was expected and what was found instead, unless it is so.
    pub(super) fn unmet(&self, found: &Found) -> Option<String> {
        if self.is_met(found) {
            return None;
        }
        let (expected, found) = (self.words(found), self.found(found));
        Some(format!("    expected  {expected}\n    found     {found}"))
    }

    fn is_met(&self, found: &Found) -> bool {
        let state = &found.claim.state;
        match self {
            Self::Status(status) => found.claim.status() == *status,
            Self::Closing(at) => found.claim.window().is_some_and(|w| w.closes_at() == *at),
            Self::Associated(at) => {
                matches!(state, State::Associated { association } if association.since == *at)
            }
            Self::Rejected(at) => {
                matches!(state, State::Rejected { received_at, .. } if received_at == at)
            }
            Self::Ended(because) => {
                matches!(state, State::Ended { reason, .. } if reason == because)
            }
            Self::Finding(wanted) => {
                found.findings().iter().any(|f| f.code == *wanted || f.field == *wanted)
            }
            Self::Findings(codes) => found.findings().iter().map(|f| &*f.code).eq(codes),
            Self::Events(names) => found.events().eq(names),
            Self::Event(name, times) => times.are(found.events().filter(|e| e == name).count()),
            Self::Mailed(kind, times) => {
                times.are(found.mails.iter().filter(|mail| mail.kind() == Some(*kind)).count())
            }
            Self::MailsTo(to, times) => {
                times.are(found.mails.iter().filter(|mail| mail.to == *to).count())
            }
            Self::UsageData(true) => {
                found.usage.iter().all(|usage| usage.open_by() == Some(found.claim.id))
            }
            Self::UsageData(false) => found.usage.iter().all(|usage| usage.open_by().is_none()),
        }
    }

    fn words(&self, found: &Found) -> String {
        let moment = |at: &DateTime<Utc>| moment(*at, found.zone());
        match self {
            Self::Status(status) => status.to_string(),
            Self::Closing(at) => format!("a window until {}", moment(at)),
            Self::Associated(at) => format!("associated since {}", moment(at)),
            Self::Rejected(at) => format!("rejected, received at {}", moment(at)),
            Self::Ended(reason) => format!("ended: {}", reason.as_str()),
            Self::Finding(finding) => format!("a finding of the code or field {finding}"),
            Self::Findings(codes) => format!("findings [{}]", codes.join(", ")),
            Self::Events(names) => format!("events [{}]", names.join(", ")),
            Self::Event(name, times) => format!("event {name} {}", times.words()),
            Self::Mailed(kind, times) => format!("mail {} {}", kind.name(), times.words()),
            Self::MailsTo(to, times) => format!("a mail to {to} {}", times.words()),
            Self::UsageData(true) => "usage data of every item is open by this claim".to_owned(),
            Self::UsageData(false) => "usage data of no item is open to the partner".to_owned(),
        }
    }

    fn found(&self, found: &Found) -> String {
        match self {
            Self::Status(_)
            | Self::Closing(_)
            | Self::Associated(_)
            | Self::Rejected(_)
            | Self::Ended(_)
            | Self::Finding(_)
            | Self::Findings(_) => found.standing(),
            Self::Events(_) | Self::Event(..) => {
                format!("events [{}]", found.events().collect::<Vec<_>>().join(", "))
            }
            Self::Mailed(..) | Self::MailsTo(..) => found.mails_in_words(),
            Self::UsageData(_) => found.usage_in_words(),
        }
    }
}

impl Times {
    fn are(self, count: usize) -> bool {
        match self {
            Self::AtLeastOnce => count > 0,
            Self::Exactly(times) => count == times,
        }
    }

    fn words(self) -> String {
        match self {
            Self::AtLeastOnce => "at least once".to_owned(),
            Self::Exactly(0) => "never".to_owned(),
            Self::Exactly(1) => "once".to_owned(),
            Self::Exactly(times) => format!("{times} times"),
        }
    }
}
