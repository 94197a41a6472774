//! The names of all keys in Redis, in one place.
//!
//! Everything that belongs to one customer tenant carries the hash tag of the tenant's partition,
//! so that one script can change it in one step, also on a Redis Cluster.

mod archive;
mod calendars;
mod documents;
mod drafts;
mod found;
mod notifications;
mod operations;
mod searched;
mod usage;
mod webhooks;

use cpor_jobs::Job;
use sha2::{Digest, Sha256};

use crate::claim::identity::{ClaimId, IdempotencyKey, MpnId, Source, TenantId};
use crate::claim::item::Item;
use crate::claim::item_key::ItemKey;
use crate::claim::status::Status;

pub use calendars::CalendarsPart;
pub use found::Found;

/// Most partitions a deployment can have; a claim id has 12 bits for its partition.
pub const PARTITIONS_MAX: u16 = 4_096;

/// Key names of one namespace with a fixed number of partitions.
#[derive(Debug, Clone)]
pub struct Keys {
    namespace: String,
    partitions: u16,
}

impl Keys {
    /// The keys of `namespace`, whose claims lie in `partitions` partitions.
    #[must_use]
    pub const fn new(namespace: String, partitions: u16) -> Self {
        Self { namespace, partitions }
    }

    /// The namespace itself.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// How many partitions there are.
    #[must_use]
    pub const fn partitions(&self) -> u16 {
        self.partitions
    }

    /// The partition of a customer tenant.
    #[must_use]
    pub fn partition_of_tenant(&self, tenant_id: &TenantId) -> u16 {
        self.partition_of(&[tenant_id.as_uuid().as_bytes()])
    }

