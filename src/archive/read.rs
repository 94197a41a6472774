//! Goes through what is there: all claims, one claim, and whether every line can be relied on.

use futures_util::stream::TryStreamExt as _;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Archive, ArchiveError, ArchivedClaim, Day, Part};
use crate::claim::ClaimId;
use crate::objects::within;

/// An object that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Which.
    pub part: Part,
    /// How long it is.
    pub bytes: u64,
}

/// What became of going through one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Verified {
    /// The object.
    pub object: String,
    /// Its lines.
    pub claims: u64,
    /// Its length.
    pub bytes: u64,
    /// What is wrong, as sentences; the first of them.
    pub problems: Vec<String>,
}

/// Problems of one object that are told.
const PROBLEMS_MAX: usize = 10;

impl Archive {
    /// All objects, in the order of their days.
    ///
    /// # Errors
    ///
    /// When the object store is in trouble.
    pub async fn parts(&self) -> Result<Vec<Found>, ArchiveError> {
        self.list(&Day::root()).await
    }

    /// The objects of a day, in their order.
    pub(super) async fn parts_of(&self, day: Day) -> Result<Vec<Found>, ArchiveError> {
        let mut found = self.list(&day.folder()).await?;
        found.retain(|found| found.part.day == day);
        Ok(found)
    }

    async fn list(&self, folder: &object_store::path::Path) -> Result<Vec<Found>, ArchiveError> {
        let listed = self.objects.list(Some(folder));
        let doing = format!("list what is in {}", self.place);
        let listed: Vec<_> = within(doing, listed.try_collect()).await?;
        let ours = |object: &object_store::ObjectMeta| {
            let part = Part::parse(object.location.as_ref())?;
            Some(Found { part, bytes: object.size })
        };
        let mut found: Vec<Found> = listed.iter().filter_map(ours).collect();
        found.sort();
        Ok(found)
    }

    /// Shows every claim of a day once, at its newest revision, until told to stop; says whether it
    /// was.
    ///
    /// # Errors
    ///
    /// When the object store is in trouble, or a line cannot be used.
    pub async fn claims_of(
        &self,
        day: Day,
        mut show: impl FnMut(ArchivedClaim) -> bool,
    ) -> Result<bool, ArchiveError> {
        let parts = self.parts_of(day).await?;
        // What several parts have, the newest of them has last.
        let mut newest = if parts.len() > 1 { Some(self.written(day).await?) } else { None };
        for Found { part, .. } in parts {
            let mut lines = self.lines(part).await?;
            while let Some(line) = lines.next().await? {
                let claim = ArchivedClaim::parse(&line).map_err(|problem| lines.bad(problem))?;
                let (id, revision) = (claim.claim.id, claim.claim.revision);
                let is_new = newest.as_mut().is_none_or(|newest| {
                    newest.get(&id) == Some(&revision) && newest.remove(&id).is_some()
                });
                if is_new && !show(claim) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Where a claim is, at its newest revision. Looks through every day from the claim's
    /// submission on.
    ///
    /// # Errors
    ///
    /// When the object store is in trouble, or a line cannot be used.
    pub async fn find(
        &self,
        id: ClaimId,
        told: &(dyn Fn(Part) + Sync),
    ) -> Result<Option<(Part, ArchivedClaim)>, ArchiveError> {
        let needle = id.to_string();
        let submitted = id.made_at().map(Day::of);
        let mut newest: Option<(Part, ArchivedClaim)> = None;
        for Found { part, .. } in self.parts().await? {
            if newest.as_ref().is_some_and(|(before, _)| before.day != part.day) {
                break;
            }
            if submitted.is_some_and(|submitted| part.day < submitted) {
                continue;
            }
            told(part);
            let mut lines = self.lines(part).await?;
            while let Some(line) = lines.next().await? {
                if !has_id(&line, &needle) {
                    continue;
                }
                let found = ArchivedClaim::parse(&line).map_err(|problem| lines.bad(problem))?;
                let known = newest.as_ref().map_or(0, |(_, claim)| claim.claim.revision);
                if found.claim.id == id && known < found.claim.revision {
                    newest = Some((part, found));
                }
            }
        }
        Ok(newest)
    }

    /// Reads an object whole: every line has to be a claim whose history adds up to it, closed on
    /// the day of the object.
    ///
    /// # Errors
    ///
    /// When the object store is in trouble.
    pub async fn verify(&self, found: Found) -> Result<Verified, ArchiveError> {
        let Found { part, bytes } = found;
        let object = part.to_string();
        let mut verified = Verified { object, claims: 0, bytes, problems: Vec::new() };
        let mut lines = self.lines(part).await?;
        while let Some(line) = lines.next().await? {
            verified.claims += 1;
            let problem = match ArchivedClaim::parse(&line) {
                Err(problem) => lines.bad(problem).to_string(),
                Ok(claim) if Day::of(claim.closed_at) != part.day => format!(
                    "claim {} was closed at {}, which is another day",
                    claim.claim.id, claim.closed_at
                ),
                Ok(_) => continue,
            };
            if verified.problems.len() < PROBLEMS_MAX {
                verified.problems.push(problem);
            }
        }
        Ok(verified)
    }
}

/// Whether a line may be that of a claim, which is cheaper to see than to read the line.
pub(super) fn has_id(line: &[u8], id: &str) -> bool {
    let head = &line[..line.len().min(256)];
    head.windows(id.len()).any(|window| window == id.as_bytes())
}
