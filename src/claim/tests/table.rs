//! State x command, every cell.

use std::collections::BTreeMap;

use super::samples::{Cast, START, at, written};
use super::situations::{command_after, situation, situations};
use crate::claim::{Status, decide};

/// Per command, each possible answer with the situations in which it is given. `status*` stands
/// for all situations of that status; answers are as [`written`] has them.
const TABLE: &str = include_str!("table.txt");

/// Every row: what is asked, and the answer in each situation.
pub fn rows() -> Vec<(&'static str, BTreeMap<&'static str, &'static str>)> {
    let mut rows: Vec<(&str, BTreeMap<&str, &str>)> = Vec::new();
    for line in TABLE.lines().filter(|line| !line.is_empty()) {
        if !line.starts_with(' ') {
            rows.push((line, BTreeMap::new()));
            continue;
        }
        let (answer, where_given) = line.split_once(" : ").unwrap();
        let (ask, cells) = rows.last_mut().unwrap();
        for situation in where_given.split_whitespace().flat_map(expanded) {
            let twice = cells.insert(situation, answer.trim());
            assert_eq!(twice, None, "{ask}: {situation} stands in two lines");
        }
    }
    rows
}

fn expanded(word: &'static str) -> Vec<&'static str> {
    let Some(status) = word.strip_suffix('*') else { return vec![word] };
    situations(status.parse().unwrap()).to_vec()
}

/// Every status once, by way of a match that a new status breaks.
pub fn statuses() -> Vec<Status> {
    let after = |status: Status| match status {
        Status::Submitted => Some(Status::ActionRequired),
        Status::ActionRequired => Some(Status::Disqualified),
        Status::Disqualified => Some(Status::Contested),
        Status::Contested => Some(Status::UnderReview),
        Status::UnderReview => Some(Status::Refused),
        Status::Refused => Some(Status::Disputed),
        Status::Disputed => Some(Status::Validated),
        Status::Validated => Some(Status::Notified),
        Status::Notified => Some(Status::Paused),
        Status::Paused => Some(Status::Rejected),
        Status::Rejected => Some(Status::Associated),
        Status::Associated => Some(Status::Withdrawn),
        Status::Withdrawn => Some(Status::Ended),
        Status::Ended => None,
    };
    std::iter::successors(Some(Status::Submitted), |status| after(*status)).collect()
}

#[test]
fn every_command_has_its_answer_in_every_situation() {
    let cast = Cast::new();
    let mut wrong = Vec::new();
    for (ask, cells) in rows() {
        for (name, expected) in cells {
            let (claim, now) = situation(&cast, name);
            let command = cast.ask(ask, claim.as_ref(), now);
            let found = written(&decide(claim.as_ref(), &command, now));
            if found != expected {
                wrong.push(format!("{ask} when {name}: {found} instead of {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_cell_of_the_table_is_missing() {
    assert_eq!(statuses(), Status::ALL);
    let mut all: Vec<&str> = Status::ALL.into_iter().flat_map(situations).copied().collect();
    all.push("none");
    all.sort_unstable();
    let rows = rows();
    for (ask, cells) in &rows {
        assert_eq!(cells.keys().copied().collect::<Vec<_>>(), all, "{ask}");
    }
    let cast = Cast::new();
    let first = cast.ask("submit", None, at(START));
    let commands = std::iter::successors(Some(first), |command| command_after(&cast, command));
    for command in commands {
        let name = command.name();
        let has_row = rows.iter().any(|(ask, _)| ask.split(": ").next() == Some(name));
        assert!(has_row, "no row asks for {name}");
    }
}

#[test]
fn every_situation_has_the_status_it_is_named_after() {
    let cast = Cast::new();
    for status in Status::ALL {
        for name in situations(status) {
            let (claim, _) = situation(&cast, name);
            assert_eq!(claim.unwrap().status(), status, "{name}");
        }
    }
}

#[test]
fn a_refusal_names_the_command_and_the_status() {
    let cast = Cast::new();
    let (claim, now) = situation(&cast, "notified");
    let refusal = decide(claim.as_ref(), &cast.ask("finalize", None, now), now).unwrap_err();
    let text = refusal.to_string();
    assert!(text.contains("finalize") && text.contains("notified"), "{text}");
    assert!(text.contains("2026-11-27 21:00:00 UTC"), "{text}");
}
