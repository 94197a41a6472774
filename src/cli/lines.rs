//! Reading lines of any length in bounded memory: what is too long is counted and not kept.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use anyhow::{Context as _, Result};

/// One line that is not blank.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1; blank lines count.
    pub number: u64,
    /// Its bytes without the line end, or how many there were when they were too many.
    pub text: Result<Vec<u8>, u64>,
    /// Bytes of the input up to and including this line.
    pub end: u64,
}

/// The lines of a file, or of standard input.
pub struct Lines {
    reader: Box<dyn BufRead + Send>,
    bytes_max: usize,
    number: u64,
    end: u64,
}

/// A byte order mark, which some programs put at the beginning of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

impl Lines {
    /// The lines of `path`, or of standard input for `-`; longer ones than `bytes_max` are not
    /// kept. Also says how long the file is, in bytes, where that is known.
    pub fn open(path: &Path, bytes_max: usize) -> Result<(Self, Option<u64>)> {
        if path == Path::new("-") {
            return Ok((Self::of(Box::new(BufReader::new(io::stdin())), bytes_max), None));
        }
        let doing = || format!("could not open {}", path.display());
        let file = File::open(path).with_context(doing)?;
        let metadata = file.metadata().with_context(doing)?;
        let length = metadata.is_file().then_some(metadata.len());
        Ok((Self::of(Box::new(BufReader::new(file)), bytes_max), length))
    }

    fn of(reader: Box<dyn BufRead + Send>, bytes_max: usize) -> Self {
        Self { reader, bytes_max, number: 0, end: 0 }
    }

    /// The next line that is not blank.
    pub fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let Some((kept, length)) = self.read()? else { return Ok(None) };
            self.number += 1;
            let too_long = length > self.bytes_max as u64;
            let text = if too_long { Err(length) } else { Ok(self.trimmed(kept)) };
            if text.as_ref().is_ok_and(|text| text.iter().all(u8::is_ascii_whitespace)) {
                continue;
            }
            return Ok(Some(Line { number: self.number, text, end: self.end }));
        }
    }

    fn trimmed(&self, mut text: Vec<u8>) -> Vec<u8> {
        if text.ends_with(b"\r") {
            text.pop();
        }
        if self.number == 1 && text.starts_with(MARK) {
            text.drain(..MARK.len());
        }
        text
    }

    /// What is kept of a line, and its length without the line feed; nothing at the end.
    fn read(&mut self) -> io::Result<Option<(Vec<u8>, u64)>> {
        let (mut kept, mut length) = (Vec::new(), 0_u64);
        loop {
            let available = match self.reader.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                return Ok((length > 0).then_some((kept, length)));
            }
            let feed = available.iter().position(|byte| *byte == b'\n');
            let part = &available[..feed.unwrap_or(available.len())];
            let room = self.bytes_max.saturating_sub(kept.len());
            kept.extend_from_slice(&part[..part.len().min(room)]);
            let used = part.len() + usize::from(feed.is_some());
            length += part.len() as u64;
            self.end += used as u64;
            self.reader.consume(used);
            if feed.is_some() {
                return Ok(Some((kept, length)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(given: &'static [u8], expected: &[(u64, Result<&[u8], u64>)]) {
        // A tiny buffer, so that every line spans several.
        let reader = Box::new(BufReader::with_capacity(3, given));
        let mut lines = Lines::of(reader, 8);
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            found.push((line.number, line.text));
        }
        let expected: Vec<_> =
            expected.iter().map(|(n, text)| (*n, text.map(<[u8]>::to_vec))).collect();
        assert_eq!(found, expected, "{:?}", String::from_utf8_lossy(given));
        assert_eq!(lines.end, given.len() as u64);
    }

    #[test]
    fn lines_are_numbered_as_an_editor_does_and_blank_ones_skipped() {
        check(b"", &[]);
        check(b"\n \r\n\t\n", &[]);
        check(b"a\n\nb", &[(1, Ok(b"a")), (3, Ok(b"b"))]);
        check(b"a\r\nb\r\n", &[(1, Ok(b"a")), (2, Ok(b"b"))]);
        check(b"\xef\xbb\xbfa\n\xff\n", &[(1, Ok(b"a")), (2, Ok(b"\xff"))]);
    }

    #[test]
    fn a_line_that_is_too_long_is_counted_and_its_neighbors_are_read() {
        check(b"12345678\n123456789\nb", &[(1, Ok(b"12345678")), (2, Err(9)), (3, Ok(b"b"))]);
        check(b"123456789012345678901234567890", &[(1, Err(30))]);
    }
}
