//! Deadlines per second on one core.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::bench::BenchError;
use crate::bench::stats::rate;
use crate::calendar::{
    Adjustments, BusinessDays, CalendarId, Calendars, HalfDays, WindowTerms, Zone,
};

pub(super) fn run(deadlines: usize) -> Result<Value, BenchError> {
    let calendars = Calendars::built_in().map_err(BenchError::because)?;
    let terms: Vec<WindowTerms> = [
        ("TR", "Europe/Istanbul"),
        ("DE", "Europe/Berlin"),
        ("US", "America/New_York"),
        ("IN", "Asia/Kolkata"),
        ("AU-NSW", "Australia/Sydney"),
    ]
    .into_iter()
    .map(|(calendar, zone)| terms(&calendars, calendar, zone))
    .collect::<Result<_, _>>()?;
    let begun = Instant::now();
    for number in 0..deadlines {
        let mut terms = terms[number % terms.len()].clone();
        let minutes = i64::try_from(number % 2_000_000).unwrap_or_default();
        terms.notified_at += TimeDelta::minutes(minutes);
        black_box(terms.deadline().map_err(BenchError::because)?);
    }
    let took = begun.elapsed();
    Ok(json!({ "deadlines": deadlines, "deadlines_per_second": rate(deadlines, took) }))
}

fn terms(calendars: &Calendars, calendar: &str, zone: &str) -> Result<WindowTerms, BenchError> {
    let id = CalendarId::parse(calendar).map_err(BenchError::because)?;
    Ok(WindowTerms {
        // 2026-01-01; the calendars reach 2041.
        notified_at: DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_454),
        zone: Zone::parse(zone).map_err(BenchError::because)?,
        calendar: Arc::clone(calendars.get(&id).map_err(BenchError::because)?),
        business_days: BusinessDays::FIVE,
        half_days: HalfDays::Count,
        adjustments: Adjustments::default(),
    })
}
