//! A person or company that mail comes from or goes to.
//!
//! A [`Mailbox`] in hand can be written into a header and an envelope without a further check.
//! Whether anybody reads it is the mail server's knowledge, not ours.

use std::fmt;

use lettre::Address;
use thiserror::Error;

use super::clean::{header_text, is_unfit};

/// Longest display name that is written, in characters; the rest is cut off.
const NAME_CHARACTERS_MAX: usize = 200;
/// Longest address, in bytes with the domain in ASCII (RFC 5321, section 4.5.3.1.3).
const ADDRESS_BYTES_MAX: usize = 254;

/// A display name and an address. `Debug` shows neither: both are personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Mailbox {
    name: Option<String>,
    address: Address,
}

/// Why something is not a mailbox. The address itself is not repeated: it is personal data, and
/// errors are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MailboxError {
    /// No `@`, or nothing on one side of it.
    #[error("the address is not of the form name@domain")]
    Shape,
    /// Longer than a mail server has to take.
    #[error("the address is longer than {ADDRESS_BYTES_MAX} bytes")]
    TooLong,
    /// A control character, a space or a bracket in the address.
    #[error("the address has a character that no address may have")]
    Character,
    /// The part before the `@`.
    #[error("the part of the address before the @ is not valid")]
    LocalPart,
    /// The part after the `@`.
    #[error("the domain of the address is not valid")]
    Domain,
}

impl Mailbox {
    /// Takes a display name as it comes and an address that must be valid. The name loses
    /// control and direction characters; the domain becomes its ASCII form (A-labels).
    pub fn new(name: Option<&str>, address: &str) -> Result<Self, MailboxError> {
        let name = name.map(|name| header_text(name, NAME_CHARACTERS_MAX));
        Ok(Self { name: name.filter(|name| !name.is_empty()), address: parse_address(address)? })
    }

    /// Reads `Name <name@domain>`, `"Name" <name@domain>` or `name@domain`, as settings have it.
    pub fn parse(raw: &str) -> Result<Self, MailboxError> {
        let raw = raw.trim();
        let Some(inner) = raw.strip_suffix('>') else {
            return Self::new(None, raw);
        };
        let (name, address) = inner.rsplit_once('<').ok_or(MailboxError::Shape)?;
        Self::new(Some(name.trim().trim_matches('"')), address)
    }

    /// The display name, clean and not empty.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The address, its domain in ASCII.
    pub fn address(&self) -> &str {
        self.address.as_ref()
    }

    /// The domain in ASCII.
    pub fn domain(&self) -> &str {
        self.address.domain()
    }

    /// Whether the part before the `@` needs SMTPUTF8 (RFC 6531).
    pub(super) fn needs_utf8(&self) -> bool {
        !self.address().is_ascii()
    }

    /// As lettre writes it into an envelope.
    pub(super) fn to_address(&self) -> Address {
        self.address.clone()
    }

    /// As lettre writes it into a header.
    pub(super) fn to_header(&self) -> lettre::message::Mailbox {
        lettre::message::Mailbox::new(self.name.clone(), self.address.clone())
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailbox(********)")
    }
}

fn parse_address(raw: &str) -> Result<Address, MailboxError> {
    let (local, domain) = raw.trim().rsplit_once('@').ok_or(MailboxError::Shape)?;
    if local.is_empty() || domain.is_empty() {
        return Err(MailboxError::Shape);
    }
    let foreign = |c: char| is_unfit(c) || c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';');
    if local.chars().any(foreign) || domain.chars().any(foreign) {
        return Err(MailboxError::Character);
    }
    if raw.len() > 4 * ADDRESS_BYTES_MAX {
        return Err(MailboxError::TooLong); // Before the conversion, which costs work.
    }
    let domain = idna::domain_to_ascii_strict(domain).map_err(|_| MailboxError::Domain)?;
    if local.len() + 1 + domain.len() > ADDRESS_BYTES_MAX {
        return Err(MailboxError::TooLong);
    }
    if Address::new("a", &domain).is_err() {
        return Err(MailboxError::Domain);
    }
    Address::new(local, &domain).map_err(|_| MailboxError::LocalPart)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: &str, expected: Result<(Option<&str>, &str), MailboxError>) {
        let mailbox = Mailbox::parse(given);
        let seen = mailbox.as_ref().map(|m| (m.name(), m.address())).map_err(|e| *e);
        assert_eq!(seen, expected, "{given:?}");
    }

    #[test]
    fn a_mailbox_is_a_name_and_an_address() {
        check("a@example.com", Ok((None, "a@example.com")));
        check("Ece Yıldız <ece@example.com>", Ok((Some("Ece Yıldız"), "ece@example.com")));
        check("\"Yıldız, Ece\" <ece@example.com>", Ok((Some("Yıldız, Ece"), "ece@example.com")));
        check("<ece@example.com>", Ok((None, "ece@example.com")));
    }

    #[test]
    fn a_domain_is_converted_to_ascii() {
        check("ece@ışık.example", Ok((None, "ece@xn--k-ekaa7p.example")));
        check("ece@EXAMPLE.com", Ok((None, "ece@example.com")));
        check("çiğdem@bücher.example", Ok((None, "çiğdem@xn--bcher-kva.example")));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        check("nobody", Err(MailboxError::Shape));
        check("@example.com", Err(MailboxError::Shape));
        check("a@", Err(MailboxError::Shape));
        check("Name a@example.com>", Err(MailboxError::Shape));
        check("a b@example.com", Err(MailboxError::Character));
        check("a@exa mple.com", Err(MailboxError::Character));
        check("a,b@example.com", Err(MailboxError::Character));
        check("a..b@example.com", Err(MailboxError::LocalPart));
        check("a@-example-.com", Err(MailboxError::Domain));
        check("a@exam_ple!.com", Err(MailboxError::Domain));
        check(&format!("{}@example.com", "a".repeat(65)), Err(MailboxError::LocalPart));
        check(&format!("{}@example.com", "a".repeat(300)), Err(MailboxError::TooLong));
        check(&format!("{}@example.com", "a".repeat(3000)), Err(MailboxError::TooLong));
    }

    #[test]
    fn a_name_cannot_carry_a_header() {
        for (name, expected) in [
            ("Ece\r\nBcc: eve@evil.example", Some("Ece Bcc: eve@evil.example")),
            ("Ece\0", Some("Ece")),
            ("\u{202E}ecE", Some("ecE")),
            ("\r\n", None),
        ] {
            let mailbox = Mailbox::new(Some(name), "ece@example.com").unwrap();
            assert_eq!(mailbox.name(), expected, "{name:?}");
        }
    }

    #[test]
    fn a_mailbox_is_not_shown() {
        let mailbox = Mailbox::parse("Ece Yıldız <ece@example.com>").unwrap();
        assert_eq!(format!("{mailbox:?}"), "Mailbox(********)");
    }

    #[test]
    fn an_address_cannot_carry_a_command() {
        for address in [
            "a@example.com\r\nDATA",
            "a\r\n@example.com",
            "a@example.com>\r\nRCPT TO:<b@example.com",
            "a\0@example.com",
            "a@example.com\u{2028}b",
        ] {
            assert!(Mailbox::new(None, address).is_err(), "{address:?}");
        }
    }
}
