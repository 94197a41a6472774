//! Reading the lines of a backup: nothing is believed before every line has been looked at.

use std::collections::HashMap;
use std::io::{BufRead, Read as _};

use crate::backup::line::{FORMAT, Footer, Header, Line};
use crate::backup::write::Sum;
use crate::claim::ClaimId;

/// Longest line, in bytes: a submission that somebody pushed by mistake may be long.
const LINE_MAX: u64 = 512 * 1024 * 1024;

/// What is wrong with a backup, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the backup {problem}; nothing of it can be used")]
pub struct Problem {
    /// Which line, from 1.
    pub line: u64,
    /// What is wrong with it, as the end of a sentence.
    pub problem: String,
}

/// A backup that is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Its first line.
    pub header: Header,
    /// Its last line.
    pub footer: Footer,
    /// Claims that changed while it was made, each with the line that counts.
    pub(super) latest: HashMap<ClaimId, u64>,
}

/// Reads lines one by one.
pub(super) struct Reader<R> {
    from: R,
    sum: Sum,
    number: u64,
    raw: Vec<u8>,
}

impl<R: BufRead> Reader<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, sum: Sum::default(), number: 0, raw: Vec::new() }
    }

    /// The number of the line that was read last.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    fn problem(&self, problem: impl Into<String>) -> Problem {
        Problem { line: self.number, problem: problem.into() }
    }

    /// The next line; an end without a last line is a problem.
    pub(super) fn next(&mut self) -> Result<Line, Problem> {
        self.number += 1;
        self.raw.clear();
        let read = self.from.by_ref().take(LINE_MAX).read_until(b'\n', &mut self.raw);
        match read {
            Err(error) => return Err(self.problem(format!("cannot be read: {error}"))),
            Ok(0) => return Err(self.problem("is missing: the file was cut off before it")),
            Ok(_) if self.raw.last() != Some(&b'\n') => {
                return Err(self.problem("has no end: the file was cut off in it"));
            }
            Ok(_) => {}
        }
        self.raw.pop();
        let prefix = self.sum.prefix().len();
        if self.raw.len() <= prefix {
            return Err(self.problem("is no line of a backup"));
        }
        // The object without its sum: what follows the prefix, with a brace before it.
        let mut json = self.raw.split_off(prefix - 1);
        self.raw.extend(json.first().copied());
        json[0] = b'{';
        self.sum.add(&json);
        if self.raw != self.sum.prefix().as_bytes() {
            let what = "is not what was written there: it, or what comes before it, was changed";
            return Err(self.problem(what));
        }
        serde_json::from_slice(&json)
            .map_err(|error| self.problem(format!("is not known to this version: {error}")))
    }
}

/// Reads a whole backup and says what is in it.
pub(super) fn verify(from: impl BufRead) -> Result<Verified, Problem> {
    let mut reader = Reader::new(from);
    let Line::Backup(header) = reader.next()? else {
        return Err(reader.problem("is not the first line of a backup"));
    };
    if header.format != FORMAT {
        let format = header.format;
        let problem = format!(
            "says that the backup has format {format}; this version reads {FORMAT}: use cpor {}",
            header.version
        );
        return Err(reader.problem(problem));
    }
    let (mut latest, mut claims) = (HashMap::new(), 0);
    loop {
        let sum = reader.sum.hex();
        match reader.next()? {
            Line::Claim(_) => claims += 1,
            Line::Changed(claim) => {
                latest.insert(claim.id, reader.number());
            }
            Line::End(footer) => {
                let counted = Footer { lines: reader.number() - 1, claims, sha256: sum };
                if footer != counted {
                    return Err(reader.problem("does not add up with the lines before it"));
                }
                return Ok(Verified { header, footer, latest });
            }
            Line::Backup(_) => return Err(reader.problem("is a second first line")),
            Line::Partition(_) | Line::Deliveries(_) | Line::Key(_) => {}
        }
    }
}
