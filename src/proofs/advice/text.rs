//! The text of a document, as far as a program reads it: bounded in what is inflated and kept.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use crate::proofs::Kind;

/// So much of a text is kept, in bytes.
const TEXT_MAX: u64 = 4 * 1_024 * 1_024;
/// Pages of a PDF that are read.
const PAGES_MAX: usize = 100;
/// What a stream of a PDF may be inflated to.
const INFLATED_MAX: usize = 16 * 1_024 * 1_024;

/// What a document says.
pub(super) struct Text {
    /// Its words, folded.
    pub words: String,
    /// Whether it has a field for a signature.
    pub has_signature_field: bool,
}

/// In small letters, with single spaces, and without the difference between the letters i with and
/// without a dot, which capital letters blur.
pub(super) fn folded(text: &str) -> String {
    let lower = text.to_lowercase().replace("i\u{307}", "i").replace('ı', "i");
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of a document of this kind; nothing when there is none that a program reads.
pub(super) fn text_of(kind: Kind, bytes: &[u8]) -> Option<Text> {
    let (raw, has_signature_field) = match kind {
        Kind::Pdf => (pdf(bytes)?, has(bytes, b"/Sig")),
        Kind::Docx => (docx(bytes)?, false),
        Kind::Eml => (eml(bytes), false),
        Kind::Msg => (utf16(bytes), false),
        Kind::Acknowledgement => (String::from_utf8_lossy(bytes).into_owned(), true),
        Kind::Png | Kind::Jpeg => return None,
    };
    let words = folded(&raw);
    let letters = words.chars().filter(|c| c.is_alphabetic()).take(20).count();
    (letters == 20).then_some(Text { words, has_signature_field })
}

fn has(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

fn pdf(bytes: &[u8]) -> Option<String> {
    let options = lopdf::LoadOptions {
        max_decompressed_size: Some(INFLATED_MAX),
        ..lopdf::LoadOptions::default()
    };
    let document = lopdf::Document::load_mem_with_options(bytes, options).ok()?;
    let pages: Vec<u32> = document.get_pages().into_keys().take(PAGES_MAX).collect();
    let mut text = String::new();
    for page in document.extract_text_chunks_with_limit(&pages, INFLATED_MAX).into_iter().flatten()
    {
        text.push_str(&page);
        text.push(' ');
        if text.len() as u64 > TEXT_MAX {
            break;
        }
    }
    Some(text)
}

/// The text between the tags of the document; paragraphs and cells end words.
fn docx(bytes: &[u8]) -> Option<String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let part = archive.by_name("word/document.xml").ok()?;
    let mut xml = Vec::new();
    part.take(TEXT_MAX * 4).read_to_end(&mut xml).ok()?;
    let xml = String::from_utf8_lossy(&xml);
    let mut text = String::new();
    for piece in xml.split('<').skip(1) {
        let (tag, words) = piece.split_once('>').unwrap_or((piece, ""));
        if matches!(tag, "/w:p" | "w:tab/" | "w:br/" | "/w:tc") {
            text.push(' ');
        }
        text.push_str(words);
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    Some(text)
}

/// The mail as it is, with quoted-printable undone: what else is encoded is not read.
fn eml(bytes: &[u8]) -> String {
    let kept = usize::try_from(TEXT_MAX).unwrap_or_default().min(bytes.len());
    let (mut decoded, mut rest) = (Vec::with_capacity(kept), &bytes[..kept]);
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, after) {
            (b'=', [b'\r', b'\n', further @ ..] | [b'\n', further @ ..]) => rest = further,
            (b'=', [high, low, further @ ..]) => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).ok();
                match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                    Some(byte) => {
                        decoded.push(byte);
                        rest = further;
                    }
                    None => decoded.push(b'='),
                }
            }
            _ => decoded.push(*first),
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Outlook keeps text as UTF-16; runs of letters are text wherever they are.
fn utf16(bytes: &[u8]) -> String {
    let kept = usize::try_from(TEXT_MAX).unwrap_or_default().min(bytes.len());
    let units = bytes[..kept].chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    let letter = |unit| match char::from_u32(u32::from(unit)) {
        Some(c) if c.is_ascii_graphic() || ('\u{a0}'..'\u{250}').contains(&c) => c,
        _ => ' ',
    };
    units.map(letter).collect()
}
