//! Text from outside, made fit for a header or a line of a mail.
//!
//! The door already refuses such characters; this is the second wall, because lettre panics on a
//! line break in a display name, and because a line break in a claim's name could forge a line
//! of the mail. It does not judge addresses; see [`Mailbox`](super::Mailbox).

use std::borrow::Cow;

/// Replaces what could break a line or hide text by single spaces: control characters, line and
/// paragraph separators, and the invisible characters that turn the direction of text around.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unfit) {
        Cow::Owned(text.chars().map(|c| if is_unfit(c) { ' ' } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// The same, with runs of spaces made one, none at the ends, and at most `characters_max`. What
/// a mail program would decode (RFC 2047, `=?…?=`) is broken up, for it could hide the rest.
pub(super) fn header_text(text: &str, characters_max: usize) -> String {
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || is_unfit(c)).collect();
    let line = words
        .into_iter()
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
        .replace("=?", "= ?");
    match line.char_indices().nth(characters_max) {
        Some((end, _)) => line[..end].trim_end().to_owned(),
        None => line,
    }
}

/// Whether a character may not stand in a line of a mail.
pub(super) fn is_unfit(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{2028}' | '\u{2029}' // Line and paragraph separator.
            | '\u{061C}' | '\u{200E}' | '\u{200F}' // Direction marks.
            | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' // Embeddings and isolates.
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}') // Byte order mark and annotations.
}

/// minijinja's own escaping also hides the slashes of a link, which mail filters take for a trick.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(c),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_text_is_one_clean_line() {
        for (given, expected) in [
            ("Ece Yıldız", "Ece Yıldız"),
            ("Ece\r\nBcc: eve@evil.example", "Ece Bcc: eve@evil.example"),
            ("a\0b\u{7f}c\u{85}d", "a b c d"),
            ("\u{202E}moc.live\u{202C} x", "moc.live x"),
            ("one\u{2028}two\u{2029}three", "one two three"),
            ("  many   spaces \t ", "many spaces"),
            ("\r\n", ""),
            ("=?utf-8?q?=0D=0A?=", "= ?utf-8?q?=0D=0A?="),
            ("çğıöşü çğıöşü", "çğıöşü çğ"),
        ] {
            let cut = if given.starts_with('ç') { 9 } else { 200 };
            assert_eq!(header_text(given, cut), expected, "{given:?}");
        }
    }

    #[test]
    fn one_line_keeps_the_number_of_characters() {
        assert_eq!(one_line("a\nb\u{2066}c"), "a b c");
        assert!(matches!(one_line("plain"), Cow::Borrowed("plain")));
    }
}
