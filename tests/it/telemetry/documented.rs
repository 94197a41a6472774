//! The tables of `docs/tracing.md` say what the code says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cpor::telemetry::spans;

/// The rows of the table below a heading, cell by cell, without quotes.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/tracing.md");
    let text = std::fs::read_to_string(file).unwrap();
    let (_, below) = text.split_once(&format!("\n## {heading}\n")).unwrap();
    let table = below.lines().skip_while(|line| !line.starts_with('|')).skip(2);
    table
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells = line.trim_matches('|').split('|');
            cells.map(|cell| cell.trim().trim_matches('`').to_owned()).collect()
        })
        .collect()
}

/// Every source file of the crate.
fn sources(folder: &Path, texts: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            texts.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

/// The arguments of a call, up to the first text that is not `skipped`.
fn arguments(call: &str, skipped: usize) -> Vec<String> {
    let (mut depth, mut texts, mut arguments, mut current) = (1, 0, Vec::new(), String::new());
    let mut characters = call.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' if depth == 1 && texts == skipped => break,
            '"' => {
                texts += 1;
                while let Some(c) = characters.next() {
                    match c {
                        '\\' => drop(characters.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            ',' if depth == 1 => arguments.push(std::mem::take(&mut current)),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        current.push(c);
    }
    arguments.push(current);
    arguments
}

/// The name of the field that an argument gives.
fn field(argument: &str) -> Option<String> {
    let argument = argument.trim_start_matches(',').trim().trim_start_matches(['%', '?']);
    let name = argument.split('=').next()?.trim();
    let is_name = |c: char| c.is_ascii_lowercase() || c == '_' || c == '.';
    (!name.is_empty() && name.chars().all(is_name)).then(|| name.to_owned())
}

/// Every field of a line or a span in the code.
fn used() -> BTreeSet<String> {
    let mut texts = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut texts);
    let fixed = spans::ALL.iter().flat_map(|span| span.fixed.iter().map(|(key, _)| *key));
    let mut used: BTreeSet<String> = fixed.map(str::to_owned).collect();
    for text in texts {
        for level in ["trace", "debug", "info", "warn", "error"] {
            for (call, skipped) in [(format!("{level}!("), 0), (format!("{level}_span!("), 1)] {
                for (at, _) in text.match_indices(&call) {
                    let found = arguments(&text[at + call.len()..], skipped);
                    // The name of a span comes first.
                    used.extend(found.iter().skip(skipped).filter_map(|one| field(one)));
                }
            }
        }
    }
    used
}

#[test]
fn every_field_is_in_the_table_and_every_row_is_a_field() {
    let rows: Vec<String> = rows("Fields").into_iter().map(|mut row| row.remove(0)).collect();
    let documented: BTreeSet<String> = rows.iter().cloned().collect();
    assert_eq!(documented, used());
    assert!(rows.is_sorted() && rows.len() == documented.len(), "one row each, in their order");
}

#[test]
fn every_span_is_in_the_table_with_its_kind() {
    let documented: BTreeMap<String, (String, String)> = rows("Spans")
        .into_iter()
        .map(|row| (row[0].clone(), (row[1].clone(), row[2].clone())))
        .collect();
    let sent = |span: &spans::SpanInfo| {
        if span.name == "http_stream" { "-".to_owned() } else { span.title.to_owned() }
    };
    let known = spans::ALL.iter().map(|span| {
        let kind = format!("{:?}", span.kind).to_lowercase();
        (span.name.to_owned(), (sent(span), kind))
    });
    assert_eq!(documented, known.collect());
}
