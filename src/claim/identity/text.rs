//! Names and other text that people write.
//!
//! Text is normalized (NFC), has no characters that are invisible or change what is seen, and a
//! greatest length in characters. What it means is deliberately not judged.

use std::fmt;

use cpor_jobs::limits;
use serde::{Deserialize, Serialize};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::claim::finding::Finding;

/// One line of 1 to 200 characters: a claim's name, a job title, a file name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Line(String);

impl Line {
    /// Reads one line; white space around it is left out.
    ///
    /// # Errors
    /// `empty`, `too_long`, `forbidden_character`.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        text(raw, "text", limits::LINE_MAX, Lines::One).map(Self)
    }

    /// The line as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for Line {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

/// The name of a contact: one line of 1 to 200 characters. Personal data; prints as redacted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct PersonName(String);

impl PersonName {
    /// Reads a name; white space around it is left out.
    ///
    /// # Errors
    /// `empty`, `too_long`, `forbidden_character`, without the name in them.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        text(raw, "name", limits::LINE_MAX, Lines::One).map(Self)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(redacted)")
    }
}

impl TryFrom<String> for PersonName {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

/// A comment: 1 to 4,000 characters, on one line or many. People write names into comments, so it
/// prints as redacted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Comment(String);

impl Comment {
    /// Reads a comment; white space around it is left out, and lines end with a line feed.
    ///
    /// # Errors
    /// `empty`, `too_long`, `forbidden_character`.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        let raw = raw.replace("\r\n", "\n");
        text(&raw, "comment", limits::COMMENT_MAX, Lines::Many).map(Self)
    }

    /// The comment as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Comment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Comment(redacted)")
    }
}

impl TryFrom<String> for Comment {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

/// The code of a workload or product: 1 to 64 lower-case letters, digits and underscores. Whether
/// it can be claimed is known by the catalog.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct ItemCode(String);

impl ItemCode {
    /// Reads a code.
    ///
    /// # Errors
    /// `item_code_malformed`.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        let is_ours = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if (1..=limits::ITEM_CODE_MAX).contains(&raw.len()) && raw.bytes().all(is_ours) {
            return Ok(Self(raw.to_owned()));
        }
        Err(Finding::new(
            "code",
            "item_code_malformed",
            "This is not a code: 1 to 64 lower-case letters, digits and underscores. Take it from \
             the catalog.",
        ))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ItemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for ItemCode {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

/// Whether a text may have line feeds and tabs in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    One,
    Many,
}

/// Reads text: normalized, without the white space around it, not empty, not too long, and free of
/// forbidden characters.
pub(super) fn text(
    raw: &str,
    field: &'static str,
    characters_max: usize,
    lines: Lines,
) -> Result<String, Finding> {
    let raw = raw.trim_matches(|c: char| c.is_whitespace() && (lines == Lines::Many || c == ' '));
    let breaks_lines = |c: char| lines == Lines::Many && (c == '\n' || c == '\t');
    if let Some(found) = raw.chars().find(|&c| is_forbidden(c) && !breaks_lines(c)) {
        let message = format!(
            "The text has the character U+{:04X}, which is a control character or cannot be seen. \
             Leave it out.",
            u32::from(found)
        );
        return Err(Finding::new(field, "forbidden_character", message));
    }
    let normalized = match is_nfc_quick(raw.chars()) {
        IsNormalized::Yes => raw.to_owned(),
        IsNormalized::No | IsNormalized::Maybe => raw.nfc().collect(),
    };
    let characters = normalized.chars().count();
    if normalized.chars().all(char::is_whitespace) {
        return Err(Finding::new(field, "empty", "The text is empty. Fill it in."));
    }
    if characters > characters_max {
        let message = format!(
            "The text has {characters} characters and the limit is {characters_max}. Shorten it."
        );
        return Err(Finding::new(field, "too_long", message));
    }
    Ok(normalized)
}

/// Whether a character is a control, bidirectional, separating or otherwise invisible one, which
/// could forge a header or make a text look like another.
pub(super) fn is_forbidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            | '\u{2028}' | '\u{2029}'
            | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// The start of an untrusted text as a message may show it: short, and visible as it is.
pub(crate) fn shown(raw: &str) -> String {
    const SHOWN_MAX: usize = 64;
    let visible = |c| {
        if is_forbidden(c) { char::REPLACEMENT_CHARACTER } else { c }
    };
    let mut shown: String = raw.chars().take(SHOWN_MAX).map(visible).collect();
    if raw.chars().nth(SHOWN_MAX).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests;
