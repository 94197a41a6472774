//! Reading files that people name, in bounded memory.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::cli::exit::Refused;

/// Longest file read, in bytes; a century of holidays has less.
pub const FILE_BYTES_MAX: u64 = 4 << 20;

/// The bytes of a file, or of standard input for `-`.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let doing = || format!("could not read {}", path.display());
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).with_context(doing)?;
    } else {
        let file = File::open(path).with_context(doing)?;
        file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).with_context(doing)?;
    }
    if bytes.len() as u64 > FILE_BYTES_MAX {
        let problem = "is longer than 4 MiB; is it the right file? If it is, split it by years";
        return Err(Refused::error(format!("{} {problem}", path.display())));
    }
    Ok(bytes)
}

/// The text of a file, or of standard input for `-`.
pub fn read_text(path: &Path) -> Result<String> {
    let not_utf8 = |_| Refused::error(format!("{} is not UTF-8; save it so", path.display()));
    String::from_utf8(read(path)?).map_err(not_utf8)
}
