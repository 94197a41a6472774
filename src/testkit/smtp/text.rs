//! What a received mail says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Received;
use crate::claim::ClaimId;
use crate::mail::{MailKind, MessageId};

impl Received {
    /// The plain text of the mail on one line, with a single space between words.
    pub fn text(&self) -> String {
        let raw = self.unix();
        let plain = raw.split("text/plain").nth(1).unwrap_or_default();
        let plain = plain.split("\n--=_").next().unwrap_or_default();
        let text = String::from_utf8_lossy(&unquoted(plain)).into_owned();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The subject as people read it.
    pub fn subject(&self) -> String {
        let raw = self.unix();
        let headers = raw.split("\n\n").next().unwrap_or_default().replace("\n ", " ");
        let subject = headers.lines().find_map(|line| line.strip_prefix("Subject: "));
        decoded(subject.unwrap_or_default())
    }

    /// What the mail is for, such as `notice`, as its Message-ID says.
    pub fn kind(&self) -> Option<MailKind> {
        let id = MessageId::parse(&self.message_id).ok()?;
        id.kind_and_claim().map(|(kind, _)| kind)
    }

    /// The claim that the mail is about, as its Message-ID says.
    pub fn claim_id(&self) -> Option<ClaimId> {
        let id = MessageId::parse(&self.message_id).ok()?;
        id.kind_and_claim().and_then(|(_, claim)| ClaimId::parse(claim).ok())
    }

    fn unix(&self) -> String {
        String::from_utf8_lossy(&self.bytes).replace("\r\n", "\n")
    }
}

/// A header's text without encoded words (RFC 2047); the space between two of them is none.
fn decoded(header: &str) -> String {
    let mut bytes = Vec::new();
    let mut after_encoded = false;
    for word in header.split(' ') {
        let encoded = encoded_word(word);
        let joined = bytes.is_empty() || after_encoded && encoded.is_some();
        if !joined {
            bytes.push(b' ');
        }
        after_encoded = encoded.is_some();
        bytes.extend(encoded.unwrap_or_else(|| word.as_bytes().to_vec()));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What an encoded word such as `=?utf-8?b?xLA=?=` stands for.
fn encoded_word(word: &str) -> Option<Vec<u8>> {
    let mut parts = word.strip_prefix("=?")?.strip_suffix("?=")?.splitn(3, '?');
    let (_charset, encoding, text) = (parts.next()?, parts.next()?, parts.next()?);
    match encoding {
        "b" | "B" => STANDARD.decode(text).ok(),
        "q" | "Q" => Some(unquoted(&text.replace('_', " "))),
        _ => None,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_read_as_it_was_written() {
        let check = |raw: &str, expected: &str| {
            let mail = Received {
                from: String::new(),
                to: String::new(),
                message_id: String::new(),
                bytes: raw.replace('\n', "\r\n").into_bytes(),
                received_at: None,
            };
            assert_eq!(mail.subject(), expected);
        };
        check("From: a\nSubject: A claim\nDate: b\n\nSubject: no", "A claim");
        check("Subject: A claim\n of yours\n\n", "A claim of yours");
        check("Subject: =?utf-8?b?xLBw?= =?utf-8?b?dGFs?= et\n\n", "İptal et");
        check("Subject: =?utf-8?q?a_=C4=B0?=\n =?utf-8?Q?b?=\n\n", "a İb");
        check("Subject: =?utf-8?x?b?=\n\n", "=?utf-8?x?b?=");
        check("Date: b\n\nSubject: no", "");
    }
}
