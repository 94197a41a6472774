//! What is said about which facts.

use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::Job;

use super::{Alarm, AlarmCode, Facts, Intake, Severity, judge};
use crate::claim::Status;
use crate::mail::Phase;
use crate::operations::{
    CalendarsDiffer, MailHealth, MailTrouble, Overview, Pause, Process, ProcessKind, QueueSetting,
    QueueView, Rate, StatusCount, Working,
};
use crate::store::dead::{DeadHeap, Quarantined};
use crate::store::meta::{Memory, ServerState};
use crate::store::report::Queue;

fn real() -> DateTime<Utc> {
    "2026-11-23T03:00:00Z".parse().unwrap()
}

fn minutes(ago: i64) -> DateTime<Utc> {
    real() - TimeDelta::minutes(ago)
}

fn process() -> Process {
    let working = |job| Working { job, concurrency: 16, running: 0, paused: false };
    Process {
        name: "17-abcdef01".to_owned(),
        version: "0.1.0".to_owned(),
        host: "worker-1".to_owned(),
        pid: 17,
        kind: ProcessKind::Work,
        started_at: minutes(60),
        seen_at: real() - TimeDelta::seconds(1),
        working: Job::ALL.map(working).to_vec(),
        handlers: Vec::new(),
        clock_ahead_ms: 3,
        mail: None,
        calendars_differ: None,
    }
}

/// A deployment in which all is well.
fn well() -> Facts {
    let queue = |job| Queue { job, due: 0, scheduled: 7, running: 0, dead: 0, oldest_due_ms: None };
    let view =
        |job| QueueView { queue: queue(job), setting: QueueSetting::default(), processes: 1 };
    let count = |status| StatusCount {
        status,
        claims: 14,
        oldest: None,
        oldest_submitted_at: None,
        entered: Rate::default(),
    };
    Facts {
        overview: Overview {
            now: real(),
            real: real(),
            statuses: Status::ALL.map(count).to_vec(),
            queues: Job::ALL.map(view).to_vec(),
            processes: vec![process()],
        },
        server: ServerState::default(),
        intake: Intake { waiting: 0, most: 1_000 },
        dead: Vec::new(),
        overdue: (0, None),
        edition: 3,
        coverage: Vec::new(),
    }
}

fn view(facts: &mut Facts, job: Job) -> &mut QueueView {
    facts.overview.queues.iter_mut().find(|view| view.queue.job == job).unwrap()
}

/// The one alarm that this change causes.
fn check(change: impl FnOnce(&mut Facts), code: AlarmCode, severity: Severity, words: &[&str]) {
    let mut facts = well();
    change(&mut facts);
    let alarms = judge(&facts);
    let [alarm] = alarms.as_slice() else { panic!("not one alarm: {alarms:#?}") };
    assert_eq!((alarm.code, alarm.severity), (code, severity), "{alarm:#?}");
    for word in words {
        let text = format!("{} {} {:?}", alarm.says, alarm.remedy, alarm.command);
        assert!(text.contains(word), "`{word}` is not in {text}");
    }
    is_whole(alarm);
}

fn is_whole(alarm: &Alarm) {
    for sentence in [&alarm.says, &alarm.remedy] {
        assert!(sentence.len() > 10 && sentence.ends_with('.'), "{sentence:?}");
    }
    assert!(alarm.link.starts_with("/ops"), "{alarm:?}");
}

#[test]
fn where_all_is_well_there_is_no_alarm() {
    assert_eq!(judge(&well()), []);
}

#[test]
fn trouble_with_redis_names_the_setting_and_the_way_out() {
    let policy = "maxmemory-policy is allkeys-lru, so the server may throw claims away; run \
                  `CONFIG SET maxmemory-policy noeviction` and put it into the server's \
                  configuration";
    let unfit = |facts: &mut Facts| facts.server.findings = vec![policy.to_owned()];
    let words = ["Maxmemory-policy is allkeys-lru", "noeviction"];
    check(unfit, AlarmCode::RedisUnfit, Severity::Critical, &words);
    for (percent, severity) in [(70, Severity::Warning), (90, Severity::Critical)] {
        let memory = Memory { used: percent << 20, most: 100 << 20 };
        let full = move |facts: &mut Facts| facts.server.memory = Some(memory);
        check(full, AlarmCode::RedisMemory, severity, &[&format!("{percent} %"), "100 MiB"]);
    }
    let refuses = |facts: &mut Facts| facts.server.refuses = Some("its memory is full".to_owned());
    check(refuses, AlarmCode::RedisRefusesWrites, Severity::Critical, &["Its memory is full."]);
}

#[test]
fn an_intake_is_full_when_the_api_says_so() {
    for (waiting, severity, word) in
        [(800, Severity::Warning, "fills up"), (1_000, Severity::Critical, "is full")]
    {
        let full = move |facts: &mut Facts| facts.intake.waiting = waiting;
        check(full, AlarmCode::IntakeFull, severity, &[word, &waiting.to_string()]);
    }
}

#[test]
fn a_process_that_went_without_a_word_is_missed() {
    let gone = |facts: &mut Facts| {
        let seen_at = real() - TimeDelta::seconds(9);
        facts.overview.processes.push(Process { name: "18-gone".to_owned(), seen_at, ..process() });
    };
    let words = ["18-gone", "worker-1", "pid 17", "02:59 UTC", "cpor work"];
    check(gone, AlarmCode::ProcessSilent, Severity::Critical, &words);
    let nobody = |facts: &mut Facts| facts.overview.processes.clear();
    check(nobody, AlarmCode::NoProcess, Severity::Critical, &["nothing happens"]);
    let only_serves = |facts: &mut Facts| facts.overview.processes[0].working.clear();
    check(only_serves, AlarmCode::NoProcess, Severity::Critical, &["cpor work"]);
}

