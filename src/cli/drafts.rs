//! `cpor drafts`: what partners prepare before there is a claim. What a draft says is its
//! partner's own: operators see how far it is.

use anyhow::{Error, Result};
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;

use cpor::app::App;
use cpor::claim::identity::MpnId;
use cpor::drafts::{CheckView, Draft, DraftError, DraftId, DraftSummary, Drafts};

use crate::cli::exit::{Exit, Refused};
use crate::cli::output::Output;
use crate::cli::{Globals, values, words};

/// Look at the drafts of partners, and discard them.
///
/// Partners write drafts by HTTP or on their pages. What a draft says is not shown here.
#[derive(Debug, Args)]
#[command(after_help = "With --json: id, revision, mpn_id, state (open, submitting, submitted), \
claim_id, created_by, created_at, changed_by, changed_at, expires_at; `show` adds ready, \
findings, missing, taken and steps, unless the draft has become a claim; `discard` prints id \
and outcome.

Examples:
  cpor drafts list --partner 1234567
  cpor drafts discard ID")]
pub struct DraftsArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List drafts: of a partner the newest first, else those that nobody touched for longest.
    List {
        /// Of the partner with this MPN ID.
        #[arg(long, value_name = "MPN_ID", value_parser = values::mpn_id)]
        partner: Option<MpnId>,
    },
    /// Show a draft: whose it is, and what is wrong or missing.
    Show {
        #[command(flatten)]
        which: Which,
    },
    /// Discard a draft for good, unless it has become a claim.
    Discard {
        #[command(flatten)]
        which: Which,
    },
}

#[derive(Debug, Args)]
struct Which {
    /// The draft's id, as `cpor drafts list` prints it.
    #[arg(value_parser = values::draft_id)]
    id: DraftId,
}

/// What is shown of a draft: nothing that it says.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    summary: DraftSummary,
    #[serde(flatten)]
    checked: Option<CheckView>,
}

/// Lists, shows or discards drafts.
pub async fn run(args: DraftsArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    globals.with_app(async move |app| act(app, args.action, output).await).await
}

async fn act(app: &App, action: Action, output: Output) -> Result<Exit> {
    let drafts = app.drafts();
    match action {
        Action::List { partner } => list(&drafts, partner.as_ref(), output).await?,
        Action::Show { which } => show(&drafts, which.id, output).await?,
        Action::Discard { which } => {
            drafts.discard(None, which.id, None).await.map_err(refused)?;
            output.object(&json!({ "id": which.id, "outcome": "discarded" }))?;
            if !output.is_json() {
                output.text(format_args!("discarded: {}", which.id))?;
            }
        }
    }
    Ok(Exit::Done)
}

/// A no of ours is an answer; a failing Redis is none.
fn refused(error: DraftError) -> Error {
    match error {
        DraftError::Store(error) => error.into(),
        DraftError::Ledger(error) => error.into(),
        error => Refused::error(error),
    }
}

/// Most drafts that a partner can have, whatever is set.
const OF_ONE_MAX: usize = 100_000;

async fn list(drafts: &Drafts, partner: Option<&MpnId>, output: Output) -> Result<()> {
    let mut found = Vec::new();
    match partner {
        Some(mpn_id) => {
            let all = drafts.list(mpn_id, None, OF_ONE_MAX).await.map_err(refused)?;
            found.extend(all.iter().map(|draft| summary(drafts, draft)));
        }
        None => {
            let mut told = |draft: Draft| found.push(summary(drafts, &draft));
            drafts.every(&mut told).await.map_err(refused)?;
            found.sort_by_key(|summary| summary.changed_at);
        }
    }
    for summary in &found {
        output.object(summary)?;
    }
    if found.is_empty() {
        output.text("there are no drafts")?;
    }
    let rows = found.into_iter().map(row).collect();
    Ok(output.table(&["DRAFT", "OF", "STATE", "CHANGED", "BY", "EXPIRES"], rows)?)
}

/// Without what the draft says.
fn summary(drafts: &Drafts, draft: &Draft) -> DraftSummary {
    DraftSummary { name: None, domain: None, ..drafts.summary(draft) }
}

fn state(summary: &DraftSummary) -> String {
    let claim = summary.claim_id.map(|claim_id| format!(" as claim {claim_id}"));
    format!("{}{}", summary.state, claim.unwrap_or_default())
}

fn row(summary: DraftSummary) -> Vec<String> {
    vec![
        summary.id.to_string(),
        summary.mpn_id.to_string(),
        state(&summary),
        words::utc(summary.changed_at),
        summary.changed_by,
        words::utc(summary.expires_at),
    ]
}

async fn show(drafts: &Drafts, id: DraftId, output: Output) -> Result<()> {
    let draft = drafts.find(None, id).await.map_err(refused)?;
    let checked = match draft.claim_id() {
        Some(_) => None,
        None => Some(CheckView::from(drafts.check(&draft).await.map_err(refused)?)),
    };
    let shown = Shown { summary: summary(drafts, &draft), checked };
    if output.is_json() {
        return Ok(output.object(&shown)?);
    }
    let Shown { summary, checked } = shown;
    let line = |name: &str, value: String| output.text(format_args!("{name:<9} {value}"));
    line("draft:", id.to_string())?;
    line("of:", format!("partner {}", summary.mpn_id))?;
    line("state:", state(&summary))?;
    line("created:", format!("{} by {}", words::utc(summary.created_at), summary.created_by))?;
    line("changed:", format!("{} by {}", words::utc(summary.changed_at), summary.changed_by))?;
    line("revision:", summary.revision.to_string())?;
    line("expires:", words::utc(summary.expires_at))?;
    let Some(checked) = checked else { return Ok(()) };
    for (kind, findings) in [("wrong", checked.findings), ("missing", checked.missing)] {
        for finding in findings {
            line(&format!("{kind}:"), format!("{} [{}]", finding.field, finding.code))?;
        }
    }
    for item in checked.taken {
        line("taken:", format!("{item} is another partner's"))?;
    }
    Ok(())
}
