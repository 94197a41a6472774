//! What the door checks submissions against, and how long people have to answer.

use std::sync::Arc;

use parking_lot::RwLock;

use crate::calendar::Calendars;
use crate::claim::catalog::Catalog;
use crate::claim::review_policy::ReviewPolicy;
use crate::claim::submission::SubmissionPolicy;
use crate::claim::window_policy::WindowPolicy;

/// The rules of a deployment. All but the calendars stay as they were at the start.
#[derive(Debug)]
pub struct Rules {
    /// What can be claimed.
    pub catalog: Catalog,
    /// What a deployment demands beyond the rules.
    pub submission: SubmissionPolicy,
    /// What reviewers look at, and how long people have for what they decide.
    pub review: ReviewPolicy,
    in_force: RwLock<InForce>,
}

/// The calendars in force, and which edition they are.
#[derive(Debug, Clone)]
struct InForce {
    edition: u64,
    window: Arc<WindowPolicy>,
}

impl Rules {
    /// The rules at the start.
    #[must_use]
    pub fn new(catalog: Catalog, submission: SubmissionPolicy, window: WindowPolicy) -> Self {
        let in_force = RwLock::new(InForce { edition: 0, window: Arc::new(window) });
        Self { catalog, submission, review: ReviewPolicy::default(), in_force }
    }

    /// The same, with reviews as a deployment sets them.
    #[must_use]
    pub fn reviewing(self, review: ReviewPolicy) -> Self {
        Self { review, ..self }
    }

    /// How long customers and partners have to answer, with the calendars in force now. Who
    /// computes something in several steps asks once.
    #[must_use]
    pub fn window(&self) -> Arc<WindowPolicy> {
        Arc::clone(&self.in_force.read().window)
    }

    /// The edition of the calendars that this process follows; 0 before the first.
    #[must_use]
    pub fn edition(&self) -> u64 {
        self.in_force.read().edition
    }

    /// Puts another set of calendars in force in this process, all at once.
    pub fn use_calendars(&self, calendars: Arc<Calendars>) {
        let edition = self.edition();
        self.use_edition(edition, calendars);
    }

    /// Puts the calendars of an edition in force in this process, all at once.
    pub fn use_edition(&self, edition: u64, calendars: Arc<Calendars>) {
        let mut in_force = self.in_force.write();
        let window = WindowPolicy { calendars, ..WindowPolicy::clone(&in_force.window) };
        *in_force = InForce { edition, window: Arc::new(window) };
    }
}
