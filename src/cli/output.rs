//! Where output goes. With `--json`, objects go to standard output and everything for people to
//! standard error; without it, standard output is for people. Writing never panics.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write};

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

/// Standard output, for programs or for people.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    json: bool,
}

impl Output {
    /// Output for programs (`json`) or for people.
    pub const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether a program reads it.
    pub const fn is_json(self) -> bool {
        self.json
    }

    /// One object on one line, if a program reads.
    pub fn object(self, object: &impl Serialize) -> io::Result<()> {
        if !self.json {
            return Ok(());
        }
        let line = serde_json::to_string(object).map_err(io::Error::other)?;
        writeln!(io::stdout(), "{line}")
    }

    /// One line, or more, for people.
    pub fn text(self, text: impl Display) -> io::Result<()> {
        if self.json {
            say(text);
            return Ok(());
        }
        writeln!(io::stdout(), "{text}")
    }

    /// A table for people; nothing when a program reads, or there are no rows.
    pub fn table(self, header: &[&str], rows: Vec<Vec<String>>) -> io::Result<()> {
        if self.json || rows.is_empty() {
            return Ok(());
        }
        let mut table = Table::new();
        table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(header.iter().copied());
        for row in rows {
            table.add_row(row.iter().map(|cell| plain(cell)));
        }
        writeln!(io::stdout(), "{}", table.trim_fmt())
    }
}

/// Tells people something on standard error, unless nobody listens any more.
pub fn say(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Text from outside without what a terminal would obey.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// How far something is whose length nobody knows, where a person looks on.
pub fn spinner() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    match ProgressStyle::with_template("{spinner} {elapsed}  {msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
