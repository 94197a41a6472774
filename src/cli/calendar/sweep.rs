//! Bringing open windows in line, or watching the process that does, with a progress bar.

use std::time::Duration;

use anyhow::{Context as _, Result};

use cpor::app::App;
use cpor::editions::{Sweep, SweepEnd};

use crate::cli::output::{Output, plain, spinner};

/// How often the sweep of another process is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Does the sweep of this name, or waits until another process has, and says what came of it.
pub async fn watch(app: &App, id: &str, output: Output) -> Result<Sweep> {
    let (editions, process) = (app.editions(), format!("cli-{}", std::process::id()));
    let bar = spinner();
    let told = |name: &str, sweep: &Sweep| {
        if name == id {
            bar.set_message(format!("{} looked at, {} moved", sweep.looked_at, sweep.moved));
            bar.tick();
        }
    };
    let sweep = loop {
        let end = editions.sweep_pending(&process, &told).await?;
        let sweep = editions.sweep(id).await?.context("the sweep is not known any more")?;
        if sweep.done || end == SweepEnd::Done {
            break sweep;
        }
        told(id, &sweep);
        tokio::time::sleep(LOOK_EVERY).await;
    };
    bar.finish_and_clear();
    let Sweep { looked_at, moved, failed, problems, .. } = &sweep;
    output.text(format_args!(
        "{looked_at} open windows looked at, {moved} moved, {failed} could not be computed"
    ))?;
    for problem in problems {
        output.text(format_args!("  {}: {}", problem.claim_id, plain(&problem.problem)))?;
    }
    Ok(sweep)
}
