//! The records of uploaded documents. Where their bytes are, and what is accepted at all, is the
//! business of [`crate::proofs`].

use chrono::{DateTime, Utc};
use cpor_jobs::Job;
use futures_util::future::try_join_all;

use crate::claim::identity::{DocumentId, MpnId};
use crate::proofs::{Document, Kind};
use crate::store::batch::{Answer, Batch};
use crate::store::{Instant, Store, StoreError};

const RECORD: &str = "record";
/// How often a change is tried again when somebody else was faster.
const CONFLICTS_MAX: u32 = 10;
/// No time is part of what is written here.
pub(super) const TIMELESS: Instant =
    Instant { now: DateTime::UNIX_EPOCH, real: DateTime::UNIX_EPOCH, skew_ms: None };

impl Store {
    /// A document's record, if there is one.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn document(&self, id: DocumentId) -> Result<Option<Document>, StoreError> {
        Ok(self.stored_document(id).await?.map(|(document, _)| document))
    }

    async fn stored_document(
        &self,
        id: DocumentId,
    ) -> Result<Option<(Document, String)>, StoreError> {
        let doing = || format!("read document {id}");
        // The id is anybody's, and so may be its partition.
        if id.partition() >= self.keys().partitions() {
            return Ok(None);
        }
        let mut connection = self.connection();
        let json: Option<String> = redis::cmd("HGET")
            .arg(self.keys().document(id))
            .arg(RECORD)
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(doing()))?;
        let Some(json) = json else { return Ok(None) };
        let document =
            serde_json::from_str(&json).map_err(|error| StoreError::malformed(doing(), error))?;
        Ok(Some((document, json)))
    }

    /// Adds a document, and its job to the agenda where there is one to do.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn add_document(
        &self,
        document: &Document,
        due_at: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        let doing = || format!("add document {}", document.id);
        let batch = self.adding(document, due_at)?;
        match self.run(&batch, document.id.partition(), TIMELESS, doing).await? {
            Answer::Done => Ok(()),
            other => Err(StoreError::malformed(doing(), format!("{other:?}"))),
        }
    }

    /// The step that adds a document and its job.
    pub(super) fn adding(
        &self,
        document: &Document,
        due_at: Option<DateTime<Utc>>,
    ) -> Result<Batch, StoreError> {
        let (id, json) = (document.id, written(document)?);
        let (key, keys) = (self.keys().document(id), self.keys());
        let mut batch = Batch::new(keys.waiting(id.partition()));
        batch.guard(key.clone(), RECORD, "");
        batch.write("HSET", key, &[&RECORD, &json]);
        let member = id.to_string();
        batch.write("ZADD", keys.documents(id.partition()), &[&0, &member]);
        batch.write("ZADD", keys.documents_of(&document.mpn_id), &[&0, &member]);
        if let Some(at) = due_at {
            let agenda = keys.agenda(id.partition(), job_of(document));
            batch.write("ZADD", agenda, &[&at.timestamp_millis(), &member]);
            batch.wake();
        }
        Ok(batch)
    }

    /// Puts the job of a document on the agenda, if it is not there or in hand.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn plan_document(
        &self,
        document: &Document,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let id = document.id;
        let doing = || format!("plan the job of document {id}");
        let (keys, job, member) = (self.keys(), job_of(document), id.to_string());
        let mut batch = Batch::new(keys.waiting(id.partition()));
        // Whoever has taken it has a record of its attempts.
        batch.guard(keys.attempts(id.partition(), job), &member, "");
        let agenda = keys.agenda(id.partition(), job);
        batch.write("ZADD", agenda, &[&"NX", &at.timestamp_millis(), &member]);
        batch.wake();
        self.run(&batch, id.partition(), TIMELESS, doing).await.map(drop)
    }

    /// Changes a document's record; nothing when there is none. What has not changed is not
    /// written.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or it is changed all the time.
    pub async fn change_document(
        &self,
        id: DocumentId,
        change: impl Fn(&mut Document),
    ) -> Result<Option<Document>, StoreError> {
        let doing = || format!("change document {id}");
        for _ in 0..CONFLICTS_MAX {
            let Some((mut document, before)) = self.stored_document(id).await? else {
                return Ok(None);
            };
            change(&mut document);
            let json = written(&document)?;
            if json == before {
                return Ok(Some(document));
            }
            let key = self.keys().document(id);
            let mut batch = Batch::new(self.keys().waiting(id.partition()));
            batch.guard(key.clone(), RECORD, &before);
            batch.write("HSET", key, &[&RECORD, &json]);
            if self.run(&batch, id.partition(), TIMELESS, doing).await? == Answer::Done {
                return Ok(Some(document));
            }
        }
        Err(StoreError::malformed(doing(), "others kept changing it"))
    }

    /// Removes a document's record if it is such a one; false when it is not, or there is none.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or it is changed all the time.
    pub async fn remove_document(
        &self,
        id: DocumentId,
        is_such: impl Fn(&Document) -> bool,
    ) -> Result<bool, StoreError> {
        let doing = || format!("remove document {id}");
        for _ in 0..CONFLICTS_MAX {
            let Some((document, before)) = self.stored_document(id).await? else {
                return Ok(false);
            };
            if !is_such(&document) {
                return Ok(false);
            }
            let (key, keys, member) = (self.keys().document(id), self.keys(), id.to_string());
            let mut batch = Batch::new(keys.waiting(id.partition()));
            batch.guard(key.clone(), RECORD, &before);
            batch.write("ZREM", keys.documents(id.partition()), &[&member]);
            batch.write("ZREM", keys.documents_of(&document.mpn_id), &[&member]);
            batch.write("DEL", key, &[]);
            if self.run(&batch, id.partition(), TIMELESS, doing).await? == Answer::Done {
                return Ok(true);
            }
        }
        Err(StoreError::malformed(doing(), "others kept changing it"))
    }

    /// How many documents of a partner came at this instant or later.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn documents_since(
        &self,
        mpn_id: &MpnId,
        at: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        let first = DocumentId::new(at, 0, [0; 8]);
        let mut connection = self.connection();
        redis::cmd("ZLEXCOUNT")
            .arg(self.keys().documents_of(mpn_id))
            .arg(format!("[{first}"))
            .arg("+")
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing(format!("count the documents of partner {mpn_id}")))
    }

    /// Documents of a partner, newest first, those before `before` if given.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn documents_of(
        &self,
        mpn_id: &MpnId,
        before: Option<DocumentId>,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError> {
        let from = before.map_or_else(|| "+".to_owned(), |id| format!("({id}"));
        let mut command = redis::cmd("ZRANGE");
        command.arg(self.keys().documents_of(mpn_id)).arg(from).arg("-");
        command.arg("BYLEX").arg("REV").arg("LIMIT").arg(0).arg(limit);
        self.documents_by(command).await
    }

    /// Documents of a partition, oldest first, those after `after` if given.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn documents_in(
        &self,
        partition: u16,
        after: Option<DocumentId>,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError> {
        let from = after.map_or_else(|| "-".to_owned(), |id| format!("({id}"));
        let mut command = redis::cmd("ZRANGE");
        command.arg(self.keys().documents(partition)).arg(from).arg("+");
        command.arg("BYLEX").arg("LIMIT").arg(0).arg(limit);
        self.documents_by(command).await
    }

    async fn documents_by(&self, command: redis::Cmd) -> Result<Vec<Document>, StoreError> {
        let mut connection = self.connection();
        let found: Vec<String> = command
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("list documents"))?;
        let ids = found.iter().filter_map(|id| DocumentId::parse(id).ok());
        let documents = try_join_all(ids.map(|id| self.document(id))).await?;
        Ok(documents.into_iter().flatten().collect())
    }
}

/// What is to be done with a document that waits.
const fn job_of(document: &Document) -> Job {
    match document.kind {
        Kind::Acknowledgement => Job::AskCustomer,
        Kind::Pdf | Kind::Docx | Kind::Png | Kind::Jpeg | Kind::Msg | Kind::Eml => {
            Job::ScanDocument
        }
    }
}

fn written(document: &Document) -> Result<String, StoreError> {
    let doing = || format!("write document {}", document.id);
    serde_json::to_string(document).map_err(|error| StoreError::malformed(doing(), error))
}
