//! The rules of this house that no compiler and no lint knows, as tests.
//!
//! Every rule names each place that breaks it. This file quotes what it looks for, so the rules
//! about words leave it out. What clippy can say is clippy's: see `clippy.toml` and `Cargo.toml`.

#![expect(clippy::unwrap_used, reason = "a test that cannot read the repository has failed")]

use std::fs;
use std::path::{Path, PathBuf};

const LINES_MAX: usize = 300;
const COLUMNS_MAX: usize = 100;
const HANDLER_LINES_MAX: usize = 40;

/// A text file of the repository; its path is relative to the root.
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn is(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }

    fn under(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }

    /// Code in any language; not data, of which lines may be as long as they are.
    fn is_code(&self) -> bool {
        ["rs", "lua", "py", "sh"].iter().any(|extension| self.is(extension)) || self.under("bin/")
    }

    /// Each line with its number, and whether it belongs to tests.
    fn lines(&self) -> impl Iterator<Item = (usize, &str, bool)> {
        let mut tests = self.path.split('/').any(|part| part == "tests" || part == "tests.rs");
        self.text.lines().enumerate().map(move |(index, line)| {
            tests |= line.starts_with("mod tests {");
            (index + 1, line, tests)
        })
    }

    /// The places of all lines that a rule does not like.
    fn places(&self, breaks: impl Fn(&str, bool) -> bool) -> Vec<String> {
        let broken = self.lines().filter(|(_, line, tests)| breaks(line, *tests));
        broken.map(|(number, line, _)| format!("{}:{number}: {}", self.path, line.trim())).collect()
    }
}

/// All text files of the repository but this one.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    for entry in ["src", "jobs", "tests", "config", "bin", ".ci", ".cargo"] {
        collect(&root.join(entry), root, &mut sources);
    }
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            read(&path, root, &mut sources);
        }
    }
    assert!(sources.len() > 100, "only {} files were found", sources.len());
    sources
}

fn collect(folder: &Path, root: &Path, sources: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && name != "__pycache__" {
            collect(&path, root, sources);
        } else if path.is_file() {
            read(&path, root, sources);
        }
    }
}

fn read(file: &Path, root: &Path, sources: &mut Vec<Source>) {
    let path = file.strip_prefix(root).unwrap().to_string_lossy().into_owned();
    // `.git` is a file in a worktree, and holds a path of the machine.
    if path == "tests/tidy.rs" || path == ".git" || path == "Cargo.lock" {
        return;
    }
    if let Ok(text) = fs::read_to_string(file) {
        sources.push(Source { path, text });
    }
}

#[track_caller]
fn nowhere(rule: &str, places: &[String]) {
    assert!(places.is_empty(), "{rule}; broken {} times:\n{}", places.len(), places.join("\n"));
}

/// Whether `word` stands in `line` as a word of its own.
fn has_word(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(part) && !line[at + word.len()..].starts_with(part))
}

#[test]
fn files_and_lines_are_short_enough_to_be_read() {
    let mut places = Vec::new();
    for source in sources().iter().filter(|source| source.is_code()) {
        let lines = source.text.lines().count();
        if lines > LINES_MAX {
            places.push(format!("{}: {lines} lines", source.path));
        }
        places.extend(source.places(|line, _| line.chars().count() > COLUMNS_MAX));
    }
    nowhere("a file has at most 300 lines of at most 100 columns", &places);
}

#[test]
fn nothing_is_left_unfinished_or_silenced() {
    let unfinished = ["todo!(", "unimplemented!(", "dbg!(", "#[ignore", "#[should_panic"];
    let mut places = Vec::new();
    for source in sources().iter().filter(|source| source.is_code()) {
        places.extend(source.places(|line, _| {
            let note = ["TODO", "FIXME", "XXX"].into_iter().any(|word| has_word(line, word));
            let silenced = line.contains("#[allow(") || line.contains("#![allow(");
            unfinished.iter().any(|word| line.contains(word))
                || note && !line.contains("(#")
                || silenced
        }));
    }
    nowhere("nothing unfinished without an issue, `TODO(#7)`; `expect` instead of allow", &places);
}

#[test]
fn only_the_clock_reads_the_time() {
    let readings = ["Utc::now", "Local::now", "SystemTime::now", "Timestamp::now", "Zoned::now"];
    let mut places = Vec::new();
    for source in sources().iter().filter(|source| source.is("rs")) {
        if source.path != "src/clock.rs" {
            places.extend(source.places(|line, _| readings.iter().any(|word| line.contains(word))));
        }
    }
    nowhere("time is an argument; only src/clock.rs reads it", &places);
}

