//! Takes in an upload: its name first, then its bytes, then what is in them, then the scanner.

use std::fmt::Display;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use futures_util::Stream;
use hyper::body::Bytes;
use uuid::Uuid;

use super::content::{Content, inspect};
use super::spool::{Limits, Spooled, spool};
use super::{Document, Documents, Kind, Refused, Scan, name};
use crate::claim::Finding;
use crate::claim::identity::{DocumentId, MpnId, Sha256Digest};
use crate::store::Instant;
use crate::worker::with_causes;

/// What browsers and programs say of a file whose type they do not know.
const UNKNOWN_TYPES: [&str; 3] = ["", "application/octet-stream", "binary/octet-stream"];

/// An upload as it is announced.
#[derive(Debug, Clone, Copy)]
pub struct Upload<'a> {
    /// The partner whose document it will be.
    pub mpn_id: &'a MpnId,
    /// Who sends it, as histories name callers.
    pub by: &'a str,
    /// The name of the file.
    pub name: &'a str,
    /// The media type that it is declared to have, if any.
    pub declared: Option<&'a str>,
    /// The length that it is declared to have, if any.
    pub length: Option<u64>,
}

impl Documents {
    /// Takes in an upload, as a form or the API sends it.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being a document; nothing of it is kept then, but for the record of
    /// what the scanner has found.
    pub async fn receive<E: Display>(
        &self,
        upload: &Upload<'_>,
        bytes: impl Stream<Item = Result<Bytes, E>> + Send + Unpin,
    ) -> Result<Document, Refused> {
        let received = self.take_in(upload, bytes).await;
        let outcome = received.as_ref().map_or_else(Refused::outcome, |_| "kept");
        self.store.metrics().uploaded(outcome);
        received
    }

    async fn take_in<E: Display>(
        &self,
        upload: &Upload<'_>,
        bytes: impl Stream<Item = Result<Bytes, E>> + Send + Unpin,
    ) -> Result<Document, Refused> {
        let (name, promised) = name::read(upload.name)?;
        let declared = upload.declared.map(|declared| declared_kind(declared, promised));
        declared.transpose()?;
        let settings = &self.depot.settings;
        let bytes_max = settings.bytes_max;
        if upload.length.is_some_and(|length| length > bytes_max) {
            return Err(Refused::TooLarge { bytes_max });
        }
        let _place = self.room.try_acquire().map_err(|_| Refused::Busy)?;
        let at = self.clock.instant().await?;
        self.refuse_too_many(upload.mpn_id, at.now).await?;
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        let whole = seconds(settings.receive_seconds);
        let limits = Limits { bytes_max, silence: seconds(settings.silence_seconds), whole };
        let spooled = spool(bytes, &self.depot.folder, limits).await?;
        let kind = looked_into(&spooled).await?;
        if kind != promised {
            return Err(differs(kind, promised).into());
        }
        let scan = self.scanned(&spooled, at.now).await;
        let id = self.new_id(upload.mpn_id, at.now);
        let document = Document {
            id,
            mpn_id: upload.mpn_id.clone(),
            name,
            kind,
            size: spooled.size,
            sha256: Sha256Digest::parse(&spooled.sha256)?,
            uploaded_at: at.now,
            uploaded_by: upload.by.to_owned(),
            scan,
            claims: Vec::new(),
            acknowledgement: None,
        };
        self.keep(document, &spooled, at).await
    }

    /// A day is one of UTC, on the deployment's clock.
    pub(super) async fn refuse_too_many(
        &self,
        mpn_id: &MpnId,
        now: DateTime<Utc>,
    ) -> Result<(), Refused> {
        let per_day_max = self.depot.settings.per_day_max;
        let midnight = now.date_naive().and_time(NaiveTime::MIN).and_utc();
        if self.store.documents_since(mpn_id, midnight).await? < per_day_max {
            return Ok(());
        }
        let next_day = (midnight + TimeDelta::days(1) - now).to_std().unwrap_or_default();
        Err(Refused::TooMany { per_day_max, next_day })
    }

