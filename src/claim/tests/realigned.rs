//! What a claim makes of an end that is computed anew.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};

use super::samples::Cast;
use super::situations::situation;
use crate::calendar::Deadline;
use crate::claim::command::Command;
use crate::claim::correction::ExtensionCause;
use crate::claim::identity::Comment;
use crate::claim::state::State;
use crate::claim::{Claim, Event, Window, decide};

static NOTIFIED: LazyLock<Claim> = LazyLock::new(|| situation(&Cast::new(), "notified").0.unwrap());

/// The end that an open window takes in place of the announced one at `now`, if it takes it.
pub fn realigned(
    announced: &Deadline,
    recomputed: Deadline,
    now: DateTime<Utc>,
) -> Option<Deadline> {
    let mut claim = NOTIFIED.clone();
    let opened_at = claim.open_window().unwrap().opened_at;
    let window = |deadline: Deadline| {
        let finalize_at = deadline.closes_at;
        Window { opened_at, finalize_at, remind_at: None, deadline }
    };
    claim.state = State::Notified { window: window(announced.clone()), reminded: false };
    let reason = Comment::parse("Announced late.").unwrap();
    let cause = ExtensionCause::Calendar { edition: 2, days: Vec::new(), reason };
    let command = Command::Realign { window: Box::new(window(recomputed)), cause };
    match decide(Some(&claim), &command, now).unwrap().as_slice() {
        [] => None,
        [Event::WindowExtended { window, .. }] => Some(window.deadline.clone()),
        other => panic!("{other:?}"),
    }
}
