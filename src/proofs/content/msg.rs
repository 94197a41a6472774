//! MSG: a mail of Outlook ([MS-OXMSG]) and no other compound file; what is attached to it is
//! judged by name and first bytes.

use super::attachment::{check_bytes, check_name};
use super::cfb::CompoundFile;
use super::{Content, Unfit, refused};

/// What every mail of Outlook has at its top.
const PROPERTIES: &str = "__properties_version1.0";
/// The names of an attachment: short, long; and its bytes. The type follows.
const NAMES: [&str; 2] = ["__substg1.0_3704", "__substg1.0_3707"];
const DATA: &str = "__substg1.0_37010102";
/// What old documents of Office keep macros in.
const MACROS: [&str; 3] = ["macros", "_vba_project_cur", "vba"];
/// A name is never longer, in bytes.
const NAME_BYTES_MAX: usize = 1_024;

/// Refuses what is no mail, and attachments that are not accepted.
pub(super) fn check(content: &Content<'_>) -> Result<(), Unfit> {
    let file = CompoundFile::open(content).map_err(|_| broken())?;
    let named = |name: &str| file.entries.iter().any(|entry| entry.name == name);
    if !named(PROPERTIES) || named("WordDocument") || named("Workbook") || named("Book") {
        return Err(refused(
            "kind_not_accepted",
            "This is an old document of Office and no mail of Outlook. Save it as PDF.",
        ));
    }
    if file.entries.iter().any(|entry| MACROS.contains(&entry.name.to_lowercase().as_str())) {
        return Err(refused("msg_macros", "The mail has macros in it. Send it as PDF."));
    }
    for entry in &file.entries {
        if NAMES.iter().any(|name| entry.name.starts_with(name)) {
            let bytes = file.beginning(entry, NAME_BYTES_MAX).map_err(|_| broken())?;
            check_name(&text(&entry.name, &bytes))?;
        } else if entry.name == DATA {
            let head = file.beginning(entry, 512).map_err(|_| broken())?;
            // Its name stands elsewhere, and was judged there.
            check_bytes(Some("attached.docx"), &head)?;
        }
    }
    Ok(())
}

/// Text of the type at the end of a property's name: `001F` is UTF-16, `001E` one byte each.
fn text(property: &str, bytes: &[u8]) -> String {
    if property.ends_with("001F") {
        let units = bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
        return String::from_utf16_lossy(&units.collect::<Vec<_>>());
    }
    String::from_utf8_lossy(bytes).into_owned()
}

fn broken() -> Unfit {
    refused("broken", "This begins like a mail of Outlook and is none. Save it again.")
}
