//! Reading files that people name, in bounded memory, and writing them all or not at all.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

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

/// Puts a file in the place of the one that is there: whoever reads meanwhile, and whatever
/// happens, there is the old one or the new one.
pub fn replace(path: &Path, text: &str) -> Result<()> {
    let doing = || format!("could not write {}", path.display());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Not `.toml`: the service reads only those.
    let new = folder.join(format!(".{name}.{}.new", std::process::id()));
    let written = write_synced(&new, text).and_then(|()| {
        std::fs::rename(&new, path)?;
        File::open(folder)?.sync_all()
    });
    if written.is_err() {
        // What is left of it is of no use; that it cannot be removed is not the news.
        let _ = std::fs::remove_file(&new);
    }
    written.with_context(doing)
}

fn write_synced(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Writes a file that is not there yet.
pub fn create(path: &Path, text: &str) -> Result<()> {
    if path.exists() {
        bail!("{} is there already; name another file, or move it away", path.display());
    }
    replace(path, text)
}
