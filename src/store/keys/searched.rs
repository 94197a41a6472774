//! The names of the indexes whose members begin with what is searched for.
//!
//! One set per partition, and not one per name: most names, items and addresses have few claims,
//! and a set of its own for each would cost more than what is in it.

use crate::store::Keys;

impl Keys {
    /// Claims by the beginning of their folded name: `<beginning>`, a zero byte, the claim.
    #[must_use]
    pub fn by_name(&self, partition: u16) -> String {
        self.tagged(partition, format_args!("by-name"))
    }

    /// Claims by the beginning of their customer's folded domain, as [`Keys::by_name`].
    #[must_use]
    pub fn by_domain(&self, partition: u16) -> String {
        self.tagged(partition, format_args!("by-domain"))
    }

    /// Claims by claimed item: `workload:<code>` or `subscription:<id>`, a zero byte, the claim.
    #[must_use]
    pub fn by_item(&self, partition: u16) -> String {
        self.tagged(partition, format_args!("by-item"))
    }

    /// Claims by the mail addresses of their contacts: `<digest>`, a zero byte, the claim.
    #[must_use]
    pub fn by_mail(&self, partition: u16) -> String {
        self.tagged(partition, format_args!("by-mail"))
    }
}
