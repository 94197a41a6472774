//! What became of the mails that a process sent in the last minutes, and since when its mail
//! server gives trouble. Neither addresses nor what servers say is kept: both may be personal.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mail::{Delivery, Phase};

/// Minutes that are counted, the running one included.
const MINUTES: i64 = 5;
/// "The service is closing": said of the server, whoever the recipient is.
const CLOSING: u16 = 421;

/// What became of a mail.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MailOutcome {
    /// The server took it.
    Accepted,
    /// It was not sent, and is tried again.
    TryAgain,
    /// It was not sent, and will not be.
    Refused,
    /// Nobody knows.
    Unknown,
}

/// How mails of a process fare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MailHealth {
    /// Where mails go: `host:port`, or in words.
    pub server: String,
    /// When a mail was accepted last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<DateTime<Utc>>,
    /// What is wrong with the server, when its last answer was trouble.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<MailTrouble>,
    /// Outcomes of the last five minutes.
    #[serde(default)]
    pub counts: Vec<MailCount>,
}

/// Trouble with a mail server that is about no recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MailTrouble {
    /// The first time since a mail was accepted last.
    pub since: DateTime<Utc>,
    /// The last time.
    pub at: DateTime<Utc>,
    /// How far it came, the last time.
    pub phase: Phase,
    /// The server's reply code, if it gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
}

/// How often something became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MailCount {
    /// What.
    pub outcome: MailOutcome,
    /// How far it came, unless it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// The first digit of the server's reply code, if it gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<u16>,
    /// How often.
    pub count: u64,
}

type What = (MailOutcome, Option<Phase>, Option<u16>);

/// Watches what becomes of the mails of a process.
#[derive(Debug)]
pub struct MailWatch {
    server: String,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    heard_at: Option<DateTime<Utc>>,
    accepted_at: Option<DateTime<Utc>>,
    trouble: Option<MailTrouble>,
    /// Minute since the epoch, and what happened in it; the newest last.
    minutes: VecDeque<(i64, BTreeMap<What, u64>)>,
}

impl MailWatch {
    /// Watches mails that go to `server`.
    #[must_use]
    pub fn new(server: String) -> Self {
        Self { server, seen: Mutex::default() }
    }

    /// Notes what became of a mail.
    pub fn note(&self, delivery: &Delivery, real: DateTime<Utc>) {
        let class = |code: Option<u16>| code.map(|code| code / 100);
        let (what, trouble) = match delivery {
            Delivery::Accepted { .. } => ((MailOutcome::Accepted, None, None), None),
            Delivery::TryAgain { phase, code, .. } => {
                let what = (MailOutcome::TryAgain, Some(*phase), class(*code));
                (what, is_about_the_server(*phase, *code).then_some((*phase, *code)))
            }
            Delivery::Refused { phase, code, .. } => {
                ((MailOutcome::Refused, Some(*phase), class(*code)), None)
            }
            Delivery::Unknown { .. } => {
                let phase = Phase::FinalDot;
                ((MailOutcome::Unknown, Some(phase), None), Some((phase, None)))
            }
        };
        let mut seen = self.seen.lock();
        seen.count(what, real.timestamp().div_euclid(60));
        seen.heard_at = Some(real);
        if let Some((phase, code)) = trouble {
            seen.struggle(phase, code, real);
        } else if what.0 == MailOutcome::Accepted {
            (seen.accepted_at, seen.trouble) = (Some(real), None);
        }
    }

    /// Notes what a look at the server found, without a mail: nothing when it answered.
    pub fn note_look(&self, trouble: Option<(Phase, Option<u16>)>, real: DateTime<Utc>) {
        let mut seen = self.seen.lock();
        seen.heard_at = Some(real);
        match trouble {
            Some((phase, code)) => seen.struggle(phase, code, real),
            // A server that greets may still defer everything after that.
            None if seen.trouble.is_some_and(|trouble| trouble.phase >= Phase::Sender) => {}
            None => seen.trouble = None,
        }
    }

    /// When something was last heard of the server.
    #[must_use]
    pub fn heard_at(&self) -> Option<DateTime<Utc>> {
        self.seen.lock().heard_at
    }

