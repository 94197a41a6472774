//! How a command ends: exit codes, and errors in one message.

use std::fmt;
use std::io;
use std::process::ExitCode;

use anyhow::{Error, Result};

use crate::cli::output::say;

/// How a command that could run has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything asked for is done.
    Done,
    /// Something was refused, or found.
    Refused,
}

impl Exit {
    /// `Done` when nothing was refused or found.
    pub const fn done_if(nothing_refused: bool) -> Self {
        if nothing_refused { Self::Done } else { Self::Refused }
    }
}

/// An answer that is a no, in a sentence: no failure of ours.
#[derive(Debug)]
pub struct Refused(String);

impl Refused {
    /// The no, as an error that ends the command.
    pub fn error(sentence: impl fmt::Display) -> Error {
        Error::new(Self(sentence.to_string()))
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

/// The exit code, after the error has been told. A reader that went away is no error.
pub fn code(result: Result<Exit>) -> ExitCode {
    match result {
        Ok(Exit::Done) => ExitCode::SUCCESS,
        Ok(Exit::Refused) => ExitCode::from(1),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            say(format_args!("cpor: {}", message(&error)));
            ExitCode::from(if error.is::<Refused>() { 1 } else { 2 })
        }
    }
}

/// Whether the reader of standard output has had enough, as `head` does.
pub fn is_closed_pipe(error: &Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// The error and its causes in one line; a cause that is quoted already is not repeated.
pub fn message(error: &Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use anyhow::{Context as _, anyhow};

    use super::*;

    #[test]
    fn a_message_has_every_cause_once() {
        let error = anyhow!("connection refused")
            .context("could not connect: connection refused")
            .context("could not submit line 3");
        assert_eq!(
            message(&error),
            "could not submit line 3: could not connect: connection refused"
        );
    }

    #[test]
    fn a_reader_that_went_away_is_told_from_a_broken_connection() {
        let pipe = || io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(is_closed_pipe(&Error::new(pipe())));
        let wrapped = Err::<(), _>(pipe()).context("could not commit claim x").unwrap_err();
        assert!(!is_closed_pipe(&Error::new(io::Error::other(wrapped.to_string()))));
    }
}