/// The clock measures the offset to Redis's time, and the testkit has to look at Redis when a
/// world is dropped, without a runtime.
#[test]
fn only_the_store_talks_to_redis() {
    let allowed = |path: &str| {
        path.starts_with("src/store/") || path.starts_with("src/testkit/") || path == "src/clock.rs"
    };
    let mut places = Vec::new();
    for source in sources().iter().filter(|source| source.is("rs") && source.under("src/")) {
        if !allowed(&source.path) {
            places.extend(source.places(|line, _| {
                line.match_indices("redis::").any(|(at, _)| {
                    !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
                })
            }));
        }
    }
    nowhere("Redis is the business of src/store", &places);
}

#[test]
fn no_test_sleeps() {
    let mut places = Vec::new();
    for source in sources().iter().filter(|source| source.is("rs")) {
        places.extend(source.places(|line, tests| tests && has_word(line, "sleep")));
    }
    nowhere("a test travels in time or waits for a signal", &places);
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent = |source: &&Source| {
        source.is("rs") && source.path.contains("src/") && !source.text.starts_with("//!")
    };
    let places: Vec<String> =
        sources().iter().filter(silent).map(|source| source.path.clone()).collect();
    nowhere("a module opens with what it is for, `//! …`", &places);
}

#[test]
fn nothing_is_about_one_machine_or_how_it_was_written() {
    let machine = ["/work/", "/root/", "/home/"];
    let tools = ["claude", "anthropic", "openai", "chatgpt", "llm", "llms", "ai assistant"];
    let mut places = Vec::new();
    for source in sources() {
        places.extend(source.places(|line, _| {
            let lower = line.to_lowercase();
            machine.iter().any(|path| line.contains(path))
                || tools.iter().any(|tool| has_word(&lower, tool))
        }));
    }
    nowhere("the repository is about the product", &places);
}

#[test]
fn every_script_opens_with_what_it_takes() {
    let mut places = Vec::new();
    for source in sources().iter().filter(|source| source.is("lua")) {
        let header = source.text.lines().take_while(|line| line.starts_with("--"));
        let header = header.collect::<Vec<_>>().join("\n");
        let body = &source.text[header.len()..];
        for table in ["KEYS", "ARGV"] {
            if body.contains(table) && !header.contains(&format!("{table}:")) {
                places.push(format!("{}: its header does not explain {table}", source.path));
            }
        }
        if !header.contains("Returns") {
            places.push(format!("{}: its header does not say what it returns", source.path));
        }
    }
    nowhere("a Lua script opens with a header: what it does, KEYS, ARGV, what it returns", &places);
}

#[test]
fn handlers_look_act_and_report_on_one_screen() {
    let mut places = Vec::new();
    for job in cpor_jobs::Job::ALL {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/worker/{job}.rs"));
        let text = fs::read_to_string(&path).unwrap();
        let handler = text.lines().skip_while(|line| !line.contains("async fn run("));
        let lines = handler.take_while(|line| *line != "}").count() + 1;
        assert!(lines > 2, "{} has no handler", path.display());
        if lines > HANDLER_LINES_MAX {
            places.push(format!("src/worker/{job}.rs: {lines} lines"));
        }
    }
    nowhere("a handler has at most 40 lines", &places);
}

/// A comment may speak for the keys that follow it without a gap, and one above a table for the
/// tables of the same family, such as `[workers.…]`.
#[test]
fn every_setting_is_explained() {
    let text = include_str!("../config/default.toml");
    let (mut places, mut explained, mut family) = (Vec::new(), false, "");
    for (index, line) in text.lines().enumerate() {
        if line.is_empty() {
            explained = false;
        } else if line.starts_with('#') {
            explained = true;
        } else if let Some(table) = line.strip_prefix('[') {
            let root = table.split(['.', ']']).next().unwrap_or_default();
            explained |= family == root;
            family = if explained { root } else { "" };
        } else if !explained {
            places.push(format!("config/default.toml:{}: {line}", index + 1));
        }
    }
    nowhere("config/default.toml says what every key means", &places);
}

#[test]
fn the_readme_has_the_same_picture_as_the_code() {
    let picture = include_str!("../src/claim/life.md").trim();
    assert!(include_str!("../README.md").contains(picture), "copy src/claim/life.md to README.md");
}