    /// How mails fare.
    #[must_use]
    pub fn health(&self, real: DateTime<Utc>) -> MailHealth {
        let mut seen = self.seen.lock();
        seen.forget_before(real.timestamp().div_euclid(60) - MINUTES + 1);
        let mut sums: BTreeMap<What, u64> = BTreeMap::new();
        for (what, count) in seen.minutes.iter().flat_map(|(_, counts)| counts) {
            *sums.entry(*what).or_default() += count;
        }
        let count = |((outcome, phase, class), count)| MailCount { outcome, phase, class, count };
        MailHealth {
            server: self.server.clone(),
            accepted_at: seen.accepted_at,
            trouble: seen.trouble,
            counts: sums.into_iter().map(count).collect(),
        }
    }
}

impl Seen {
    fn count(&mut self, what: What, minute: i64) {
        self.forget_before(minute - MINUTES + 1);
        if self.minutes.back().is_none_or(|(last, _)| *last < minute) {
            self.minutes.push_back((minute, BTreeMap::new()));
        }
        if let Some((_, counts)) = self.minutes.back_mut() {
            *counts.entry(what).or_default() += 1;
        }
    }

    fn forget_before(&mut self, minute: i64) {
        while self.minutes.front().is_some_and(|(first, _)| *first < minute) {
            self.minutes.pop_front();
        }
    }

    fn struggle(&mut self, phase: Phase, code: Option<u16>, at: DateTime<Utc>) {
        let since = self.trouble.map_or(at, |trouble| trouble.since);
        self.trouble = Some(MailTrouble { since, at, phase, code });
    }
}

/// Silence, a closing server and whatever comes before the recipient is about the server.
fn is_about_the_server(phase: Phase, code: Option<u16>) -> bool {
    phase <= Phase::Sender || matches!(code, None | Some(CLOSING))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    fn again(phase: Phase, code: Option<u16>) -> Delivery {
        Delivery::TryAgain { phase, code, text: "no".to_owned() }
    }

    fn accepted() -> Delivery {
        Delivery::Accepted { reply: "ok".to_owned() }
    }

    #[test]
    fn trouble_lasts_from_its_first_time_until_a_mail_is_accepted() {
        let watch = MailWatch::new("relay:25".to_owned());
        watch.note(&accepted(), at(0));
        watch.note(&again(Phase::Connect, None), at(10));
        watch.note(&again(Phase::Greeting, Some(421)), at(20));
        let trouble = watch.health(at(21)).trouble.unwrap();
        assert_eq!((trouble.since, trouble.at), (at(10), at(20)));
        assert_eq!((trouble.phase, trouble.code), (Phase::Greeting, Some(421)));
        watch.note(&accepted(), at(30));
        let health = watch.health(at(31));
        assert_eq!((health.trouble, health.accepted_at), (None, Some(at(30))));
    }

    #[test]
    fn a_recipient_that_is_not_taken_is_no_trouble_of_the_server() {
        for (phase, code, expected) in [
            (Phase::Recipient, Some(450), false),
            (Phase::FinalDot, Some(451), false),
            (Phase::Recipient, Some(421), true),
            (Phase::Recipient, None, true),
            (Phase::Sender, Some(451), true),
            (Phase::Connect, None, true),
        ] {
            let watch = MailWatch::new("relay:25".to_owned());
            watch.note(&again(phase, code), at(0));
            assert_eq!(watch.health(at(0)).trouble.is_some(), expected, "{phase:?} {code:?}");
        }
    }

    #[test]
    fn counts_are_of_the_last_five_minutes() {
        let watch = MailWatch::new("relay:25".to_owned());
        watch.note(&again(Phase::Recipient, Some(450)), at(0));
        for second in [0, 60, 290, 300] {
            watch.note(&accepted(), at(second));
        }
        let accepted = |second| -> u64 {
            let counts = watch.health(at(second)).counts;
            counts.iter().filter(|c| c.outcome == MailOutcome::Accepted).map(|c| c.count).sum()
        };
        assert_eq!(accepted(300), 3);
        assert_eq!(accepted(1_200), 0);
    }

    #[test]
    fn a_server_that_greets_again_is_well_unless_it_deferred_what_came_later() {
        let watch = MailWatch::new("relay:25".to_owned());
        watch.note_look(Some((Phase::Connect, None)), at(0));
        assert!(watch.health(at(1)).trouble.is_some());
        watch.note_look(None, at(2));
        assert!(watch.health(at(2)).trouble.is_none());
        watch.note(&again(Phase::Sender, Some(451)), at(3));
        watch.note_look(None, at(4));
        assert!(watch.health(at(4)).trouble.is_some());
    }
}
