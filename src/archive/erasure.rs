//! Erases the personal data of closed claims, wherever they are: in Redis first, then in the
//! archive. Nothing leaves Redis meanwhile.

use futures_util::stream::{StreamExt as _, TryStreamExt as _, iter};
use object_store::{ObjectStore as _, ObjectStoreExt as _, PutMode, PutPayload, UpdateVersion};
use serde::Serialize;

use super::{Archive, ArchiveError, ArchivedClaim, Archivist, EmailToErase, Found, Part};
use crate::claim::erase::{Erasure, NotErasable, erase};
use crate::claim::{ClaimId, Event, Recorded, Status};
use crate::ledger::ErasureRefused;
use crate::objects::{ObjectsError, within};
use crate::store::StoreError;
use crate::store::scan::ClaimSet;

/// Histories that are looked through at once.
const AT_ONCE: usize = 32;

/// Whose personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's in the claims in which this address occurs.
    Email(EmailToErase),
    /// Everybody's in this claim.
    Claim(ClaimId),
}

/// What is to be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureTask {
    /// Whose data.
    pub whose: Whose,
    /// When, by whom, and why.
    pub erasure: Erasure,
    /// Changes nothing, and says what would be done.
    pub dry_run: bool,
}

/// What became of one claim in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErasedClaim {
    /// The claim.
    pub claim_id: ClaimId,
    /// Where it was found: `redis`, or an object of the archive.
    pub place: String,
    /// `erased`, `would_be_erased`, `erased_before` or `refused`.
    pub outcome: &'static str,
    /// What was replaced: the names of fields.
    pub fields: Vec<String>,
    /// Why not, with what to do first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// What an erasure has done, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ErasureReport {
    /// Claims and lines that were looked through.
    pub looked_at: u64,
    /// Those that were concerned.
    pub claims: Vec<ErasedClaim>,
}

impl ErasureReport {
    /// Claims that still have personal data.
    pub fn refused(&self) -> impl Iterator<Item = &ErasedClaim> {
        self.claims.iter().filter(|claim| claim.outcome == "refused")
    }

    fn add(
        &mut self,
        (claim_id, place): (ClaimId, String),
        erased: Result<Vec<String>, NotErasable>,
        dry_run: bool,
    ) {
        let (outcome, fields, problem) = match erased {
            Ok(fields) => (if dry_run { "would_be_erased" } else { "erased" }, fields, None),
            Err(NotErasable::ErasedBefore) => ("erased_before", Vec::new(), None),
            Err(why) => ("refused", Vec::new(), Some(why.to_string())),
        };
        self.claims.push(ErasedClaim { claim_id, place, outcome, fields, problem });
    }
}

/// Who is told how many claims were looked through.
pub type Told<'a> = &'a (dyn Fn(&ErasureReport) + Sync);

impl Archivist {
    /// Erases personal data in Redis and in the archive.
    ///
    /// # Errors
    ///
    /// When another process is at work on the archive, or Redis or the object store is in trouble;
    /// what was erased is erased, and doing it again does the rest.
    pub async fn erase(
        &self,
        task: &ErasureTask,
        told: Told<'_>,
    ) -> Result<ErasureReport, ArchiveError> {
        if !self.hold().await? {
            return Err(ArchiveError::Elsewhere);
        }
        let report = self.erase_everywhere(task, told).await;
        self.release().await?;
        report
    }

    async fn erase_everywhere(
        &self,
        task: &ErasureTask,
        told: Told<'_>,
    ) -> Result<ErasureReport, ArchiveError> {
        let mut report = ErasureReport::default();
        match &task.whose {
            Whose::Claim(id) => {
                if !self.ledger.store().history_lines(*id).await?.is_empty() {
                    report.looked_at += 1;
                    self.erase_in_redis(*id, task, &mut report).await?;
                }
            }
            Whose::Email(email) => {
                for partition in 0..self.ledger.store().keys().partitions() {
                    for status in Status::ALL {
                        let set = (partition, ClaimSet::Status(status));
                        self.erase_in_set(set, email, task, (&mut report, told)).await?;
                    }
                }
            }
        }
        for Found { part, .. } in self.archive.parts().await? {
            self.keep_hold().await?;
            self.erase_in_part(part, task, &mut report).await?;
            told(&report);
        }
        Ok(report)
    }

