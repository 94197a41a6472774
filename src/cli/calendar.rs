//! `cpor calendar`: business calendars as the files say them, the operator's own entries, and
//! iCalendar in and out. None of it needs Redis, and none of it changes what is in force.
//!
//! | file | holds |
//! |---|---|
//! | `sets.rs` | the calendars without and with the operator's files |
//! | `file.rs` | reading and writing files that people name |
//! | `list.rs`, `show.rs`, `grid.rs` | what calendars say |
//! | `diff.rs` | what differs |
//! | `check.rs` | what is wrong with the files |
//! | `export.rs`, `import.rs` | iCalendar |

mod check;
mod diff;
mod export;
mod file;
mod grid;
mod import;
mod list;
mod sets;
mod show;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::cli::Globals;
use crate::cli::exit::Exit;

/// Look at business calendars and the entries of your own over them.
///
/// The calendars are files: those built in or of `calendars.directory`, and your own entries in
/// `calendars.overrides_directory`, one file <ID>.toml per calendar.
#[derive(Debug, Args)]
pub struct CalendarArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Diff(diff::DiffArgs),
    Check(check::CheckArgs),
    Export(export::ExportArgs),
    Import(import::ImportArgs),
}

/// Answers from the files.
pub fn run(args: CalendarArgs, globals: &Globals) -> Result<Exit> {
    let settings = globals.settings()?;
    globals.log(&settings.log)?;
    let output = globals.output();
    match args.action {
        Action::List(args) => list::run(&args, &settings, output),
        Action::Show(args) => show::run(&args, &settings, output),
        Action::Diff(args) => diff::run(&args, &settings, output),
        Action::Check(args) => check::run(&args, &settings, output),
        Action::Export(args) => export::run(&args, &settings, output),
        Action::Import(args) => import::run(&args, &settings, output),
    }
}
