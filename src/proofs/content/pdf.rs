//! PDF: no scripts, nothing to start, no files in it, nothing that cannot be looked into.
//!
//! Names that say so are looked for in the whole file, with their escapes (`/Java#53cript`)
//! undone, and in everything that is deflated in it, as objects are since PDF 1.5. Where objects
//! are packed in any other way the file is refused.
//!
//! Not covered: short names (`/EF`, `/XFA`) that bytes other than text follow, and objects that
//! are packed in another way behind a dictionary of more than 4 KiB.

use std::io::Read as _;

use flate2::read::ZlibDecoder;

use super::{Content, Unfit, find, refused};

/// Read at once.
const STEP: usize = 256 * 1_024;
/// The longest name that is looked for, escapes included, and what has to follow a short one.
const NAME_MAX: usize = 64;
/// How far before a stream its dictionary is read.
const DICTIONARY: usize = 4_096;
/// Bytes that are inflated of one file at most.
const INFLATED_MAX: u64 = 512 * 1_024 * 1_024;
/// Streams of one file that are looked into at most.
const STREAMS_MAX: u32 = 200_000;
/// Names that are shorter are there by chance, unless text follows.
const SHORT: usize = 6;
/// So many characters of text have to follow a short name.
const TEXT: usize = 8;

/// A name that is refused: the name, the code, the sentence.
type Forbidden = (&'static [u8], &'static str, &'static str);

const SCRIPT: &str = "The PDF has scripts in it. Print it to a new PDF, and send that.";
const FILES: &str = "The PDF has files attached to it. Send them one by one, without it.";
const FORBIDDEN: [Forbidden; 11] = [
    (b"JavaScript", "pdf_script", SCRIPT),
    (b"Launch", "pdf_launch", "The PDF starts a program. Print it to a new PDF, and send that."),
    (b"EmbeddedFile", "pdf_embedded_file", FILES),
    (b"EmbeddedFiles", "pdf_embedded_file", FILES),
    (b"FileAttachment", "pdf_embedded_file", FILES),
    (b"GoToE", "pdf_embedded_file", FILES),
    (b"EF", "pdf_embedded_file", FILES),
    (b"RichMedia", "pdf_script", SCRIPT),
    (b"XFA", "pdf_script", SCRIPT),
    (b"ImportData", "pdf_launch", "The PDF reads files. Print it to a new PDF, and send that."),
    (
        b"Encrypt",
        "pdf_encrypted",
        "The PDF is encrypted, so nobody can see what is in it. Save it without a password.",
    ),
];

/// Refuses what is active or hidden.
pub(super) fn check(content: &Content<'_>) -> Result<(), Unfit> {
    let (mut at, mut inflated, mut streams) = (0, 0, 0);
    while at < content.size {
        let start = at.saturating_sub(DICTIONARY as u64);
        let begun = usize::try_from(at - start).unwrap_or_default();
        let window = content.bytes(start, begun + STEP + NAME_MAX)?;
        let end = (begun + STEP).min(window.len());
        refuse_names(&window, begun, end)?;
        let mut from = begun.saturating_sub(b"stream".len());
        while let Some(found) = find(&window[..end], b"stream", from) {
            from = found + 1;
            // A keyword on the border of two windows is seen in the second one.
            if found + 6 <= begun || window[..found].ends_with(b"end") {
                continue;
            }
            streams += 1;
            let dictionary = &window[found.saturating_sub(DICTIONARY)..found];
            inflated += look_into(content, dictionary, start + found as u64 + 6)?;
            if inflated > INFLATED_MAX || streams > STREAMS_MAX {
                return Err(unreadable("is too large to be looked into"));
            }
        }
        at += STEP as u64;
    }
    if content.size < 64
        || find(&content.bytes(content.size.saturating_sub(2_048), 2_048)?, b"%%EOF", 0).is_none()
    {
        return Err(refused("broken", "The PDF has no end: it was cut off. Send it again."));
    }
    Ok(())
}

/// Inflates what is deflated, and looks for names there; says how much that was.
fn look_into(content: &Content<'_>, dictionary: &[u8], keyword_end: u64) -> Result<u64, Unfit> {
    let has = |name: &[u8]| has_name(dictionary, name);
    let of_objects = has(b"ObjStm");
    let head = content.bytes(keyword_end, 4)?;
    let skip = head.iter().take(2).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let is_deflated = matches!(
        head[skip.min(head.len())..],
        [first, second, ..]
            if first & 0x0f == 8 && (u16::from(first) * 256 + u16::from(second)).is_multiple_of(31)
    );
    if of_objects && (!is_deflated && has(b"Filter") || has(b"Predictor")) {
        return Err(unreadable("packs its objects in a way that is not looked into"));
    }
    if !is_deflated {
        return Ok(0);
    }
    let reader = content.reader(keyword_end + skip as u64);
    let mut inflater = ZlibDecoder::new(reader).take(INFLATED_MAX);
    let (mut window, mut total) = (Vec::with_capacity(STEP + NAME_MAX), 0_u64);
    let mut buffer = vec![0; STEP / 4];
    loop {
        let read = match inflater.read(&mut buffer) {
            Ok(read) => read,
            Err(_) if of_objects => return Err(unreadable("has objects that cannot be read")),
            // Not everything that begins like deflated data is.
            Err(_) => 0,
        };
        let kept = window.len();
        window.extend_from_slice(&buffer[..read]);
        let end = if read == 0 { window.len() } else { window.len().saturating_sub(NAME_MAX) };
        refuse_names(&window, 0, end)?;
        if read == 0 {
            return Ok(total);
        }
        total += read as u64;
        window.drain(..end.min(kept + read));
    }
}

/// Refuses the names that begin between two places of a piece of the file.
fn refuse_names(window: &[u8], from: usize, to: usize) -> Result<(), Unfit> {
    let mut at = from;
    while let Some(slash) = find(&window[..to], b"/", at) {
        at = slash + 1;
        let Some((name, length)) = name_at(&window[at..]) else { continue };
        let forbidden = FORBIDDEN.iter().find(|(forbidden, _, _)| *forbidden == name);
        let Some((_, code, sentence)) = forbidden else { continue };
        let is_text = |byte: &u8| matches!(byte, b'\t' | b'\r' | b'\n' | b' '..=b'~');
        let after = &window[at + length..];
        if name.len() >= SHORT || after.iter().take(TEXT).all(is_text) {
            return Err(refused(code, *sentence));
        }
    }
    Ok(())
}

/// The name that begins here, with its escapes undone, and how many bytes it takes; nothing when
/// it is longer than any that is looked for.
fn name_at(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (mut name, mut at) = (Vec::with_capacity(16), 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'#' => {
                let digits = std::str::from_utf8(bytes.get(at + 1..at + 3)?).ok()?;
                name.push(u8::from_str_radix(digits, 16).ok()?);
                at += 3;
            }
            b'a'..=b'z' | b'A'..=b'Z' => {
                name.push(*byte);
                at += 1;
            }
            0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ' | b'(' | b')' | b'<' | b'>' | b'[' | b']'
            | b'{' | b'}' | b'/' | b'%' => return Some((name, at)),
            // No name that is looked for has any other character.
            _ => return None,
        }
        if at >= NAME_MAX {
            return None;
        }
    }
    Some((name, at))
}

fn has_name(dictionary: &[u8], name: &[u8]) -> bool {
    let mut at = 0;
    while let Some(slash) = find(dictionary, b"/", at) {
        at = slash + 1;
        if name_at(&dictionary[at..]).is_some_and(|(found, _)| found == name) {
            return true;
        }
    }
    false
}

fn unreadable(what: &str) -> Unfit {
    let message = format!("The PDF {what}. Print it to a new PDF, and send that.");
    refused("pdf_unreadable", message)
}
