//! `cpor calendar reload`: puts the files in force.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::{Error, Result};
use clap::Args;
use serde_json::json;

use cpor::app::App;
use cpor::claim::identity::{Comment, Line};
use cpor::editions::{Preview, Publication, PublishError, Scope};
use cpor::store::editions::Counted;

use super::preview::{SHOWN, candidate, tell};
use super::sweep::watch;
use crate::cli::exit::{Exit, Refused};
use crate::cli::output::{Output, say};
use crate::cli::values;

/// Put the calendars of the files in force, after a look at what that does.
///
/// Every process of the deployment follows within seconds. Windows that open from now on are
/// counted with the new calendars; with --open-windows those that are open are brought in line,
/// too: an end may move to later, never to sooner, and customers whose end has moved are told why.
#[derive(Debug, Args)]
#[command(after_help = "With --json, one object: edition, scope, digest, and with --open-windows \
looked_at, moved and failed.

Examples:
  cpor calendar reload --reason \"Half day on 4 December announced\"
  cpor calendar reload --reason \"New holiday\" --open-windows --digest 4f0c2a9b11d3e87a")]
pub struct ReloadArgs {
    /// Why; customers whose window moves read it. At most 4,000 characters.
    #[arg(long, value_parser = values::words)]
    reason: String,
    /// Who, as the history shows it; at most 64 characters.
    #[arg(long, env = "USER", hide_env_values = true, default_value = "operator")]
    #[arg(value_parser = values::actor)]
    author: String,
    /// Bring open windows in line, not only those that open from now on.
    #[arg(long)]
    open_windows: bool,
    /// The digest that a preview printed; refused when the files have changed since.
    #[arg(long)]
    digest: Option<String>,
    /// Put in force whatever the files say now, without asking.
    #[arg(long, conflicts_with = "digest")]
    yes: bool,
}

/// Previews, asks where nobody has agreed, and puts in force.
pub async fn run(app: &App, args: ReloadArgs, output: Output) -> Result<Exit> {
    let editions = app.editions();
    let candidate = candidate(app)?;
    let preview = editions.preview(&candidate, SHOWN).await?;
    agree(&args, &preview, output)?;
    let scope = if args.open_windows { Scope::OpenWindows } else { Scope::NewWindows };
    let publication =
        Publication { author: line(&args.author)?, reason: words(&args.reason)?, scope };
    let edition = editions.publish(&candidate, &preview, publication).await.map_err(refused)?;
    let number = edition.record.number;
    let mut object = json!({ "edition": number, "scope": scope, "digest": preview.digest });
    output.text(format_args!("edition {number} of the calendars is in force"))?;
    if args.open_windows {
        let sweep = watch(app, &Counted::Editions.sweep_id(number), output).await?;
        object["looked_at"] = sweep.looked_at.into();
        object["moved"] = sweep.moved.into();
        object["failed"] = sweep.failed.into();
    } else if preview.windows.would_move > 0 {
        output.text(format_args!(
            "{} open windows stay as they were announced; reload with --open-windows to move them",
            preview.windows.would_move
        ))?;
    }
    output.object(&object)?;
    Ok(Exit::Done)
}

/// Somebody has to have seen what the files do: by the digest, by saying so, or now.
fn agree(args: &ReloadArgs, preview: &Preview, output: Output) -> Result<()> {
    if let Some(previewed) = &args.digest {
        if *previewed != preview.digest {
            let (previewed, now) = (previewed.clone(), preview.digest.clone());
            return Err(Refused::error(PublishError::FilesChanged { previewed, now }));
        }
        return Ok(());
    }
    if args.yes {
        return Ok(());
    }
    if !output.is_json() {
        tell(preview, output)?;
    }
    let digest = &preview.digest;
    if !std::io::stdin().is_terminal() {
        return Err(Refused::error(format!(
            "nothing has changed: nobody is here to ask; look at the preview, and reload with \
             --digest {digest} (or --yes)"
        )));
    }
    say("put this in force? [y/N]");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        return Ok(());
    }
    Err(Refused::error("nothing has changed"))
}

/// A no of ours is an answer; a failing Redis is none.
fn refused(error: PublishError) -> Error {
    match error {
        PublishError::Store(error) => error.into(),
        error => Refused::error(error),
    }
}

pub fn line(text: &str) -> Result<Line> {
    Line::parse(text).map_err(|finding| Refused::error(finding.message))
}

pub fn words(text: &str) -> Result<Comment> {
    Comment::parse(text).map_err(|finding| Refused::error(finding.message))
}
