//! Where a list goes on.
//!
//! A cursor is a place in the order and not a count: claims that are submitted, change or go
//! between two pages neither move others onto both pages nor off both. It is opaque to those who
//! carry it and no secret: who may see what is asked anew for every page.

use std::cmp::Ordering;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::claim::ClaimId;

/// The first byte of every cursor: how the rest is read.
const VERSION: u8 = 1;
/// Bytes of the digest that tells one question from another.
pub(super) const DIGEST: usize = 8;

/// In which order claims are listed.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// By the time of submission, the newest first.
    #[default]
    Newest,
    /// By the time of submission, the oldest first.
    Oldest,
    /// By the end of the window, the earliest first: only claims whose window is open.
    ClosesAt,
}

impl Order {
    /// Every order.
    pub const ALL: [Self; 3] = [Self::Newest, Self::Oldest, Self::ClosesAt];

    /// The name that scripts rely on.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::ClosesAt => "closes_at",
        }
    }

    pub(super) fn compare(self, one: &Position, other: &Position) -> Ordering {
        match self {
            Self::Newest => other.cmp(one),
            Self::Oldest | Self::ClosesAt => one.cmp(other),
        }
    }
}

/// The text is not the name of an order.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is not an order; the orders are {names}",
    names = Order::ALL.map(Order::as_str).join(", ")
)]
pub struct UnknownOrder(String);

impl std::str::FromStr for Order {
    type Err = UnknownOrder;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|order| order.as_str() == text);
        found.ok_or_else(|| UnknownOrder(text.to_owned()))
    }
}

/// The place of a claim in an order, which is the same for as long as the claim is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    /// The end of the window, ms since the epoch, where claims are ordered by it; or 0.
    pub(super) at_ms: i64,
    /// The claim, whose id is ordered by the time of submission.
    pub(super) id: ClaimId,
}

impl Position {
    pub(super) const fn of(id: ClaimId) -> Self {
        Self { at_ms: 0, id }
    }

    /// The position as a cursor of the question with that digest.
    pub(super) fn write(self, digest: [u8; DIGEST]) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(digest);
        bytes.extend(self.at_ms.to_be_bytes());
        bytes.extend(self.id.as_uuid().as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a cursor of the question with that digest.
    pub(super) fn read(cursor: &str, digest: [u8; DIGEST]) -> Result<Self, CursorRefused> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok();
        let bytes = bytes.as_deref().and_then(|bytes| bytes.split_first());
        let Some((&VERSION, rest)) = bytes else { return Err(CursorRefused::Malformed) };
        let parts = rest.split_first_chunk::<DIGEST>().and_then(|(of, rest)| {
            let (at_ms, id) = rest.split_first_chunk::<8>()?;
            let id = ClaimId::try_from(Uuid::from_slice(id).ok()?).ok()?;
            let at_ms = i64::from_be_bytes(*at_ms);
            DateTime::<Utc>::from_timestamp_millis(at_ms)?;
            Some((of, Self { at_ms, id }))
        });
        match parts {
            None => Err(CursorRefused::Malformed),
            Some((of, _)) if *of != digest => Err(CursorRefused::OtherSearch),
            Some((_, position)) => Ok(position),
        }
    }
}

/// A cursor that leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CursorRefused {
    /// It is not one of ours, or of another version.
    #[error("this is not a cursor of a list; begin at the first page, without one")]
    Malformed,
    /// It belongs to a list with other filters, another order or another caller.
    #[error(
        "the cursor belongs to another list; filters and order have to stay the same from page to \
         page, or begin at the first page, without a cursor"
    )]
    OtherSearch,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(at_ms: i64) -> Position {
        let at = "2026-11-20T15:00:00Z".parse().unwrap();
        Position { at_ms, id: ClaimId::new(at, 3, [7; 8]) }
    }

    #[test]
    fn a_cursor_leads_back_to_its_place() {
        for at_ms in [0, 1_795_813_200_000] {
            let cursor = position(at_ms).write([1; DIGEST]);
            assert!(cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
            assert_eq!(Position::read(&cursor, [1; DIGEST]), Ok(position(at_ms)));
            let refused = Position::read(&cursor, [2; DIGEST]);
            assert_eq!(refused, Err(CursorRefused::OtherSearch));
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let good = position(0).write([1; DIGEST]);
        let far = position(i64::MAX).write([1; DIGEST]);
        for cursor in
            ["", "42", "!", &good[1..], &good[..good.len() - 2], &format!("{good}AA"), &far]
        {
            let refused = Position::read(cursor, [1; DIGEST]);
            assert_eq!(refused, Err(CursorRefused::Malformed), "{cursor}");
        }
    }
}