    async fn erase_in_set(
        &self,
        (partition, set): (u16, ClaimSet),
        email: &EmailToErase,
        task: &ErasureTask,
        (report, told): (&mut ErasureReport, Told<'_>),
    ) -> Result<(), ArchiveError> {
        let store = self.ledger.store();
        let mut next = Some(0);
        while let Some(cursor) = next {
            self.keep_hold().await?;
            let page = store.claims_in(partition, set, cursor).await?;
            next = page.next;
            let ids: Vec<ClaimId> =
                page.found.iter().filter_map(|(id, _)| ClaimId::parse(id).ok()).collect();
            report.looked_at += ids.len() as u64;
            let look = async |id: ClaimId| {
                let lines = store.history_lines(id).await?;
                Ok::<_, StoreError>((id, lines.iter().any(|line| email.is_in_json(line))))
            };
            let looked: Vec<(ClaimId, bool)> =
                iter(ids).map(look).buffered(AT_ONCE).try_collect().await?;
            for (id, _) in looked.into_iter().filter(|(_, concerned)| *concerned) {
                // A walk may show a claim twice.
                if !report.claims.iter().any(|claim| claim.claim_id == id) {
                    self.erase_in_redis(id, task, report).await?;
                }
            }
            told(report);
        }
        Ok(())
    }

    async fn erase_in_redis(
        &self,
        id: ClaimId,
        task: &ErasureTask,
        report: &mut ErasureReport,
    ) -> Result<(), ArchiveError> {
        let done = if task.dry_run {
            self.ledger.erased(id, &task.erasure).await
        } else {
            self.ledger.erase(id, &task.erasure).await
        };
        let erased = match done {
            Ok(erased) => Ok(erased.fields().to_vec()),
            Err(ErasureRefused::NotErasable { why, .. }) => Err(why),
            Err(ErasureRefused::Ledger(error)) => return Err(error.into()),
        };
        report.add((id, "redis".to_owned()), erased, task.dry_run);
        Ok(())
    }

    /// Parts are of bounded length, so that one is held whole.
    async fn erase_in_part(
        &self,
        part: Part,
        task: &ErasureTask,
        report: &mut ErasureReport,
    ) -> Result<(), ArchiveError> {
        let version = self.archive.version(part).await?;
        let (mut written, mut changed) = (Vec::new(), false);
        let mut lines = self.archive.lines(part).await?;
        while let Some(mut line) = lines.next().await? {
            report.looked_at += 1;
            if concerns(&task.whose, &line) {
                let old = ArchivedClaim::parse(&line).map_err(|problem| lines.bad(problem))?;
                let place = (old.claim.id, part.to_string());
                match self.erased_line(&old, task).await? {
                    Err(why) => report.add(place, Err(why), task.dry_run),
                    Ok((new, fields)) => {
                        line = new.line().map_err(|problem| lines.bad(problem))?;
                        changed = true;
                        report.add(place, Ok(fields), task.dry_run);
                    }
                }
            }
            written.extend_from_slice(&line);
            written.push(b'\n');
        }
        if changed && !task.dry_run {
            self.keep_hold().await?;
            self.archive.replace_part(part, written, version).await?;
        }
        Ok(())
    }

    /// A claim that is still in Redis, because it could not leave, is the same in both places.
    async fn erased_line(
        &self,
        old: &ArchivedClaim,
        task: &ErasureTask,
    ) -> Result<Result<(ArchivedClaim, Vec<String>), NotErasable>, ArchiveError> {
        let id = old.claim.id;
        let there = self.ledger.store().history(id).await?;
        let is_there = |e: &Recorded| matches!(e.event, Event::PersonalDataErased { .. });
        let history = match there.last() {
            Some(last) if is_there(last) && !old.history.iter().any(is_there) => there,
            _ => {
                let former_tip = Some(old.claim.chain.to_string());
                let erasure = Erasure { former_tip, ..task.erasure.clone() };
                match erase(id, &old.history, &erasure) {
                    Ok(history) => history,
                    Err(why) => return Ok(Err(why)),
                }
            }
        };
        let fields = match history.last().map(|last| &last.event) {
            Some(Event::PersonalDataErased(erased)) => erased.fields.clone(),
            _ => Vec::new(),
        };
        let written = history.iter().map(serde_json::to_vec).collect::<Result<_, _>>();
        let new = written.ok().and_then(|written| ArchivedClaim::new(id, written));
        Ok(new.map(|new| (new, fields)).ok_or(NotErasable::Unreadable))
    }
}

fn concerns(whose: &Whose, line: &[u8]) -> bool {
    match whose {
        Whose::Email(email) => email.is_in_json(line),
        Whose::Claim(id) => super::read::has_id(line, &id.to_string()),
    }
}

impl Archive {
    async fn version(&self, part: Part) -> Result<UpdateVersion, ArchiveError> {
        let meta = within(format!("look at {part}"), self.objects.head(&part.path())).await?;
        Ok(UpdateVersion { e_tag: meta.e_tag, version: meta.version })
    }

    /// Puts a part in the place of the one that was read, and of no other where the object store
    /// can tell them apart; a folder cannot, and has one process at a time.
    async fn replace_part(
        &self,
        part: Part,
        lines: Vec<u8>,
        version: UpdateVersion,
    ) -> Result<(), ArchiveError> {
        let payload = PutPayload::from(lines);
        let put = |mode: PutMode| {
            let path = part.path();
            let payload = payload.clone();
            let put = async move { self.objects.put_opts(&path, payload, mode.into()).await };
            within(format!("write {part}"), put)
        };
        match put(PutMode::Update(version)).await {
            Err(ObjectsError::Object {
                source: object_store::Error::NotImplemented { .. },
                ..
            }) => drop(put(PutMode::Overwrite).await?),
            Err(ObjectsError::Object {
                source: object_store::Error::Precondition { .. }, ..
            }) => {
                return Err(ArchiveError::Elsewhere);
            }
            replaced => drop(replaced?),
        }
        self.verify_written(part, &payload).await
    }
}
