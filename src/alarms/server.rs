//! What is to be said about the Redis server and how full it is.

use crate::alarms::words::{finding, sentence};
use crate::alarms::{Alarm, AlarmCode, Facts, Severity};

/// Used memory at which somebody should look, and at which it becomes pressing, in percent.
const MEMORY_HIGH: u64 = 70;
const MEMORY_CRITICAL: u64 = 90;
/// The same of submissions that wait.
const INTAKE_HIGH: usize = 80;

pub(super) fn alarms(facts: &Facts) -> Vec<Alarm> {
    let mut alarms: Vec<Alarm> = facts.server.findings.iter().map(|text| unfit(text)).collect();
    alarms.extend(facts.server.refuses.as_deref().map(refuses));
    alarms.extend(memory(facts));
    alarms.extend(intake(facts));
    alarms
}

fn unfit(text: &str) -> Alarm {
    let (says, remedy) = finding(text);
    Alarm::new(AlarmCode::RedisUnfit, Severity::Critical, says, remedy).command("cpor doctor")
}

fn refuses(why: &str) -> Alarm {
    let says = format!("The Redis server refuses writes, so nothing moves: {}", sentence(why));
    let remedy = "Give the server room: more memory (`CONFIG SET maxmemory`), or a disk that is \
                  not full. Everything goes on by itself then.";
    Alarm::new(AlarmCode::RedisRefusesWrites, Severity::Critical, says, remedy)
        .command("cpor doctor")
}

fn memory(facts: &Facts) -> Option<Alarm> {
    let memory = facts.server.memory.filter(|memory| memory.percent() >= MEMORY_HIGH)?;
    let (percent, used, most) = (memory.percent(), mebibytes(memory.used), mebibytes(memory.most));
    let severity = if percent >= MEMORY_CRITICAL { Severity::Critical } else { Severity::Warning };
    let says = format!(
        "Redis uses {percent} % of the memory it may use, {used} of {most} MiB; when it is full, \
         nothing is accepted any more."
    );
    let remedy = "Raise maxmemory, or archive closed claims.";
    Some(Alarm::new(AlarmCode::RedisMemory, severity, says, remedy).command("cpor doctor"))
}

const fn mebibytes(bytes: u64) -> u64 {
    bytes / 1_048_576
}

fn intake(facts: &Facts) -> Option<Alarm> {
    let (waiting, most) = (facts.intake.waiting, facts.intake.most);
    if waiting.saturating_mul(100) < most.saturating_mul(INTAKE_HIGH) {
        return None;
    }
    let (severity, says) = if waiting >= most {
        let says = format!(
            "The intake is full: {waiting} submissions wait and {most} may, so the API refuses \
             new ones with 503."
        );
        (Severity::Critical, says)
    } else {
        let says = format!(
            "The intake fills up: {waiting} submissions wait, and at {most} the API refuses new \
             ones."
        );
        (Severity::Warning, says)
    };
    let remedy = "Start more processes, or let more handlers of validate_claim run at once.";
    let alarm = Alarm::new(AlarmCode::IntakeFull, severity, says, remedy);
    Some(alarm.command("cpor queues concurrency validate_claim 64").look_at("/ops/queues"))
}
