//! How many running windows end when: counted in the index of their ends, without reading a claim,
//! so that it costs the same for a million of them.

use chrono::{DateTime, Utc};
use futures_util::stream::{StreamExt as _, TryStreamExt as _, iter};

use crate::store::{Store, StoreError};

/// Partitions that are asked at once.
const AT_ONCE: usize = 64;

/// From one instant, included, to another, excluded; without either, as far as there are windows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EndsWithin {
    /// The first instant.
    pub from: Option<DateTime<Utc>>,
    /// The first instant after it.
    pub to: Option<DateTime<Utc>>,
}

impl Store {
    /// How many windows whose time runs end within each of the spans.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn count_ending(&self, spans: &[EndsWithin]) -> Result<Vec<usize>, StoreError> {
        let counts = iter(0..self.keys.partitions()).map(|partition| self.ending(partition, spans));
        let mut counts = counts.buffer_unordered(AT_ONCE);
        let mut sums = vec![0; spans.len()];
        while let Some(counts) = counts.try_next().await? {
            for (sum, count) in sums.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        Ok(sums)
    }

    async fn ending(&self, partition: u16, spans: &[EndsWithin]) -> Result<Vec<usize>, StoreError> {
        if spans.is_empty() {
            return Ok(Vec::new()); // A pipeline without commands is an error.
        }
        let key = self.keys.by_closing(partition);
        let ms = |at: DateTime<Utc>| at.timestamp_millis();
        let mut pipeline = redis::pipe();
        for span in spans {
            let from = span.from.map_or_else(|| "-inf".to_owned(), |at| ms(at).to_string());
            let to = span.to.map_or_else(|| "+inf".to_owned(), |at| format!("({}", ms(at)));
            pipeline.cmd("ZCOUNT").arg(&key).arg(from).arg(to);
        }
        let mut connection = self.connection();
        let counts = pipeline.query_async(&mut connection).await;
        counts.map_err(StoreError::doing("count the windows that end"))
    }
}
