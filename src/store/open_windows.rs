//! Going through the claims whose window is open, page by page: all there is to know of them for
//! somebody who computes their ends anew, and nothing else of them.

use crate::claim::{ClaimId, Snapshot, Status, Window};
use crate::store::scan::ClaimSet;
use crate::store::{Store, StoreError};

/// Which open windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenWindows {
    /// Those whose end comes by itself.
    Running,
    /// Those whose time stands still.
    Paused,
}

impl OpenWindows {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Running, Self::Paused];

    /// Where they are listed.
    pub(super) const fn set(self) -> ClaimSet {
        match self {
            Self::Running => ClaimSet::Closing,
            Self::Paused => ClaimSet::Status(Status::Paused),
        }
    }
}

/// A page of open windows.
#[derive(Debug)]
pub struct WindowPage {
    /// Claim and snapshot, as JSON.
    pub snapshots: Vec<(ClaimId, Vec<u8>)>,
    /// Where to go on; `None` at the end.
    pub next: Option<u64>,
}

impl WindowPage {
    /// The windows. One that cannot be read is left out, and `cpor check` finds it.
    pub fn windows(&self) -> impl Iterator<Item = Window> {
        let read = |(_, json): &(ClaimId, Vec<u8>)| {
            serde_json::from_slice::<Snapshot>(json).ok()?.open_window().cloned()
        };
        self.snapshots.iter().filter_map(read)
    }
}

impl Store {
    /// A page of the open windows of one partition, from `cursor` (0 at first). A window that is
    /// open the whole time is found, maybe more than once, also when its end is moved meanwhile.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn open_windows(
        &self,
        partition: u16,
        which: OpenWindows,
        cursor: u64,
    ) -> Result<WindowPage, StoreError> {
        let page = self.claims_in(partition, which.set(), cursor).await?;
        let mut ids: Vec<ClaimId> =
            page.found.iter().filter_map(|(member, _)| ClaimId::parse(member).ok()).collect();
        ids.sort_unstable();
        ids.dedup();
        let snapshots = self.snapshots(&ids).await?;
        Ok(WindowPage { snapshots, next: page.next })
    }

    /// The snapshots of claims of one partition, as JSON; those that are gone are left out.
    async fn snapshots(&self, ids: &[ClaimId]) -> Result<Vec<(ClaimId, Vec<u8>)>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut pipeline = redis::pipe();
        for id in ids {
            pipeline.cmd("HGET").arg(self.keys().claim(*id)).arg("snapshot");
        }
        let mut connection = self.connection();
        let snapshots: Vec<Option<Vec<u8>>> = pipeline
            .query_async(&mut connection)
            .await
            .map_err(StoreError::doing("read open windows"))?;
        Ok(ids.iter().zip(snapshots).filter_map(|(id, found)| Some((*id, found?))).collect())
    }
}
