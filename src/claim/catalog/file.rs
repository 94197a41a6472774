//! The catalog as it stands in its file, and everything that may be wrong with it.

use std::collections::HashSet;

use serde::Deserialize;

use super::{Catalog, Entry, Named};
use crate::claim::identity::ItemCode;
use crate::claim::program::{Activity, Program, SolutionArea};

/// A catalog could not be read.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The text is not TOML of the expected form.
    #[error("could not read the catalog")]
    Toml {
        /// Where and why.
        #[source]
        source: toml::de::Error,
    },
    /// A code is not in snake case.
    #[error("could not read the catalog: {code:?} under {table} is not a code in snake case")]
    Code {
        /// The table.
        table: &'static str,
        /// What stands there.
        code: String,
    },
    /// A name for people is empty.
    #[error("could not read the catalog: {code} under {table} has no name")]
    Name {
        /// The table.
        table: &'static str,
        /// The code without a name.
        code: String,
    },
    /// A code stands in a table twice.
    #[error("could not read the catalog: {code} stands under {table} twice")]
    Repeated {
        /// The table.
        table: &'static str,
        /// The code that stands there twice.
        code: String,
    },
    /// A code that the rules know is missing, or there is one that they do not know.
    #[error("could not read the catalog: under {table} there must be exactly {expected}")]
    NotTheKnownCodes {
        /// The table.
        table: &'static str,
        /// The codes that the rules know.
        expected: String,
    },
    /// The dates of an entry contradict each other.
    #[error(
        "could not read the catalog: {code} under {table} ends before it begins, or ends without \
         a beginning"
    )]
    Dates {
        /// The table.
        table: &'static str,
        /// The entry's code.
        code: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    solution_area: Vec<Named>,
    activity: Vec<Named>,
    program: Vec<Entry>,
    #[serde(default)]
    elsewhere: Vec<Named>,
    workload: Vec<Entry>,
    product: Vec<Entry>,
}

pub(super) fn parse(text: &str) -> Result<Catalog, CatalogError> {
    let file: File = toml::from_str(text).map_err(|source| CatalogError::Toml { source })?;
    check_named("solution_area", &file.solution_area)?;
    check_named("activity", &file.activity)?;
    check_named("elsewhere", &file.elsewhere)?;
    check_entries("program", &file.program)?;
    check_entries("workload", &file.workload)?;
    check_entries("product", &file.product)?;
    let areas = file.solution_area.iter().map(|named| named.code.as_str());
    check_known("solution_area", areas, &SolutionArea::ALL.map(SolutionArea::as_str))?;
    let activities = file.activity.iter().map(|named| named.code.as_str());
    check_known("activity", activities, &Activity::ALL.map(Activity::as_str))?;
    let programs = file.program.iter().map(|entry| entry.code.as_str());
    check_known("program", programs, &Program::ALL.map(Program::as_str))?;
    Ok(Catalog {
        version: file.version,
        solution_areas: file.solution_area,
        activities: file.activity,
        programs: file.program,
        elsewhere: file.elsewhere,
        workloads: file.workload,
        products: file.product,
    })
}

fn check_named(table: &'static str, named: &[Named]) -> Result<(), CatalogError> {
    check_codes(table, named.iter().map(|named| (named.code.as_str(), named.name.as_str())))
}

fn check_entries(table: &'static str, entries: &[Entry]) -> Result<(), CatalogError> {
    check_codes(table, entries.iter().map(|entry| (entry.code.as_str(), entry.name.as_str())))?;
    for entry in entries {
        let contradict = match (entry.claimable_from, entry.claimable_to) {
            (Some(from), Some(to)) => to <= from,
            (None, Some(_)) => true,
            (Some(_) | None, None) => false,
        };
        if contradict {
            return Err(CatalogError::Dates { table, code: entry.code.clone() });
        }
    }
    Ok(())
}

fn check_codes<'a>(
    table: &'static str,
    codes_and_names: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<(), CatalogError> {
    let mut seen = HashSet::new();
    for (code, name) in codes_and_names {
        let owned = || code.to_owned();
        if ItemCode::parse(code).is_err() {
            return Err(CatalogError::Code { table, code: owned() });
        }
        if name.trim().is_empty() {
            return Err(CatalogError::Name { table, code: owned() });
        }
        if !seen.insert(code) {
            return Err(CatalogError::Repeated { table, code: owned() });
        }
    }
    Ok(())
}

/// The rules and the data must speak of the same things.
fn check_known<'a>(
    table: &'static str,
    found: impl Iterator<Item = &'a str>,
    expected: &[&str],
) -> Result<(), CatalogError> {
    let found: HashSet<&str> = found.collect();
    if found == expected.iter().copied().collect() {
        return Ok(());
    }
    Err(CatalogError::NotTheKnownCodes { table, expected: expected.join(", ") })
}
