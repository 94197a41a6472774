//! The names of what belongs to notifications.

use crate::claim::identity::{EmailAddress, MpnId};
use crate::store::Keys;

impl Keys {
    /// All subscriptions: id to JSON; and under `version` how often what the relay has to know of
    /// them was changed.
    #[must_use]
    pub fn subscriptions(&self) -> String {
        format!("{}:subscriptions", self.namespace)
    }

    /// What concerns a partner's people, of the claims in a partition: entry to when it happened,
    /// ms since the epoch.
    #[must_use]
    pub fn inbox(&self, partition: u16, mpn_id: &MpnId) -> String {
        self.tagged(partition, format_args!("inbox:{mpn_id}"))
    }

    /// How often an address was asked for confirmation lately. The address itself is not in it.
    #[must_use]
    pub fn asked(&self, email: &EmailAddress) -> String {
        let address = email.as_str().to_lowercase();
        let partition = self.partition_of(&[b"asked", address.as_bytes()]);
        self.tagged(partition, format_args!("asked:{}", digest(address.as_bytes())))
    }

    /// How often addresses were asked for confirmation lately because a partner wanted it.
    #[must_use]
    pub fn asked_by(&self, mpn_id: &MpnId) -> String {
        let partition = self.partition_of_partner(mpn_id);
        self.tagged(partition, format_args!("asked-by:{mpn_id}"))
    }
}

fn digest(bytes: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    hex::encode(&Sha256::digest(bytes)[..16])
}