    pub(super) fn new_id(&self, mpn_id: &MpnId, now: DateTime<Utc>) -> DocumentId {
        let partition = self.store.keys().partition_of_partner(mpn_id);
        let [random, ..] = *Uuid::new_v4().into_bytes().as_chunks::<8>().0 else {
            return DocumentId::new(now, partition, [0; 8]);
        };
        DocumentId::new(now, partition, random)
    }

    /// What the scanner says; it is waited for elsewhere when it does not say anything.
    async fn scanned(&self, spooled: &Spooled, now: DateTime<Utc>) -> Scan {
        let Some(scanner) = &self.depot.scanner else { return Scan::NotScanned };
        let said = async {
            let file = tokio::fs::File::from_std(spooled.file.try_clone()?);
            let mut file = file;
            tokio::io::AsyncSeekExt::rewind(&mut file).await?;
            Ok::<_, io::Error>(scanner.scan(file).await)
        };
        match said.await {
            Ok(said) => self.judged(said, now),
            Err(error) => {
                tracing::warn!(%error, "an upload could not be read for the scanner");
                Scan::WaitingForScan
            }
        }
    }

    /// What follows from the scanner's answer, which is counted.
    pub(super) fn judged(
        &self,
        said: Result<Option<String>, super::ScanError>,
        at: DateTime<Utc>,
    ) -> Scan {
        let (scan, outcome) = match said {
            Ok(None) => (Scan::Clean { at }, "clean"),
            Ok(Some(found)) => (Scan::Infected { at, found }, "infected"),
            Err(error) => {
                tracing::warn!(error = with_causes(&error), "a document waits for the scan");
                (Scan::WaitingForScan, "failed")
            }
        };
        self.store.metrics().scanned(outcome);
        scan
    }

    /// The bytes first: a record never leads to bytes that are not there.
    async fn keep(
        &self,
        document: Document,
        spooled: &Spooled,
        at: Instant,
    ) -> Result<Document, Refused> {
        let id = document.id;
        if document.has_bytes() {
            self.write(id, spooled).await?;
        }
        let scan_at = (document.scan == Scan::WaitingForScan).then_some(at.now);
        if let Err(error) = self.store.add_document(&document, scan_at).await {
            // It may have been written all the same; the sweep knows.
            tracing::warn!(document.id = %id, "an upload may be left without a record");
            return Err(error.into());
        }
        match document.scan {
            Scan::Infected { found, .. } => Err(Refused::Infected { id, found }),
            Scan::NotScanned | Scan::WaitingForScan | Scan::Clean { .. } => Ok(document),
        }
    }
}

/// What is in it, found out where it may take a moment.
async fn looked_into(spooled: &Spooled) -> Result<Kind, Refused> {
    let (file, size) = (Arc::clone(&spooled.file), spooled.size);
    let looking = tokio::task::spawn_blocking(move || inspect(&Content::new(&file, size)));
    Ok(looking.await.map_err(io::Error::other)??)
}

/// The declared type has to be one of the kind that the name promises, or none.
fn declared_kind(declared: &str, promised: Kind) -> Result<(), Finding> {
    let essence = declared.split(';').next().unwrap_or_default().trim().to_lowercase();
    let known = promised.facts().2.contains(&essence.as_str());
    if known || UNKNOWN_TYPES.contains(&essence.as_str()) {
        return Ok(());
    }
    let message = format!(
        "The file is declared to be something else than {promised}, as its name says. Send \
         `Content-Type: {}`, or application/octet-stream.",
        promised.media_type()
    );
    Err(Finding::new("content_type", "type_differs", message))
}

fn differs(kind: Kind, promised: Kind) -> Finding {
    let message = format!(
        "The file is {kind} by what is in it, and {promised} by its name. Rename it, or save it \
         again."
    );
    Finding::new(super::content::FIELD, "content_differs", message)
}
