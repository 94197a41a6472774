//! The claims of one day on their way out: first they are written, then it is made sure that they
//! are, and only then they are taken out of Redis. A crash in between repeats it harmlessly.

use std::collections::HashMap;

use futures_util::stream::{StreamExt as _, TryStreamExt as _, iter};
use object_store::{ObjectStore as _, ObjectStoreExt as _, PutMode, PutPayload};

use super::sweep::SweepReport;
use super::{Archive, ArchiveError, ArchivedClaim, Archivist, Day, Part};
use crate::claim::{Claim, ClaimId, Snapshot};
use crate::objects::{ObjectsError, within};
use crate::store::inspect::Inspection;
use crate::store::{Instant, StoreError};

/// Claims with more events stay: not all of them are read.
pub(super) const HISTORY_MAX: usize = 10_000;
/// A part that has grown to so many bytes is written; the next claim begins another one.
const PART_BYTES: usize = 32 * 1_024 * 1_024;
/// Claims that are taken out of Redis at once.
const AT_ONCE: usize = 32;

/// The claims of one day that are to leave.
pub(super) struct Departures<'a> {
    archivist: &'a Archivist,
    day: Day,
    /// What the archive has of that day already.
    written: &'a HashMap<ClaimId, u64>,
    /// The part in the making.
    lines: Vec<u8>,
    /// Claims that are written, or are in the part in the making.
    claims: Vec<Claim>,
}

impl<'a> Departures<'a> {
    pub(super) const fn new(
        archivist: &'a Archivist,
        day: Day,
        written: &'a HashMap<ClaimId, u64>,
    ) -> Self {
        Self { archivist, day, written, lines: Vec::new(), claims: Vec::new() }
    }

    pub(super) async fn add(
        &mut self,
        id: ClaimId,
        seen: Inspection,
        report: &mut SweepReport,
    ) -> Result<(), ArchiveError> {
        let Some(archived) = read(id, &seen) else {
            report.kept.unreadable += 1;
            return Ok(());
        };
        // A sweep before this one has written it, and could not take it out.
        if self.written.get(&id) != Some(&archived.claim.revision) {
            let Ok(line) = archived.line() else {
                report.kept.unreadable += 1;
                return Ok(());
            };
            self.lines.extend_from_slice(&line);
            self.lines.push(b'\n');
        }
        self.claims.push(archived.claim);
        if self.lines.len() >= PART_BYTES {
            self.finish(report).await?;
        }
        Ok(())
    }

    /// Writes what is left, and takes everything that is written out of Redis.
    pub(super) async fn finish(&mut self, report: &mut SweepReport) -> Result<(), ArchiveError> {
        let (lines, claims) = (std::mem::take(&mut self.lines), std::mem::take(&mut self.claims));
        report.bytes += lines.len() as u64;
        if report.dry_run {
            report.claims += claims.len() as u64;
            return Ok(());
        }
        self.archivist.keep_hold().await?;
        if !lines.is_empty() {
            self.archivist.archive.write_part(self.day, lines).await?;
        }
        let ledger = &self.archivist.ledger;
        let at: Instant = ledger.clock().instant().await?;
        let depart = async |claim: Claim| ledger.store().depart(&claim, at).await;
        let departed: Vec<bool> = iter(claims)
            .map(depart)
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<bool>>()
            .await
            .map_err(|error: StoreError| error)?;
        let gone = departed.iter().filter(|gone| **gone).count() as u64;
        report.claims += gone;
        report.kept.changed += departed.len() as u64 - gone;
        Ok(())
    }
}

/// The claim, if everything fits together and it is closed.
fn read(id: ClaimId, seen: &Inspection) -> Option<ArchivedClaim> {
    let head = seen.head.as_ref()?;
    let stored: Snapshot = serde_json::from_slice(&head.snapshot).ok()?;
    let archived = ArchivedClaim::new(id, seen.history.clone())?;
    let claim = &archived.claim;
    let fits = claim.snapshot == stored
        && Some(claim.chain.to_string()) == head.chain
        && claim.revision == head.revision
        && claim.revision == archived.history.len() as u64;
    fits.then_some(archived)
}

impl Archive {
    /// Writes the next part of a day and reads it back.
    async fn write_part(&self, day: Day, lines: Vec<u8>) -> Result<(), ArchiveError> {
        let parts = self.parts_of(day).await?;
        let number = parts.last().map_or(1, |last| last.part.number + 1);
        let part = Part { day, number };
        let payload = PutPayload::from(lines);
        // Never over one that is there, whoever wrote it.
        let path = part.path();
        let created = self.objects.put_opts(&path, payload.clone(), PutMode::Create.into());
        match within(format!("write {part}"), created).await {
            Err(ObjectsError::Object {
                source: object_store::Error::AlreadyExists { .. }, ..
            }) => return Err(ArchiveError::Elsewhere),
            created => drop(created?),
        }
        self.verify_written(part, &payload).await
    }

    /// Whether an object reads as it was written.
    pub(super) async fn verify_written(
        &self,
        part: Part,
        payload: &PutPayload,
    ) -> Result<(), ArchiveError> {
        let doing = || format!("read {part} back");
        let there = within(doing(), async { self.objects.get(&part.path()).await?.bytes().await });
        let same = {
            let there = there.await?;
            let mut rest: &[u8] = &there;
            payload.iter().all(|chunk| match rest.strip_prefix(&chunk[..]) {
                Some(after) => {
                    rest = after;
                    true
                }
                None => false,
            }) && rest.is_empty()
        };
        if same {
            return Ok(());
        }
        Err(ArchiveError::NotAsWritten { object: part.to_string(), place: self.place.to_string() })
    }
}
