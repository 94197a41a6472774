//! What the door checks submissions against, and how long people have to answer.

use std::sync::Arc;

use parking_lot::RwLock;

use crate::calendar::Calendars;
use crate::claim::catalog::Catalog;
use crate::claim::submission::SubmissionPolicy;
use crate::claim::window_policy::WindowPolicy;

/// The rules of a deployment. All but the calendars stay as they were at the start.
#[derive(Debug)]
pub struct Rules {
    /// What can be claimed.
    pub catalog: Catalog,
    /// What a deployment demands beyond the rules.
    pub submission: SubmissionPolicy,
    window: RwLock<Arc<WindowPolicy>>,
}

impl Rules {
    /// The rules at the start.
    #[must_use]
    pub fn new(catalog: Catalog, submission: SubmissionPolicy, window: WindowPolicy) -> Self {
        Self { catalog, submission, window: RwLock::new(Arc::new(window)) }
    }

    /// How long customers and partners have to answer, with the calendars in force now. Who
    /// computes something in several steps asks once.
    #[must_use]
    pub fn window(&self) -> Arc<WindowPolicy> {
        Arc::clone(&self.window.read())
    }

    /// Puts another set of calendars in force in this process, all at once.
    pub fn use_calendars(&self, calendars: Arc<Calendars>) {
        let mut window = self.window.write();
        *window = Arc::new(WindowPolicy { calendars, ..WindowPolicy::clone(&window) });
    }
}
