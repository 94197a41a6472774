//! Compound files, as Outlook and the old Word write them ([MS-CFB]): the names in them, and short
//! streams. Bounded; a file that leads in circles is broken.

use std::io;

use super::Content;

/// Entries of a directory at most.
const ENTRIES_MAX: usize = 20_000;
/// A chain of sectors at most.
const CHAIN_MAX: usize = 100_000;
/// Sectors that end chains or are none.
const SPECIAL: u32 = 0xffff_fffa;
/// Streams that are shorter lie in the small stream.
const SMALL_BELOW: u64 = 4_096;

/// A storage or stream of a compound file.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Its name.
    pub name: String,
    start: u32,
    /// Its length in bytes.
    pub size: u64,
}

/// A compound file.
pub(super) struct CompoundFile<'a, 'b> {
    content: &'a Content<'b>,
    sector: u64,
    fat: Vec<u32>,
    small_fat: Vec<u32>,
    /// Everything in it; the root is the first.
    pub entries: Vec<Entry>,
}

fn u32s(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

fn broken() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

impl<'a, 'b> CompoundFile<'a, 'b> {
    /// Reads what is in it.
    pub fn open(content: &'a Content<'b>) -> io::Result<Self> {
        let header = content.bytes(0, 512)?;
        if header.len() < 512 {
            return Err(broken());
        }
        let shift = u16::from_le_bytes([header[30], header[31]]);
        if !matches!(shift, 9 | 12) {
            return Err(broken());
        }
        let numbers = u32s(&header);
        let (directory, small_fat, difat) = (numbers[12], numbers[15], numbers[17]);
        let mut file = Self {
            content,
            sector: 1 << shift,
            fat: Vec::new(),
            small_fat: Vec::new(),
            entries: Vec::new(),
        };
        let mut places: Vec<u32> = numbers[19..128].to_vec();
        let mut next = difat;
        for _ in 0..CHAIN_MAX {
            if next >= SPECIAL {
                break;
            }
            let mut more = u32s(&file.sector_at(next)?);
            next = more.pop().ok_or_else(broken)?;
            places.extend(more);
            if places.len() > CHAIN_MAX {
                return Err(broken());
            }
        }
        for place in places.into_iter().filter(|place| *place < SPECIAL) {
            let more = u32s(&file.sector_at(place)?);
            file.fat.extend(more);
        }
        file.small_fat = u32s(&file.chain(small_fat, CHAIN_MAX)?);
        let directory = file.chain(directory, ENTRIES_MAX * 128)?;
        file.entries = directory.chunks_exact(128).filter_map(entry).collect();
        if file.entries.is_empty() || file.entries.len() > ENTRIES_MAX {
            return Err(broken());
        }
        Ok(file)
    }

    fn sector_at(&self, number: u32) -> io::Result<Vec<u8>> {
        let at = (u64::from(number) + 1) * self.sector;
        let length = usize::try_from(self.sector).map_err(|_| broken())?;
        let bytes = self.content.bytes(at, length)?;
        if bytes.is_empty() { Err(broken()) } else { Ok(bytes) }
    }

    /// The sectors of a chain one after the other, `bytes_max` bytes at most.
    fn chain(&self, start: u32, bytes_max: usize) -> io::Result<Vec<u8>> {
        let (mut bytes, mut next) = (Vec::new(), start);
        for _ in 0..CHAIN_MAX {
            if next >= SPECIAL || bytes.len() >= bytes_max {
                return Ok(bytes);
            }
            bytes.extend(self.sector_at(next)?);
            let index = usize::try_from(next).map_err(|_| broken())?;
            next = *self.fat.get(index).ok_or_else(broken)?;
        }
        Err(broken())
    }

    /// The beginning of a stream.
    pub fn beginning(&self, entry: &Entry, bytes_max: usize) -> io::Result<Vec<u8>> {
        let length = usize::try_from(entry.size).map_or(bytes_max, |size| size.min(bytes_max));
        let mut bytes = if entry.size < SMALL_BELOW {
            self.small(entry.start, length)?
        } else {
            self.chain(entry.start, length)?
        };
        bytes.truncate(length);
        Ok(bytes)
    }

    /// The small stream lies in the sectors of the root, in pieces of 64 bytes.
    fn small(&self, start: u32, length: usize) -> io::Result<Vec<u8>> {
        let root = self.entries.first().ok_or_else(broken)?;
        let (mut bytes, mut next) = (Vec::new(), start);
        while next < SPECIAL && bytes.len() < length {
            let at = u64::from(next) * 64;
            let mut sector = root.start;
            for _ in 0..at / self.sector {
                let index = usize::try_from(sector).map_err(|_| broken())?;
                sector = *self.fat.get(index).ok_or_else(broken)?;
            }
            if sector >= SPECIAL {
                return Err(broken());
            }
            let within = usize::try_from(at % self.sector).map_err(|_| broken())?;
            let found = self.sector_at(sector)?;
            bytes.extend_from_slice(found.get(within..within + 64).ok_or_else(broken)?);
            let index = usize::try_from(next).map_err(|_| broken())?;
            next = *self.small_fat.get(index).ok_or_else(broken)?;
        }
        Ok(bytes)
    }
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let length = usize::from(u16::from_le_bytes([bytes[64], bytes[65]]));
    let units: Vec<u16> = bytes[..length.saturating_sub(2).min(62)]
        .chunks_exact(2)
        .map(|unit| u16::from_le_bytes([unit[0], unit[1]]))
        .collect();
    let start = u32::from_le_bytes(bytes[116..120].try_into().ok()?);
    let size = u64::from_le_bytes(bytes[120..128].try_into().ok()?);
    (bytes[66] != 0).then(|| Entry { name: String::from_utf16_lossy(&units), start, size })
}
