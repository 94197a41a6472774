//! `cpor calendar`: files in, answers out, without Redis.

use std::fs;

use serde_json::{Value, json};

use super::deployment::{Deployment, Ran};

const RELOAD_CASES: &str = include_str!("../../calendar/reload_cases.jsonl");
const CALENDARS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/config/calendars");
/// Nobody listens there: whoever asked Redis would fail.
const NO_REDIS: &str = "[redis]\nurl = \"redis://127.0.0.1:1\"";
/// The operator's own entries over the calendar of Turkey.
const OWN: &str = "# Ours.\ndays = [\n  # Announced on television.\n  { date = \"2026-11-30\", \
    kind = \"holiday\", name = \"Declared late\" }, # a Monday\n  { date = \"2026-12-05\", \
    kind = \"work\", name = \"Make-up day\" },\n]\n";

/// A deployment with own entries where the default settings look for them.
fn deployment() -> Deployment {
    let deployment = Deployment::private(NO_REDIS);
    fs::create_dir_all(deployment.folder.path().join("config/calendars.d")).unwrap();
    deployment.file("config/calendars.d/TR.toml", OWN.as_bytes());
    deployment
}

fn own_file(deployment: &Deployment) -> String {
    fs::read_to_string(deployment.folder.path().join("config/calendars.d/TR.toml")).unwrap()
}