    fn partition_of(&self, parts: &[&[u8]]) -> u16 {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part);
            hash.update([0]);
        }
        let hash = hash.finalize();
        u16::from_be_bytes([hash[0], hash[1]]) % self.partitions
    }

    fn tagged(&self, partition: u16, rest: std::fmt::Arguments<'_>) -> String {
        format!("{{{}:{partition:02}}}:{rest}", self.namespace)
    }

    /// Format version, partitions, clock mode, creation.
    #[must_use]
    pub fn meta(&self) -> String {
        format!("{}:meta", self.namespace)
    }

    /// Where upstream systems push raw submissions.
    #[must_use]
    pub fn intake(&self) -> String {
        format!("{}:intake", self.namespace)
    }

    /// Keys beside the intake list, in its slot: the tag is the name of the list itself.
    #[must_use]
    pub fn intake_part(&self, part: IntakePart) -> String {
        let name = match part {
            IntakePart::Running => "running",
            IntakePart::Attempts => "attempts",
            IntakePart::Taken => "taken",
            IntakePart::Sequence => "sequence",
            IntakePart::Dead => "dead",
            IntakePart::DeadLetters => "dead-letters",
            IntakePart::Waiting => "waiting",
        };
        format!("{{{}:intake}}:{name}", self.namespace)
    }

    /// The API keys: id to record, beside their revision and when each was last used.
    #[must_use]
    pub fn api_keys(&self) -> String {
        format!("{}:api-keys", self.namespace)
    }

    /// The virtual time, in milliseconds since the epoch.
    #[must_use]
    pub fn clock(&self) -> String {
        format!("{}:clock", self.namespace)
    }

    /// Sandboxes that this deployment has made, and when each is over.
    #[must_use]
    pub fn sandboxes(&self) -> String {
        format!("{}:sandboxes", self.namespace)
    }

    /// The channel on which takers of this namespace are woken.
    #[must_use]
    pub fn wake_channel(&self) -> String {
        format!("{}:wake", self.namespace)
    }

    /// Revision, status and snapshot of a claim.
    #[must_use]
    pub fn claim(&self, id: ClaimId) -> String {
        self.tagged(id.partition(), format_args!("claim:{id}"))
    }

    /// What stands before a claim's id in [`Keys::claim`].
    #[must_use]
    pub fn claim_prefix(&self, partition: u16) -> String {
        self.tagged(partition, format_args!("claim:"))
    }

    /// The events of a claim.
    #[must_use]
    pub fn history(&self, id: ClaimId) -> String {
        self.tagged(id.partition(), format_args!("history:{id}"))
    }

    /// What stands before a claim's id in [`Keys::history`].
    #[must_use]
    pub fn history_prefix(&self, partition: u16) -> String {
        self.tagged(partition, format_args!("history:"))
    }

    /// The claim that holds an item, and since when.
    #[must_use]
    pub fn item(&self, tenant_id: &TenantId, item: &Item) -> String {
        let partition = self.partition_of_tenant(tenant_id);
        self.tagged(partition, format_args!("item:{tenant_id}:{}", item.key()))
    }

    /// Who holds the item with this name.
    #[must_use]
    pub fn item_named(&self, tenant_id: &TenantId, item: &ItemKey) -> String {
        let partition = self.partition_of_tenant(tenant_id);
        self.tagged(partition, format_args!("item:{tenant_id}:{item}"))
    }

    /// The grants on a tenant's usage data: `<mpn id> <item>` to `<claim id> <since>`.
    #[must_use]
    pub fn grants(&self, tenant_id: &TenantId) -> String {
        let partition = self.partition_of_tenant(tenant_id);
        self.tagged(partition, format_args!("grants:{tenant_id}"))
    }

    /// The claim and the digest that belong to a source's own key.
    #[must_use]
    pub fn submission(&self, source: &Source, key: &IdempotencyKey) -> String {
        let partition = self.partition_of(&[source.as_str().as_bytes(), key.as_str().as_bytes()]);
        self.tagged(partition, format_args!("submission:{}:{}", source.as_str(), key.as_str()))
    }

    /// Entries of a job that are planned or due: entry to due, ms since the epoch.
    #[must_use]
    pub fn agenda(&self, partition: u16, job: Job) -> String {
        self.tagged(partition, format_args!("agenda:{job}"))
    }

    /// Entries of a job that a worker has taken: entry to end of its lease.
    #[must_use]
    pub fn running(&self, partition: u16, job: Job) -> String {
        self.tagged(partition, format_args!("running:{job}"))
    }

    /// Per entry: failed attempts, deliveries since, and the taker's token.
    #[must_use]
    pub fn attempts(&self, partition: u16, job: Job) -> String {
        self.tagged(partition, format_args!("attempts:{job}"))
    }

    /// Entries of a job that are kept for a person: entry to when.
    #[must_use]
    pub fn dead(&self, partition: u16, job: Job) -> String {
        self.tagged(partition, format_args!("dead:{job}"))
    }

    /// Why those entries are dead.
    #[must_use]
    pub fn dead_letters(&self, partition: u16, job: Job) -> String {
        self.tagged(partition, format_args!("dead-letters:{job}"))
    }

    /// Set by a taker that found nothing more to take; who adds something due soon wakes it.
    #[must_use]
    pub fn waiting(&self, partition: u16) -> String {
        self.tagged(partition, format_args!("waiting"))
    }

    /// Every committed event, trimmed.
    #[must_use]
    pub fn feed(&self, partition: u16) -> String {
        self.tagged(partition, format_args!("feed"))
    }

    /// How many submissions became claims.
    #[must_use]
    pub fn submissions(&self, partition: u16) -> String {
        self.tagged(partition, format_args!("submissions"))
    }

    /// Claims by status. Like most indexes a set without scores, ordered by the ids, which are
    /// ordered by the time of submission.
    #[must_use]
    pub fn by_status(&self, partition: u16, status: Status) -> String {
        self.tagged(partition, format_args!("by-status:{status}"))
    }

    /// Claims by partner, ordered by id.
    #[must_use]
    pub fn by_partner(&self, partition: u16, mpn_id: &MpnId) -> String {
        self.tagged(partition, format_args!("by-partner:{mpn_id}"))
    }

    /// Claims by the source that submitted them, ordered by id.
    #[must_use]
    pub fn by_source(&self, partition: u16, source: &Source) -> String {
        self.tagged(partition, format_args!("by-source:{source}"))
    }

    /// Claims by tenant, ordered by id.
    #[must_use]
    pub fn by_tenant(&self, tenant_id: &TenantId) -> String {
        let partition = self.partition_of_tenant(tenant_id);
        self.tagged(partition, format_args!("by-tenant:{tenant_id}"))
    }

    /// Claims whose window is open: claim to its end, ms since the epoch.
    #[must_use]
    pub fn by_closing(&self, partition: u16) -> String {
        self.tagged(partition, format_args!("by-closing"))
    }

    /// How many windows are open, by what they were computed with: `<calendar> <version> <tzdb>`
    /// to a number.
    #[must_use]
    pub fn windows(&self, partition: u16) -> String {
        self.tagged(partition, format_args!("windows"))
    }

    /// Who asked for a tenant's usage data last: `<mpn id> <item>` to when, ms since the epoch.
    #[must_use]
    pub fn looks(&self, tenant_id: &TenantId) -> String {
        let partition = self.partition_of_tenant(tenant_id);
        self.tagged(partition, format_args!("looks:{tenant_id}"))
    }
}

/// What is kept beside the intake list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntakePart {
    /// Entry to end of its lease.
    Running,
    /// Entry to failed attempts, deliveries and token.
    Attempts,
    /// Entry to the raw submission.
    Taken,
    /// Numbers the entries.
    Sequence,
    /// Entry to when it died.
    Dead,
    /// Entry to why.
    DeadLetters,
    /// Never set: pushes wake the intake by themselves.
    Waiting,
}
