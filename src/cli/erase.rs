//! `cpor erase`: a person's data in closed claims.

use anyhow::{Context as _, Result};
use clap::Args;

use cpor::app::App;
use cpor::archive::{EmailToErase, ErasureReport, ErasureTask, Whose};
use cpor::claim::ClaimId;
use cpor::claim::erase::Erasure;
use cpor::claim::identity::Comment;

use crate::cli::exit::{Exit, Refused};
use crate::cli::output::{Output, say, spinner};
use crate::cli::{Globals, values};

/// Erase personal data in closed claims, in Redis and in the archive.
///
/// Names, titles, addresses and everything that people wrote is replaced by a marker, for all
/// people of the claims concerned. What was decided, when, by which partner and about what stays.
/// Claims that are not closed are listed with what to do first. docs/retention.md says what this
/// does not reach.
#[derive(Debug, Args)]
#[command(after_help = "With --json, one object per claim and place: claim_id, place, outcome \
(erased, would_be_erased, erased_before, refused), fields and problem. Exit code 1 when a claim \
was refused, or nothing was found.

Examples:
  cpor erase --email mert.kaya@contoso.com --reason 'Request 4711.' --dry-run
  cpor erase --claim ID --reason 'Request 4711.'")]
pub struct EraseArgs {
    /// In all claims in which this address occurs.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    #[arg(required_unless_present = "claim", conflicts_with = "claim")]
    email: Option<EmailToErase>,
    /// In this claim.
    #[arg(long, value_name = "ID", value_parser = values::claim_id)]
    claim: Option<ClaimId>,
    /// Why, as the history keeps it: the number of the request, and nobody's name.
    #[arg(long, value_parser = values::words)]
    reason: String,
    /// Who asks, as the history shows it; at most 64 characters.
    #[arg(long, default_value = "operator", value_parser = values::actor)]
    actor: String,
    /// Change nothing, and list what would be erased.
    #[arg(long)]
    dry_run: bool,
}

fn address(raw: &str) -> Result<EmailToErase, String> {
    EmailToErase::parse(raw).map_err(|finding| finding.message)
}

/// Runs the command.
pub async fn run(args: EraseArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    globals.with_app(async move |app| erase(app, args, output).await).await
}

async fn erase(app: &App, args: EraseArgs, output: Output) -> Result<Exit> {
    let EraseArgs { email, claim, reason, actor, dry_run } = args;
    if email.as_ref().is_some_and(|email| email.is_in(&reason) || email.is_in(&actor)) {
        let why = "the reason and the actor are kept, and one of them has the address in it: \
                   refer to the request by its number instead";
        return Err(Refused::error(why));
    }
    let whose = match (email, claim) {
        (Some(email), _) => Whose::Email(email),
        (None, Some(id)) => Whose::Claim(id),
        (None, None) => return Err(Refused::error("neither --email nor --claim is given")),
    };
    let reason = Comment::parse(&reason).map_err(|finding| Refused::error(finding.message))?;
    let at = app.ledger.clock().now().await?;
    let erasure = Erasure { at, actor, reason, former_tip: None };
    let task = ErasureTask { whose, erasure, dry_run };
    let bar = spinner();
    let told = |report: &ErasureReport| {
        bar.set_message(format!("{} looked at, {} found", report.looked_at, report.claims.len()));
        bar.tick();
    };
    let report = app.archivist()?.erase(&task, &told).await.context("could not erase")?;
    bar.finish_and_clear();
    show(&report, dry_run, output)
}

fn show(report: &ErasureReport, dry_run: bool, output: Output) -> Result<Exit> {
    let mut rows = Vec::new();
    for claim in &report.claims {
        output.object(claim)?;
        let words = claim.problem.clone().unwrap_or_else(|| claim.fields.join(", "));
        let outcome = claim.outcome.replace('_', " ");
        rows.push(vec![claim.claim_id.to_string(), claim.place.clone(), outcome, words]);
    }
    output.table(&["CLAIM", "WHERE", "OUTCOME", "WHAT, OR WHY NOT"], rows)?;
    if report.claims.is_empty() {
        let looked_at = report.looked_at;
        return Err(Refused::error(format_args!("nothing was found in {looked_at} claims")));
    }
    if !dry_run {
        say("The old values are still in mails already sent, in backups, and in Redis's \
             append-only file until it is rewritten: redis-cli BGREWRITEAOF. docs/retention.md \
             says more.");
    }
    Ok(Exit::done_if(report.refused().next().is_none()))
}
