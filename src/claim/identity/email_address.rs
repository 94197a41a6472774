//! The e-mail address of a contact. Personal data.

use std::fmt;

use cpor_jobs::limits;
use email_address::Options;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::domain_name::DomainName;
use super::text::is_forbidden;
use crate::claim::finding::Finding;

/// An address that mail can be sent to: the local part as written, the domain in ASCII.
///
/// Prints as redacted, so that it cannot get into a log by accident.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress {
    address: String,
    domain: DomainName,
}

impl EmailAddress {
    /// Reads an address, internationalized or not (RFC 5322 and 6531), without display name,
    /// comments, quoted local part or network address.
    ///
    /// # Errors
    /// `email_malformed` (R08), without the address in it.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        Self::read(raw).ok_or_else(|| {
            Finding::new(
                "email",
                "email_malformed",
                "This is not an e-mail address that mail can be sent to. Give one address, such \
                 as name@contoso.com, and nothing else.",
            )
        })
    }

    /// The address with its domain in ASCII: what a mail server is told.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// The domain, to compare with the domains of the tenant and of the partner (R09).
    pub fn domain(&self) -> &DomainName {
        &self.domain
    }

    /// The address for people who may know that it is there but not what it is: its first
    /// character and its domain, `m***@contoso.com`.
    pub fn masked(&self) -> String {
        let first: String = self.address.chars().take(1).collect();
        format!("{first}***@{}", self.domain.unicode())
    }

    fn read(raw: &str) -> Option<Self> {
        let (local, domain) = raw.rsplit_once('@')?;
        let domain = DomainName::parse(domain).ok()?;
        if local.starts_with('"') || local.chars().any(is_forbidden) {
            return None;
        }
        let address: String = local.nfc().chain(['@']).chain(domain.ascii().chars()).collect();
        let options =
            Options::default().with_required_tld().without_domain_literal().without_display_text();
        let valid = address.len() <= limits::EMAIL_MAX
            && email_address::EmailAddress::parse_with_options(&address, options).is_ok();
        valid.then_some(Self { address, domain })
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(redacted)")
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

impl From<EmailAddress> for String {
    fn from(email: EmailAddress) -> Self {
        email.address
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_local_part_and_knows_its_domain() {
        let check = |raw: &str, address: &str, domain: &str| {
            let email = EmailAddress::parse(raw).unwrap();
            assert_eq!((email.as_str(), email.domain().unicode()), (address, domain), "{raw}");
        };
        check("jo@contoso.com", "jo@contoso.com", "contoso.com");
        check("Jo.Doe+cpor@Contoso.COM", "Jo.Doe+cpor@contoso.com", "contoso.com");
        check("o'brien@contoso.com", "o'brien@contoso.com", "contoso.com");
        check("jo@müller.example", "jo@xn--mller-kva.example", "müller.example");
        check("gül@xn--mller-kva.example", "gül@xn--mller-kva.example", "müller.example");
        check("gu\u{308}l@contoso.com", "gül@contoso.com", "contoso.com");
    }

    #[test]
    fn what_is_not_an_address_is_refused_without_repeating_it() {
        let check = |raw: &str| {
            let finding = EmailAddress::parse(raw).unwrap_err();
            assert_eq!(finding.code, "email_malformed", "{raw}");
            // One message whatever was given, so it cannot repeat any of it.
            assert_eq!(finding.message, EmailAddress::parse("").unwrap_err().message);
        };
        check("");
        check("@");
        check("jo");
        check("jo@");
        check("@contoso.com");
        check("jo@contoso");
        check("jo@@contoso.com");
        check("jo doe@contoso.com");
        check("jo..doe@contoso.com");
        check(".jo@contoso.com");
        check("Jo Doe <jo@contoso.com>");
        check("<jo@contoso.com>");
        check("jo@contoso.com, al@contoso.com");
        check("\"jo doe\"@contoso.com");
        check("jo@[10.0.0.1]");
        check("jo@10.0.0.1");
        check("jo@contoso.com\r\nBcc: al@contoso.com");
        check("jo\r\n@contoso.com");
        check("jo\u{202e}@contoso.com");
        check(&format!("{}@contoso.com", "x".repeat(65)));
    }

    #[test]
    fn a_masked_address_shows_one_character_and_the_domain() {
        let check = |raw: &str, masked: &str| {
            assert_eq!(EmailAddress::parse(raw).unwrap().masked(), masked);
        };
        check("jo.doe@contoso.com", "j***@contoso.com");
        check("j@contoso.com", "j***@contoso.com");
        check("ümit@xn--mller-kva.example", "ü***@müller.example");
    }

    #[test]
    fn an_address_prints_as_redacted() {
        let email = EmailAddress::parse("jo@contoso.com").unwrap();
        assert_eq!(format!("{email:?}"), "EmailAddress(redacted)");
    }
}
