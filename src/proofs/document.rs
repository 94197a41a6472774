//! The record of an uploaded document: whose it is, what it is, and whether it may be used.

use std::fmt;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Acknowledgement, Answer};
use crate::claim::ClaimId;
use crate::claim::identity::{DocumentId, Line, MpnId, Sha256Digest};

/// What a document is, by what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Portable Document Format.
    Pdf,
    /// A document of Word, without macros.
    Docx,
    /// A picture, as of a scanned page.
    Png,
    /// A picture, as of a photographed page.
    Jpeg,
    /// A mail as Outlook keeps it.
    Msg,
    /// A mail as it was sent (RFC 5322).
    Eml,
    /// What a customer has acknowledged by a link; never uploaded.
    Acknowledgement,
}

impl Kind {
    /// Every kind that is uploaded.
    pub const ALL: [Self; 6] = [Self::Pdf, Self::Docx, Self::Png, Self::Jpeg, Self::Msg, Self::Eml];

    /// Name, endings of file names, and media types; the first media type is the one it is served
    /// with.
    #[must_use]
    pub const fn facts(self) -> (&'static str, &'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Pdf => ("PDF", &["pdf"], &["application/pdf", "application/x-pdf"]),
            Self::Docx => (
                "DOCX",
                &["docx"],
                &["application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
            ),
            Self::Png => ("PNG", &["png"], &["image/png"]),
            Self::Jpeg => ("JPEG", &["jpg", "jpeg"], &["image/jpeg", "image/jpg", "image/pjpeg"]),
            Self::Msg => ("MSG", &["msg"], &["application/vnd.ms-outlook"]),
            Self::Eml => ("EML", &["eml"], &["message/rfc822"]),
            Self::Acknowledgement => {
                ("an acknowledgement", &["txt"], &["text/plain; charset=utf-8"])
            }
        }
    }

    /// The media type it is served with.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        self.facts().2[0]
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.facts().0)
    }
}

/// What the scanner says of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Scan {
    /// No scanner was set when it came.
    NotScanned,
    /// The scanner has not answered yet; the document counts for nothing until it has.
    WaitingForScan,
    /// The scanner found nothing.
    Clean {
        /// When it was scanned.
        at: DateTime<Utc>,
    },
    /// The scanner found something, and the bytes were deleted.
    Infected {
        /// When it was scanned.
        at: DateTime<Utc>,
        /// What was found, as the scanner names it.
        found: String,
    },
}

/// A document that was uploaded. Its bytes lie in the object store under its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its id, which tells the partition of the record.
    pub id: DocumentId,
    /// The partner whose it is.
    pub mpn_id: MpnId,
    /// The name that it came with; never part of a path.
    pub name: Line,
    /// What it is.
    pub kind: Kind,
    /// Its length in bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: Sha256Digest,
    /// When it came, on the deployment's clock.
    pub uploaded_at: DateTime<Utc>,
    /// Who sent it, as histories name callers.
    pub uploaded_by: String,
    /// What the scanner says.
    pub scan: Scan,
    /// The claims that name it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimId>,
    /// What a customer was asked; of kind `acknowledgement` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledgement: Option<Box<Acknowledgement>>,
}

impl Document {
    /// Whether its bytes are in the object store; an acknowledgement is in its record.
    #[must_use]
    pub const fn has_bytes(&self) -> bool {
        if matches!(self.kind, Kind::Acknowledgement) {
            return false;
        }
        match self.scan {
            Scan::NotScanned | Scan::WaitingForScan | Scan::Clean { .. } => true,
            Scan::Infected { .. } => false,
        }
    }

    /// Whether nobody is awaited who has to acknowledge it.
    #[must_use]
    pub fn is_acknowledged(&self) -> bool {
        let answer = self.acknowledgement.as_ref().map(|asked| &asked.answer);
        answer.is_none_or(|answer| matches!(answer, Answer::Acknowledged { .. }))
    }

    /// Whether it may be shown and counted: nothing was found in it.
    #[must_use]
    pub const fn is_usable(&self) -> bool {
        match self.scan {
            Scan::NotScanned | Scan::Clean { .. } => true,
            Scan::WaitingForScan | Scan::Infected { .. } => false,
        }
    }
}
