//! What a received mail says.

use super::Received;

impl Received {
    /// The plain text of the mail on one line, with a single space between words.
    pub fn text(&self) -> String {
        let raw = String::from_utf8_lossy(&self.bytes).replace("\r\n", "\n");
        let plain = raw.split("text/plain").nth(1).unwrap_or_default();
        let plain = plain.split("\n--=_").next().unwrap_or_default();
        let text = String::from_utf8_lossy(&unquoted(plain)).into_owned();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Quoted-printable, decoded; what is not encoded stays as it is.
fn unquoted(text: &str) -> Vec<u8> {
    let unfolded = text.replace("=\n", "");
    let mut bytes = Vec::with_capacity(unfolded.len());
    let mut rest = unfolded.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let code = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(escaped) if byte == b'=' => {
                bytes.push(escaped);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    bytes
}
