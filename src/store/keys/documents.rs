//! The names of what belongs to uploaded documents. They lie in the partition of their partner,
//! which the id of a document tells.

use crate::claim::identity::{DocumentId, MpnId};
use crate::store::Keys;

impl Keys {
    /// The partition of what belongs to a partner and to no claim.
    #[must_use]
    pub fn partition_of_partner(&self, mpn_id: &MpnId) -> u16 {
        self.partition_of(&[mpn_id.as_str().as_bytes()])
    }

    /// The record of a document, under `record`.
    #[must_use]
    pub fn document(&self, id: DocumentId) -> String {
        self.tagged(id.partition(), format_args!("document:{id}"))
    }

    /// The documents of a partition, ordered by id.
    #[must_use]
    pub fn documents(&self, partition: u16) -> String {
        self.tagged(partition, format_args!("documents"))
    }

    /// The documents of a partner, ordered by id, which is the order in which they came.
    #[must_use]
    pub fn documents_of(&self, mpn_id: &MpnId) -> String {
        let partition = self.partition_of_partner(mpn_id);
        self.tagged(partition, format_args!("documents-of:{mpn_id}"))
    }

    /// When a partner has asked customers, under `asked`.
    #[must_use]
    pub fn questions_of(&self, mpn_id: &MpnId) -> String {
        let partition = self.partition_of_partner(mpn_id);
        self.tagged(partition, format_args!("questions-of:{mpn_id}"))
    }

    /// The process that removes documents which nothing needs, for as long as its lease lasts.
    #[must_use]
    pub fn documents_sweeper(&self) -> String {
        format!("{{{}:documents}}:sweeper", self.namespace)
    }
}
