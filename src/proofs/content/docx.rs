//! DOCX: a document of Word and nothing else. No macros, no embedded objects, nothing that is
//! fetched from elsewhere, no bomb, no archive with tricks in it.
//!
//! Every part is inflated, to a limit, because lengths that an archive tells may be lies.

use std::collections::HashSet;
use std::io::{BufReader, Read as _};

use zip::ZipArchive;

use super::{Content, ContentReader, Unfit, find, refused};

/// Parts of a document at most.
const PARTS_MAX: usize = 2_000;
/// Bytes that a document has when it is unpacked, at most.
const INFLATED_MAX: u64 = 200 * 1_024 * 1_024;
/// A part of which so much is left is not packed more than [`RATIO_MAX`] times, or it is a bomb.
const RATIO_FROM: u64 = 1_024 * 1_024;
const RATIO_MAX: u64 = 200;
/// Relationships and content types are read whole, and are never longer.
const XML_MAX: u64 = 4 * 1_024 * 1_024;
/// An archive may end in a comment of so many bytes, and nothing else.
const END: u64 = 22;

/// Refuses what is no plain document.
pub(super) fn check(content: &Content<'_>) -> Result<(), Unfit> {
    ends_with_the_archive(content)?;
    let reader = BufReader::with_capacity(64 * 1_024, content.reader(0));
    let mut archive = ZipArchive::new(reader).map_err(|_| broken())?;
    if archive.offset() != 0 || !archive.comment().is_empty() {
        return Err(two_in_one());
    }
    if archive.len() > PARTS_MAX {
        return Err(bomb());
    }
    let has =
        |part: &str| archive.file_names().flatten().any(|name| name.eq_ignore_ascii_case(part));
    if !has("[Content_Types].xml") || !has("word/document.xml") {
        let message = "This is an archive and no document of Word. Send the document itself.";
        return Err(refused("archive", message));
    }
    let (mut names, mut inflated) = (HashSet::new(), 0);
    for index in 0..archive.len() {
        let name = check_entry(&mut archive, index)?;
        inflated += check_part(&mut archive, index, &name)?;
        if inflated > INFLATED_MAX {
            return Err(bomb());
        }
        if !names.insert(name) {
            return Err(broken());
        }
    }
    Ok(())
}

type Archive<'a> = ZipArchive<BufReader<ContentReader<'a>>>;

/// What programs read from the end of a file ends where the file does.
fn ends_with_the_archive(content: &Content<'_>) -> Result<(), Unfit> {
    let end = content.bytes(content.size.saturating_sub(END), 22)?;
    let [b'P', b'K', 5, 6, .., 0, 0] = end.as_slice() else { return Err(two_in_one()) };
    let number = |at: usize| {
        let four: [u8; 4] = end[at..at + 4].try_into().unwrap_or_default();
        u64::from(u32::from_le_bytes(four))
    };
    if number(12) + number(16) + END == content.size { Ok(()) } else { Err(two_in_one()) }
}

/// The name of a part in small letters, if it may be there at all.
fn check_entry(archive: &mut Archive<'_>, index: usize) -> Result<String, Unfit> {
    let entry = archive.by_index_raw(index).map_err(|_| broken())?;
    let raw = std::str::from_utf8(entry.name_raw()).map_err(|_| broken())?;
    let is_odd = raw.contains(['\\', '\0', ':']) || raw.starts_with('/');
    if is_odd || raw.split('/').any(|part| part == "..") || entry.is_symlink() {
        return Err(refused(
            "docx_unsafe_path",
            "The document has parts with names that lead out of it. Save it again with Word.",
        ));
    }
    if entry.encrypted() {
        return Err(refused(
            "docx_encrypted",
            "The document is encrypted. Save it without a password.",
        ));
    }
    let name = raw.to_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let file = name.rsplit('/').next().unwrap_or_default();
    if file.starts_with("vba") || ending == "bas" || name.contains("/activex/") {
        return Err(refused(
            "docx_macros",
            "The document has macros in it. Save it as DOCX without macros, or as PDF.",
        ));
    }
    let is_embedded = name.contains("/embeddings/") || name.contains("/afchunk");
    if is_embedded
        || matches!(ending, "bin" | "exe" | "dll" | "js" | "vbs" | "htm" | "html" | "mht")
    {
        let is_printer = name.contains("printersettings");
        if !is_printer {
            return Err(embedded());
        }
    }
    Ok(name)
}