#[test]
fn a_queue_that_nobody_works_or_that_is_late_or_paused_is_named() {
    let unworked = |facts: &mut Facts| {
        let view = view(facts, Job::ExpireClaim);
        (view.processes, view.queue.due, view.queue.oldest_due_ms) = (0, 2, Some(5));
    };
    let words = ["No process works expire_claim, and 2 entries are due", "--only expire_claim"];
    check(unworked, AlarmCode::JobNotWorked, Severity::Critical, &words);
    for (ms, severity) in [(90_000, Severity::Warning), (700_000, Severity::Critical)] {
        let late = move |facts: &mut Facts| {
            let view = view(facts, Job::ValidateClaim);
            (view.queue.due, view.queue.oldest_due_ms) = (1, Some(ms));
        };
        check(late, AlarmCode::QueueLate, severity, &["validate_claim is late: 1 entry is due"]);
    }
    let paused = |facts: &mut Facts| {
        let view = view(facts, Job::NotifyCustomer);
        let (actor, reason) = ("ayse".to_owned(), "The relay is being moved".to_owned());
        view.setting.paused = Some(Pause { at: minutes(30), actor, reason });
        (view.queue.due, view.queue.oldest_due_ms) = (3, Some(700_000));
    };
    let words = [
        "since 02:30 UTC, by ayse: The relay is being moved. 3 entries are due",
        "cpor queues resume notify_customer",
    ];
    check(paused, AlarmCode::QueuePaused, Severity::Warning, &words);
}

#[test]
fn dead_letters_are_counted_and_poison_is_named() {
    let heap =
        |quarantined| DeadHeap { job: Job::NotifyPartner, since: Some(minutes(90)), quarantined };
    let dead = |facts: &mut Facts| {
        view(facts, Job::NotifyPartner).queue.dead = 2;
        facts.dead = vec![heap(Vec::new())];
    };
    let words = ["2 dead letters wait", "01:30 UTC", "cpor dead list --job notify_partner"];
    check(dead, AlarmCode::DeadLetters, Severity::Warning, &words);
    let poison = |facts: &mut Facts| {
        view(facts, Job::NotifyPartner).queue.dead = 1;
        let (entry, error) = ("an-entry".to_owned(), "3 deliveries ended".to_owned());
        facts.dead = vec![heap(vec![Quarantined { entry, at: minutes(1), error }])];
    };
    let words = ["notify_partner an-entry", "cpor dead retry notify_partner an-entry"];
    check(poison, AlarmCode::PoisonEntry, Severity::Critical, &words);
}

#[test]
fn a_mail_server_that_is_down_is_one_alarm_that_says_how_many_notices_wait() {
    let health = |trouble| MailHealth {
        server: "relay:25".to_owned(),
        accepted_at: Some(minutes(60)),
        trouble,
        counts: Vec::new(),
    };
    let down = |facts: &mut Facts| {
        let (phase, code) = (Phase::Connect, None);
        let trouble = MailTrouble { since: minutes(47), at: minutes(0), phase, code };
        facts.overview.processes[0].mail = Some(health(Some(trouble)));
        let name = "18-other".to_owned();
        let other = Process { name, mail: Some(health(Some(trouble))), ..process() };
        facts.overview.processes.push(other);
    };
    let words = ["relay:25 cannot be connected to since 02:13 UTC; 14 notices wait", "mail.smtp"];
    check(down, AlarmCode::MailServerDown, Severity::Critical, &words);
    let fine = |facts: &mut Facts| facts.overview.processes[0].mail = Some(health(None));
    let mut facts = well();
    fine(&mut facts);
    assert_eq!(judge(&facts), []);
}

#[test]
fn windows_that_are_overdue_clocks_that_are_off_and_other_calendars_are_alarms() {
    let overdue = |facts: &mut Facts| facts.overdue = (2, Some(minutes(20)));
    let words = ["2 windows have ended", "20m", "finalize_association"];
    check(overdue, AlarmCode::WindowsOverdue, Severity::Critical, &words);
    let off = |facts: &mut Facts| facts.overview.processes[0].clock_ahead_ms = -61_000;
    check(off, AlarmCode::ClockOff, Severity::Warning, &["61 s ahead of Redis's", "NTP"]);
    let differ = |edition| {
        let says = "the calendar files differ from edition 3: `cpor calendar preview`".to_owned();
        Some(CalendarsDiffer { edition, says })
    };
    let differs = |facts: &mut Facts| facts.overview.processes[0].calendars_differ = differ(3);
    let words = ["The calendar files differ from edition 3.", "cpor calendar preview"];
    check(differs, AlarmCode::CalendarsDiffer, Severity::Warning, &words);
    let mut facts = well();
    facts.overview.processes[0].calendars_differ = differ(2);
    assert_eq!(judge(&facts), [], "another edition since then");
}

#[test]
fn what_is_most_pressing_comes_first() {
    let mut facts = well();
    facts.overview.processes[0].clock_ahead_ms = 61_000;
    facts.overview.processes[0].working.clear();
    facts.server.findings = vec!["the server is a replica; connect to its master".to_owned()];
    let codes: Vec<AlarmCode> = judge(&facts).iter().map(|alarm| alarm.code).collect();
    assert_eq!(codes, [AlarmCode::RedisUnfit, AlarmCode::NoProcess, AlarmCode::ClockOff]);
    assert!(AlarmCode::ALL.is_sorted());
}
