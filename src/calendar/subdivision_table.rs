//! Which subdivisions of a country are known, from `config/subdivisions.tab`, made with the
//! calendars. Deliberately not here: which calendar a subdivision has (`which.rs`); an operator's
//! own calendars come before the table.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Lines of `country TAB subdivision TAB calendar`; `#` begins a comment line.
pub(super) const TABLE: &str = include_str!("../../config/subdivisions.tab");

/// In place of a subdivision: the claim names none.
pub(super) const NONE: &str = "-";
/// In place of a subdivision: any that has no line of its own.
pub(super) const ANY: &str = "*";

static BY_COUNTRY: LazyLock<BTreeMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut by_country: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (country, subdivision, _) in rows() {
        by_country.entry(country).or_default().push(subdivision);
    }
    by_country
});

/// Every line of the table: country, subdivision, calendar.
pub(super) fn rows() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let mut columns = line.split('\t');
        Some((columns.next()?, columns.next()?, columns.next()?))
    })
}

/// The subdivisions known of a country, in the order of their codes; none if any code is taken,
/// because nothing is known of them.
pub(super) fn known(country: &str) -> Option<impl Iterator<Item = &'static str>> {
    let codes = BY_COUNTRY.get(country)?;
    let taken_unseen = codes.contains(&ANY);
    (!taken_unseen).then(|| codes.iter().copied().filter(|code| *code != NONE))
}
