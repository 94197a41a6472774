//! What is to be said about processes, queues, dead letters and mail.

use chrono::TimeDelta;
use cpor_jobs::Job;

use crate::alarms::words::{count, instant, span};
use crate::alarms::{Alarm, AlarmCode, Facts, Severity};
use crate::claim::Status;
use crate::mail::Phase;
use crate::operations::{MailHealth, MailOutcome, MailTrouble, Process, QueueView};
use crate::store::dead::{DeadHeap, Quarantined};

/// An entry that has been due for so long is late, and after the second span very late, in ms.
const LATE_MS: i64 = 60_000;
const VERY_LATE_MS: i64 = 600_000;
/// Mails deferred in five minutes, with none accepted, that are no accident any more.
const DEFERRED_MANY: u64 = 3;

pub(super) fn alarms(facts: &Facts) -> Vec<Alarm> {
    let mut alarms = processes(facts);
    alarms.extend(facts.overview.queues.iter().flat_map(|view| queue(facts, view)));
    alarms.extend(facts.dead.iter().flat_map(|heap| dead(facts, heap)));
    alarms.extend(mail(facts));
    alarms
}

fn at_work(facts: &Facts) -> impl Iterator<Item = &Process> {
    let is_there = |process: &&Process| !process.is_silent(facts.overview.real);
    facts.overview.processes.iter().filter(is_there)
}

fn processes(facts: &Facts) -> Vec<Alarm> {
    let real = facts.overview.real;
    let silent = facts.overview.processes.iter().filter(|process| process.is_silent(real));
    let mut alarms: Vec<Alarm> = silent.map(|process| went_silent(facts, process)).collect();
    if at_work(facts).all(|process| process.working.is_empty()) {
        let says = "No process works the queues, so nothing happens to claims.";
        let remedy = "Start a worker.";
        let alarm = Alarm::new(AlarmCode::NoProcess, Severity::Critical, says, remedy);
        alarms.push(alarm.command("cpor work").look_at("/ops/processes"));
    }
    alarms
}

fn went_silent(facts: &Facts, process: &Process) -> Alarm {
    let (name, host, pid) = (&process.name, &process.host, process.pid);
    let running = process.working.iter().map(|working| working.running).sum();
    let says = format!(
        "The process {name} on {host} (pid {pid}) has not been heard of since {}, and did not say \
         that it stops; {}.",
        instant(process.seen_at, facts.overview.real),
        count(
            running,
            "entry it worked is taken up again when its lease ends",
            "entries it worked are taken up again when their leases end",
        )
    );
    let remedy = "See on that host why it ended or hangs, and start it again.";
    Alarm::new(AlarmCode::ProcessSilent, Severity::Critical, says, remedy)
        .about(name)
        .command("cpor work")
        .since(process.seen_at)
        .look_at("/ops/processes")
}

fn queue(facts: &Facts, view: &QueueView) -> Vec<Alarm> {
    let (queue, real) = (&view.queue, facts.overview.real);
    let (job, due) = (queue.job, count(queue.due, "entry is due", "entries are due"));
    let link = format!("/ops/queues#{job}");
    if let Some(pause) = &view.setting.paused {
        let says = format!(
            "{job} is paused since {}, by {}: {} {due}.",
            instant(pause.at, real),
            pause.actor,
            ended(&pause.reason)
        );
        let remedy = "Resume it when the reason is gone.";
        let alarm = Alarm::new(AlarmCode::QueuePaused, Severity::Warning, says, remedy);
        let command = format!("cpor queues resume {job}");
        return vec![alarm.about(job).command(command).since(pause.at).look_at(link)];
    }
    let oldest_ms = queue.oldest_due_ms.unwrap_or_default();
    let since = facts.overview.now - TimeDelta::milliseconds(oldest_ms);
    if view.processes == 0 && queue.due > 0 {
        let says = format!("No process works {job}, and {due}.");
        let remedy = format!("Start a worker that works {job}.");
        let alarm = Alarm::new(AlarmCode::JobNotWorked, Severity::Critical, says, remedy);
        let command = format!("cpor work --only {job}");
        return vec![alarm.about(job).command(command).since(since).look_at(link)];
    }
    if oldest_ms <= LATE_MS {
        return Vec::new();
    }
    let severity = if oldest_ms > VERY_LATE_MS { Severity::Critical } else { Severity::Warning };
    let late = span(TimeDelta::milliseconds(oldest_ms));
    let says = format!("{job} is late: {due}, the oldest for {late}.");
    let remedy = "Start more processes, or let more of its handlers run at once; if nothing moves \
                  at all, look at what they wait for.";
    let alarm = Alarm::new(AlarmCode::QueueLate, severity, says, remedy);
    let command = format!("cpor queues concurrency {job} 64");
    vec![alarm.about(job).command(command).since(since).look_at(link)]
}

