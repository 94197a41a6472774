//! Whose personal data is to be erased: an address, as it is looked for.

use crate::claim::Finding;
use crate::claim::erase::mentions;
use crate::claim::identity::EmailAddress;

/// The address of a person who asks for erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailToErase(EmailAddress);

impl EmailToErase {
    /// Reads an address as submissions have it.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn parse(raw: &str) -> Result<Self, Finding> {
        EmailAddress::parse(raw.trim()).map(Self)
    }

    /// Whether it occurs in a text, in small or capital letters.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        mentions(text, self.0.as_str())
    }

    /// Whether it occurs in JSON as this program writes it.
    pub(super) fn is_in_json(&self, json: &[u8]) -> bool {
        self.is_in(&String::from_utf8_lossy(json))
    }
}
