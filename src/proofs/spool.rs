//! An upload on its way in: to a file without a name, hashed as it comes. The file is gone when
//! whoever has it is gone, also when the process is killed.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use hyper::body::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;
use tokio::time::{Instant, timeout_at};

use super::Refused;

/// How much may come, and how long it may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub bytes_max: u64,
    /// Between two pieces.
    pub silence: Duration,
    /// Altogether.
    pub whole: Duration,
}

/// An upload that has arrived whole.
pub(super) struct Spooled {
    pub file: Arc<File>,
    pub size: u64,
    /// In hexadecimal.
    pub sha256: String,
}

/// Writes down what comes, until it has come or is too much.
pub(super) async fn spool<E: std::fmt::Display>(
    mut bytes: impl Stream<Item = Result<Bytes, E>> + Send + Unpin,
    folder: &Path,
    limits: Limits,
) -> Result<Spooled, Refused> {
    std::fs::create_dir_all(folder)?;
    let mut file = tokio::fs::File::from_std(tempfile::tempfile_in(folder)?);
    let (mut hash, mut size) = (Sha256::new(), 0);
    let end = Instant::now() + limits.whole;
    loop {
        let quiet_until = Instant::now() + limits.silence;
        let Ok(piece) = timeout_at(end.min(quiet_until), bytes.next()).await else {
            let is_whole = end <= quiet_until;
            return Err(Refused::Slow(if is_whole { limits.whole } else { limits.silence }));
        };
        let Some(piece) = piece else { break };
        let piece = piece.map_err(|error| Refused::BrokenOff(error.to_string()))?;
        size += piece.len() as u64;
        if size > limits.bytes_max {
            return Err(Refused::TooLarge { bytes_max: limits.bytes_max });
        }
        hash.update(&piece);
        file.write_all(&piece).await?;
    }
    file.flush().await?;
    let file = Arc::new(file.into_std().await);
    Ok(Spooled { file, size, sha256: hex::encode(hash.finalize()) })
}