/// Somebody's words, with an end.
fn ended(words: &str) -> String {
    let words = words.trim();
    if words.ends_with(['.', '!', '?']) { words.to_owned() } else { format!("{words}.") }
}

fn dead(facts: &Facts, heap: &DeadHeap) -> Vec<Alarm> {
    let job = heap.job;
    let mut alarms: Vec<Alarm> = heap.quarantined.iter().map(|q| poison(job, q)).collect();
    let queue = facts.overview.queues.iter().find(|view| view.queue.job == job);
    let others = queue.map_or(0, |view| view.queue.dead).saturating_sub(heap.quarantined.len());
    if others == 0 {
        return alarms;
    }
    let waits = count(others, "dead letter waits", "dead letters wait");
    let since = heap
        .since
        .map(|since| format!(", the first since {}", instant(since, facts.overview.real)));
    let says = format!("{job}: {waits} for a person{}.", since.unwrap_or_default());
    let remedy = "Look at why, put it right, and retry them; or drop them.";
    let alarm = Alarm::new(AlarmCode::DeadLetters, Severity::Warning, says, remedy);
    let command = format!("cpor dead list --job {job}");
    let link = format!("/ops/dead?job={job}");
    alarms.push(alarm.about(job).command(command).since(heap.since).look_at(link));
    alarms
}

fn poison(job: Job, Quarantined { entry, at, error }: &Quarantined) -> Alarm {
    let says =
        format!("{job} {entry} may end the process that works it, and was set aside: {error}.");
    let remedy = "Look at the logs of the processes that had it; when the cause is gone, retry it.";
    let alarm = Alarm::new(AlarmCode::PoisonEntry, Severity::Critical, says, remedy);
    let command = format!("cpor dead retry {job} {entry}");
    let link = format!("/ops/dead?job={job}");
    alarm.about(format!("{job} {entry}")).command(command).since(*at).look_at(link)
}

/// A server in trouble is one alarm, however many processes have found that.
fn mail(facts: &Facts) -> Option<Alarm> {
    let all: Vec<&MailHealth> = at_work(facts).filter_map(|p| p.mail.as_ref()).collect();
    let troubled = all.iter().filter_map(|health| Some((*health, health.trouble?)));
    let waiting = facts.overview.statuses.iter().find(|s| s.status == Status::Validated);
    let waiting = waiting.map_or(0, |count| count.claims);
    let wait = count(waiting, "notice waits", "notices wait");
    if let Some((health, trouble)) = troubled.min_by_key(|(_, trouble)| trouble.since) {
        return Some(server_down(facts, health, trouble, &wait));
    }
    let sum = |outcome| {
        let counts = all.iter().flat_map(|health| &health.counts);
        counts.filter(|c| c.outcome == outcome).map(|c| c.count).sum::<u64>()
    };
    let deferred = sum(MailOutcome::TryAgain);
    if deferred < DEFERRED_MANY || sum(MailOutcome::Accepted) > 0 {
        return None;
    }
    let server = all.first().map_or("", |health| health.server.as_str());
    let says = format!(
        "The mail server {server} has deferred {deferred} mails in five minutes and accepted \
         none; {wait}."
    );
    let remedy = "Look at the server's log for why. Mails are tried again by themselves.";
    let alarm = Alarm::new(AlarmCode::MailDeferred, Severity::Warning, says, remedy);
    Some(alarm.command("cpor doctor").look_at("/ops/queues#notify_customer"))
}

fn server_down(facts: &Facts, health: &MailHealth, trouble: MailTrouble, wait: &str) -> Alarm {
    let what = match (trouble.phase, trouble.code) {
        (Phase::Connect, None) => "cannot be connected to".to_owned(),
        (Phase::FinalDot, None) => "does not say whether it took mails".to_owned(),
        (phase, Some(code)) => format!("answers {code} ({phase})"),
        (phase, None) => format!("does not answer ({phase})"),
    };
    let (server, since) = (&health.server, instant(trouble.since, facts.overview.real));
    let says = format!("The mail server {server} {what} since {since}; {wait}.");
    let remedy = "Check the server, the way to it, and mail.smtp.* in the settings. Mails are \
                  tried again by themselves, and windows open only when a notice was accepted.";
    Alarm::new(AlarmCode::MailServerDown, Severity::Critical, says, remedy)
        .about(server)
        .command("cpor doctor")
        .since(trouble.since)
        .look_at("/ops/queues#notify_customer")
}
