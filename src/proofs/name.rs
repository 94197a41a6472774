//! The name of an uploaded file, and what it promises.
//!
//! The rule: a name is one line of at most 200 characters (NFC) without control characters,
//! without characters that turn the direction of writing or are invisible, without `/` and `\`,
//! and is no device of Windows (`CON`, `NUL`, `COM1`, …, with whatever ending). Such a name is
//! refused, because whoever sends it means something by it. White space around a name, dots at its
//! ends and `< > : " | ? *`, which people do write, are cleaned away: the former left out, the
//! latter replaced by `_`. A name has the ending of its kind. It is only ever shown: no part of it
//! is part of a path.

use cpor_jobs::limits;

use super::Kind;
use crate::claim::Finding;
use crate::claim::identity::Line;

/// Where a finding about the name stands.
pub const FIELD: &str = "name";

/// Devices that Windows finds in every folder.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// The name as it is kept, and what its ending promises.
///
/// # Errors
///
/// `name_missing`, `name_too_long`, `name_unsafe`, `name_has_path`, `name_is_device`,
/// `ending_not_accepted`.
pub fn read(raw: &str) -> Result<(Line, Kind), Finding> {
    let trimmed = raw.trim_matches(|c: char| c == ' ' || c == '.');
    if trimmed.is_empty() {
        return Err(refused("name_missing", "The file has no name. Send one, such as sow.pdf."));
    }
    if raw.chars().count() > limits::LINE_MAX {
        let message =
            format!("The name is longer than {} characters. Shorten it.", limits::LINE_MAX);
        return Err(refused("name_too_long", message));
    }
    if raw.contains(['/', '\\']) {
        let message = "The name has a folder in it (`/` or `\\`). Send the name alone.";
        return Err(refused("name_has_path", message));
    }
    let cleaned: String =
        trimmed.chars().map(|c| if "<>:\"|?*".contains(c) { '_' } else { c }).collect();
    let name = Line::parse(&cleaned).map_err(|_| {
        refused(
            "name_unsafe",
            "The name has control characters, or characters that are invisible or turn the \
             direction of writing. Rename the file.",
        )
    })?;
    let (stem, ending) = name.as_str().rsplit_once('.').unwrap_or((name.as_str(), ""));
    if is_device(stem) {
        let message = "The name is that of a device of Windows. Rename the file.";
        return Err(refused("name_is_device", message));
    }
    let ending = ending.to_lowercase();
    let kind = Kind::ALL.into_iter().find(|kind| kind.facts().1.contains(&ending.as_str()));
    match kind {
        Some(kind) => Ok((name, kind)),
        None => Err(refused("ending_not_accepted", not_accepted())),
    }
}

/// What is accepted, in a sentence.
pub fn not_accepted() -> &'static str {
    "Only PDF, DOCX, PNG, JPEG, MSG and EML are accepted, under their own endings. Save the \
     document as PDF."
}

fn refused(code: &'static str, message: impl Into<String>) -> Finding {
    Finding::new(FIELD, code, message)
}

fn is_device(stem: &str) -> bool {
    let first = stem.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let port = ["COM", "LPT"].iter().find_map(|port| first.strip_prefix(port));
    let is_port = port.is_some_and(|number| {
        let mut characters = number.chars();
        matches!(characters.next(), Some('0'..='9' | '¹' | '²' | '³'))
            && characters.next().is_none()
    });
    is_port || DEVICES.contains(&first.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_cleaned_or_refused_by_the_rule() {
        let check = |raw: &str, expected: Result<&str, &str>| {
            let found = read(raw);
            let found = found.as_ref().map(|(name, _)| name.as_str()).map_err(|f| f.code.as_ref());
            assert_eq!(found, expected, "{raw:?}");
        };
        check("sow.pdf", Ok("sow.pdf"));
        check("İş bildirimi (imzalı).PDF", Ok("İş bildirimi (imzalı).PDF"));
        check("  ..sow: draft?.pdf. ", Ok("sow_ draft_.pdf"));
        check("sow.exe.pdf", Ok("sow.exe.pdf"));
        check("common.docx", Ok("common.docx"));
        check("../../etc/passwd.pdf", Err("name_has_path"));
        check("..\\sow.pdf", Err("name_has_path"));
        check("C:\\fakepath\\sow.pdf", Err("name_has_path"));
        check("so\0w.pdf", Err("name_unsafe"));
        check("so\nw.pdf", Err("name_unsafe"));
        check("sow\u{202e}fdp.exe", Err("name_unsafe"));
        check("sow\u{202e}exe.pdf", Err("name_unsafe"));
        check("sow\u{2028}.pdf", Err("name_unsafe"));
        check("nul.pdf", Err("name_is_device"));
        check("COM1.sow.pdf", Err("name_is_device"));
        check("lpt9 .pdf", Err("name_is_device"));
        check("", Err("name_missing"));
        check(" .. ", Err("name_missing"));
        check("sow", Err("ending_not_accepted"));
        check("sow.pdf.exe", Err("ending_not_accepted"));
        check("sow.docm", Err("ending_not_accepted"));
        check("sow.zip", Err("ending_not_accepted"));
        check(&format!("{}.pdf", "s".repeat(197)), Err("name_too_long"));
    }
}
