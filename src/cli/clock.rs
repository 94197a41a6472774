//! `cpor clock`: the deployment's time, and travelling in it.

use std::time::Duration;

use anyhow::{Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use clap::{ArgGroup, Args, Subcommand};
use serde::Serialize;

use cpor::app::App;
use cpor::calendar::BusinessDays;
use cpor::claim::ClaimId;
use cpor::clock::TravelError;
use cpor::ledger::Ledger;
use cpor::store::meta::ClockMode;
use cpor::travel::{JourneyError, travel, travel_to_next};

use crate::cli::exit::{Exit, Refused};
use crate::cli::output::{Output, say};
use crate::cli::{Globals, values, words};

/// Show the deployment's clock, or move a virtual one.
///
/// Only a namespace created with `clock.mode = "virtual"` can travel in time, and only forwards.
#[derive(Debug, Args)]
#[command(after_help = "With --json: now (RFC 3339, UTC) and mode (system, virtual).

Examples:
  cpor clock set 2026-11-20T15:00:00Z
  cpor clock advance --by 36h
  cpor clock advance --to-next
  cpor clock advance --business-days 5 --claim ID")]
pub struct ClockArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show the time and whose it is.
    Show,
    /// Move the clock to an instant, working what falls due on the way if a worker is at work.
    Set {
        /// Date and time with an offset (RFC 3339).
        #[arg(value_parser = values::instant)]
        instant: DateTime<Utc>,
    },
    /// Move the clock, stop at every due moment, and return when the system has settled.
    Advance(AdvanceArgs),
}

/// Exactly one of these says how far.
const WAYS: [&str; 4] = ["by", "to", "to_next", "business_days"];

#[derive(Debug, Args)]
#[group(skip)]
#[command(group(ArgGroup::new("how").required(true).args(WAYS)))]
struct AdvanceArgs {
    /// By a length of time with units, for example 90min, 36h or "2days 6h".
    #[arg(long, value_name = "DURATION", value_parser = values::duration)]
    by: Option<Duration>,
    /// To an instant: date and time with an offset (RFC 3339).
    #[arg(long, value_name = "INSTANT", value_parser = values::instant)]
    to: Option<DateTime<Utc>>,
    /// To the next entry on the agenda.
    #[arg(long)]
    to_next: bool,
    /// To the end of the N-th business day after today, in the calendar and zone of --claim.
    #[arg(long, value_name = "N", requires = "claim", value_parser = business_days)]
    business_days: Option<BusinessDays>,
    /// The claim whose customer's business days are counted.
    #[arg(long, value_name = "ID", requires = "business_days", value_parser = values::claim_id)]
    claim: Option<ClaimId>,
}

fn business_days(raw: &str) -> Result<BusinessDays, String> {
    let number = raw.parse::<u32>().map_err(|error| error.to_string())?;
    BusinessDays::new(number).map_err(|error| error.to_string())
}

#[derive(Serialize)]
struct ClockView {
    now: DateTime<Utc>,
    mode: ClockMode,
}

/// Shows or moves the clock.
pub async fn run(args: ClockArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    globals
        .with_app(async move |app| {
            let namespace = app.ledger.store().keys().namespace();
            let can_travel = app.ledger.clock().mode() == ClockMode::Virtual;
            if !can_travel && !matches!(args.action, Action::Show) {
                return Err(Refused::error(TravelError::SystemClock(namespace.to_owned())));
            }
            match args.action {
                Action::Show => {}
                Action::Set { instant } => set(app, instant).await?,
                Action::Advance(args) => advance(&app.ledger, args).await?,
            }
            show(&app.ledger, output).await
        })
        .await
}

async fn show(ledger: &Ledger, output: Output) -> Result<Exit> {
    let (now, mode) = (ledger.clock().now().await?, ledger.clock().mode());
    if output.is_json() {
        output.object(&ClockView { now, mode })?;
    } else {
        output.text(format_args!("{} ({} clock)", words::utc(now), mode.as_str()))?;
    }
    Ok(Exit::Done)
}

/// Without a worker the clock jumps: whatever fell due on the way is worked once one starts.
async fn set(app: &App, to: DateTime<Utc>) -> Result<()> {
    let ledger = &app.ledger;
    if ledger.store().workers(ledger.clock().real()).await?.is_empty() {
        ledger.clock().set(to).await.map_err(|error| refused(error.into()))?;
        say("no worker is at work, so nothing that fell due was worked; start `cpor work`");
        return Ok(());
    }
    travel(ledger, to).await.map_err(refused)
}

async fn advance(ledger: &Ledger, args: AdvanceArgs) -> Result<()> {
    if args.to_next {
        return travel_to_next(ledger).await.map(drop).map_err(refused);
    }
    let now = ledger.clock().now().await?;
    let to = match (args.by, args.to, args.business_days, args.claim) {
        (Some(by), ..) => now + TimeDelta::from_std(by)?,
        (_, Some(to), ..) => to,
        (_, _, Some(days), Some(id)) => end_of_business_day(ledger, days, id, now).await?,
        _ => now,
    };
    travel(ledger, to).await.map_err(refused)
}

async fn end_of_business_day(
    ledger: &Ledger,
    days: BusinessDays,
    id: ClaimId,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>> {
    let found = ledger.store().claim(id).await?;
    let claim = found.ok_or_else(|| Refused::error(format_args!("there is no claim {id}")))?;
    let deadline = ledger.rules().window().deadline(&claim.submission, now, days);
    Ok(deadline.map_err(Refused::error)?.closes_at)
}

/// A clock that cannot be moved like that is a no; Redis not answering is a failure.
fn refused(error: JourneyError) -> Error {
    match error {
        JourneyError::Travel(TravelError::Store(error)) => error.into(),
        JourneyError::Travel(TravelError::SystemClock(_) | TravelError::Backwards { .. })
        | JourneyError::NoWorker(_)
        | JourneyError::NothingDue => Refused::error(error),
    }
}
