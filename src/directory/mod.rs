//! The tenant directory: does this domain belong to this tenant (R05), and what is known of these
//! subscriptions (R07)? And the registry of partners: whose location is this (R03)?
//!
//! It answers with plain data. It deliberately does not turn an answer into a finding, knows
//! nothing of claims, and never tells whose a domain is when it is not the asked tenant's.
//! An unknown tenant or domain is an answer; an error only ever means "could not ask, try again".

mod entra;
mod partners;
mod settings;
mod static_file;
mod subscriptions;

use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Deserialize;
use tracing::field::Empty;
use tracing::{Instrument as _, info_span};
use uuid::Uuid;

pub use entra::{DirectoryError, LookupProblem};
pub use partners::{Location, Organization, Registered};
pub use settings::{DirectoryProvider, DirectorySettings, DirectorySetupError, EntraSettings};
pub use static_file::FileProblem;
pub use subscriptions::Lasting;

use entra::{EntraDirectory, Owner};
use static_file::StaticDirectory;

/// Where the facts about tenants come from; made once at the start and shared.
pub enum Directory {
    /// A file kept by the operator, read again when it changes.
    Static(StaticDirectory),
    /// Microsoft Entra's public OpenID configuration, which knows domains but no subscriptions;
    /// beside it, a file of which only the partners are read.
    Entra(EntraDirectory, StaticDirectory),
}

impl Directory {
    /// Opens the directory that the settings ask for; reads the file where there is one.
    ///
    /// # Errors
    /// A value that cannot be used, or a file that cannot be; the message names the key.
    pub fn new(settings: &DirectorySettings) -> Result<Self, DirectorySetupError> {
        let has_file = settings.file.as_ref().is_some_and(|file| !file.as_os_str().is_empty());
        match settings.provider {
            DirectoryProvider::Demo if !has_file => StaticDirectory::demo().map(Self::Static),
            DirectoryProvider::Static | DirectoryProvider::Demo => {
                StaticDirectory::open(settings.file.as_deref()).map(Self::Static)
            }
            DirectoryProvider::Entra => {
                let file = StaticDirectory::open(settings.file.as_deref())?;
                Ok(Self::Entra(EntraDirectory::new(&settings.entra)?, file))
            }
        }
    }

    /// Looks up one claim's facts: whose `domain` is, and what is known of the `subscriptions`.
    ///
    /// The domain is expected in its A-label form; letter case does not matter.
    ///
    /// # Errors
    /// Only when the directory could not be asked: time-out, overload, or an answer that makes no
    /// sense. Trying again later is always right.
    pub async fn look_up(
        &self,
        domain: &str,
        tenant_id: Uuid,
        subscriptions: &[Uuid],
    ) -> Result<DirectoryAnswer, DirectoryError> {
        let span = info_span!("directory", directory.provider = self.name(),
            directory.answer = Empty, error.type = Empty);
        let asking = self.ask(domain.to_ascii_lowercase(), tenant_id, subscriptions);
        let answer = asking.instrument(span.clone()).await;
        match &answer {
            Ok(answer) => span.record("directory.answer", answer.domain.as_str()),
            Err(_) => span.record("error.type", "no_answer"),
        };
        answer
    }

    async fn ask(
        &self,
        domain: String,
        tenant_id: Uuid,
        subscriptions: &[Uuid],
    ) -> Result<DirectoryAnswer, DirectoryError> {
        match self {
            Self::Static(directory) => {
                Ok(directory.look_up(&domain, tenant_id, subscriptions).await)
            }
            Self::Entra(directory, _) => {
                let domain = match directory.owner_of(&domain).await? {
                    Owner::Tenant(owner) => DomainAnswer::owned_by(owner, tenant_id),
                    Owner::Nobody => DomainAnswer::UnknownDomain,
                };
                Ok(DirectoryAnswer {
                    domain,
                    domains: None,
                    subscriptions: SubscriptionsAnswer::UnknownToProvider,
                })
            }
        }
    }
}

impl Directory {
    const fn name(&self) -> &'static str {
        match self {
            Self::Static(_) => "static",
            Self::Entra(..) => "entra",
        }
    }
}

impl fmt::Debug for Directory {
    /// Names the provider only: a directory's content does not belong in a message.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Directory({})", self.name())
    }
}

/// All that the directory says to one look-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryAnswer {
    /// Whether the domain is the tenant's.
    pub domain: DomainAnswer,
    /// All domains of the tenant that was asked about, as A-labels; `None` where the provider
    /// does not know them. Shared, because a tenant may have thousands.
    pub domains: Option<Arc<[String]>>,
    /// What is known of the subscriptions.
    pub subscriptions: SubscriptionsAnswer,
}

/// Whether a domain is a tenant's. It never carries the id of another tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DomainAnswer {
    /// The domain is one of this tenant's.
    BelongsToTenant,
    /// The domain is some other tenant's.
    BelongsToAnotherTenant,
    /// The domain is nobody's that the directory knows.
    UnknownDomain,
    /// Neither the domain nor the tenant is known; only a provider that lists tenants says so.
    UnknownTenant,
}

impl DomainAnswer {
    const fn as_str(self) -> &'static str {
        match self {
            Self::BelongsToTenant => "belongs_to_tenant",
            Self::BelongsToAnotherTenant => "belongs_to_another_tenant",
            Self::UnknownDomain => "unknown_domain",
            Self::UnknownTenant => "unknown_tenant",
        }
    }

    /// The answer for a domain that has an owner.
    fn owned_by(owner: Uuid, tenant_id: Uuid) -> Self {
        if owner == tenant_id { Self::BelongsToTenant } else { Self::BelongsToAnotherTenant }
    }
}

/// What is known of the subscriptions that were asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubscriptionsAnswer {
    /// This provider has no knowledge of subscriptions at all, so R07 cannot be decided by it.
    UnknownToProvider,
    /// One entry per subscription, in the order asked; `None` where this tenant has none of that
    /// id (another tenant may).
    Known(Vec<(Uuid, Option<SubscriptionRecord>)>),
}

/// One subscription of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionRecord {
    /// The product's id in the catalog, such as `sales`; the directory does not judge it.
    pub product: String,
    /// How it was bought.
    pub channel: Channel,
    /// Where it is in its life.
    pub state: SubscriptionState,
    /// Its last day, where it has one.
    pub ends_on: Option<NaiveDate>,
}

/// How a subscription was bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Under a volume licensing agreement.
    VolumeLicensing,
    /// Directly from Microsoft on the web.
    WebDirect,
    /// Through a Cloud Solution Provider; such subscriptions cannot be claimed.
    Csp,
}

/// Where a subscription is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionState {
    /// Bought, not yet provisioned.
    Provisioning,
    /// In use.
    Active,
    /// Past its end, still usable.
    Grace,
    /// Past its grace, not usable, not yet gone.
    Suspended,
    /// Gone.
    Ended,
}
