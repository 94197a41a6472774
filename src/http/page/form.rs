//! Reading what a browser sends: the fields of a form, or of a query.

use axum::extract::{FromRequest, Query, Request};
use axum::http::Uri;
use serde::Serialize;

use super::reply::Trouble;
use crate::http::Web;

/// The fields in the order in which they came. Unknown ones are never looked at.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The fields of a query; none when it cannot be read.
    pub fn of_query(uri: &Uri) -> Self {
        Query::try_from_uri(uri).map(|Query(fields)| Self(fields)).unwrap_or_default()
    }

    /// The fields of a form in a body, as long as the server allows.
    ///
    /// # Errors
    ///
    /// When it is not a form, too long, or did not arrive whole.
    pub async fn of_body(request: Request, web: &Web) -> Result<Self, Trouble> {
        match axum::Form::from_request(request, web).await {
            Ok(axum::Form(fields)) => Ok(Self(fields)),
            Err(rejection) => Err(Trouble::Unreadable(rejection.status())),
        }
    }

    /// What was chosen; nothing when several values came, as from a robot that ticks everything.
    pub fn choice(&self, name: &str) -> Option<&str> {
        let mut values = self.values(name);
        let first = values.next()?;
        values.next().is_none().then_some(first)
    }

    /// What was written, with line feeds as line ends and no white space around it; empty when the
    /// field did not come.
    pub fn text(&self, name: &str) -> String {
        let value = self.values(name).next().unwrap_or_default();
        value.replace("\r\n", "\n").trim().to_owned()
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.0.iter().filter(move |(field, _)| field == name);
        named.map(|(_, value)| value.as_str())
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_values_of_a_choice_are_none() {
        let fields = Fields::of_query(&"/?a=1&a=1&b=2&c=".parse().unwrap());
        assert_eq!(fields.choice("a"), None);
        assert_eq!(fields.choice("b"), Some("2"));
        assert_eq!(fields.choice("c"), Some(""));
        assert_eq!(fields.choice("d"), None);
    }

    #[test]
    fn text_is_without_what_browsers_add() {
        let fields = Fields::of_query(&"/?a=+one%0D%0Atwo%0D%0A&b=%C5%9F".parse().unwrap());
        assert_eq!(fields.text("a"), "one\ntwo");
        assert_eq!(fields.text("b"), "ş");
        assert_eq!(fields.text("c"), "");
    }
}
