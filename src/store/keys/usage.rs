//! The names of what belongs to usage data.

use crate::claim::ItemKey;
use crate::claim::identity::TenantId;
use crate::store::Keys;

impl Keys {
    /// The figures of one item of a tenant: month to figures.
    #[must_use]
    pub fn usage(&self, tenant_id: &TenantId, item: &ItemKey) -> String {
        let partition = self.partition_of_tenant(tenant_id);
        self.tagged(partition, format_args!("usage:{tenant_id}:{item}"))
    }

    /// Who has looked at a tenant's figures, newest first.
    #[must_use]
    pub fn reads(&self, tenant_id: &TenantId) -> String {
        let partition = self.partition_of_tenant(tenant_id);
        self.tagged(partition, format_args!("reads:{tenant_id}"))
    }
}
