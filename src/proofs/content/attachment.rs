//! What may be attached to a mail, by name and by first bytes.

use super::{Unfit, refused};

/// Endings of what people attach to mails; everything else is refused, so that nothing new that
/// runs has to be known by name.
const ACCEPTED: [&str; 22] = [
    "pdf", "docx", "xlsx", "pptx", "odt", "ods", "rtf", "txt", "csv", "png", "jpg", "jpeg", "gif",
    "bmp", "tif", "tiff", "heic", "msg", "eml", "ics", "vcf", "p7s",
];
/// Endings of Office's containers, which are archives by their first bytes.
const CONTAINERS: [&str; 5] = ["docx", "xlsx", "pptx", "odt", "ods"];

/// Refuses what is attached under a name that is not accepted.
pub(super) fn check_name(name: &str) -> Result<(), Unfit> {
    if ending(name).is_some_and(|ending| ACCEPTED.contains(&ending.as_str())) {
        return Ok(());
    }
    let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    Err(refused(
        "attachment_not_accepted",
        format!(
            "The mail has an attachment `{shown}`, which may be a program or an archive. Send the \
             mail without it, or as PDF."
        ),
    ))
}

/// Refuses what begins like a program or an archive, whatever it is called.
pub(super) fn check_bytes(name: Option<&str>, head: &[u8]) -> Result<(), Unfit> {
    let ending = name.and_then(ending);
    let is_container = ending.is_some_and(|ending| CONTAINERS.contains(&ending.as_str()));
    if is_program(head) || is_archive(head) && !is_container {
        return Err(refused(
            "attachment_not_accepted",
            "The mail has a program or an archive attached, by what is in it. Send the mail \
             without it, or as PDF.",
        ));
    }
    Ok(())
}

fn ending(name: &str) -> Option<String> {
    name.trim_end_matches([' ', '.', '\0'])
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_lowercase())
}

/// Whether something begins like a program.
pub(super) fn is_program(head: &[u8]) -> bool {
    let starts: [&[u8]; 7] = [
        b"MZ",
        b"\x7fELF",
        b"#!",
        b"\xca\xfe\xba\xbe",
        b"\xcf\xfa\xed\xfe",
        b"\xfe\xed\xfa",
        b"L\0\0\0\x01\x14\x02\0",
    ];
    starts.iter().any(|start| head.starts_with(start))
}

/// Whether something begins like an archive.
pub(super) fn is_archive(head: &[u8]) -> bool {
    let starts: [&[u8]; 9] = [
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"Rar!\x1a\x07",
        b"7z\xbc\xaf\x27\x1c",
        b"\x1f\x8b",
        b"BZh",
        b"\xfd7zXZ\0",
        b"MSCF",
        b"\x28\xb5\x2f\xfd",
    ];
    starts.iter().any(|start| head.starts_with(start))
        || head.get(257..262).is_some_and(|magic| magic == b"ustar")
}
