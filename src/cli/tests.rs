//! The runbook: it has a paragraph for every alert and none besides, and the commands it names are
//! commands.

use clap::Parser as _;
use clap::error::ErrorKind;

use super::Cli;

const RUNBOOK: &str = include_str!("../../docs/runbook.md");
const ALERTS: &str = include_str!("../../config/prometheus/alerts.yml");
const ADDRESS: &str = "https://github.com/cpor/cpor/blob/main/docs/runbook.md#";

/// What the placeholders of the runbook may stand for.
const EXAMPLES: [(&str, &str); 2] =
    [("ID", "01998b6e-4b2a-7c3d-8e4f-000000000000"), ("ENTRY", "17")];

/// The words of a command as a shell reads them; quotes only stand around whole words.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in command.split('"').enumerate() {
        match at % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    for word in &mut words {
        if let Some((_, example)) = EXAMPLES.iter().find(|(name, _)| name == word) {
            (*example).clone_into(word);
        }
    }
    words
}

/// In a block a command is whole; in a sentence its arguments may be left out.
#[track_caller]
fn check(command: &str, is_whole: bool) {
    let parsed = Cli::try_parse_from(words(command)).map_err(|error| error.kind());
    let left_out = matches!(
        parsed,
        Err(ErrorKind::MissingRequiredArgument
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand)
    );
    assert!(parsed.is_ok() || !is_whole && left_out, "`{command}`: {:?}", parsed.unwrap_err());
}

#[test]
fn the_commands_of_the_runbook_are_commands() {
    let (mut in_blocks, mut in_sentences) = (0, 0);
    for (at, part) in RUNBOOK.split("```").enumerate() {
        if at % 2 == 1 {
            for command in part.lines().filter(|line| line.starts_with("cpor ")) {
                check(command, true);
                in_blocks += 1;
            }
            continue;
        }
        let spans = part.split('`').skip(1).step_by(2);
        for command in spans.filter(|span| span.starts_with("cpor ")) {
            check(command, false);
            in_sentences += 1;
        }
    }
    assert!(in_blocks > 15 && in_sentences > 15, "{in_blocks} and {in_sentences} commands");
}

#[test]
fn every_alert_has_its_paragraph_and_every_paragraph_its_alert() {
    let alerts: Vec<&str> =
        ALERTS.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    let paragraphs: Vec<(&str, &str)> =
        RUNBOOK.split("\n## ").skip(1).filter_map(|text| text.split_once('\n')).collect();
    let (mut named, mut explained) = (alerts.clone(), Vec::new());
    for (title, text) in paragraphs {
        for part in ["**Means.**", "**Look.**", "**Do.**"] {
            assert!(text.contains(part), "{title} does not say {part}");
        }
        explained.push(title);
    }
    named.sort_unstable();
    explained.sort_unstable();
    assert_eq!(named, explained);
    for (alert, text) in alerts.iter().zip(ALERTS.split("- alert: ").skip(1)) {
        for part in ["severity: ", "summary: ", "description: "] {
            assert!(text.contains(part), "{alert} has no {part}");
        }
        let address = format!("runbook_url: {ADDRESS}{}\n", alert.to_lowercase());
        assert!(text.contains(&address), "{alert} does not lead to its paragraph");
    }
    let links = RUNBOOK.split("](#").skip(1).filter_map(|rest| rest.split(')').next());
    for link in links {
        assert!(explained.iter().any(|title| title.to_lowercase() == link), "#{link}");
    }
}
