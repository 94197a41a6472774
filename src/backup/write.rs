//! Writing the lines of a backup, and adding them up.

use std::io::Write;

use sha2::{Digest as _, Sha256};

use crate::backup::FileError;
use crate::backup::line::{Footer, Line};

/// Digits of a line's `sum`.
const SUM_DIGITS: usize = 16;

/// What lines add up to, so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Sum([u8; 32]);

impl Sum {
    /// Adds a line's object, without its `sum`.
    pub(super) fn add(&mut self, json: &[u8]) {
        self.0 = Sha256::new().chain_update(self.0).chain_update(json).finalize().into();
    }

    pub(super) fn hex(&self) -> String {
        hex::encode(self.0)
    }

    /// What the line that was added last begins with.
    pub(super) fn prefix(&self) -> String {
        format!(r#"{{"sum":"{}","#, &self.hex()[..SUM_DIGITS])
    }
}

/// Where lines go.
pub(super) struct Lines<W> {
    out: W,
    sum: Sum,
    lines: u64,
    claims: u64,
}

impl<W: Write> Lines<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, sum: Sum::default(), lines: 0, claims: 0 }
    }

    /// How many lines of claims there are.
    pub(super) const fn claims(&self) -> u64 {
        self.claims
    }

    pub(super) fn write(&mut self, line: &Line) -> Result<(), FileError> {
        let failed = || FileError::doing("write the backup");
        let json = serde_json::to_vec(line).map_err(std::io::Error::other).map_err(failed())?;
        self.sum.add(&json);
        self.lines += 1;
        self.claims += u64::from(matches!(line, Line::Claim(_)));
        self.out.write_all(self.sum.prefix().as_bytes()).map_err(failed())?;
        self.out.write_all(json.get(1..).unwrap_or_default()).map_err(failed())?;
        self.out.write_all(b"\n").map_err(failed())
    }

    /// Writes the last line.
    pub(super) fn end(mut self) -> Result<Footer, FileError> {
        let footer = Footer { lines: self.lines, claims: self.claims, sha256: self.sum.hex() };
        self.write(&Line::End(footer.clone()))?;
        self.out.flush().map_err(FileError::doing("write the backup"))?;
        Ok(footer)
    }
}
