//! Reading a customer's contact by itself, as a customer names one instead of itself.

use super::CustomerContact;
use crate::claim::finding::Finding;
use crate::claim::identity::{EmailAddress, Language, Line, PersonName};

/// A contact as somebody wrote it.
#[derive(Clone, Copy, Default)]
pub struct RawContact<'a> {
    /// The person's name.
    pub name: &'a str,
    /// The person's job title.
    pub title: &'a str,
    /// The person's address.
    pub email: &'a str,
    /// The language of the mails, if it is not the deployment's.
    pub language: Option<&'a str>,
}

impl CustomerContact {
    /// Reads a contact by the rules of a submission (R08).
    ///
    /// # Errors
    /// Everything that is wrong, each with the name of its field.
    pub fn parse(raw: RawContact<'_>) -> Result<Self, Vec<Finding>> {
        let mut findings = Vec::new();
        let name = read(PersonName::parse, raw.name, "name", &mut findings);
        let title = read(Line::parse, raw.title, "title", &mut findings);
        let email = read(EmailAddress::parse, raw.email, "email", &mut findings);
        let language = match raw.language {
            Some(language) => read(Language::parse, language, "language", &mut findings).map(Some),
            None => Some(None),
        };
        match (name, title, email, language) {
            (Some(name), Some(title), Some(email), Some(language)) => {
                Ok(Self { name, title, email, language })
            }
            _ => Err(findings),
        }
    }
}

fn read<T>(
    parse: fn(&str) -> Result<T, Finding>,
    raw: &str,
    field: &str,
    findings: &mut Vec<Finding>,
) -> Option<T> {
    parse(raw).map_err(|finding| findings.push(finding.at(field))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: RawContact<'_> = RawContact {
        name: "Selin Demir",
        title: "CIO",
        email: "selin@anadoluelektrik.com.tr",
        language: Some("tr"),
    };

    #[test]
    fn a_contact_is_read_as_in_a_submission() {
        let contact = CustomerContact::parse(SOUND).unwrap();
        assert_eq!(contact.email.as_str(), SOUND.email);
        assert_eq!(contact.language.unwrap().as_str(), "tr");
        let contact = CustomerContact::parse(RawContact { language: None, ..SOUND }).unwrap();
        assert_eq!(contact.language, None);
    }

    #[test]
    fn everything_wrong_with_a_contact_is_said_at_once() {
        let check = |raw: RawContact<'_>, expected: &[&str]| {
            let findings = CustomerContact::parse(raw).unwrap_err();
            let fields: Vec<&str> = findings.iter().map(|f| f.field.as_str()).collect();
            assert_eq!(fields, expected);
        };
        check(RawContact::default(), &["name", "title", "email"]);
        check(RawContact { email: "selin", ..SOUND }, &["email"]);
        check(RawContact { language: Some("?"), ..SOUND }, &["language"]);
        check(RawContact { name: "a\nb", ..SOUND }, &["name"]);
    }
}
