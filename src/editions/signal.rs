//! A reload by signal: for windows that open from now on, by an author without a name.

use crate::claim::identity::{Comment, Line};
use crate::editions::{
    EditionRecord, Editions, FilesWrong, Preview, Publication, PublishError, Scope,
};
use crate::store::StoreError;

/// A reload by signal came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum SignalError {
    /// The files are wrong.
    #[error(transparent)]
    Files(#[from] FilesWrong),
    /// It was refused, or Redis is in trouble.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl From<StoreError> for SignalError {
    fn from(error: StoreError) -> Self {
        Self::Publish(error.into())
    }
}

impl Editions {
    /// Reads the files and puts them in force for windows that open from now on; logs what that
    /// does, or why it is not done. Nothing else is changed.
    pub async fn reload_on_signal(&self) {
        match self.reload_new_windows().await {
            Ok((record, preview)) => {
                let (number, moves) = (record.number, preview.windows.would_move);
                tracing::warn!(
                    calendars.edition = number,
                    windows.would_move = moves,
                    "edition {number} of the calendars is in force for windows that open from now \
                     on; {moves} open windows stay as they were announced, and `cpor calendar \
                     reload --open-windows --reason …` moves them"
                );
            }
            Err(SignalError::Publish(PublishError::NothingChanged(number))) => tracing::info!(
                calendars.edition = number,
                "the files say what edition {number} of the calendars says; nothing was reloaded"
            ),
            Err(error) => tracing::error!(
                error = crate::worker::with_causes(&error),
                "the calendars were not reloaded, and nothing has changed"
            ),
        }
    }

    async fn reload_new_windows(&self) -> Result<(EditionRecord, Preview), SignalError> {
        let candidate = self.candidate()?;
        let preview = self.preview(&candidate, 0).await?;
        let malformed = |finding: crate::claim::Finding| {
            StoreError::malformed("write down who has reloaded the calendars", finding.message)
        };
        let publication = Publication {
            author: Line::parse("signal").map_err(malformed)?,
            reason: Comment::parse("Reloaded by SIGHUP").map_err(malformed)?,
            scope: Scope::NewWindows,
        };
        let edition = self.publish(&candidate, &preview, publication).await?;
        Ok((edition.record, preview))
    }
}
