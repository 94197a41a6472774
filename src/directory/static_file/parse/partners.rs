//! Reads partner organizations and their locations.

use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::{FileProblem, Reading};
use crate::claim::Finding;
use crate::claim::identity::{CountryCode, Line, MpnId};
use crate::claim::program::Program;
use crate::directory::{Location, Organization};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPartner {
    name: Spanned<String>,
    location: Vec<RawLocation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLocation {
    mpn_id: Spanned<String>,
    name: Spanned<String>,
    city: Spanned<String>,
    country: Spanned<String>,
    programs: Vec<Program>,
    #[serde(default = "active")]
    active: bool,
}

const fn active() -> bool {
    true
}

impl Reading<'_> {
    pub(super) fn add_partner(&mut self, raw: RawPartner) -> Result<(), FileProblem> {
        let name = self.read(&raw.name, Line::parse, "write 1 to 200 characters on one line")?;
        let mut locations = Vec::with_capacity(raw.location.len());
        for location in raw.location {
            locations.push(self.location(location)?);
        }
        let ids: Vec<_> = locations.iter().map(|location| location.mpn_id.clone()).collect();
        let organization = Arc::new(Organization { name, locations });
        let whose = ids.into_iter().map(|id| (id, Arc::clone(&organization)));
        self.snapshot.organizations.extend(whose);
        Ok(())
    }

    fn location(&mut self, raw: RawLocation) -> Result<Location, FileProblem> {
        let remedy = "write the location id, 1 to 10 digits";
        let mpn_id = self.read(&raw.mpn_id, MpnId::parse, remedy)?;
        let start = raw.mpn_id.span().start;
        if let Some(first) = self.locations_at.insert(mpn_id.clone(), start) {
            return Err(self.twice(&raw.mpn_id.span(), "location", mpn_id.as_str(), first));
        }
        Ok(Location {
            mpn_id,
            name: self.read(&raw.name, Line::parse, "write 1 to 200 characters on one line")?,
            city: self.read(&raw.city, Line::parse, "write 1 to 200 characters on one line")?,
            country: self.read(&raw.country, CountryCode::parse, "write two letters, as TR")?,
            programs: raw.programs,
            is_active: raw.active,
        })
    }

    fn read<T>(
        &self,
        raw: &Spanned<String>,
        parse: fn(&str) -> Result<T, Finding>,
        remedy: &'static str,
    ) -> Result<T, FileProblem> {
        let text = raw.get_ref();
        parse(text).map_err(|_| self.line(&raw.span(), format!("{text:?} cannot be used"), remedy))
    }
}
