//! An object line by line, in bounded memory.

use futures_util::stream::{BoxStream, StreamExt as _};
use hyper::body::Bytes;
use object_store::ObjectStoreExt as _;

use super::line::BadLine;
use super::{Archive, ArchiveError, Part};
use crate::objects::{ObjectsError, PATIENCE, within};

/// Longer than any claim: ten thousand events, each with a submission of full length.
const LINE_BYTES_MAX: usize = 256 * 1_024 * 1_024;

/// The lines of one object.
pub(super) struct Lines {
    stream: BoxStream<'static, object_store::Result<Bytes>>,
    object: String,
    /// What was read and not given yet, from `start` on.
    buffer: Vec<u8>,
    start: usize,
    /// The number of the line that was given last.
    pub number: u64,
    ended: bool,
}

impl Archive {
    pub(super) async fn lines(&self, part: Part) -> Result<Lines, ArchiveError> {
        let object = part.to_string();
        let found = within(format!("read {object}"), self.objects.get(&part.path())).await?;
        let stream = found.into_stream();
        Ok(Lines { stream, object, buffer: Vec::new(), start: 0, number: 0, ended: false })
    }
}

impl Lines {
    /// The next line without its end; `None` after the last one.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, ArchiveError> {
        let mut seen = 0;
        loop {
            let rest = &self.buffer[self.start..];
            if let Some(at) = rest[seen..].iter().position(|byte| *byte == b'\n') {
                let line = rest[..seen + at].to_vec();
                self.start += seen + at + 1;
                self.number += 1;
                return Ok(Some(line));
            }
            seen = rest.len();
            if self.ended {
                if seen == 0 {
                    return Ok(None);
                }
                let line = rest.to_vec();
                self.start = self.buffer.len();
                self.number += 1;
                return Ok(Some(line));
            }
            if seen > LINE_BYTES_MAX {
                self.number += 1;
                return Err(self.bad(BadLine::TooLong(LINE_BYTES_MAX)));
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> Result<(), ArchiveError> {
        self.buffer.drain(..self.start);
        self.start = 0;
        let doing = || format!("read {}", self.object);
        match tokio::time::timeout(PATIENCE, self.stream.next()).await {
            Ok(Some(bytes)) => {
                let bytes = bytes.map_err(ObjectsError::doing(doing()))?;
                self.buffer.extend_from_slice(&bytes);
            }
            Ok(None) => self.ended = true,
            Err(_) => return Err(ObjectsError::Silent { doing: doing() }.into()),
        }
        Ok(())
    }

    /// What is wrong with the line that was given last.
    pub(super) fn bad(&self, problem: BadLine) -> ArchiveError {
        ArchiveError::BadLine { object: self.object.clone(), number: self.number, problem }
    }
}
