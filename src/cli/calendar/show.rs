//! `cpor calendar show`: what one calendar says, as a list or as months on a wall.

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;
use serde::Serialize;

use cpor::calendar::{DayKind, Entry, WeekendMask};
use cpor::settings::Settings;

use super::grid;
use super::sets::{Pair, Sets};
use crate::cli::exit::{Exit, Refused};
use crate::cli::output::Output;
use crate::cli::values;

/// Show the entries and weekends of one calendar.
#[derive(Debug, Args)]
#[command(
    after_help = "With --json, one object per weekend mask (weekend, from) and then one per \
entry: date, weekday, kind, name, estimate, origin (calendar, or own for your own file), effect.

Examples:
  cpor calendar show TR --year 2026
  cpor calendar show TR --year 2026 --grid
  cpor calendar show GB-SCT --from 2026-12-01 --to 2027-01-31"
)]
pub struct ShowArgs {
    /// The calendar (TR, GB-SCT).
    #[arg(value_name = "ID")]
    id: String,
    /// Only this year.
    #[arg(long, value_name = "YEAR", conflicts_with_all = ["from", "to"])]
    #[arg(value_parser = clap::value_parser!(i32).range(1900..=2299))]
    year: Option<i32>,
    /// Only from this date on (2026-12-01).
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    from: Option<NaiveDate>,
    /// Only up to this date, included.
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    to: Option<NaiveDate>,
    /// Draw the months, for people; ignored with --json.
    #[arg(long)]
    grid: bool,
}

/// A weekend mask as programs see it.
#[derive(Serialize)]
struct MaskRow<'a> {
    from: NaiveDate,
    weekend: &'a [cpor::calendar::MaskDay],
}

/// An entry as programs see it.
#[derive(Serialize)]
struct EntryRow<'a> {
    date: NaiveDate,
    weekday: String,
    #[serde(flatten)]
    entry: &'a Entry,
    estimate: bool,
    origin: &'static str,
    effect: &'static str,
}

/// Shows one calendar.
pub fn run(args: &ShowArgs, settings: &Settings, output: Output) -> Result<Exit> {
    let pair = Sets::load(settings)?.pair(&args.id)?;
    let calendar = &pair.with_own;
    let first_of = |year| NaiveDate::from_ymd_opt(year, 1, 1);
    let last_of = |year| NaiveDate::from_ymd_opt(year, 12, 31);
    let from = args.year.and_then(first_of).or(args.from).unwrap_or(calendar.valid_from());
    let to = args.year.and_then(last_of).or(args.to).unwrap_or(calendar.valid_to());
    let (from, to) = (from.max(calendar.valid_from()), to.min(calendar.valid_to()));
    if from > to {
        return Err(Refused::error(format!(
            "the calendar {} says nothing about those dates: it is valid from {} to {}",
            calendar.id(),
            calendar.valid_from(),
            calendar.valid_to()
        )));
    }
    if !output.is_json() {
        output.text(format_args!("{}, version {}", calendar.id(), calendar.version()))?;
        output.text(format_args!(
            "valid from {} to {}, source {}",
            calendar.valid_from(),
            calendar.valid_to(),
            calendar.source()
        ))?;
    }
    weekends(&pair, from, to, output)?;
    if args.grid && !output.is_json() {
        output.text(grid::months(calendar, from, to))?;
        return Ok(Exit::Done);
    }
    entries(&pair, from, to, output)?;
    Ok(Exit::Done)
}

/// The masks in force on some of the dates.
fn weekends(pair: &Pair, from: NaiveDate, to: NaiveDate, output: Output) -> Result<()> {
    let masks = pair.with_own.weekends();
    let begun = masks.partition_point(|mask| mask.from <= from).saturating_sub(1);
    let in_force = masks.iter().skip(begun).take_while(|mask| mask.from <= to);
    for mask in in_force {
        let WeekendMask { from, days } = mask;
        output.object(&MaskRow { from: *from, weekend: days })?;
        if !output.is_json() {
            output.text(format_args!("weekend: {mask}"))?;
        }
    }
    Ok(())
}

fn entries(pair: &Pair, from: NaiveDate, to: NaiveDate, output: Output) -> Result<()> {
    let mut rows = Vec::new();
    for (date, entry) in pair.with_own.entries().filter(|(date, _)| (from..=to).contains(date)) {
        let row = EntryRow {
            date,
            weekday: date.format("%a").to_string(),
            entry,
            estimate: entry.is_estimate(),
            origin: pair.origin(date),
            effect: effect(pair.with_own.day(date)),
        };
        output.object(&row)?;
        rows.push(vec![
            date.to_string(),
            row.weekday,
            entry.kind.to_string(),
            row.effect.to_owned(),
            row.origin.to_owned(),
            entry.name.clone(),
        ]);
    }
    if rows.is_empty() && !output.is_json() {
        output.text("no entries")?;
    }
    Ok(output.table(&["DATE", "DAY", "KIND", "EFFECT", "FROM", "NAME"], rows)?)
}

/// What kind of day a date is in the end; a holiday on the weekend changes nothing.
pub fn effect(kind: Option<DayKind>) -> &'static str {
    match kind {
        Some(DayKind::Business) => "business day",
        Some(DayKind::MakeUp) => "make-up day",
        Some(DayKind::Half) => "half day",
        Some(DayKind::Holiday) => "holiday",
        Some(DayKind::Weekend) => "weekend",
        None => "outside",
    }
}
