//! The files of a bundle, the manifest that lists them, and the zip around all of them.

use std::io::{Cursor, Write as _};

use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::claim::{ChainTip, ClaimId};
use crate::evidence::EvidenceError;

/// A file of a bundle.
pub(super) struct File {
    /// Its path in the zip: letters, digits, `.`, `-`, `_` and `/`.
    pub(super) name: String,
    bytes: Vec<u8>,
}

/// What a bundle is, and what is in it.
#[derive(Serialize)]
pub(super) struct Manifest<'a> {
    pub(super) format: &'static str,
    pub(super) claim_id: ClaimId,
    pub(super) revision: u64,
    pub(super) chain: ChainTip,
    pub(super) made_at: DateTime<Utc>,
    pub(super) made_by: &'static str,
    pub(super) deployment: &'a str,
    pub(super) key_id: &'a str,
    pub(super) files: Vec<Listed<'a>>,
}

/// A file as the manifest lists it.
#[derive(Serialize)]
pub(super) struct Listed<'a> {
    name: &'a str,
    bytes: usize,
    sha256: String,
}

impl File {
    pub(super) fn new(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { name: name.into(), bytes }
    }

    pub(super) fn listed(&self) -> Listed<'_> {
        Listed { name: &self.name, bytes: self.bytes.len(), sha256: sha256(&self.bytes) }
    }
}

/// SHA-256 in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Readable JSON with a final line end.
pub(super) fn json(name: &'static str, value: &impl Serialize) -> Result<Vec<u8>, EvidenceError> {
    let mut text =
        serde_json::to_vec_pretty(value).map_err(|source| EvidenceError::Json { name, source })?;
    text.push(b'\n');
    Ok(text)
}

/// Every file has the same date, so that the same files are the same zip.
pub(super) fn zipped<'a>(files: impl Iterator<Item = &'a File>) -> ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        zip.start_file(file.name.as_str(), options)?;
        zip.write_all(&file.bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}
