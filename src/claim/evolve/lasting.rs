//! What an association rests on, and who was told of its end.

use crate::claim::event::{AssociationImported, SubscriptionEndWarned};
use crate::claim::lasting::Basis;
use crate::claim::state::Association;
use crate::claim::{Claim, State};

impl Claim {
    /// Nobody is told of it: it has been official before.
    pub(super) fn imported(&mut self, event: &AssociationImported) {
        let basis = Basis::Imported { imported: event.imported };
        let association = Association { since: event.since, basis, warned: Vec::new() };
        self.state = State::Associated { association };
    }

    /// What was told of an end that has moved is forgotten: of the new one everything is told.
    pub(super) fn end_warned(&mut self, event: &SubscriptionEndWarned) {
        let State::Associated { association } = &mut self.state else { return };
        association.warned.retain(|warned| warned.ends_on == event.warning.ends_on);
        association.warned.push(event.warning);
    }
}