#[track_caller]
fn says(ran: &Ran, code: i32, parts: &[&str]) {
    assert_eq!(ran.code, code, "{ran:?}");
    for part in parts {
        let said = ran.stdout.contains(part) || ran.stderr.contains(part);
        assert!(said, "{part:?} is not said by\n{}\n{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn calendars_are_listed_with_the_entries_of_ones_own() {
    let deployment = deployment();
    let all = deployment.run(&["calendar", "list", "--json"]).objects();
    assert!(all.len() >= 19);
    let one = deployment.run(&["calendar", "list", "--country", "tr", "--json"]).object();
    assert_eq!((&one["calendar"], &one["overridden"]), (&json!("TR"), &json!(true)));
    assert_eq!((&one["own_entries"], &one["valid_to"]), (&json!(2), &json!("2041-12-31")));
    assert!(one["estimates"].as_u64().unwrap() > 0, "{one}");
    says(&deployment.run(&["calendar", "list", "--country", "TR"]), 0, &["TR@holidays-"]);
    says(&deployment.run(&["calendar", "list", "--country", "QQ"]), 1, &["no calendar"]);
}

#[test]
fn one_calendar_is_shown_as_a_list_and_as_months() {
    let deployment = deployment();
    let show = |more: &[&str]| deployment.run(&[&["calendar", "show", "TR"], more].concat());
    let days = ["--from", "2026-10-28", "--to", "2026-12-05"];
    let objects = show(&[&days[..], &["--json"]].concat()).objects();
    assert_eq!(objects[0], json!({ "from": "2023-01-01", "weekend": ["sat", "sun"] }));
    let dates: Vec<(&str, &str, &str)> = objects[1..]
        .iter()
        .map(|row| {
            let text = |field: &str| row[field].as_str().unwrap();
            (text("date"), text("effect"), text("origin"))
        })
        .collect();
    let expected = [
        ("2026-10-28", "half day", "calendar"),
        ("2026-10-29", "holiday", "calendar"),
        ("2026-11-30", "holiday", "own"),
        ("2026-12-05", "make-up day", "own"),
    ];
    assert_eq!(dates, expected);
    let grid = show(&[&days[..], &["--grid"]].concat());
    says(&grid, 0, &["November 2026", "<28> [29]", "[30]", "+ 5+ ( 6)", "30 Declared late"]);
    says(&show(&["--year", "2033"]), 0, &["(estimated)"]);
    says(&show(&["--year", "2100"]), 1, &["valid from 2023-01-01 to 2041-12-31"]);
    says(&deployment.run(&["calendar", "show", "GB"]), 1, &["GB-ENG"]);
}

#[test]
fn a_difference_is_shown_entry_by_entry_and_found_by_the_exit_code() {
    let deployment = deployment();
    let diff = |more: &[&str]| deployment.run(&[&["calendar", "diff"], more].concat());
    says(&diff(&[]), 1, &["TR\n", "2026-11-30: holiday \"Declared late\" added"]);
    says(&diff(&["DE"]), 0, &["nothing differs"]);
    let object = diff(&["TR", "--json"]).object();
    assert_eq!((&object["change"], &object["calendar"]), (&json!("changed"), &json!("TR")));
    assert_eq!(object["entries"][1]["after"]["kind"], "work");
    let other =
        deployment.file("other.toml", b"days = [{ date = \"2026-10-29\", kind = \"none\" }]");
    says(&diff(&["TR", &other]), 1, &["2026-10-29: holiday \"Republic Day\" removed"]);
    let folders = ["--calendars", CALENDARS, "--against", CALENDARS];
    says(&diff(&folders), 0, &["nothing differs"]);
    says(&diff(&["--against", CALENDARS]), 1, &["2026-12-05: working day \"Make-up day\" removed"]);
    says(&diff(&["XX"]), 1, &["there is no calendar XX"]);
}

#[test]
fn checking_tells_all_that_is_wrong() {
    let deployment = deployment();
    let check = |more: &[&str]| deployment.run(&[&["calendar", "check"], more].concat());
    // Two years later Sri Lanka's calendar will be about to end.
    says(&check(&["--today", "2024-11-20"]), 0, &["nothing to put right"]);
    deployment.file("config/calendars.d/QQ.toml", b"");
    deployment
        .file("config/calendars.d/DE.toml", b"days = [{ date = \"2026-01-02\" }, { kind = 1 }]");
    let parts = ["QQ.toml overrides", "DE.toml: days[0] (2026-01-02)", "DE.toml: days[1]"];
    says(&check(&[]), 1, &parts);
    let errors = check(&["--json"]).objects();
    let errors = errors.iter().filter(|finding| finding["severity"] == "error");
    assert_eq!(errors.count(), 3);
    says(&check(&["--today", "2041-01-01", CALENDARS]), 1, &["ends on 2041-12-31"]);
    says(&deployment.run(&["calendar", "list"]), 2, &["`cpor calendar check` says all"]);
}

#[test]
fn what_is_exported_changes_nothing_when_it_is_imported() {
    let deployment = deployment();
    let file = deployment.folder.path().join("TR.ics").display().to_string();
    let exported = deployment.run(&["calendar", "export", "tr", "--output", &file]);
    says(&exported, 0, &["entries of TR@holidays"]);
    says(
        &deployment.run(&["calendar", "export", "TR", "--output", &file]),
        2,
        &["is there already"],
    );
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text, deployment.run(&["calendar", "export", "TR"]).stdout);
    assert!(text.contains("UID:TR-2026-11-30@calendars.cpor\r\n"), "{text}");
    assert!(text.contains("DTEND;VALUE=DATE:20261201\r\nSUMMARY:Declared late\r\n"), "{text}");
    let import = ["calendar", "import", &file, "--calendar", "TR", "--write", "--rename"];
    says(&deployment.run(&import), 0, &[" 0 entries to add, 0 problems"]);
    assert_eq!(own_file(&deployment), OWN);
    let none = ["calendar", "export", "TR", "--from", "2026-01-02", "--to", "2026-01-03"];
    says(&deployment.run(&none), 1, &["no entries"]);
}

#[test]
fn importing_adds_entries_and_keeps_what_is_there() {
    let deployment = deployment();
    let events = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Bridge\r\n day\r\n\
        DTSTART;VALUE=DATE:20261026\r\nDTEND;VALUE=DATE:20261028\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n\
        SUMMARY:Other\r\nDTSTART;VALUE=DATE:20261130\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let file = deployment.file("holidays.ics", events.as_bytes());
    let import = |more: &[&str]| {
        deployment.run(&[&["calendar", "import", &file, "--calendar", "TR"], more].concat())
    };
    let row = "  { date = \"2026-10-27\", kind = \"holiday\", name = \"Bridgeday\" },\n";
    says(&import(&[]), 0, &[row, "your own file decides this date", "2 entries to add"]);
    assert_eq!(own_file(&deployment), OWN, "nothing is written unless asked for");
    let objects = import(&["--json", "--kind", "half"]).objects();
    let kinds: Vec<&Value> = objects.iter().map(|object| &object["kind"]).collect();
    assert_eq!(kinds, [&Value::Null, &json!("half"), &json!("half"), &Value::Null]);
    says(&import(&["--write"]), 0, &["written to config/calendars.d/TR.toml"]);
    let after = own_file(&deployment);
    assert!(after.starts_with(OWN.trim_end_matches("]\n")) && after.contains(row), "{after}");
    says(&import(&["--write"]), 0, &[" 0 entries to add"]);
    assert_eq!(own_file(&deployment), after);
    let names: Vec<_> =
        fs::read_dir(deployment.folder.path().join("config/calendars.d")).unwrap().collect();
    assert_eq!(names.len(), 1, "{names:?}");
    let timed = events.replace("VALUE=DATE:20261130", "VALUE=DATE-TIME:20261203T090000Z");
    deployment.file("holidays.ics", timed.as_bytes());
    says(
        &import(&["--write"]),
        1,
        &["line 8: \"Other\": has a time of day", "nothing was written"],
    );
    says(&import(&["--skip"]), 0, &["1 problems"]);
    deployment.file("holidays.ics", &vec![b'x'; (4 << 20) + 1]);
    says(&import(&[]), 1, &["longer than 4 MiB"]);
}

/// Every recorded change of a calendar while a window is open, as an operator would make it.
#[test]
fn a_changed_calendar_gives_the_recorded_deadline_and_version() {
    let deployment = Deployment::private(NO_REDIS);
    let mut rows = 0;
    for line in RELOAD_CASES.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let folder = deployment.folder.path().join(case["id"].as_str().unwrap());
        fs::create_dir(&folder).unwrap();
        let file = folder.join(format!("{}.toml", case["calendar"].as_str().unwrap()));
        fs::write(file, own_entries(&case["change"])).unwrap();
        let folder = folder.display().to_string();
        let ask = |more: &[&str]| {
            // The calendars built in: a process reads one of them, not all.
            let args = [&["window", "explain", "--batch"], more].concat();
            deployment.run_with_input(&args, line.as_bytes()).object()
        };
        let (before, after) = (ask(&[]), ask(&["--overrides", &folder]));
        assert_eq!(before["deadline_utc"], case["deadline_before"], "{case}");
        assert_eq!(before["calendar_version"], case["calendar_version_before"], "{case}");
        assert_eq!(after["deadline_utc"], case["deadline_recomputed"], "{case}");
        assert_eq!(after["calendar_version"], case["calendar_version_after"], "{case}");
        rows += 1;
    }
    assert_eq!(rows, 60);
}

/// The changes of a recorded case as an override file.
fn own_entries(changes: &Value) -> String {
    let row = |change: &Value| {
        let name = match &change["name"] {
            Value::String(name) => format!(", name = {name:?}"),
            _ => String::new(),
        };
        let kind = change["kind"].as_str().unwrap_or("none");
        format!("  {{ date = {}, kind = \"{kind}\"{name} }},\n", change["date"])
    };
    let rows: String = changes.as_array().unwrap().iter().map(row).collect();
    format!("days = [\n{rows}]\n")
}
