//! Beginnings of names and domains, without the difference between small and capital letters.

use crate::claim::finding::Finding;
use crate::claim::identity::{DomainName, Line};

/// The beginning of a claim's name or of a customer's domain, folded.
///
/// Text is folded so: every character in lower case, whatever stands beside it; a final sigma is a
/// sigma; and all four kinds of *i* that Turkish tells apart (i, ı, I, İ) are one, so that
/// `ISPARTA`, `ısparta` and `isparta` find each other. Accents count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix(String);

impl Prefix {
    /// The beginning of a name: 1 to 200 characters; white space around it does not count.
    ///
    /// # Errors
    /// `empty`, `too_long`, `forbidden_character`.
    pub fn of_name(raw: &str) -> Result<Self, Finding> {
        Line::parse(raw).map(|line| Self(folded(line.as_str())))
    }

    /// The beginning of a domain, as people read it (`müller.ex`); a whole name may be in its ASCII
    /// form.
    ///
    /// # Errors
    /// `empty`, `too_long`, `forbidden_character`.
    pub fn of_domain(raw: &str) -> Result<Self, Finding> {
        match DomainName::parse(raw) {
            Ok(domain) => Ok(Self(folded(domain.unicode()))),
            Err(_) => Self::of_name(raw),
        }
    }

    /// Whether the text begins so.
    #[must_use]
    pub fn begins(&self, text: &str) -> bool {
        folded(text).starts_with(&self.0)
    }

    /// The beginning, folded.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text without the differences that [`Prefix`] passes over.
pub(in crate::store) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars().flat_map(char::to_lowercase) {
        match character {
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            // What is left of İ after its i.
            '\u{307}' if folded.ends_with('i') => {}
            other => folded.push(other),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_found_in_either_case_and_with_any_i() {
        let check = |prefix: &str, name: &str, expected: bool| {
            let found = Prefix::of_name(prefix).unwrap().begins(name);
            assert_eq!(found, expected, "{prefix} {name}");
        };
        check("teams", "Teams rollout", true);
        check("TEAMS R", "Teams rollout", true);
        check("rollout", "Teams rollout", false);
        check("teams rollouts", "Teams rollout", false);
        check("isparta", "ISPARTA", true);
        check("ısparta", "İSPARTA", true);
        check("İSPARTA", "Isparta Belediyesi", true);
        check("ŞIŞLI", "Şişli", true);
        check("sisli", "Şişli", false);
        check("u\u{308}ber", "ÜBERSICHT", true);
        check("ΟΔΟΣ", "οδός", false);
        check("οδυσσευς", "ΟΔΥΣΣΕΥΣ Α", true);
    }

    #[test]
    fn a_domain_is_found_by_either_spelling() {
        let check = |prefix: &str, expected: bool| {
            let found = Prefix::of_domain(prefix).unwrap().begins("müller.example");
            assert_eq!(found, expected, "{prefix}");
        };
        check("mü", true);
        check("MÜLLER.", true);
        check("müller.example", true);
        check("xn--mller-kva.example", true);
        check("muller", false);
    }

    #[test]
    fn nothing_is_no_beginning() {
        assert_eq!(Prefix::of_name(" ").unwrap_err().code, "empty");
        assert_eq!(Prefix::of_name(&"a".repeat(201)).unwrap_err().code, "too_long");
        assert_eq!(Prefix::of_domain("a\u{202e}").unwrap_err().code, "forbidden_character");
    }
}
