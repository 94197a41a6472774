//! What the doctor says about calendars and time zones: those in use, looked at closely, and not
//! the hundreds that nobody uses.

use anyhow::Result;

use cpor::app::App;
use cpor::calendar::coverage::{Alarm, AlarmCode};
use cpor::calendar::{BusinessCalendar, tzdb_version};
use cpor::coverage::{Covered, look_closely};

use super::Diagnosis;

const CALENDARS: &str = "calendars";
const ZONES: &str = "time zones";

/// Alarms are findings; a line each says what is in force.
pub async fn checks(app: &App) -> Result<Vec<Diagnosis>> {
    let calendars = &app.ledger.rules().window().calendars;
    let covered = look_closely(&app.ledger, app.ledger.clock().now().await?).await?;
    let mut checks: Vec<Diagnosis> = covered.judgement.alarms.iter().map(alarm).collect();
    for id in covered.judgement.horizons.keys() {
        checks.extend(calendars.get(id).ok().and_then(|calendar| edited(calendar)));
    }
    for note in &covered.judgement.notes {
        let check = if note.calendar.is_some() { CALENDARS } else { ZONES };
        checks.push(Diagnosis::fine(check, note.says.clone()));
    }
    checks.push(Diagnosis::fine(CALENDARS, summary(calendars.ids().count(), &covered)));
    let finding = format!("time zone data {}, built in", tzdb_version());
    checks.push(Diagnosis::fine(ZONES, finding));
    Ok(checks)
}

fn alarm(alarm: &Alarm) -> Diagnosis {
    let check = match alarm.code {
        AlarmCode::TzdbOld | AlarmCode::TzdbOlderThanWindows => ZONES,
        AlarmCode::CalendarMissing
        | AlarmCode::CalendarExhausted
        | AlarmCode::CalendarEndsSoon
        | AlarmCode::EstimatesInWindows => CALENDARS,
    };
    Diagnosis::found(check, alarm.says.clone(), alarm.remedy.clone())
}

fn edited(calendar: &BusinessCalendar) -> Option<Diagnosis> {
    if calendar.version() == calendar.version_of_content() {
        return None;
    }
    let finding = format!("the calendar {} was edited without a new version", calendar.id());
    let version = calendar.version_of_content();
    let remedy = format!("set its version to \"{version}\", or put changes into overrides");
    Some(Diagnosis::found(CALENDARS, finding, remedy))
}

fn summary(count: usize, covered: &Covered) -> String {
    let horizons = &covered.judgement.horizons;
    let first = horizons.iter().min_by_key(|(_, days)| **days);
    let in_use = match first {
        Some((id, days)) => {
            format!("{} in use, of which {id} is the first to end, in {days} days", horizons.len())
        }
        None => "none in use by an open window".to_owned(),
    };
    format!("{count} calendars are in force, {in_use}")
}
