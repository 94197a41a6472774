//! `cpor import`: associations of earlier programs, from a file.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use serde::Serialize;

use cpor::app::App;
use cpor::claim::import::{Import, ImportFile};
use cpor::claim::state::Holder;
use cpor::claim::{ClaimId, Finding, ItemKey};
use cpor::ledger::ImportOutcome;

use crate::cli::exit::Exit;
use crate::cli::lines::Lines;
use crate::cli::output::{Output, plain, say};
use crate::cli::{Globals, values};

/// Longest line, in bytes; fifteen cells have less.
const LINE_BYTES_MAX: usize = 16_384;

/// Take over associations of earlier programs (DPOR, Power BI) from a CSV file.
///
/// They become official at once, without proof and without asking the customer, and end with their
/// subscription. While a line of the file is wrong nothing is imported: every one is named with its
/// number. An item that somebody has here is left alone and reported. Importing a file again
/// imports nothing twice. Exit code 1 when something was wrong or left alone.
#[derive(Debug, Args)]
#[command(after_help = "The first line names the columns, in any order; commas or semicolons:
  program            dpor or power_bi
  mpn_id, partner_name, partner_email
                     the partner of record, and its contact
  tenant_id, domain, country
                     the customer
  customer_name, customer_title, customer_email, customer_language
                     its contact, who is warned before the end; the language may be empty
  item               a workload (teams) or a product (sales, power_bi)
  subscription_id    of a product; empty for a workload
  associated_since   the first day (2021-05-01, UTC)
  ends_on            the last day, unless the directory knows the subscription and says otherwise

With --json, one object per line: line, outcome (imported, would_be_imported, repeated, held, \
refused), tenant_id, item, claim_id, findings.

Examples:
  cpor import dpor.csv --dry-run
  cpor import dpor.csv")]
pub struct ImportArgs {
    /// The CSV file, UTF-8; - for standard input.
    #[arg(value_name = "FILE|-")]
    file: PathBuf,
    /// Say what would come of it, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Who imports, as the history shows it; at most 64 characters.
    #[arg(long, default_value = "operator", value_parser = values::actor)]
    actor: String,
}

/// What became of a line.
#[derive(Serialize)]
struct Answer {
    line: u64,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    claim_id: Option<ClaimId>,
    findings: Vec<Finding>,
}

/// Takes associations over.
pub async fn run(args: ImportArgs, globals: &Globals) -> Result<Exit> {
    let (lines, _) = Lines::open(&args.file, LINE_BYTES_MAX)?;
    let output = globals.output();
    globals.with_app(async move |app| import(app, lines, &args, output).await).await
}

async fn import(app: &App, lines: Lines, args: &ImportArgs, output: Output) -> Result<Exit> {
    let now = app.ledger.clock().now().await?;
    let mut file = ImportFile::new(&app.ledger.rules().catalog, now);
    read(lines, &mut file).context("could not read the file")?;
    let imports = match file.finish() {
        Ok(imports) => imports,
        Err(wrong) => return refused(wrong, output),
    };
    let (mut done, mut before, mut held) = (0_u64, 0_u64, 0_u64);
    for import in &imports {
        let outcome = app.ledger.import(import, &args.actor, args.dry_run).await;
        let outcome = outcome.with_context(|| {
            format!(
                "could not import line {}; the lines before it are done, and importing the file \
                 again imports nothing twice",
                import.line
            )
        })?;
        match &outcome {
            ImportOutcome::Imported(_) | ImportOutcome::WouldBeImported => done += 1,
            ImportOutcome::Repeated(_) => before += 1,
            ImportOutcome::Held(_) => held += 1,
        }
        tell(&answer(import, &outcome), output)?;
    }
    let word = if args.dry_run { "would be imported" } else { "imported" };
    let left = format!("{before} were before, {held} are somebody's already");
    output.text(format_args!("{done} {word}, {left}"))?;
    Ok(Exit::done_if(held == 0))
}

fn read(mut lines: Lines, file: &mut ImportFile<'_>) -> std::io::Result<()> {
    while let Some(line) = lines.next()? {
        match line.text {
            Ok(text) if file.line(line.number, &text) => {}
            Ok(_) => break,
            Err(bytes) => {
                let message = format!("The line has {bytes} bytes; at most {LINE_BYTES_MAX} fit.");
                file.wrong(line.number, Finding::new(Finding::WHOLE, "too_long", message));
            }
        }
    }
    Ok(())
}

fn refused(wrong: Vec<(u64, Finding)>, output: Output) -> Result<Exit> {
    for (line, finding) in wrong {
        let (tenant_id, item, findings) = (None, None, vec![finding]);
        let outcome = "refused";
        tell(&Answer { line, outcome, tenant_id, item, claim_id: None, findings }, output)?;
    }
    say("nothing was imported; put these right, and import the file again");
    Ok(Exit::Refused)
}

fn answer(import: &Import, outcome: &ImportOutcome) -> Answer {
    let submission = &import.submission;
    let (outcome, claim_id, findings) = match outcome {
        ImportOutcome::Imported(id) => ("imported", Some(*id), Vec::new()),
        ImportOutcome::WouldBeImported => ("would_be_imported", None, Vec::new()),
        ImportOutcome::Repeated(id) => ("repeated", Some(*id), Vec::new()),
        ImportOutcome::Held(holders) => ("held", None, holders.iter().map(in_the_way).collect()),
    };
    let items: Vec<String> =
        submission.items.iter().map(|item| ItemKey::from(item).to_string()).collect();
    Answer {
        line: import.line,
        outcome,
        tenant_id: Some(submission.customer.tenant_id.to_string()),
        item: Some(items.join(" ")),
        claim_id,
        findings,
    }
}

fn in_the_way(holder: &Holder) -> Finding {
    let has = if holder.official { "is partner of record" } else { "claims it" };
    let (mpn_id, claim_id) = (&holder.mpn_id, holder.claim_id);
    let message = format!("Partner {mpn_id} {has} by claim {claim_id}; it was left alone.");
    Finding::new("item", "item_held", message)
}

fn tell(answer: &Answer, output: Output) -> Result<()> {
    output.object(answer)?;
    for finding in &answer.findings {
        say(format_args!("line {}: {}", answer.line, plain(&finding.to_string())));
    }
    Ok(())
}
