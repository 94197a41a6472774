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
use cpor::travel::{JourneyError, UPCOMING_MAX, Upcoming, Way, go, traveller, upcoming};

use crate::cli::exit::{Exit, Refused};
use crate::cli::output::{Output, say};
use crate::cli::{Globals, values, words};

/// Show the deployment's clock, or move a virtual one.
///
/// Only a namespace created with `clock.mode = "virtual"` can travel in time, and only forwards.
#[derive(Debug, Args)]
#[command(
    after_help = "With --json: now (RFC 3339, UTC), mode (system, virtual), and upcoming: the next
due entries of a virtual clock, each with due_at, job and claim_id.

Examples:
  cpor clock set 2026-11-20T15:00:00Z
  cpor clock advance --by 36h
  cpor clock advance --to-next
  cpor clock advance --business-days 5 --claim ID
  cpor clock advance --before-end --claim ID"
)]
pub struct ClockArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show the time, whose it is, and what falls due next if it is virtual.
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
const WAYS: [&str; 5] = ["by", "to", "to_next", "business_days", "before_end"];

#[derive(Debug, Args)]
#[group(skip)]
#[command(group(ArgGroup::new("how").required(true).args(WAYS)))]
#[command(group(ArgGroup::new("of_claim").args(["business_days", "before_end"])))]
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
    /// To one millisecond before the end of --claim's window: the last instant at which a rejection
    /// is in time.
    #[arg(long, requires = "claim")]
    before_end: bool,
    /// The claim whose customer's business days are counted, or whose window ends.
    #[arg(long, value_name = "ID", requires = "of_claim", value_parser = values::claim_id)]
    claim: Option<ClaimId>,
}

fn business_days(raw: &str) -> Result<BusinessDays, String> {
    let number = raw.parse::<u32>().map_err(|error| error.to_string())?;
    BusinessDays::new(number).map_err(|error| error.to_string())
}

/// Entries that people are shown.
const SHOWN_MAX: usize = 5;

#[derive(Serialize)]
struct ClockView {
    now: DateTime<Utc>,
    mode: ClockMode,
    upcoming: Vec<Upcoming>,
}

/// Shows or moves the clock.
pub async fn run(args: ClockArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    globals
        .with_app(async move |app| {
            match args.action {
                Action::Show => {}
                Action::Set { instant } => set(app, instant).await?,
                Action::Advance(args) => {
                    go(&app.ledger, args.way()?).await.map(drop).map_err(refused)?;
                }
            }
            show(&app.ledger, output).await
        })
        .await
}

async fn show(ledger: &Ledger, output: Output) -> Result<Exit> {
    let (now, mode) = (ledger.clock().now().await?, ledger.clock().mode());
    let upcoming = match mode {
        ClockMode::System => Vec::new(),
        ClockMode::Virtual => upcoming(ledger, UPCOMING_MAX).await?,
    };
    if output.is_json() {
        output.object(&ClockView { now, mode, upcoming })?;
        return Ok(Exit::Done);
    }
    output.text(format_args!("{} ({} clock)", words::utc(now), mode.as_str()))?;
    for Upcoming { due_at, job, claim_id } in upcoming.iter().take(SHOWN_MAX) {
        let claim = claim_id.map(|id| format!(" of claim {id}")).unwrap_or_default();
        output.text(format_args!("next {} {job}{claim}", words::utc(*due_at)))?;
    }
    if upcoming.len() > SHOWN_MAX {
        output.text(format_args!("and more: --json shows {UPCOMING_MAX} at most"))?;
    }
    Ok(Exit::Done)
}

/// Without a worker the clock jumps: whatever fell due on the way is worked once one starts.
async fn set(app: &App, to: DateTime<Utc>) -> Result<()> {
    let ledger = &app.ledger;
    let traveller = traveller(ledger).map_err(|error| refused(error.into()))?;
    if ledger.store().workers(ledger.clock().real()).await?.is_empty() {
        traveller.set(to).await.map_err(|error| refused(error.into()))?;
        say("no worker is at work, so nothing that fell due was worked; start `cpor work`");
        return Ok(());
    }
    go(ledger, Way::To(to)).await.map(drop).map_err(refused)
}

impl AdvanceArgs {
    fn way(self) -> Result<Way> {
        Ok(match (self.by, self.to, self.business_days, self.claim) {
            (Some(by), ..) => Way::By(TimeDelta::from_std(by)?),
            (_, Some(to), ..) => Way::To(to),
            (_, _, Some(days), Some(claim_id)) => Way::BusinessDays { days, claim_id },
            (_, _, None, Some(claim_id)) if self.before_end => Way::BeforeEnd { claim_id },
            _ => Way::ToNext,
        })
    }
}

/// A clock that cannot be moved like that is a no; Redis not answering is a failure.
fn refused(error: JourneyError) -> Error {
    match error {
        JourneyError::Travel(TravelError::Store(error)) => error.into(),
        JourneyError::Travel(TravelError::SystemClock(_) | TravelError::Backwards { .. })
        | JourneyError::NoWorker(_)
        | JourneyError::NothingDue
        | JourneyError::NoClaim(_)
        | JourneyError::NoWindow { .. }
        | JourneyError::WindowPassed { .. }
        | JourneyError::BusinessDays { .. }
        | JourneyError::TooFar => Refused::error(error),
    }
}
