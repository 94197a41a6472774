//! Files that are two things at once: what one program shows and another one unpacks.

use super::{Content, Unfit, find, refused};
use crate::proofs::Kind;

/// Programs look for the end of an archive in so many last bytes of a file: its own 22 bytes and a
/// comment of at most 65,535.
const ZIP_TAIL: u64 = 22 + 65_535;
/// Viewers look for a PDF in so many first bytes of a file.
const PDF_HEAD: usize = 1_024;
/// Read at once.
const STEP: usize = 256 * 1_024;
/// Beginnings of archives that programs find anywhere in a file, as behind a program that unpacks
/// them. They are long enough never to be there by chance.
const ANYWHERE: [&[u8]; 2] = [b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c"];

/// Refuses a file that is something else as well.
pub(super) fn check(content: &Content<'_>, kind: Kind, head: &[u8]) -> Result<(), Unfit> {
    let first = &head[..head.len().min(PDF_HEAD)];
    if !matches!(kind, Kind::Pdf | Kind::Eml) && find(first, b"%PDF-", 0).is_some() {
        return Err(polyglot(kind, "PDF"));
    }
    // What a DOCX ends with is looked at where it is read; a mail carries archives as text.
    if !matches!(kind, Kind::Docx | Kind::Eml) && ends_an_archive(content)? {
        return Err(polyglot(kind, "ZIP archive"));
    }
    let mut at = 0;
    while at < content.size {
        let bytes = content.bytes(at, STEP + 16)?;
        if ANYWHERE.iter().any(|start| find(&bytes, start, 0).is_some()) {
            return Err(polyglot(kind, "archive"));
        }
        at += STEP as u64;
    }
    Ok(())
}

/// Whether there is an end of an archive that fits where it stands.
fn ends_an_archive(content: &Content<'_>) -> Result<bool, Unfit> {
    let start = content.size.saturating_sub(ZIP_TAIL);
    let bytes = content.bytes(start, usize::try_from(ZIP_TAIL).unwrap_or_default())?;
    let mut from = 0;
    while let Some(at) = find(&bytes, b"PK\x05\x06", from) {
        let number = |offset: usize| {
            let four = bytes.get(at + offset..at + offset + 4)?;
            Some(u64::from(u32::from_le_bytes(four.try_into().ok()?)))
        };
        if let (Some(length), Some(offset)) = (number(12), number(16))
            && length + offset <= start + at as u64
        {
            return Ok(true);
        }
        from = at + 1;
    }
    Ok(false)
}

fn polyglot(kind: Kind, other: &str) -> Unfit {
    let message = format!(
        "The file is {kind} and has a {other} in it: it is two things at once. Save the document \
         again, and send that."
    );
    refused("two_files_in_one", message)
}
