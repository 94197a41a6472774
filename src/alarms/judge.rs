//! What is to be said about what is known. Pure: the same facts give the same alarms.

use chrono::{DateTime, Utc};

use crate::alarms::words::{count, instant, sentence, span};
use crate::alarms::{Alarm, AlarmCode, Facts, Severity, server, work};
use crate::calendar::coverage;
use crate::clock::SKEW_MAX_MS;

/// Every alarm, the most pressing first. Times are Redis's own, but for those of claims.
#[must_use]
pub fn judge(facts: &Facts) -> Vec<Alarm> {
    let mut alarms = server::alarms(facts);
    alarms.extend(work::alarms(facts));
    alarms.extend(overdue(facts));
    alarms.extend(clocks(facts));
    alarms.extend(calendars_differ(facts));
    alarms.extend(facts.coverage.iter().map(calendar));
    alarms.sort_by_key(|alarm| (alarm.severity, alarm.code));
    alarms
}

/// The alarm of somebody who cannot learn any facts.
#[must_use]
pub fn unreachable(since: DateTime<Utc>, real: DateTime<Utc>) -> Alarm {
    let says = format!(
        "Redis cannot be reached, or does not do what it is asked, since {}: nothing moves, and \
         nothing more is known.",
        instant(since, real)
    );
    let remedy = "Look at the Redis server and the way to it. Everything goes on by itself then.";
    Alarm::new(AlarmCode::RedisUnreachable, Severity::Critical, says, remedy)
        .command("cpor doctor")
        .since(since)
}

fn overdue(facts: &Facts) -> Option<Alarm> {
    let (windows, Some(first)) = facts.overdue else { return None };
    if windows == 0 {
        return None;
    }
    let late = span(facts.overview.now - first);
    let says = format!(
        "{} without its outcome, the first since {late}.",
        count(windows, "window has ended", "windows have ended")
    );
    let remedy = "Look at the queue finalize_association: whether it is paused, worked, and free \
                  of dead letters.";
    let alarm = Alarm::new(AlarmCode::WindowsOverdue, Severity::Critical, says, remedy);
    Some(alarm.command("cpor queues").since(first).look_at("/ops/windows?overdue=1"))
}

fn clocks(facts: &Facts) -> impl Iterator<Item = Alarm> {
    let real = facts.overview.real;
    let processes = facts.overview.processes.iter().filter(move |p| !p.is_silent(real));
    let off = processes.filter(|process| process.clock_ahead_ms.abs() > SKEW_MAX_MS);
    off.map(|process| {
        let (host, name, ms) = (&process.host, &process.name, process.clock_ahead_ms);
        let direction = if ms > 0 { "behind" } else { "ahead of" };
        let seconds = ms.abs() / 1_000;
        let says = format!(
            "The clock of {host}, where {name} runs, is {seconds} s {direction} Redis's; what it \
             logs and shows in its own time is wrong."
        );
        let remedy = "Synchronize the clocks of both hosts (NTP).";
        Alarm::new(AlarmCode::ClockOff, Severity::Warning, says, remedy)
            .about(name)
            .command("timedatectl")
    })
}

/// Another edition since then makes what a process found at its start old news.
fn calendars_differ(facts: &Facts) -> Option<Alarm> {
    let real = facts.overview.real;
    let processes = facts.overview.processes.iter().filter(|process| !process.is_silent(real));
    let found = processes.filter_map(|process| Some((process, process.calendars_differ.as_ref()?)));
    let mut current = found.filter(|(_, differ)| differ.edition == facts.edition);
    let (process, differ) = current.next()?;
    let says = differ.says.split_once(": `").map_or(differ.says.as_str(), |(says, _)| says);
    let remedy = "See what would change, and put it in force; or put the files back.";
    let alarm = Alarm::new(AlarmCode::CalendarsDiffer, Severity::Warning, sentence(says), remedy);
    Some(alarm.about(&process.host).command("cpor calendar preview").since(process.started_at))
}

fn calendar(alarm: &coverage::Alarm) -> Alarm {
    use coverage::AlarmCode as Code;
    let (code, severity) = match alarm.code {
        Code::CalendarMissing => (AlarmCode::CalendarMissing, Severity::Critical),
        Code::CalendarExhausted => (AlarmCode::CalendarExhausted, Severity::Critical),
        Code::TzdbOlderThanWindows => (AlarmCode::TzdbOlderThanWindows, Severity::Critical),
        Code::CalendarEndsSoon => (AlarmCode::CalendarEndsSoon, Severity::Warning),
        Code::TzdbOld => (AlarmCode::TzdbOld, Severity::Warning),
        Code::EstimatesInWindows => (AlarmCode::EstimatesInWindows, Severity::Warning),
    };
    let command = match alarm.code {
        Code::TzdbOld | Code::TzdbOlderThanWindows => None,
        Code::CalendarMissing
        | Code::CalendarExhausted
        | Code::CalendarEndsSoon
        | Code::EstimatesInWindows => Some("cpor calendar preview".to_owned()),
    };
    let judged = Alarm::new(code, severity, sentence(&alarm.says), sentence(&alarm.remedy));
    Alarm {
        about: alarm.calendar.as_ref().map(ToString::to_string),
        command,
        link: "/ops/windows".to_owned(),
        ..judged
    }
}
