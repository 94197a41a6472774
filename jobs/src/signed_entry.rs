//! The line before a submission that proves whose it is.
//!
//! `cpor-hmac-sha256 <key id> <mac>`, a line feed, and then the JSON, of which not one byte may
//! change: the MAC is the HMAC-SHA256 of exactly those bytes by the key of the source that they
//! name. There is one way to spell each part, so that a changed line is never the same line.
//!
//! Whether a MAC is right is deliberately not asked here: this is the form and nothing else.

/// What begins every signed entry, and no JSON.
const SCHEME: &[u8] = b"cpor-hmac-sha256";
/// What begins an entry that is meant to be signed, in this way or another.
const OURS: &[u8] = b"cpor-";
const MAC_BYTES: usize = 32;

/// An entry on the intake list that is signed, taken apart.
///
/// ```
/// use cpor_jobs::SignedEntry;
///
/// let entry = format!("{}{}", SignedEntry::line(7, &[0xab; 32]), r#"{"v":1}"#);
/// assert!(entry.starts_with("cpor-hmac-sha256 7 abababab"));
/// let signed = SignedEntry::read(entry.as_bytes())?.expect("an entry that is signed");
/// assert_eq!((signed.key_id, signed.mac), (7, [0xab; 32]));
/// assert_eq!(signed.json, br#"{"v":1}"#);
/// assert_eq!(SignedEntry::read(br#"{"v":1}"#)?, None);
/// # Ok::<(), cpor_jobs::SignatureLineError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedEntry<'a> {
    /// The number of the deployment's key from which the source's key was made.
    pub key_id: u8,
    /// What is claimed to be the HMAC-SHA256 of the JSON by that key.
    pub mac: [u8; MAC_BYTES],
    /// The submission, exactly as it was signed.
    pub json: &'a [u8],
}

/// An entry begins like a signed one and goes on differently.
///
/// ```
/// use cpor_jobs::{SignatureLineError, SignedEntry};
///
/// assert_eq!(SignedEntry::read(b"cpor-hmac-sha256 7 ab\n{}"), Err(SignatureLineError));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the first line of a signed entry is `cpor-hmac-sha256`, the number of the key (0 to 255) and \
     the HMAC-SHA256 in 64 hexadecimal digits (0-9, a-f), one space between them and a line feed \
     after them; the JSON follows"
)]
pub struct SignatureLineError;

impl<'a> SignedEntry<'a> {
    /// Takes an entry apart; `None` for one that is not signed. See the example of
    /// [`SignedEntry`].
    ///
    /// # Errors
    /// When it begins like a signed entry and goes on differently.
    pub fn read(entry: &'a [u8]) -> Result<Option<Self>, SignatureLineError> {
        if entry.starts_with(OURS) { signed(entry).map(Some) } else { Ok(None) }
    }

    /// The line that goes before the JSON, its line feed included. See the example of
    /// [`SignedEntry`].
    #[must_use]
    pub fn line(key_id: u8, mac: &[u8; MAC_BYTES]) -> String {
        let mac: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{} {key_id} {mac}\n", String::from_utf8_lossy(SCHEME))
    }
}

fn signed(entry: &[u8]) -> Result<SignedEntry<'_>, SignatureLineError> {
    let end = entry.iter().position(|byte| *byte == b'\n').ok_or(SignatureLineError)?;
    let (line, json) = (&entry[..end], &entry[end + 1..]);
    let mut words = line.split(|byte| *byte == b' ');
    let (scheme, key_id, mac) = (words.next(), words.next(), words.next());
    if scheme != Some(SCHEME) || words.next().is_some() {
        return Err(SignatureLineError);
    }
    let key_id = key_id.and_then(number).ok_or(SignatureLineError)?;
    let mac = mac.and_then(bytes).ok_or(SignatureLineError)?;
    Ok(SignedEntry { key_id, mac, json })
}

/// A number as it is written by everybody: no sign and no zeros in front.
fn number(digits: &[u8]) -> Option<u8> {
    let number: u8 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (number.to_string().as_bytes() == digits).then_some(number)
}

fn bytes(digits: &[u8]) -> Option<[u8; MAC_BYTES]> {
    let digit = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let pair = |pair: &[u8]| Some(digit(pair[0])? << 4 | digit(pair[1])?);
    let bytes: Option<Vec<u8>> = digits.chunks_exact(2).map(pair).collect();
    // A digit that is left over must not be overlooked.
    bytes.filter(|_| digits.len() == 2 * MAC_BYTES)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::SIGNATURE_LINE_BYTES_MAX;

    #[test]
    fn what_is_written_is_read() {
        for key_id in [0, 9, 10, 255] {
            let mac = std::array::from_fn(|i| key_id ^ u8::try_from(i * 8).unwrap());
            let line = SignedEntry::line(key_id, &mac);
            assert!(line.len() <= SIGNATURE_LINE_BYTES_MAX, "{line}");
            let entry = [line.as_bytes(), b"{}\n"].concat();
            let read = SignedEntry::read(&entry).unwrap();
            assert_eq!(read, Some(SignedEntry { key_id, mac, json: b"{}\n" }));
        }
    }

    #[test]
    fn what_is_not_meant_to_be_signed_is_left_to_the_reader_of_json() {
        let check = |entry: &[u8]| assert_eq!(SignedEntry::read(entry), Ok(None));
        check(b"");
        check(b"{\"v\":1}");
        check(b" cpor-hmac-sha256 ");
        check(b"\xff\xfe");
    }

    #[test]
    fn a_line_has_one_spelling() {
        let mac = "0a".repeat(32);
        let check = |line: String| {
            assert_eq!(SignedEntry::read(line.as_bytes()), Err(SignatureLineError), "{line:?}");
        };
        check("cpor-".to_owned());
        check(format!("cpor-hmac-sha256 1 {mac}"));
        check(format!("cpor-hmac-sha512 1 {mac}\n{{}}"));
        check(format!("cpor-hmac-sha256 1 {mac}\r\n{{}}"));
        check(format!("cpor-hmac-sha256  1 {mac}\n{{}}"));
        check(format!("cpor-hmac-sha256 1 {mac} \n{{}}"));
        check(format!("cpor-hmac-sha256 01 {mac}\n{{}}"));
        check(format!("cpor-hmac-sha256 +1 {mac}\n{{}}"));
        check(format!("cpor-hmac-sha256 256 {mac}\n{{}}"));
        check(format!("cpor-hmac-sha256 1 {}\n{{}}", mac.to_uppercase()));
        check(format!("cpor-hmac-sha256 1 {mac}0\n{{}}"));
        check(format!("cpor-hmac-sha256 1 {}\n{{}}", &mac[2..]));
        check(format!("cpor-hmac-sha256 1 {}\u{e9}\n{{}}", &mac[2..]));
        check(format!("cpor-hmac-sha256 {mac}\n{{}}"));
    }
}
