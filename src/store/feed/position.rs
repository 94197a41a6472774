//! How far somebody has read the feed, in all partitions.
//!
//! For others it is one opaque text without spaces, short enough for a header, such as the
//! `Last-Event-ID` of server-sent events.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::store::feed::FeedEntry;
use crate::store::keys::PARTITIONS_MAX;

/// The first byte of every position that this version writes.
const VERSION: u8 = 1;
/// No position is longer, in characters.
const TEXT_MAX: usize = 128 * 1_024;

/// The id of an entry of one partition's stream; 0-0 comes before all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct StreamId {
    /// Redis's time at which the entry was made, ms since the epoch.
    pub ms: u64,
    /// Counts the entries of that millisecond.
    pub sequence: u64,
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.ms, self.sequence)
    }
}

impl StreamId {
    /// Reads an id as Redis writes it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (ms, sequence) = text.split_once('-')?;
        Some(Self { ms: ms.parse().ok()?, sequence: sequence.parse().ok()? })
    }
}

/// How far the feed has been read: the newest entry of each partition that was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct FeedPosition(Vec<StreamId>);

/// The text is not a position that this version or an earlier one has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a position in the feed; copy it whole, or begin without one")]
pub struct PositionError;

impl FeedPosition {
    pub(super) const fn new(partitions: Vec<StreamId>) -> Self {
        Self(partitions)
    }

    /// Before everything there is.
    #[must_use]
    pub fn start(partitions: u16) -> Self {
        Self(vec![StreamId::default(); usize::from(partitions)])
    }

    /// For how many partitions it is; one of another deployment does not fit.
    #[must_use]
    pub fn fits(&self, partitions: u16) -> bool {
        self.0.len() == usize::from(partitions)
    }

    /// The newest entry of a partition that has been read.
    #[must_use]
    pub fn in_partition(&self, partition: u16) -> StreamId {
        self.0.get(usize::from(partition)).copied().unwrap_or_default()
    }

    /// Whether the entry has been read.
    #[must_use]
    pub fn includes(&self, entry: &FeedEntry) -> bool {
        entry.id <= self.in_partition(entry.partition)
    }

    /// The entry has been read, and so has everything before it in its partition.
    pub fn advance(&mut self, entry: &FeedEntry) {
        self.advance_to(entry.partition, entry.id);
    }

    pub(in crate::store) fn advance_to(&mut self, partition: u16, id: StreamId) {
        if let Some(at) = self.0.get_mut(usize::from(partition)) {
            *at = id.max(*at);
        }
    }

    /// Where what can be read begins or ends, when that is not where it was thought to.
    pub(in crate::store) fn correct(&mut self, partition: u16, id: StreamId) {
        if let Some(at) = self.0.get_mut(usize::from(partition)) {
            *at = id;
        }
    }
}

/// The newest time, then per partition how much older its entry is, plus one, and its sequence;
/// all in groups of seven bits. An empty partition is a zero.
impl fmt::Display for FeedPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let newest_ms = self.0.iter().map(|id| id.ms).max().unwrap_or_default();
        let mut bytes = vec![VERSION];
        push(&mut bytes, newest_ms);
        for id in &self.0 {
            if *id == StreamId::default() {
                push(&mut bytes, 0);
            } else {
                push(&mut bytes, newest_ms - id.ms + 1);
                push(&mut bytes, id.sequence);
            }
        }
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for FeedPosition {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Self, PositionError> {
        if text.len() > TEXT_MAX {
            return Err(PositionError);
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| PositionError)?;
        let (VERSION, mut rest) = bytes.split_first().map(|(v, r)| (*v, r)).ok_or(PositionError)?
        else {
            return Err(PositionError);
        };
        let newest_ms = pull(&mut rest).ok_or(PositionError)?;
        let mut partitions = Vec::new();
        while !rest.is_empty() {
            partitions.push(pull_id(&mut rest, newest_ms).ok_or(PositionError)?);
        }
        if partitions.is_empty() || partitions.len() > usize::from(PARTITIONS_MAX) {
            return Err(PositionError);
        }
        Ok(Self(partitions))
    }
}

impl From<FeedPosition> for String {
    fn from(position: FeedPosition) -> Self {
        position.to_string()
    }
}

impl TryFrom<String> for FeedPosition {
    type Error = PositionError;

    fn try_from(text: String) -> Result<Self, PositionError> {
        text.parse()
    }
}

fn push(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        let [low, ..] = number.to_le_bytes();
        bytes.push(0x80 | low);
        number >>= 7;
    }
    let [low, ..] = number.to_le_bytes();
    bytes.push(low);
}

fn pull_id(bytes: &mut &[u8], newest_ms: u64) -> Option<StreamId> {
    match pull(bytes)? {
        0 => Some(StreamId::default()),
        older => {
            let ms = newest_ms.checked_sub(older - 1)?;
            Some(StreamId { ms, sequence: pull(bytes)? })
        }
    }
}

fn pull(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let part = u64::from(byte & 0x7f);
        if part << shift >> shift != part {
            return None;
        }
        number |= part << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(ms: u64, sequence: u64) -> StreamId {
        StreamId { ms, sequence }
    }

    #[test]
    fn a_position_reads_back_what_it_wrote() {
        let check = |partitions: &[StreamId]| {
            let position = FeedPosition(partitions.to_vec());
            let text = position.to_string();
            assert_eq!(text.parse(), Ok(position), "{text}");
            assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
        };
        check(&[id(0, 0)]);
        check(&[id(0, 1), id(0, 0)]);
        check(&[id(1_795_187_700_123, 0), id(0, 0), id(1_795_187_700_122, 7)]);
        check(&[id(u64::MAX - 1, u64::MAX), id(1, u64::MAX)]);
        check(&vec![id(1_795_187_700_123, 3); 4_096]);
    }

    #[test]
    fn a_position_of_sixteen_partitions_fits_a_header() {
        let day_ms = 24 * 3_600 * 1_000;
        let partitions = (0..16).map(|i| id(1_795_187_700_123 - i * day_ms, i)).collect();
        assert!(FeedPosition(partitions).to_string().len() < 140);
    }

    #[test]
    fn what_is_no_position_is_refused() {
        let bytes = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let too_many = FeedPosition(vec![id(0, 0); 4_097]).to_string();
        let overflowing = [&[1, 0x80][..], &[0xff; 9], &[1]].concat();
        for text in [
            "",
            "0-0",
            "not a position",
            &bytes(&[]),
            &bytes(&[2, 0, 0]),
            &bytes(&[1]),
            &bytes(&[1, 5]),
            &bytes(&[1, 5, 7, 0]),
            &bytes(&[1, 5, 1]),
            &bytes(&[1, 0x80]),
            &bytes(&overflowing),
            &too_many,
            &"A".repeat(TEXT_MAX + 4),
        ] {
            assert_eq!(text.parse::<FeedPosition>(), Err(PositionError), "{text:.80}");
        }
    }
}
