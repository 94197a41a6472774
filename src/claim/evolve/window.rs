//! Folds what happens to an open window: its time stops, goes on, or is made longer. Each is a
//! change that the customer is told of.

use chrono::{DateTime, Utc};

use crate::calendar::Span;
use crate::claim::correction::{Correction, ExtensionCause, WindowChange};
use crate::claim::identity::Comment;
use crate::claim::state::State;
use crate::claim::window::Window;
use crate::claim::{Claim, Snapshot};

impl Claim {
    pub(super) fn paused(&mut self, paused_at: DateTime<Utc>, reason: &Comment, at: DateTime<Utc>) {
        let State::Notified { window, reminded } = &self.state else { return };
        let (window, reminded) = (window.clone(), *reminded);
        let closes_at_before = window.closes_at();
        self.state = State::Paused { window, paused_at, reminded };
        self.owes(WindowChange::Paused { reason: reason.clone() }, closes_at_before, at);
    }

    pub(super) fn resumed(&mut self, new: &Window, reason: &Comment, at: DateTime<Utc>) {
        let State::Paused { window, paused_at, reminded } = &self.state else { return };
        let pause = Span { from: *paused_at, to: at };
        let (closes_at_before, reminded) = (window.closes_at(), *reminded);
        self.state = State::Notified { window: new.clone(), reminded };
        let change = WindowChange::Resumed { pause, reason: reason.clone() };
        self.owes(change, closes_at_before, at);
    }

    pub(super) fn extended(&mut self, new: &Window, cause: &ExtensionCause, at: DateTime<Utc>) {
        let Snapshot { state, .. } = &mut self.snapshot;
        let (State::Notified { window, .. } | State::Paused { window, .. }) = state else { return };
        let closes_at_before = window.closes_at();
        *window = new.clone();
        self.owes(WindowChange::Extended(cause.clone()), closes_at_before, at);
    }

    /// The customer is to be told.
    fn owes(
        &mut self,
        change: WindowChange,
        closes_at_before: DateTime<Utc>,
        due_at: DateTime<Utc>,
    ) {
        let revision = self.revision;
        self.corrections.push(Correction { revision, due_at, change, closes_at_before });
    }
}
