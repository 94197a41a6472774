//! What can be claimed, from when until when, and how it is called for people.
//!
//! The catalog is data and changes every year: `config/catalog.toml`, strictly read. Which
//! activities and items go together is a rule and not data; that is in `program`.

mod file;

use chrono::NaiveDate;

use crate::claim::program::{Activity, Program, SolutionArea};

pub use file::CatalogError;

/// The catalog of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalog {
    version: String,
    solution_areas: Vec<Named>,
    activities: Vec<Named>,
    programs: Vec<Entry>,
    elsewhere: Vec<Named>,
    workloads: Vec<Entry>,
    products: Vec<Entry>,
}

/// A code and its name for people.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The code, in snake case.
    pub code: String,
    /// The name for people.
    pub name: String,
}

/// A workload, product or program, and when it can be claimed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The code, in snake case.
    pub code: String,
    /// The name for people.
    pub name: String,
    /// The first day on which it can be claimed; never without one.
    #[serde(default)]
    pub claimable_from: Option<NaiveDate>,
    /// The first day on which it can no longer be claimed, if there is an end.
    #[serde(default)]
    pub claimable_to: Option<NaiveDate>,
}

/// Whether something can be claimed on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability<'a> {
    /// It can be claimed.
    Claimable(&'a Entry),
    /// It is known and can be claimed later, from this day on.
    NotYet(&'a Entry, NaiveDate),
    /// It is known and can no longer be claimed, since this day.
    NoLonger(&'a Entry, NaiveDate),
    /// It is known, and was never to be claimed here.
    Never(&'a Entry),
    /// There is no such code.
    Unknown,
}

impl Catalog {
    /// The catalog that comes with the program: `config/catalog.toml`.
    ///
    /// # Errors
    /// None in a release, because a test reads it.
    pub fn built_in() -> Result<Self, CatalogError> {
        Self::parse(include_str!("../../config/catalog.toml"))
    }

    /// Reads a catalog from the text of a TOML file.
    ///
    /// # Errors
    /// [`CatalogError`] for an unknown key, a missing or repeated code, or dates that contradict
    /// each other.
    pub fn parse(text: &str) -> Result<Self, CatalogError> {
        file::parse(text)
    }

    /// The version of the data, for the record.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether a workload of Microsoft 365 can be claimed on this day.
    pub fn workload(&self, code: &str, on: NaiveDate) -> Availability<'_> {
        availability(&self.workloads, code, on)
    }

    /// Whether a product of Business Applications can be claimed on this day.
    pub fn product(&self, code: &str, on: NaiveDate) -> Availability<'_> {
        availability(&self.products, code, on)
    }

    /// Whether a program takes claims on this day.
    pub fn program(&self, program: Program, on: NaiveDate) -> Availability<'_> {
        availability(&self.programs, program.as_str(), on)
    }

    /// What is claimed elsewhere, if this is a code of it. Case, spaces and hyphens do not matter,
    /// because people write these as they speak them.
    pub fn elsewhere(&self, code: &str) -> Option<&Named> {
        let same = |known: &str| {
            known.len() == code.len()
                && known.bytes().zip(code.bytes()).all(|(known, written)| match written {
                    b' ' | b'-' => known == b'_',
                    other => known == other.to_ascii_lowercase(),
                })
        };
        self.elsewhere.iter().find(|named| same(&named.code))
    }

    /// All workloads, in the order of the file.
    pub fn workloads(&self) -> &[Entry] {
        &self.workloads
    }

    /// All products, in the order of the file.
    pub fn products(&self) -> &[Entry] {
        &self.products
    }

    /// The name of a solution area for people.
    pub fn solution_area_name(&self, solution_area: SolutionArea) -> &str {
        let mut named = self.solution_areas.iter();
        let found = named.find(|named| named.code == solution_area.as_str());
        found.map_or(solution_area.as_str(), |named| &named.name)
    }

    /// The name of an activity for people.
    pub fn activity_name(&self, activity: Activity) -> &str {
        let found = self.activities.iter().find(|named| named.code == activity.as_str());
        found.map_or(activity.as_str(), |named| &named.name)
    }

    /// The name of a program for people.
    pub fn program_name(&self, program: Program) -> &str {
        let found = self.programs.iter().find(|entry| entry.code == program.as_str());
        found.map_or(program.as_str(), |entry| &entry.name)
    }

    /// The name of a workload or product for people, whether or not it can be claimed today.
    pub fn item_name(&self, code: &str) -> Option<&str> {
        let mut entries = self.workloads.iter().chain(&self.products);
        entries.find(|entry| entry.code == code).map(|entry| entry.name.as_str())
    }
}

/// The one place that compares a day with validity dates.
fn availability<'a>(entries: &'a [Entry], code: &str, on: NaiveDate) -> Availability<'a> {
    let Some(entry) = entries.iter().find(|entry| entry.code == code) else {
        return Availability::Unknown;
    };
    match (entry.claimable_from, entry.claimable_to) {
        (None, _) => Availability::Never(entry),
        (Some(from), _) if on < from => Availability::NotYet(entry, from),
        (Some(_), Some(to)) if to <= on => Availability::NoLonger(entry, to),
        (Some(_), Some(_) | None) => Availability::Claimable(entry),
    }
}

#[cfg(test)]
mod tests;
