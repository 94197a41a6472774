//! What was done to the calendars, and to open windows because of them or of an outage.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::editions::{EditionRecord, Editions, Outage, Sweep};
use crate::store::StoreError;
use crate::store::editions::Counted;

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HistoryRecord {
    /// Calendars were put in force.
    Edition(EditionRecord),
    /// An outage of the customer's page was recorded.
    Outage(Outage),
}

/// One thing that was done, and what it did to open windows.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct HistoryEntry {
    /// What was done.
    #[serde(flatten)]
    pub record: HistoryRecord,
    /// What it did to open windows so far; none if it was not for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sweep: Option<Sweep>,
}

impl HistoryRecord {
    /// The name of the sweep that it may have asked for.
    #[must_use]
    pub fn sweep_id(&self) -> String {
        match self {
            Self::Edition(record) => Counted::Editions.sweep_id(record.number),
            Self::Outage(outage) => Counted::Outages.sweep_id(outage.number),
        }
    }
}

impl Editions {
    /// What was done, the newest first; at most the latest 1,000 entries.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached, or what lies there cannot be read.
    pub async fn history(&self) -> Result<Vec<HistoryEntry>, StoreError> {
        let doing = "read the history of the calendars";
        let malformed = |error| StoreError::malformed(doing, error);
        let store = self.ledger.store();
        let texts = store.calendar_history().await?;
        let records: Vec<HistoryRecord> = texts
            .iter()
            .map(|text| serde_json::from_str(text))
            .collect::<Result<_, _>>()
            .map_err(malformed)?;
        let ids: Vec<String> = records.iter().map(HistoryRecord::sweep_id).collect();
        let sweeps = store.sweeps(&ids).await?;
        let entry = |(record, sweep): (HistoryRecord, Option<String>)| {
            let sweep = sweep.map(|text| serde_json::from_str(&text)).transpose();
            Ok(HistoryEntry { record, sweep: sweep.map_err(malformed)? })
        };
        records.into_iter().zip(sweeps).map(entry).collect()
    }

    /// How far a sweep is; nothing if there is none of that name.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached, or what lies there cannot be read.
    pub async fn sweep(&self, id: &str) -> Result<Option<Sweep>, StoreError> {
        let found = self.ledger.store().sweeps(&[id.to_owned()]).await?;
        let Some(text) = found.into_iter().next().flatten() else { return Ok(None) };
        let sweep = serde_json::from_str(&text);
        sweep.map(Some).map_err(|error| StoreError::malformed(format!("read sweep {id}"), error))
    }

    /// The sweep of an edition that is not done yet.
    pub(super) async fn pending_edition(&self) -> Result<Option<String>, StoreError> {
        let pending = self.ledger.store().pending_sweeps().await?;
        let first = Counted::Editions.sweep_id(0);
        let prefix = first.trim_end_matches('0');
        Ok(pending.into_iter().find(|id| id.starts_with(prefix)))
    }
}
