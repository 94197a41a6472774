//! `cpor claims --archive`: what has left Redis, day by day.

use anyhow::{Context as _, Result};

use cpor::app::App;
use cpor::archive::ArchivedClaim;

use super::{ClaimsArgs, HEADER, row};
use crate::cli::Globals;
use crate::cli::exit::Exit;
use crate::cli::output::Output;

/// Claims that are shown in one table.
const ROWS: usize = 100;

pub(super) async fn run(args: ClaimsArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    globals.with_app(async move |app| list(app, &args, output).await).await
}

async fn list(app: &App, args: &ClaimsArgs, output: Output) -> Result<Exit> {
    let (archive, filter) = (app.archive()?, args.filter());
    let mut left = args.limit.unwrap_or(u64::MAX);
    let mut days: Vec<_> = archive.parts().await?.iter().map(|found| found.part.day).collect();
    days.dedup();
    for day in days {
        let (mut rows, mut shown) = (Vec::new(), Ok(()));
        let show = |archived: ArchivedClaim| {
            if !filter.admits(&archived.claim) {
                return true;
            }
            left -= 1;
            shown = show(&archived, &mut rows, output);
            shown.is_ok() && left > 0
        };
        let stopped = archive.claims_of(day, show).await;
        shown.and_then(|()| Ok(output.table(&HEADER, rows)?))?;
        if stopped.context("could not go through the archive")? {
            break;
        }
    }
    Ok(Exit::Done)
}

/// A table is shown as soon as it is full, so that memory does not grow with the list.
fn show(archived: &ArchivedClaim, rows: &mut Vec<Vec<String>>, output: Output) -> Result<()> {
    let dossier = archived.dossier();
    output.object(&dossier.view())?;
    rows.push(row(&dossier));
    if rows.len() >= ROWS {
        output.table(&HEADER, std::mem::take(rows))?;
    }
    Ok(())
}
