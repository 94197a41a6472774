//! The calendars of the binary: each can be parsed and is what it says; the table fits them.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::Datelike;

use super::*;
use crate::calendar::subdivision_table::{ANY, NONE, rows};
use crate::calendar::{Calendars, is_estimate};

#[test]
fn every_file_of_the_folder_is_built_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/calendars");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let calendars = files.filter(|path| path.extension().is_some_and(|found| found == "toml"));
    let in_folder: BTreeSet<String> =
        calendars.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let built_in: BTreeSet<String> = FILES.iter().map(|file| file.name.to_owned()).collect();
    assert_eq!(built_in, in_folder);
    assert!(FILES.len() > 600, "only {} calendars", FILES.len());
}

#[test]
fn every_calendar_is_right_and_covers_whole_years() {
    let mut estimates = 0;
    for file in &FILES {
        let calendar = file.calendar().unwrap_or_else(|error| panic!("{}: {error}", file.name));
        assert_eq!(calendar.id().as_str(), file.name);
        assert_eq!(calendar.version(), calendar.version_of_content(), "{}", file.name);
        let (from, to) = (calendar.valid_from(), calendar.valid_to());
        assert_eq!((from.month(), from.day()), (1, 1), "{}", file.name);
        assert_eq!((to.month(), to.day()), (12, 31), "{}", file.name);
        assert!(from.year() <= 2023 && (2026..=2041).contains(&to.year()), "{}", file.name);
        let mut days = from.iter_days().take_while(|day| *day <= to);
        assert!(days.all(|day| calendar.day(day).is_some()), "{}", file.name);
        let days = from.iter_days().take_while(|day| *day <= to);
        for name in days.filter_map(|day| calendar.name(day)) {
            let marked = name.to_lowercase().contains("estimate");
            assert_eq!(is_estimate(name), marked, "{}: {name}", file.name);
            estimates += usize::from(marked);
        }
    }
    assert!(estimates > 10_000, "only {estimates} estimates");
}

#[test]
fn every_line_of_the_table_names_a_calendar_and_every_calendar_has_a_line() {
    let files: BTreeSet<&str> = FILES.iter().map(|file| file.name).collect();
    let named: BTreeSet<&str> = rows().map(|(_, _, calendar)| calendar).collect();
    assert_eq!(named, files);
    let calendars = Calendars::built_in().unwrap();
    for (country, subdivision, calendar) in rows() {
        let subdivision = match subdivision {
            NONE => None,
            ANY => Some("ZZZ"),
            code => Some(code),
        };
        let found = calendars.id_for_country(country, subdivision).unwrap();
        assert_eq!(found.as_str(), calendar, "{country} {subdivision:?}");
    }
}
