//! Content lines of RFC 5545, section 3.1: unfolding, parameters, text, and folding again. Every
//! line knows its number in the file, so that whoever is told about it can find it.
//!
//! Deliberately not here: what a property means.

/// Most octets of a line before it is folded.
const LINE_OCTETS_MAX: usize = 75;

/// One logical line of an iCalendar file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentLine {
    /// The number of its first physical line, from 1.
    pub number: usize,
    /// The property's name, in upper case.
    pub name: String,
    /// Its parameters; names in upper case, values without quotes.
    pub params: Vec<(String, String)>,
    /// The value as it is written.
    pub value: String,
}

/// Why a line is no content line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// The number of its first physical line, from 1.
    pub number: usize,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl ContentLine {
    /// A parameter's value, in upper case.
    pub fn param(&self, name: &str) -> Option<String> {
        let found = self.params.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.to_ascii_uppercase())
    }

    /// The value as text: escapes undone, and everything on one line.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut chars = self.value.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('n' | 'N') => text.push(' '),
                    Some(escaped) => text.push(escaped),
                    None => {}
                },
                c if c.is_control() => text.push(' '),
                c => text.push(c),
            }
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The parts of a list value, such as dates.
    pub fn list(&self) -> impl Iterator<Item = &str> {
        self.value.split(',').map(str::trim).filter(|part| !part.is_empty())
    }
}

/// The content lines of a file. Lines end with CRLF, or as other programs write them with LF; a
/// line that begins with a blank continues the one before, even in the middle of a character.
pub fn content_lines(bytes: &[u8]) -> impl Iterator<Item = Result<ContentLine, BadLine>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut physical = bytes.split(|byte| *byte == b'\n').enumerate().peekable();
    std::iter::from_fn(move || {
        loop {
            let (index, first) = physical.next()?;
            let mut line = first.strip_suffix(b"\r").unwrap_or(first).to_vec();
            while let Some((_, more)) =
                physical.next_if(|(_, next)| next.starts_with(b" ") || next.starts_with(b"\t"))
            {
                let more = more.strip_suffix(b"\r").unwrap_or(more);
                line.extend_from_slice(more.get(1..).unwrap_or_default());
            }
            if !line.iter().all(u8::is_ascii_whitespace) {
                return Some(parsed(index + 1, line));
            }
        }
    })
}

fn parsed(number: usize, line: Vec<u8>) -> Result<ContentLine, BadLine> {
    let bad = |problem| BadLine { number, problem };
    let line = String::from_utf8(line).map_err(|_| bad("is not UTF-8"))?;
    let (head, value) = split_outside_quotes(&line, ':')
        .ok_or_else(|| bad("is not a property: it has no colon"))?;
    let mut parts = Vec::new();
    let mut rest = head;
    while let Some((part, more)) = split_outside_quotes(rest, ';') {
        parts.push(part);
        rest = more;
    }
    parts.push(rest);
    let mut parts = parts.into_iter();
    let name = parts.next().unwrap_or_default().trim().to_ascii_uppercase();
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(bad("is not a property: its name is not one"));
    }
    let param = |part: &str| {
        let (name, value) = part.split_once('=')?;
        Some((name.trim().to_ascii_uppercase(), value.replace('"', "")))
    };
    let params: Option<Vec<_>> = parts.map(param).collect();
    let params = params.ok_or_else(|| bad("has a parameter without a value"))?;
    Ok(ContentLine { number, name, params, value: value.to_owned() })
}

/// Splits at the first `at` that is not between double quotes.
fn split_outside_quotes(text: &str, at: char) -> Option<(&str, &str)> {
    let mut quoted = false;
    let found = text.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == at && !quoted
    });
    found.map(|(index, c)| {
        let (before, after) = text.split_at(index);
        (before, after.get(c.len_utf8()..).unwrap_or_default())
    })
}

/// Text as a property's value: backslash, semicolon and comma escaped.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if matches!(c, '\\' | ';' | ',') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Adds a line, folded after at most 75 octets between characters, with its end.
pub fn push_folded(text: &mut String, line: &str) {
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > LINE_OCTETS_MAX {
            text.push_str("\r\n ");
            octets = 1;
        }
        text.push(c);
        octets += c.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<Result<ContentLine, BadLine>> {
        content_lines(bytes).collect()
    }

    #[test]
    fn lines_are_unfolded_even_in_the_middle_of_a_character() {
        let found = lines(b"\xef\xbb\xbfSUMMARY:caf\xc3\r\n \xa9\r\n\r\nx-a;P=\"a:b;c\";q=1:v:w\n");
        let summary = found[0].as_ref().unwrap();
        assert_eq!((summary.number, summary.text().as_str()), (1, "café"));
        let other = found[1].as_ref().unwrap();
        assert_eq!((other.number, other.name.as_str(), other.value.as_str()), (4, "X-A", "v:w"));
        assert_eq!(other.param("P").as_deref(), Some("A:B;C"));
        assert_eq!(other.param("Q").as_deref(), Some("1"));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_line_that_is_no_property_says_its_number() {
        let check = |bytes: &[u8], problem: &str| {
            let found = lines(&[b"A:1\n".as_slice(), bytes].concat());
            let bad = found[1].as_ref().unwrap_err();
            assert_eq!(bad.number, 2);
            assert!(bad.problem.contains(problem), "{bad:?}");
        };
        check(b"rubbish", "no colon");
        check(b":value", "name");
        check(b"A B:value", "name");
        check(b"A;B:value", "parameter");
        check(b"A;B=\"x:value", "no colon");
        check(b"A:\xff", "UTF-8");
    }

    #[test]
    fn text_survives_being_written_and_read() {
        for text in ["a, b; c \\ d: \"e\"", &"Ö".repeat(200), &"x".repeat(75), ""] {
            let mut written = String::new();
            push_folded(&mut written, &format!("SUMMARY:{}", escaped(text)));
            assert!(written.split("\r\n").all(|line| line.len() <= LINE_OCTETS_MAX), "{written}");
            let read = lines(written.as_bytes()).remove(0).unwrap();
            assert_eq!(read.text(), text);
        }
        let read = lines(b"SUMMARY:two\\nlines\\, one\\N \ttext").remove(0).unwrap();
        assert_eq!(read.text(), "two lines, one text");
    }
}
