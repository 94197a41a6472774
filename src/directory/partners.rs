//! The registry of partners: which locations (MPN IDs) are one organization's, and in which
//! programs each is enrolled (R03).
//!
//! It is part of the directory's file, whoever is asked about tenants. It deliberately does not
//! say what somebody of an organization may do, nor what a location that is missing means.

use std::sync::Arc;

use crate::claim::identity::{CountryCode, Line, MpnId};
use crate::claim::program::Program;

use super::Directory;

/// A partner organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// What it is called.
    pub name: Line,
    /// Its locations, in the order of the file; one at least.
    pub locations: Vec<Location>,
}

/// A location of a partner organization, which claims under an id of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// Its location id.
    pub mpn_id: MpnId,
    /// What it is called.
    pub name: Line,
    /// The city it is in.
    pub city: Line,
    /// The country it is in.
    pub country: CountryCode,
    /// The programs in which it is enrolled.
    pub programs: Vec<Program>,
    /// Whether it can claim at all.
    pub is_active: bool,
}

/// What the registry says of a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// There is no registry, so nothing is known of any partner (R03 cannot be decided).
    NoRegistry,
    /// There is one, without this location.
    Unknown,
    /// The organization whose location it is.
    Of(Arc<Organization>),
}

impl Organization {
    /// Its location with this id.
    #[must_use]
    pub fn location(&self, mpn_id: &MpnId) -> Option<&Location> {
        self.locations.iter().find(|location| location.mpn_id == *mpn_id)
    }
}

impl Location {
    /// Whether it is enrolled for claims of a program. Where there is no incentive, there is
    /// nothing to be enrolled in.
    #[must_use]
    pub fn is_enrolled_in(&self, program: Program) -> bool {
        program == Program::RecognitionOnly || self.programs.contains(&program)
    }
}

impl Directory {
    /// Whose a location is, from the newest good version of the file.
    pub async fn registered(&self, mpn_id: &MpnId) -> Registered {
        let (Self::Static(file) | Self::Entra(_, file)) = self;
        file.registered(mpn_id).await
    }

    /// Whether two locations are one organization's. Without a registry no two are.
    pub async fn are_together(&self, one: &MpnId, other: &MpnId) -> bool {
        match self.registered(one).await {
            Registered::Of(organization) => organization.location(other).is_some(),
            Registered::NoRegistry | Registered::Unknown => one == other,
        }
    }
}