/// Unpacks a part to see that it is no bomb and no file in the file; says how long it is.
fn check_part(archive: &mut Archive<'_>, index: usize, name: &str) -> Result<u64, Unfit> {
    let entry = archive.by_index(index).map_err(|_| broken())?;
    let packed = entry.compressed_size();
    let is_xml = is_relationships(name) || name == "[content_types].xml";
    let mut unpacked = entry.take(INFLATED_MAX + 1);
    let (mut length, mut buffer, mut xml) = (0_u64, vec![0; 64 * 1_024], Vec::new());
    loop {
        let read = unpacked.read(&mut buffer).map_err(|_| broken())?;
        let piece = &buffer[..read];
        if length == 0 && is_file(piece) {
            return Err(embedded());
        }
        length += read as u64;
        if length > RATIO_FROM && length / packed.max(1) > RATIO_MAX || length > INFLATED_MAX {
            return Err(bomb());
        }
        if is_xml {
            if length > XML_MAX {
                return Err(bomb());
            }
            xml.extend_from_slice(piece);
        }
        if read == 0 {
            check_xml(name, &xml)?;
            return Ok(length);
        }
    }
}

/// Whether a part, whose name is in small letters, has relationships.
fn is_relationships(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| ending == "rels")
}

fn is_file(head: &[u8]) -> bool {
    super::attachment::is_program(head)
        || super::attachment::is_archive(head)
        || head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0])
}

fn check_xml(name: &str, xml: &[u8]) -> Result<(), Unfit> {
    // Word writes UTF-8; what is written otherwise could not be searched.
    let is_utf16 = xml.starts_with(&[0xff, 0xfe]) || xml.starts_with(&[0xfe, 0xff]);
    if is_utf16
        || xml.contains(&0)
        || find(xml, b"<!", 0)
            .is_some_and(|at| xml[at..].starts_with(b"<!D") || xml[at..].starts_with(b"<!E"))
    {
        return Err(broken());
    }
    let text = String::from_utf8_lossy(xml).to_lowercase();
    if is_relationships(name) {
        return check_relationships(&text);
    }
    if text.contains("macroenabled") || text.contains("vbaproject") {
        return Err(refused(
            "docx_macros",
            "The document has macros in it. Save it as DOCX without macros, or as PDF.",
        ));
    }
    Ok(())
}

/// Only links that somebody has to follow lead out of a document.
fn check_relationships(text: &str) -> Result<(), Unfit> {
    for element in text.split('<').filter(|element| element.contains("relationship")) {
        let is_link = attribute(element, "type")
            .is_some_and(|kind| kind.ends_with("/relationships/hyperlink"));
        // Nobody writes these few words with references to characters, but to hide them.
        let is_external = element.contains("external") || element.contains("&#");
        if is_external && !is_link && attribute(element, "targetmode") != Some("internal") {
            return Err(refused(
                "docx_external_content",
                "The document fetches parts of it from elsewhere when it is opened. Save it as \
                 PDF.",
            ));
        }
    }
    Ok(())
}

/// The value of an attribute of an element.
fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    element.match_indices(name).find_map(|(at, _)| {
        let is_name = element[..at].ends_with(|c: char| c.is_ascii_whitespace());
        let value = element[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        is_name.then(|| value[1..].split(quote).next())?
    })
}

fn embedded() -> Unfit {
    let message = "The document has other files or objects in it. Save it as PDF.";
    refused("docx_embedded_object", message)
}

fn bomb() -> Unfit {
    let message = "The document becomes far too large when it is unpacked. Save it as PDF.";
    refused("docx_bomb", message)
}

fn broken() -> Unfit {
    refused("broken", "This begins like a DOCX and is none. Save it again with Word.")
}

fn two_in_one() -> Unfit {
    let message = "Something stands before or after the document in the file: it is two things at \
                   once. Save it again with Word.";
    refused("two_files_in_one", message)
}
