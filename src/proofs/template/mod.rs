//! The statement of work to download: prefilled from a claim or a draft, to be completed and
//! signed. What is not known is an empty line.
//!
//! | file | holds |
//! |---|---|
//! | `statement.rs` | what is known, and what the document says of it |
//! | `docx.rs` | the document for Word |
//! | `pdf.rs`, `font.rs` | the document for paper, with a font that has Turkish letters |
//!
//! Whoever signs it signs on paper or in another program: nothing is signed here.

mod docx;
mod font;
mod pdf;
mod statement;

use crate::calendar::Language;

pub use statement::StatementOfWork;
pub(super) use statement::{Block, words};

/// What the statement of work is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For Word.
    Docx,
    /// For paper.
    Pdf,
}

impl Format {
    /// The ending of its name and its media type.
    #[must_use]
    pub const fn facts(self) -> (&'static str, &'static str) {
        match self {
            Self::Docx => ("docx", super::Kind::Docx.media_type()),
            Self::Pdf => ("pdf", super::Kind::Pdf.media_type()),
        }
    }
}

/// A statement of work could not be written; a bug of ours.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// Its words.
    #[error("could not read the words of the statement of work")]
    Words(#[from] toml::de::Error),
    /// Its parts.
    #[error("could not write the statement of work")]
    Write(#[from] std::io::Error),
    /// Its container.
    #[error("could not write the statement of work as DOCX")]
    Zip(#[from] zip::result::ZipError),
    /// Its font.
    #[error("could not read the font of the statement of work")]
    Font(#[from] ttf_parser::FaceParsingError),
    /// Its pages.
    #[error("could not write the statement of work as PDF")]
    Pdf(#[from] lopdf::Error),
}

/// The statement of work as a file.
///
/// # Errors
///
/// Never in a release: tests write both formats in every language.
pub fn template(
    statement: &StatementOfWork,
    language: Language,
    format: Format,
) -> Result<Vec<u8>, TemplateError> {
    let words = words(language)?;
    let blocks = statement.blocks(&words);
    match format {
        Format::Docx => docx::write(&words, &blocks),
        Format::Pdf => pdf::write(&words, &blocks),
    }
}
