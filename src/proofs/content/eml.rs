//! EML: a mail as it was sent (RFC 5322, MIME); what is attached to it is judged by name and first
//! bytes. Names are looked for in every header of the file, so also in mails in the mail.

use std::io::{BufRead as _, BufReader, Read as _};

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::attachment::{check_bytes, check_name};
use super::{Content, Unfit, refused};

/// A line is never longer; of a longer one the rest is another line.
const LINE_MAX: u64 = 64 * 1_024;
/// A header with its continuations is never longer.
const HEADER_MAX: usize = 64 * 1_024;
/// Headers that begin a mail.
const FIRST: [&str; 4] = ["from:", "date:", "subject:", "message-id:"];
/// Media types that are programs or archives, whatever the name.
const REFUSED_TYPES: [&str; 7] = [
    "application/x-msdownload",
    "application/x-msdos-program",
    "application/x-dosexec",
    "application/zip",
    "application/x-zip-compressed",
    "application/x-7z-compressed",
    "application/vnd.rar",
];
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Whether a file begins with the headers of a mail.
pub(super) fn begins_like_one(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = String::from_utf8_lossy(head).to_lowercase();
    let headers = text.split("\r\n\r\n").next().unwrap_or_default();
    let headers = headers.split("\n\n").next().unwrap_or_default();
    let is_header = |line: &str| {
        line.starts_with([' ', '\t'])
            || line.split_once(':').is_some_and(|(name, _)| {
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic())
            })
    };
    let first = headers.lines().next().unwrap_or_default();
    let found = FIRST.iter().filter(|name| headers.lines().any(|line| line.starts_with(**name)));
    // The last line may have been cut off.
    let count = headers.lines().count();
    let all = headers.lines().take(count.saturating_sub(1).max(1)).all(is_header);
    !head.contains(&0) && is_header(first) && all && found.count() >= 2
}

/// Refuses attachments that are not accepted.
pub(super) fn check(content: &Content<'_>) -> Result<(), Unfit> {
    let mut reader = BufReader::with_capacity(64 * 1_024, content.reader(0));
    let (mut line, mut header) = (Vec::new(), String::new());
    let mut part = Part::default();
    loop {
        line.clear();
        if reader.by_ref().take(LINE_MAX).read_until(b'\n', &mut line)? == 0 {
            return part.see(&header);
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\r', '\n']);
        if line.contains(&0) {
            return Err(refused("broken", "The mail has bytes in it that no mail has."));
        }
        let continues = text.starts_with([' ', '\t']) && !header.is_empty();
        if continues && header.len() + text.len() <= HEADER_MAX {
            header.push_str(text);
            continue;
        }
        part.see(&header)?;
        header.clear();
        if is_header_of_a_part(text) {
            header.push_str(text);
        } else {
            part.see_body(text)?;
        }
    }
}

fn is_header_of_a_part(line: &str) -> bool {
    let starts = |name: &str| line.get(..name.len()).is_some_and(|l| l.eq_ignore_ascii_case(name));
    starts("content-type:")
        || starts("content-disposition:")
        || starts("content-description:")
        || starts("content-transfer-encoding:")
}

/// What is known of the part of the mail that is being read.
#[derive(Default)]
struct Part {
    name: Option<String>,
    is_base64: bool,
    /// Whether its headers were the last that was read, so that the next text is its beginning.
    begins: bool,
}

impl Part {
    fn see(&mut self, header: &str) -> Result<(), Unfit> {
        if header.is_empty() {
            return Ok(());
        }
        let lower = header.to_lowercase();
        if !self.begins {
            *self = Self { begins: true, ..Self::default() };
        }
        if lower.starts_with("content-transfer-encoding:") {
            self.is_base64 = lower.contains("base64");
            return Ok(());
        }
        if REFUSED_TYPES.iter().any(|kind| lower.contains(kind)) {
            check_name("archive")?;
        }
        for name in names(header) {
            check_name(&name)?;
            self.name = Some(name);
        }
        Ok(())
    }

    /// The first text after the headers of a part is its beginning; `begin 644 name` is a file of
    /// the time before MIME.
    fn see_body(&mut self, text: &str) -> Result<(), Unfit> {
        if let Some(rest) = text.strip_prefix("begin ")
            && let Some((mode, name)) = rest.split_once(' ')
            && mode.len() >= 3
            && mode.bytes().all(|byte| (b'0'..b'8').contains(&byte))
        {
            check_name(name)?;
        }
        if !self.begins || text.is_empty() || text.contains(": ") {
            return Ok(());
        }
        self.begins = false;
        let start: String = text.chars().take(400).collect();
        let start = &start[..start.len() - start.len() % 4];
        match LENIENT.decode(start) {
            Ok(bytes) if self.is_base64 => check_bytes(self.name.as_deref(), &bytes),
            Ok(_) | Err(_) => check_bytes(self.name.as_deref(), text.as_bytes()),
        }
    }
}

/// The names that a header gives to its part: `name=`, `filename=`, also in the forms of RFC 2231
/// (`filename*0*=`) and RFC 2047 (`=?utf-8?B?…?=`). Pieces of one name are put together.
fn names(header: &str) -> Vec<String> {
    let mut pieces: Vec<(String, String)> = Vec::new();
    let mut rest = header;
    while let Some((_, after)) = rest.split_once(';') {
        rest = after;
        let Some((key, value)) = after.split_once('=') else { continue };
        let key = key.trim().to_lowercase();
        let base = key.split('*').next().unwrap_or_default().to_owned();
        if !matches!(base.as_str(), "name" | "filename") {
            continue;
        }
        let value = value.trim_start();
        let value = match value.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next().unwrap_or_default(),
            None => value.split(';').next().unwrap_or_default().trim(),
        };
        let value = if key.ends_with('*') { percent_decoded(value) } else { words_decoded(value) };
        match pieces.iter_mut().find(|(known, _)| *known == base) {
            Some((_, name)) => name.push_str(&value),
            None => pieces.push((base, value)),
        }
    }
    pieces.into_iter().map(|(_, name)| name).collect()
}

fn percent_decoded(value: &str) -> String {
    let value = value.rsplit('\'').next().unwrap_or(value);
    let (mut bytes, mut rest) = (Vec::new(), value.as_bytes());
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Encoded words; the character set does not matter for an ending.
fn words_decoded(value: &str) -> String {
    let (mut decoded, mut rest) = (String::new(), value);
    while let Some((before, after)) = rest.split_once("=?") {
        let mut parts = after.splitn(3, '?');
        let (Some(_), Some(encoding), Some(word)) = (parts.next(), parts.next(), parts.next())
        else {
            break;
        };
        let Some((text, further)) = word.split_once("?=") else { break };
        decoded.push_str(before.trim());
        if encoding.eq_ignore_ascii_case("b") {
            let bytes = LENIENT.decode(text).unwrap_or_default();
            decoded.push_str(&String::from_utf8_lossy(&bytes));
        } else {
            decoded.push_str(&percent_decoded(&text.replace('=', "%").replace('_', " ")));
        }
        rest = further;
    }
    decoded.push_str(rest);
    decoded
}
