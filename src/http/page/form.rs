//! What a customer writes into the form of an answer, and what is wrong with it.

use serde::Serialize;

use crate::http::form::Fields;

/// What somebody wrote into the fields of an answer, kept while it is not yet recorded.
#[derive(Clone, Default, Serialize)]
pub(super) struct Values {
    /// The named contact's name.
    pub name: String,
    /// The named contact's job title.
    pub title: String,
    /// The named contact's address.
    pub email: String,
    /// The named contact's language, or nothing.
    pub language: String,
    /// A few words to the partner.
    pub comment: String,
}

impl Values {
    /// As they came.
    pub fn of(fields: &Fields) -> Self {
        Self {
            name: fields.text("name"),
            title: fields.text("title"),
            email: fields.text("email"),
            language: fields.text("language"),
            comment: fields.text("comment"),
        }
    }

    /// All of them, in a fixed order.
    pub fn all(&self) -> [&str; 5] {
        [&self.name, &self.title, &self.email, &self.language, &self.comment]
    }
}

/// What is wrong with a field: which, the key of its message, and the id to go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct FieldError {
    /// The field's name.
    pub field: &'static str,
    /// The key of the message under `[error]`.
    pub text: &'static str,
    /// The id of the element that puts it right.
    pub target: &'static str,
}

impl FieldError {
    /// What is wrong with a field whose id is its name.
    pub const fn new(field: &'static str, text: &'static str) -> Self {
        Self { field, text, target: field }
    }

    /// Whether it is about the contact who is named instead.
    pub fn is_of_contact(&self) -> bool {
        ["name", "title", "email", "language"].contains(&self.field)
    }
}
