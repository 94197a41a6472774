//! How often partners have asked customers to acknowledge a statement of work. What counts is the
//! business of [`crate::proofs`].

use chrono::{DateTime, Utc};

use crate::claim::identity::MpnId;
use crate::proofs::Document;
use crate::store::batch::Answer;
use crate::store::documents::TIMELESS;
use crate::store::{Store, StoreError};

const ASKED: &str = "asked";

impl Store {
    /// What was written down of a partner's questions; nothing at first.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn questions(&self, mpn_id: &MpnId) -> Result<String, StoreError> {
        let mut connection = self.connection();
        let asked: Option<String> = redis::cmd("HGET")
            .arg(self.keys().questions_of(mpn_id))
            .arg(ASKED)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("read the questions of partner {mpn_id}")))?;
        Ok(asked.unwrap_or_default())
    }

    /// Adds a question and its job, and writes down that it was asked, if nothing else was since
    /// `before`.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn add_question(
        &self,
        document: &Document,
        due_at: DateTime<Utc>,
        before: &str,
        after: &str,
    ) -> Result<bool, StoreError> {
        let doing = || format!("add question {}", document.id);
        let mut batch = self.adding(document, Some(due_at))?;
        let key = self.keys().questions_of(&document.mpn_id);
        batch.guard(key.clone(), ASKED, before);
        batch.write("HSET", key, &[&ASKED, &after]);
        Ok(self.run(&batch, document.id.partition(), TIMELESS, doing).await? == Answer::Done)
    }
}
