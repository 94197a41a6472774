//! Work that one process at a time does for all: which one that is.

use std::time::Duration;

use redis::Script;

use crate::store::keys::CalendarsPart;
use crate::store::{Store, StoreError};

/// Work that is done by one process at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Applying changes of the calendars to open windows.
    Calendars,
    /// Changing what lies in the archive.
    Archive,
    /// Removing documents that nothing needs.
    Documents,
}

impl Store {
    /// Makes a process the one that does the work for `lease`, or keeps it so, or ends that with a
    /// lease of no length; false when it is another one.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub(crate) async fn hold(
        &self,
        turn: Turn,
        owner: &str,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        let script = Script::new(include_str!("lua/sweeper_lease.lua"));
        let mut invocation = script.prepare_invoke();
        let (key, doing) = match turn {
            Turn::Calendars => {
                let key = self.keys().calendars_part(CalendarsPart::Sweeper);
                (key, "become the one who sweeps open windows")
            }
            Turn::Archive => (self.keys().archivist(), "become the one who changes the archive"),
            Turn::Documents => {
                (self.keys().documents_sweeper(), "become the one who sweeps documents")
            }
        };
        invocation.key(key);
        invocation.arg(owner).arg(u64::try_from(lease.as_millis()).unwrap_or_default());
        let mut connection = self.connection();
        let held: u8 =
            invocation.invoke_async(&mut connection).await.map_err(StoreError::doing(doing))?;
        Ok(held == 1)
    }
}
