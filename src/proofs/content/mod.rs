//! What a file is, by what is in it, and what keeps it from being accepted.
//!
//! The six kinds are told by a few checks of our own and not by a crate of hundreds of magic
//! numbers: each kind has to be walked through anyway, because what is refused (active content, a
//! second file behind the first one) is not at the beginning.
//!
//! | file | refuses |
//! |---|---|
//! | `tail.rs` | files that are two things at once |
//! | `pdf.rs` | PDF with scripts, programs to start, files in it, or that cannot be looked into |
//! | `docx.rs` | DOCX with macros, embedded objects, content from elsewhere, or as a bomb |
//! | `image.rs` | pictures with something behind them |
//! | `msg.rs`, `cfb.rs` | mails of Outlook with what `attachment.rs` does not accept |
//! | `eml.rs` | mails with what `attachment.rs` does not accept |
//!
//! Everything is bounded: what is read at once, what is inflated, how many parts are looked at.
//!
//! What is deliberately not found here: malice in fonts, pictures or text that attacks a viewer,
//! and anything in what is attached to a mail beyond its name and its first bytes. That is the
//! business of the scanner.

mod attachment;
mod cfb;
mod docx;
mod eml;
mod image;
mod msg;
mod pdf;
mod tail;

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use super::Kind;
use super::name::not_accepted;
use crate::claim::Finding;

/// Where a finding about what is in a file stands.
pub const FIELD: &str = "content";

/// What was found in a file that is not accepted, or why it could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// The file is not accepted.
    #[error("{0}")]
    Refused(Finding),
    /// Our own copy of it could not be read.
    #[error("could not read the upload back")]
    Unreadable(#[from] io::Error),
}

/// The file is not accepted, by a code and a sentence.
fn refused(code: &'static str, message: impl Into<String>) -> Unfit {
    Unfit::Refused(Finding::new(FIELD, code, message))
}

/// A file at rest, which is read from anywhere.
pub(super) struct Content<'a> {
    file: &'a File,
    size: u64,
}

impl<'a> Content<'a> {
    /// What is in `file`, which has so many bytes.
    pub const fn new(file: &'a File, size: u64) -> Self {
        Self { file, size }
    }

    /// As many bytes from `at` as there are, `count` at most.
    fn bytes(&self, at: u64, count: usize) -> io::Result<Vec<u8>> {
        let left = usize::try_from(self.size.saturating_sub(at)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; count.min(left)];
        self.file.read_exact_at(&mut bytes, at)?;
        Ok(bytes)
    }

    /// A reader from `at` on.
    const fn reader(&self, at: u64) -> ContentReader<'a> {
        ContentReader { file: self.file, size: self.size, at }
    }
}

/// Reads on from a place without moving anybody else's.
pub(super) struct ContentReader<'a> {
    file: &'a File,
    size: u64,
    at: u64,
}

impl io::Read for ContentReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl io::Seek for ContentReader<'_> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        let at = match to {
            io::SeekFrom::Start(at) => Some(at),
            io::SeekFrom::End(by) => self.size.checked_add_signed(by),
            io::SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// What a file is, if it is accepted.
pub(super) fn inspect(content: &Content<'_>) -> Result<Kind, Unfit> {
    let head = content.bytes(0, 4_096)?;
    let kind = match head.as_slice() {
        [] => return Err(refused("empty", "The file is empty.")),
        [b'%', b'P', b'D', b'F', b'-', ..] => Kind::Pdf,
        [b'P', b'K', 3, 4, ..] => Kind::Docx,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Kind::Png,
        [0xff, 0xd8, 0xff, ..] => Kind::Jpeg,
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => Kind::Msg,
        head if eml::begins_like_one(head) => Kind::Eml,
        head => return Err(not_known(head)),
    };
    tail::check(content, kind, &head)?;
    match kind {
        Kind::Pdf => pdf::check(content)?,
        Kind::Docx => docx::check(content)?,
        Kind::Png => image::check_png(content)?,
        Kind::Jpeg => image::check_jpeg(content)?,
        Kind::Msg => msg::check(content)?,
        Kind::Eml => eml::check(content)?,
        // Nothing that is uploaded is one.
        Kind::Acknowledgement => return Err(not_known(&head)),
    }
    Ok(kind)
}

fn not_known(head: &[u8]) -> Unfit {
    if attachment::is_archive(head) {
        let message = "This is an archive. Send the document itself.";
        return refused("archive", message);
    }
    if attachment::is_program(head) {
        return refused("program", "This is a program. Send a document.");
    }
    refused("kind_not_accepted", not_accepted())
}

/// Where `needle` begins in `haystack`, from `from` on.
fn find(haystack: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let first = *needle.first()?;
    let mut at = from;
    loop {
        at += haystack.get(at..)?.iter().position(|byte| *byte == first)?;
        if haystack[at..].starts_with(needle) {
            return Some(at);
        }
        at += 1;
    }
}
