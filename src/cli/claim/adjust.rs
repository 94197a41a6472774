//! Pausing, resuming and extending a window: the new end is shown before it is made.

use anyhow::Result;
use chrono::{DateTime, Utc};
use clap::Args;

use cpor::calendar::{BusinessDays, Language, closing_moment, moment};
use cpor::claim::identity::Comment;
use cpor::claim::{Claim, ClaimId, Window};
use cpor::ledger::{Adjustment, Ledger, LedgerError};
use cpor::view::AdjustedView;

use super::answer::{Answer, refusal};
use super::{By, WhichClaim};
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::values;

/// A change of an open window.
#[derive(Debug, Args)]
pub struct Change {
    #[command(flatten)]
    claim: WhichClaim,
    /// Why, in words that the customer reads; at most 4,000 characters.
    #[arg(long, value_parser = values::words)]
    reason: String,
    /// Only show what would be; nothing changes.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    by: By,
}

/// A grant of more business days.
#[derive(Debug, Args)]
pub struct Extension {
    #[command(flatten)]
    change: Change,
    /// How many business days more, 1 to 260.
    #[arg(long, value_name = "N", value_parser = values::business_days)]
    business_days: BusinessDays,
}

pub async fn pause(ledger: &Ledger, change: &Change, output: Output) -> Result<Exit> {
    let reason = Comment::parse(&change.reason)?;
    adjust(ledger, change, &Adjustment::Pause { reason }, output).await
}

pub async fn resume(ledger: &Ledger, change: &Change, output: Output) -> Result<Exit> {
    let reason = Comment::parse(&change.reason)?;
    adjust(ledger, change, &Adjustment::Resume { reason }, output).await
}

pub async fn extend(ledger: &Ledger, extension: &Extension, output: Output) -> Result<Exit> {
    let (business_days, change) = (extension.business_days, &extension.change);
    let reason = Comment::parse(&change.reason)?;
    adjust(ledger, change, &Adjustment::Extend { business_days, reason }, output).await
}

/// Shows what would be, and makes it so unless only that was asked. What is shown is what is made:
/// a claim that has changed in between is refused.
async fn adjust(
    ledger: &Ledger,
    change: &Change,
    adjustment: &Adjustment,
    output: Output,
) -> Result<Exit> {
    let (id, now) = (change.claim.id, ledger.clock().now().await?);
    let Some(before) = ledger.store().claim(id).await? else {
        return refused(ledger, id, LedgerError::NoClaim(id), output).await;
    };
    let after = match ledger.foresee(&before, adjustment, now) {
        Ok(after) => after,
        Err(error) => return refused(ledger, id, error, output).await,
    };
    if !output.is_json() {
        output.text(format_args!("before: {}", end(&before)))?;
        output.text(format_args!("after:  {}", end(&after)))?;
    }
    if change.dry_run {
        let view = AdjustedView::foreseen(&before, &after, adjustment, now);
        if output.is_json() {
            output.object(&view)?;
        } else {
            output.text("nothing has been changed (--dry-run)")?;
        }
        return Ok(Exit::done_if(view.outcome != NOTHING_TO_DO));
    }
    let revision = Some(before.revision);
    match ledger.adjust_at(id, revision, adjustment, &change.by.actor).await {
        Ok(applied) if output.is_json() => {
            let view = AdjustedView::done(&applied);
            output.object(&view)?;
            Ok(Exit::done_if(view.outcome != NOTHING_TO_DO))
        }
        Ok(applied) => Answer::of(&applied).print(output),
        Err(error) => refused(ledger, id, error, output).await,
    }
}

const NOTHING_TO_DO: &str = "already_decided";

async fn refused(ledger: &Ledger, id: ClaimId, error: LedgerError, output: Output) -> Result<Exit> {
    refusal(ledger, id, error).await?.print(output)
}

/// Until when the customer can reject, in words.
fn end(claim: &Claim) -> String {
    let Some(window) = claim.open_window() else { return "no open window".to_owned() };
    match claim.paused_at() {
        Some(since) => paused(since, window),
        None => {
            let moment = closing_moment(&window.deadline, Language::English);
            format!("the customer can reject before {moment}")
        }
    }
}

fn paused(since: DateTime<Utc>, window: &Window) -> String {
    let left = window.account(since, Some(since)).business_days_left;
    let days = if left == 1 { "day is" } else { "days are" };
    let since = moment(since, &window.deadline.zone, Language::English);
    format!(
        "the time has stood still since {since}; {left} business {days} left when it goes on, and \
         the customer can answer meanwhile"
    )
}
