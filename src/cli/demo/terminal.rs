//! Words on a terminal: color where it is wanted, lines that fit.

use std::io::{IsTerminal as _, stderr, stdout};

use cpor::claim::Status;

use crate::cli::output::Output;

/// Columns of text, whatever the terminal has: long lines are hard to read.
pub const COLUMNS: usize = 96;

/// Puts color around words, or leaves them as they are.
#[derive(Debug, Clone, Copy)]
pub struct Paint {
    colored: bool,
}

impl Paint {
    /// Color for a terminal whose user has not set `NO_COLOR`.
    pub fn for_people(output: Output) -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let terminal =
            if output.is_json() { stderr().is_terminal() } else { stdout().is_terminal() };
        Self { colored: terminal && !refused }
    }

    /// Stands out.
    pub fn bold(self, text: &str) -> String {
        self.around("1", text)
    }

    /// Steps back.
    pub fn dim(self, text: &str) -> String {
        self.around("2", text)
    }

    /// The name of a status in the color of its meaning.
    pub fn status(self, status: Status) -> String {
        let code = match status {
            Status::Associated => "1;32",
            Status::Rejected | Status::Disqualified | Status::Ended | Status::Refused => "1;31",
            Status::Contested | Status::ActionRequired | Status::UnderReview | Status::Disputed => {
                "1;33"
            }
            Status::Submitted | Status::Validated | Status::Notified | Status::Paused => "1;34",
            Status::Withdrawn => "1",
        };
        self.around(code, status.as_str())
    }

    /// What should not be.
    pub fn alarm(self, text: &str) -> String {
        self.around("1;31", text)
    }

    fn around(self, code: &str, text: &str) -> String {
        if self.colored { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// Breaks a text into lines that hang under `indent` columns. The first line has no indent.
pub fn hanging(text: &str, indent: usize) -> String {
    let mut out = String::new();
    let mut columns = indent;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if columns > indent && columns + 1 + width > COLUMNS {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            columns = indent;
        } else if columns > indent {
            out.push(' ');
            columns += 1;
        }
        out.push_str(word);
        columns += width;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_hang_under_their_indent_and_keep_every_word() {
        let text = "word ".repeat(60);
        let lines = hanging(&text, 10);
        assert!(lines.lines().all(|line| line.chars().count() <= COLUMNS));
        assert!(lines.lines().skip(1).all(|line| line.starts_with("          word")));
        assert_eq!(lines.split_whitespace().count(), 60);
    }

    #[test]
    fn without_color_words_stay_as_they_are() {
        let paint = Paint { colored: false };
        assert_eq!(paint.bold("a") + &paint.status(Status::Rejected), "arejected");
        assert_eq!(Paint { colored: true }.bold("a"), "\u{1b}[1ma\u{1b}[0m");
    }
}
