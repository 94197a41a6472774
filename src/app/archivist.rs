//! Who changes the archive for this process, and its documents.

use uuid::Uuid;

use crate::app::{App, AppError};
use crate::archive::{Archive, Archivist};
use crate::proofs::{Depot, Documents};

impl App {
    /// Where documents are, and who scans them.
    ///
    /// # Errors
    ///
    /// When a setting under `documents` does not fit, or a folder cannot be made.
    pub fn depot(&self) -> Result<Depot, AppError> {
        Ok(Depot::open(&self.settings.documents, &self.settings.data.directory)?)
    }

    /// The documents of the deployment.
    #[must_use]
    pub fn documents(&self, depot: Depot) -> Documents {
        Documents::new(self.ledger.store().clone(), self.ledger.clock().clone(), depot)
    }

    /// The archive.
    ///
    /// # Errors
    ///
    /// When a setting under `archive` does not fit, or its folder cannot be made.
    pub fn archive(&self) -> Result<Archive, AppError> {
        Ok(Archive::open(&self.settings.archive, &self.settings.data.directory)?)
    }

    /// Who moves closed claims to the archive, and erases personal data.
    ///
    /// # Errors
    ///
    /// As [`App::archive`].
    pub fn archivist(&self) -> Result<Archivist, AppError> {
        let process = format!("{}-{}", std::process::id(), Uuid::new_v4().simple());
        let retention_days = self.settings.archive.retention_days;
        Ok(Archivist::new(self.ledger.clone(), self.archive()?, retention_days, process))
    }
}
