//! `cpor evidence`: everything that happened to a claim, signed, in one zip.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use serde::Serialize;

use cpor::app::App;
use cpor::claim::ClaimId;

use crate::cli::exit::{Exit, Refused};
use crate::cli::output::Output;
use crate::cli::{Globals, values};

/// Write the evidence of a claim: history, mails, deadline and decision, signed, in one zip.
///
/// It has names, addresses and the links of the customer's mails: give it to nobody who may not
/// have them.
#[derive(Debug, Args)]
#[command(after_help = "With --json, prints claim_id, file, bytes, revision and chain.

Examples:
  cpor evidence ID
  cpor evidence ID --out case-17.zip
  cpor evidence --keys >keys.json
  docs/verify_evidence.py evidence-ID.zip --keys keys.json")]
pub struct EvidenceArgs {
    /// The claim's id, as `cpor submit --json` and `cpor claims` print it.
    #[arg(value_parser = values::claim_id, required_unless_present = "keys")]
    id: Option<ClaimId>,
    /// File to write; evidence-<ID>.zip here unless given. An existing one is replaced.
    #[arg(long, value_name = "FILE.zip")]
    out: Option<PathBuf>,
    /// Print the public keys that bundles are checked with, as a JSON Web Key Set.
    #[arg(long, conflicts_with_all = ["id", "out"])]
    keys: bool,
}

/// What was written.
#[derive(Serialize)]
struct Written<'a> {
    claim_id: ClaimId,
    file: &'a Path,
    bytes: usize,
    revision: u64,
    chain: String,
}

/// Writes a bundle, or the keys.
pub async fn run(args: EvidenceArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    globals
        .with_app(async |app| match args.id {
            Some(id) => bundle(app, id, args.out, output).await,
            None => keys(app, output),
        })
        .await
}

async fn bundle(app: &App, id: ClaimId, out: Option<PathBuf>, output: Output) -> Result<Exit> {
    let claim = app.ledger.store().claim(id).await?;
    let claim = claim.ok_or_else(|| Refused::error(format_args!("there is no claim {id}")))?;
    let (revision, chain) = (claim.revision, claim.chain.to_string());
    let zip = app.evidence()?.bundle(claim, app.ledger.clock().now().await?).await?;
    let file = out.unwrap_or_else(|| format!("evidence-{id}.zip").into());
    std::fs::write(&file, &zip).with_context(|| format!("could not write {}", file.display()))?;
    if output.is_json() {
        output.object(&Written { claim_id: id, file: &file, bytes: zip.len(), revision, chain })?;
    } else {
        output.text(format_args!("{} has {} bytes", file.display(), zip.len()))?;
    }
    Ok(Exit::Done)
}

fn keys(app: &App, output: Output) -> Result<Exit> {
    let keys = app.evidence()?.jwks()?;
    if output.is_json() {
        output.object(&keys)?;
    } else {
        output.text(serde_json::to_string_pretty(&keys)?)?;
    }
    Ok(Exit::Done)
}
