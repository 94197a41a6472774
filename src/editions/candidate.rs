//! The calendars as the files say them now: what a reload would put in force. All or nothing: with
//! one wrong file there is no candidate, and every error of every file is told.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use crate::calendar::{
    CalendarError, Calendars, FileSeverity, OwnCalendars, built_in_digest, check_files,
    tzdb_version,
};
use crate::settings::Settings;

/// Where the files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarFiles {
    /// The folder of the calendars; those built in when there is none.
    pub directory: Option<PathBuf>,
    /// The folder of the operator's own entries; it need not exist.
    pub overrides: Option<PathBuf>,
}

/// The files, read.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The calendars.
    pub calendars: Arc<Calendars>,
    pub(super) own: OwnCalendars,
    digest: String,
}

/// The files cannot be used, and nothing of them is.
#[derive(Debug, thiserror::Error)]
#[error("the files of the calendars cannot be used, and nothing has changed:\n{}", .0.join("\n"))]
pub struct FilesWrong(
    /// Everything that is wrong with them, each with file and place.
    pub Vec<String>,
);

impl CalendarFiles {
    /// Where the settings say.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        let given = |path: &Path| (!path.as_os_str().is_empty()).then(|| path.to_owned());
        Self {
            directory: given(&settings.calendars.directory),
            overrides: given(&settings.calendars.overrides_directory),
        }
    }

    /// Reads the files.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong.
    pub fn load(&self) -> Result<Calendars, CalendarError> {
        Calendars::load(self.directory.as_deref(), self.existing_overrides())
    }

    /// Reads the files as what a reload would put in force.
    ///
    /// # Errors
    ///
    /// Everything that is wrong.
    pub fn candidate(&self) -> Result<Candidate, FilesWrong> {
        self.load().and_then(Candidate::of).map_err(|error| self.all_that_is_wrong(&error))
    }

    fn existing_overrides(&self) -> Option<&Path> {
        self.overrides.as_deref().filter(|path| path.is_dir())
    }

    /// The day does not matter: it only decides about warnings.
    fn all_that_is_wrong(&self, first: &CalendarError) -> FilesWrong {
        let directory = self.directory.as_deref();
        let findings = check_files(directory, self.existing_overrides(), NaiveDate::default());
        let errors = findings.into_iter().filter(|it| it.severity == FileSeverity::Error);
        let mut texts: Vec<String> = errors.map(|finding| finding.message).collect();
        if texts.is_empty() {
            texts.push(crate::worker::with_causes(first));
        }
        FilesWrong(texts)
    }
}

impl Candidate {
    /// A set of calendars as what could be put in force.
    ///
    /// # Errors
    ///
    /// When a calendar built in cannot be read.
    pub fn of(calendars: Calendars) -> Result<Self, CalendarError> {
        let own = OwnCalendars::of(&calendars)?;
        let digest = digest(&own);
        Ok(Self { calendars: Arc::new(calendars), own, digest })
    }

    /// By what it is recognized: calendars built in, time zones, and everything in the files.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

fn digest(own: &OwnCalendars) -> String {
    let text = format!("{} {} {}", built_in_digest(), tzdb_version(), own.digest());
    hex::encode(&Sha256::digest(text)[..8])
}
