//! What can be asked of an open window.

use super::{Cast, END, START, at, minutes};
use crate::calendar::{Adjustments, BusinessDays, Span};
use crate::claim::command::{Command, Told};
use crate::claim::correction::ExtensionCause;
use crate::claim::identity::Comment;
use crate::claim::window_policy::WindowPolicy;
use crate::claim::{Claim, Window};

/// The window of the tables as it was announced, after a pause, and with two days more.
pub struct Windows {
    announced: Window,
    resumed: Window,
    longer: Window,
}

impl Windows {
    pub fn of(policy: &WindowPolicy, window: &Window) -> Self {
        let adjusted = |adjustments| policy.adjusted(window, adjustments).unwrap();
        let pauses = vec![Span { from: at(START) + minutes(4), to: at(START) + minutes(5) }];
        Self {
            announced: window.clone(),
            resumed: adjusted(Adjustments { pauses, ..Adjustments::default() }),
            longer: adjusted(Adjustments { extra_business_days: 2, ..Adjustments::default() }),
        }
    }
}

/// Whether a row of the table asks something of a window.
pub fn is_asked(name: &str) -> bool {
    let command = name.split(':').next().unwrap();
    ["pause", "resume", "extend", "realign", "record_correction"].contains(&command)
}

impl Cast {
    pub(super) fn ask_of_window(&self, name: &str, claim: Option<&Claim>) -> Command {
        let windows = &self.windows;
        match name {
            "pause" => Command::Pause { reason: reason() },
            "resume" => {
                let window = Box::new(windows.resumed.clone());
                Command::Resume { window, reason: reason() }
            }
            "extend: two days" => extend(&windows.longer),
            "extend: not later" => extend(&windows.announced),
            "realign: later" => realign(&windows.longer),
            "realign: not later" => realign(&windows.announced),
            "record_correction: that is owed" => {
                let owed = claim.and_then(|claim| claim.corrections.first());
                record(owed.map_or(2, |correction| correction.revision))
            }
            "record_correction: that is not owed" => record(999),
            other => panic!("nothing of a window is called `{other}`"),
        }
    }
}

fn reason() -> Comment {
    Comment::parse("A court looks at it.").unwrap()
}

fn extend(window: &Window) -> Command {
    let business_days = BusinessDays::new(2).unwrap();
    Command::Extend { business_days, window: Box::new(window.clone()), reason: reason() }
}

fn realign(window: &Window) -> Command {
    let outage = Span { from: at(START), to: at(END) };
    let cause = ExtensionCause::Outage { outage, reason: reason() };
    Command::Realign { window: Box::new(window.clone()), cause }
}

fn record(revision: u64) -> Command {
    let reply = "250 2.0.0 Ok: queued as 2".to_owned();
    Command::RecordCorrection { revision, told: Told { delivered: true, reply, mail_sha256: None } }
}
