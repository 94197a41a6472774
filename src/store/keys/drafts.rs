//! The names of what belongs to drafts: all of a partner's lie in the partner's partition.

use crate::claim::identity::MpnId;
use crate::drafts::DraftId;
use crate::store::Keys;

impl Keys {
    /// The partition of a partner.
    #[must_use]
    pub fn partition_of_partner(&self, mpn_id: &MpnId) -> u16 {
        self.partition_of(&[b"partner", mpn_id.as_str().as_bytes()])
    }

    /// Revision and record of a draft.
    #[must_use]
    pub fn draft(&self, id: DraftId) -> String {
        self.tagged(id.partition(), format_args!("draft:{id}"))
    }

    /// The draft that has this key.
    #[must_use]
    pub fn draft_of(&self, key: &str) -> Option<DraftId> {
        let (_, id) = key.split_once("}:draft:")?;
        DraftId::parse(id).ok().filter(|id| self.draft(*id) == key)
    }

    /// A partner's drafts, ordered by id, which is by when they were made.
    #[must_use]
    pub fn drafts_of(&self, mpn_id: &MpnId) -> String {
        let partition = self.partition_of_partner(mpn_id);
        self.tagged(partition, format_args!("drafts:{mpn_id}"))
    }

    /// Drafts by when they were changed last, ms since the epoch.
    #[must_use]
    pub fn drafts_changed(&self, partition: u16) -> String {
        self.tagged(partition, format_args!("drafts-changed"))
    }
}
