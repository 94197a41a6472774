//! Pictures: walked from their first to their last byte, so that nothing hides behind them.

use super::{Content, Unfit, find, refused};

/// Parts of a picture that are walked at most.
const PARTS_MAX: u32 = 100_000;
/// Read at once.
const STEP: usize = 64 * 1_024;

/// PNG: chunks up to `IEND`, and nothing after it.
pub(super) fn check_png(content: &Content<'_>) -> Result<(), Unfit> {
    let mut at = 8;
    for part in 0..PARTS_MAX {
        let head = content.bytes(at, 8)?;
        let [l0, l1, l2, l3, kind @ ..] = head.as_slice() else { return Err(broken("PNG")) };
        if part == 0 && kind != b"IHDR" {
            return Err(broken("PNG"));
        }
        at += u64::from(u32::from_be_bytes([*l0, *l1, *l2, *l3])) + 12;
        if at > content.size || kind.len() < 4 {
            return Err(broken("PNG"));
        }
        if kind == b"IEND" {
            return only_padding_after(content, at, "PNG");
        }
    }
    Err(broken("PNG"))
}

/// JPEG: segments and the coded data between them up to the end of the picture, and nothing after
/// it.
pub(super) fn check_jpeg(content: &Content<'_>) -> Result<(), Unfit> {
    let mut at = 2;
    for _ in 0..PARTS_MAX {
        let head = content.bytes(at, 4)?;
        match head.as_slice() {
            [0xff, 0xff, ..] => at += 1,
            [0xff, 0xd9, ..] => return only_padding_after(content, at + 2, "JPEG"),
            [0xff, 0x01 | 0xd0..=0xd7, ..] => at += 2,
            [0xff, 0xda, high, low] => {
                at = after_scan(content, at + 2 + u64::from(u16::from_be_bytes([*high, *low])))?;
            }
            [0xff, 0xc0..=0xfe, high, low] => {
                at += 2 + u64::from(u16::from_be_bytes([*high, *low]));
            }
            _ => return Err(broken("JPEG")),
        }
    }
    Err(broken("JPEG"))
}

/// Where the next segment begins after coded data: at an `ff` that no `00` and no restart follows.
fn after_scan(content: &Content<'_>, mut at: u64) -> Result<u64, Unfit> {
    while at < content.size {
        let bytes = content.bytes(at, STEP)?;
        let mut from = 0;
        while let Some(found) = find(&bytes, &[0xff], from) {
            match bytes.get(found + 1) {
                None => break,
                Some(0x00 | 0xd0..=0xd7 | 0xff) => from = found + 1,
                Some(_) => return Ok(at + found as u64),
            }
        }
        // The last byte may be the first half of a marker.
        at += (bytes.len().max(2) - 1) as u64;
    }
    Err(broken("JPEG"))
}

/// Some programs fill up the last block of a file with nothing.
fn only_padding_after(content: &Content<'_>, at: u64, kind: &str) -> Result<(), Unfit> {
    let rest = content.bytes(at, STEP)?;
    let is_padding = rest.iter().all(|byte| matches!(byte, 0 | b'\r' | b'\n' | b' '));
    if at + rest.len() as u64 == content.size && is_padding {
        return Ok(());
    }
    let message = format!(
        "Something follows the end of the {kind}, as in a photo that moves. Save it again as a \
         plain picture, or as PDF."
    );
    Err(refused("trailing_data", message))
}

fn broken(kind: &str) -> Unfit {
    refused("broken", format!("This begins like a {kind} and is none. Save it again."))
}
