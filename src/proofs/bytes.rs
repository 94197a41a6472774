//! The bytes of documents in the object store: `<namespace>/<id>`. Nothing of a file's name is in
//! that path.

use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use std::future::ready;

use futures_util::stream::{BoxStream, StreamExt as _, TryStreamExt as _, once};
use hyper::body::Bytes;
use object_store::path::Path;
use object_store::{
    MultipartUpload, ObjectMeta, ObjectStore as _, ObjectStoreExt as _, PutPayload,
};

use super::spool::Spooled;
use super::{Depot, Document, Documents, Refused};
use crate::claim::identity::DocumentId;
use crate::objects::{ObjectsError, within};

/// What is written at once; S3 wants at least this much in every piece but the last.
const PIECE: usize = 5 * 1_024 * 1_024;

/// The bytes of a document as they come.
pub type ByteStream = BoxStream<'static, object_store::Result<Bytes>>;

impl Documents {
    fn folder(&self) -> Path {
        Path::from_iter([self.store.keys().namespace()])
    }

    fn path(&self, id: DocumentId) -> Path {
        Path::from_iter([self.store.keys().namespace().to_owned(), id.to_string()])
    }

    /// Writes the bytes of a document; what was written of it is taken back when that fails.
    pub(super) async fn write(&self, id: DocumentId, spooled: &Spooled) -> Result<(), Refused> {
        let (objects, path) = (&self.depot.objects.store, self.path(id));
        let doing = || format!("write document {id}");
        if spooled.size <= PIECE as u64 {
            let payload = piece(spooled, 0).await?;
            within(doing(), objects.put(&path, payload)).await?;
            return Ok(());
        }
        let mut upload = within(doing(), objects.put_multipart(&path)).await?;
        let written = write_pieces(&mut *upload, spooled, doing()).await;
        if written.is_err()
            && let Err(error) = within(doing(), upload.abort()).await
        {
            tracing::warn!(error = %error, "an unfinished document could not be taken back");
        }
        written
    }

    /// What a document says, from the object store or its record.
    ///
    /// # Errors
    ///
    /// When the object store is in trouble, or does not have it.
    pub async fn content(&self, document: &Document) -> Result<ByteStream, ObjectsError> {
        let evidence = document.acknowledgement.as_ref().and_then(|asked| asked.evidence.clone());
        match evidence {
            Some(text) => Ok(once(ready(Ok(Bytes::from(text)))).boxed()),
            None => self.read(document.id).await,
        }
    }

    /// The bytes of a document in the object store.
    pub(super) async fn read(&self, id: DocumentId) -> Result<ByteStream, ObjectsError> {
        let (objects, path) = (&self.depot.objects.store, self.path(id));
        let found = within(format!("read document {id}"), objects.get(&path)).await?;
        Ok(found.into_stream())
    }

    /// Whether the object store has the bytes of a document, all of them.
    ///
    /// # Errors
    ///
    /// When the object store is in trouble.
    pub async fn has_bytes(&self, document: &Document) -> Result<bool, ObjectsError> {
        let (objects, path) = (&self.depot.objects.store, self.path(document.id));
        match within(format!("look for document {}", document.id), objects.head(&path)).await {
            Ok(meta) => Ok(meta.size == document.size),
            Err(ObjectsError::Object { source: object_store::Error::NotFound { .. }, .. }) => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Removes the bytes of a document; those that are gone already are no error.
    pub(super) async fn erase(&self, id: DocumentId) -> Result<(), ObjectsError> {
        let (objects, path) = (&self.depot.objects.store, self.path(id));
        match within(format!("delete document {id}"), objects.delete(&path)).await {
            Err(ObjectsError::Object { source: object_store::Error::NotFound { .. }, .. }) => {
                Ok(())
            }
            done => done,
        }
    }

    /// Every object of this namespace, with the document that it is of.
    pub(super) fn listed(
        &self,
    ) -> BoxStream<'static, object_store::Result<(Option<DocumentId>, ObjectMeta)>> {
        let listed = self.depot.objects.store.list(Some(&self.folder()));
        let with_id = |meta: ObjectMeta| {
            let id = meta.location.filename().and_then(|name| DocumentId::parse(name).ok());
            (id, meta)
        };
        listed.map_ok(with_id).boxed()
    }
}

impl Depot {
    /// Writes a few bytes to the object store, and deletes them.
    ///
    /// # Errors
    ///
    /// When that does not work.
    pub async fn probe(&self, namespace: &str) -> Result<(), ObjectsError> {
        let path = Path::from_iter([namespace, "probe"]);
        let payload = PutPayload::from_static(b"This can be deleted.");
        within("write a probe".to_owned(), self.objects.store.put(&path, payload)).await?;
        within("delete a probe".to_owned(), self.objects.store.delete(&path)).await
    }

    /// Removes all bytes of a namespace that is over.
    ///
    /// # Errors
    ///
    /// When the object store is in trouble.
    pub async fn erase_namespace(&self, namespace: &str) -> Result<(), ObjectsError> {
        let doing = || format!("delete all documents of {namespace}");
        let objects = &self.objects.store;
        let listed = objects.list(Some(&Path::from_iter([namespace])));
        let listed: Vec<ObjectMeta> = within(doing(), listed.try_collect()).await?;
        for meta in listed {
            within(doing(), objects.delete(&meta.location)).await?;
        }
        Ok(())
    }
}

async fn write_pieces(
    upload: &mut dyn MultipartUpload,
    spooled: &Spooled,
    doing: String,
) -> Result<(), Refused> {
    let mut at = 0;
    while at < spooled.size {
        let payload = piece(spooled, at).await?;
        within(doing.clone(), upload.put_part(payload)).await?;
        at += PIECE as u64;
    }
    within(doing, upload.complete()).await?;
    Ok(())
}

/// One piece of the upload, read where blocking does no harm.
async fn piece(spooled: &Spooled, at: u64) -> Result<PutPayload, Refused> {
    let file = Arc::clone(&spooled.file);
    let left = usize::try_from(spooled.size - at).unwrap_or(PIECE).min(PIECE);
    let read = tokio::task::spawn_blocking(move || {
        let mut bytes = vec![0; left];
        file.read_exact_at(&mut bytes, at).map(|()| bytes)
    });
    let bytes = read.await.map_err(std::io::Error::other)??;
    Ok(PutPayload::from(bytes))
}
