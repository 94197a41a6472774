//! `cpor calendar`: business calendars as the files say them, and the operator's own entries.
//! None of it needs Redis, and none of it changes what is in force.
//!
//! | file | holds |
//! |---|---|
//! | `sets.rs` | the calendars without and with the operator's files |
//! | `list.rs`, `show.rs`, `grid.rs` | what calendars say |
//! | `diff.rs` | what differs |

mod diff;
mod file;
mod grid;
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
    }
}
