//! Lines of a text mail, filled to a width.
//!
//! Templates are written in lines of any length with values in the middle of them; readers get
//! even paragraphs. Markup is a matter of the HTML and not known here.

/// Columns a line may have; enough for a reply's `> ` within the usual 78 to 80.
const COLUMNS_MAX: usize = 76;

/// Fills each paragraph. A blank line ends a paragraph; a line that starts with `- ` or with a
/// space starts a block of its own, whose later lines hang under its first word.
pub(super) fn fill(text: &str) -> String {
    let mut filled = String::with_capacity(text.len() + text.len() / 16);
    let mut block = String::new();
    for line in text.lines().map(str::trim_end) {
        let starts_block = line.starts_with("- ") || line.starts_with(' ');
        if line.is_empty() || starts_block {
            flush(&mut block, &mut filled);
        }
        if line.is_empty() {
            if !filled.is_empty() && !filled.ends_with("\n\n") {
                filled.push('\n');
            }
        } else {
            if !block.is_empty() {
                block.push(' ');
            }
            block.push_str(line);
        }
    }
    flush(&mut block, &mut filled);
    let end = filled.trim_end().len();
    filled.truncate(end);
    filled.push('\n');
    filled
}

/// Writes a block in lines of at most [`COLUMNS_MAX`]; a longer word has a line of its own.
fn flush(block: &mut String, filled: &mut String) {
    if block.is_empty() {
        return;
    }
    let indent = block.len() - block.trim_start().len();
    let hanging = indent + if block.trim_start().starts_with("- ") { 2 } else { 0 };
    let (mut columns, mut first) = (indent, true);
    filled.extend(std::iter::repeat_n(' ', indent));
    for word in block.split_whitespace() {
        let width = word.chars().count();
        if !first && columns + 1 + width > COLUMNS_MAX {
            filled.push('\n');
            filled.extend(std::iter::repeat_n(' ', hanging));
            columns = hanging;
        } else if !first {
            filled.push(' ');
            columns += 1;
        }
        filled.push_str(word);
        columns += width;
        first = false;
    }
    filled.push('\n');
    block.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: &str, expected: &str) {
        assert_eq!(fill(given), expected, "{given:?}");
    }

    #[test]
    fn paragraphs_are_filled_and_blocks_kept_apart() {
        check("one\ntwo\n\nthree\n", "one two\n\nthree\n");
        check("a:\n- one\n- two\nmore", "a:\n- one\n- two more\n");
        check("\n\none\n\n\n\ntwo\n\n", "one\n\ntwo\n");
        check("  indented\n  again", "  indented\n  again\n");
        check("", "\n");
    }

    #[test]
    fn lines_are_at_most_76_columns_where_words_allow() {
        let words = "kelime ".repeat(40);
        let text = format!("{words}\n- {words}\n  {words}");
        let filled = fill(&text);
        assert!(filled.lines().all(|line| line.chars().count() <= COLUMNS_MAX), "{filled}");
        assert!(filled.contains("\n- kelime") && filled.contains("\n  kelime"), "{filled}");
        assert_eq!(filled.split_whitespace().count(), 40 * 3 + 1);
    }

    #[test]
    fn columns_are_characters_and_not_bytes() {
        let line = "ğüşıöç ".repeat(10);
        check(&line, &format!("{}\n", line.trim_end()));
    }

    #[test]
    fn a_long_link_stays_whole() {
        let link = format!("https://cpor.example/{}", "x".repeat(90));
        check(&format!("Open\n\n{link}\n\nnow"), &format!("Open\n\n{link}\n\nnow\n"));
    }
}
