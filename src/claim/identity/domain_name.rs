//! The name of a domain, internationalized or not.

use std::fmt;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use serde::{Deserialize, Serialize};

use crate::claim::finding::Finding;

/// A DNS name of at least two labels, in both forms: ASCII for machines, Unicode for people.
///
/// Both spellings of an internationalized name are one value, equal and written as ASCII.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DomainName {
    ascii: String,
    unicode: String,
}

impl DomainName {
    /// Reads a name in either form and either case.
    ///
    /// # Errors
    /// `domain_malformed` (R04): not a DNS name (UTS 46, host name characters), a single label, or
    /// a network address.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        Self::read(raw).ok_or_else(|| {
            Finding::new(
                "domain",
                "domain_malformed",
                "This is not a domain name. Give a name such as contoso.com, without a scheme, \
                 path, or dot at the end.",
            )
        })
    }

    /// The ASCII form (A-labels), in lower case.
    pub fn ascii(&self) -> &str {
        &self.ascii
    }

    /// The Unicode form (U-labels), as people read it.
    pub fn unicode(&self) -> &str {
        &self.unicode
    }

    fn read(raw: &str) -> Option<Self> {
        let rules = Uts46::new();
        let (list, hyphens) = (AsciiDenyList::STD3, Hyphens::CheckFirstLast);
        let ascii = rules.to_ascii(raw.as_bytes(), list, hyphens, DnsLength::Verify).ok()?;
        let (_, last_label) = ascii.rsplit_once('.')?;
        if last_label.bytes().all(|byte| byte.is_ascii_digit()) {
            return None; // An IPv4 address, or what browsers would take for one.
        }
        let (unicode, valid) = rules.to_unicode(ascii.as_bytes(), list, hyphens);
        valid.ok()?;
        Some(Self { unicode: unicode.into_owned(), ascii: ascii.into_owned() })
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.unicode)
    }
}

impl TryFrom<String> for DomainName {
    type Error = Finding;

    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

impl From<DomainName> for String {
    fn from(domain: DomainName) -> Self {
        domain.ascii
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_one_name() {
        let check = |raw: &str, ascii: &str, unicode: &str| {
            let domain = DomainName::parse(raw).unwrap();
            assert_eq!((domain.ascii(), domain.unicode()), (ascii, unicode), "{raw}");
        };
        check("contoso.com", "contoso.com", "contoso.com");
        check("Contoso.COM", "contoso.com", "contoso.com");
        check("anadoluelektrik.com.tr", "anadoluelektrik.com.tr", "anadoluelektrik.com.tr");
        check("Müller.example", "xn--mller-kva.example", "müller.example");
        check("xn--mller-kva.example", "xn--mller-kva.example", "müller.example");
        check("mu\u{308}ller.example", "xn--mller-kva.example", "müller.example");
        check("例え。テスト", "xn--r8jz45g.xn--zckzah", "例え.テスト");
    }

    #[test]
    fn what_is_not_a_name_is_refused() {
        let check = |raw: &str| {
            assert_eq!(DomainName::parse(raw).unwrap_err().code, "domain_malformed", "{raw}");
        };
        check("");
        check("localhost");
        check("contoso..com");
        check(".contoso.com");
        check("contoso.com.");
        check("contoso .com");
        check("contoso_x.com");
        check("-contoso.com");
        check("https://contoso.com");
        check("contoso.com/path");
        check("10.0.0.1");
        check("[::1]");
        check("xn--a.example");
        check("a\u{202e}b.example");
        check("contoso.com\n");
        check(&format!("{}.com", "a".repeat(64)));
        check(
            &["a".repeat(60), "a".repeat(60), "a".repeat(60), "a".repeat(60), "a".repeat(20)]
                .join("."),
        );
    }

    #[test]
    fn a_name_is_written_as_ascii() {
        let domain = DomainName::parse("müller.example").unwrap();
        let json = serde_json::to_string(&domain).unwrap();
        assert_eq!(json, r#""xn--mller-kva.example""#);
        assert_eq!(serde_json::from_str::<DomainName>(&json).unwrap(), domain);
    }
}
