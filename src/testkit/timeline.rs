//! What happened in a world, and what is planned, as one table in the order of the virtual time.
//!
//! Every event of every claim, every mail that came in, every entry of the agenda, every dead
//! letter. What an entry of the past did is seen at the event that it led to; an entry that was
//! dropped or moved says so. Nothing here decides whether any of it is right.

mod life;
mod mails;
mod read;
mod rescue;
mod rows;
mod words;

use std::fmt;

use chrono::{DateTime, Utc};
use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};

use crate::calendar::Zone;
use crate::claim::ClaimId;

pub(super) use read::About;
pub(super) use rescue::read_without_runtime;
pub(super) use words::{codes, moment, utc};

/// Lines that are shown at most; the oldest are left out first.
const LINES_MAX: usize = 600;

/// What happened in a world, and what is planned there.
///
/// Its [`Display`](fmt::Display) is a table for people:
///
/// ```
/// # use cpor::testkit::{World, a_claim};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # let world = World::starting("2026-11-20T15:00:00Z").await;
/// world.submit(a_claim()).await;
/// let timeline = world.timeline().await.to_string();
/// assert!(timeline.contains("claim_submitted"), "{timeline}");
/// assert!(timeline.contains("mail notice -> mert.kaya@anadoluelektrik.com.tr"), "{timeline}");
/// assert!(timeline.contains("due finalize_association"), "{timeline}");
/// # world.finish().await;
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Timeline {
    /// Where the clock stands.
    now: Option<DateTime<Utc>>,
    /// In their order.
    rows: Vec<Row>,
    /// What is not in the table, and why, in sentences.
    missing: Vec<String>,
}

/// One line of the table.
#[derive(Debug, Clone)]
struct Row {
    /// When; unknown for a mail to a server that follows no clock.
    at: Option<DateTime<Utc>>,
    /// Whose, if it is a claim's.
    claim_id: Option<ClaimId>,
    /// The claim's own name and the end of its id.
    claim: String,
    /// The customer's zone, once a window has been computed in it.
    zone: Option<Zone>,
    by: String,
    what: String,
}

impl Timeline {
    /// Only the lines of one claim.
    ///
    /// ```
    /// # use cpor::testkit::{World, a_claim, a_claim_on};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let world = World::starting("2026-11-20T15:00:00Z").await;
    /// world.submit(a_claim()).await;
    /// let claim = world.submit(a_claim_on("exchange")).await;
    /// let timeline = world.timeline().await.of(claim).to_string();
    /// assert_eq!(timeline.matches("claim_submitted").count(), 1, "{timeline}");
    /// # world.finish().await;
    /// # }
    /// ```
    #[must_use]
    pub fn of(mut self, id: ClaimId) -> Self {
        self.rows.retain(|row| row.claim_id == Some(id));
        self
    }

    /// The zone that all lines have that have one.
    fn only_zone(&self) -> Option<&Zone> {
        let mut zones = self.rows.iter().filter_map(|row| row.zone.as_ref());
        let first = zones.next()?;
        zones.all(|zone| zone == first).then_some(first)
    }

    fn table(&self) -> Table {
        let only = self.only_zone();
        let mut table = Table::new();
        table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        let local = only.map_or("customer's time", Zone::name);
        table.set_header(["UTC", local, "claim", "by", "what happened"]);
        let left_out = self.rows.len().saturating_sub(LINES_MAX);
        let shown = &self.rows[left_out..];
        let future = shown.partition_point(|row| row.at.is_none() || row.at <= self.now);
        for (index, row) in shown.iter().enumerate() {
            if index == future {
                table.add_row(self.marker());
            }
            table.add_row(row.cells(only.is_some()));
        }
        if future == shown.len() {
            table.add_row(self.marker());
        }
        table
    }

    /// Where the past ends and what is planned begins.
    fn marker(&self) -> [String; 5] {
        let now = self.now.map_or_else(|| "unknown".to_owned(), utc);
        [now, String::new(), String::new(), String::new(), "-- now --".to_owned()]
    }
}

impl Row {
    fn cells(&self, one_zone: bool) -> [String; 5] {
        let local = self.at.zip(self.zone.as_ref()).map(|(at, zone)| {
            let local = zone.local(at).format("%a %d %b %H:%M:%S");
            if one_zone { local.to_string() } else { format!("{local} {zone}") }
        });
        [
            self.at.map_or_else(|| "unknown".to_owned(), utc),
            local.unwrap_or_default(),
            self.claim.clone(),
            self.by.clone(),
            self.what.clone(),
        ]
    }
}

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "The timeline of this world:")?;
        write!(f, "{}", self.table().trim_fmt())?;
        let left_out = self.rows.len().saturating_sub(LINES_MAX);
        if left_out > 0 {
            write!(f, "\n({left_out} earlier lines are left out.)")?;
        }
        for missing in &self.missing {
            write!(f, "\n({missing})")?;
        }
        Ok(())
    }
}
