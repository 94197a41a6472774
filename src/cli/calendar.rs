//! `cpor calendar`: business calendars as the files say them, the operator's own entries, and
//! iCalendar in and out. The files need no Redis;
//! what is in force in a deployment does: `preview`, `reload` and `history`.
//!
//! | file | holds |
//! |---|---|
//! | `sets.rs` | the calendars without and with the operator's files |
//! | `file.rs` | reading and writing files that people name |
//! | `list.rs`, `show.rs`, `grid.rs` | what calendars say |
//! | `diff.rs` | what differs |
//! | `check.rs` | what is wrong with the files |
//! | `preview.rs`, `reload.rs`, `history.rs` | what is in force, and changing it |
//! | `sweep.rs` | watching open windows being brought in line |
//! | `export.rs`, `import.rs` | iCalendar |

mod check;
mod diff;
mod export;
mod file;
mod grid;
pub mod history;
mod import;
mod list;
mod preview;
pub mod reload;
mod sets;
mod show;
pub mod sweep;

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
    Preview(preview::PreviewArgs),
    Reload(reload::ReloadArgs),
    History(history::HistoryArgs),
}

/// Answers from the files.
pub async fn run(args: CalendarArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    match args.action {
        Action::Preview(args) => {
            globals.with_app(async move |app| preview::run(app, &args, output).await).await
        }
        Action::Reload(args) => {
            globals.with_app(async move |app| reload::run(app, args, output).await).await
        }
        Action::History(args) => {
            globals.with_app(async move |app| history::run(app, &args, output).await).await
        }
        action => files(action, globals),
    }
}

/// Answers from the files.
fn files(action: Action, globals: &Globals) -> Result<Exit> {
    let settings = globals.settings()?;
    globals.log(&settings.log)?;
    let output = globals.output();
    match action {
        Action::List(args) => list::run(&args, &settings, output),
        Action::Show(args) => show::run(&args, &settings, output),
        Action::Diff(args) => diff::run(&args, &settings, output),
        Action::Check(args) => check::run(&args, &settings, output),
        Action::Export(args) => export::run(&args, &settings, output),
        Action::Import(args) => import::run(&args, &settings, output),
        Action::Preview(_) | Action::Reload(_) | Action::History(_) => Ok(Exit::Done),
    }
}
