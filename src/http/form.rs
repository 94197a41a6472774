//! Reading what a browser sends: the fields of a form, or of a query.

use axum::extract::{FromRequest, Query, Request};
use axum::http::{StatusCode, Uri};

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
    pub async fn of_body(request: Request, web: &Web) -> Result<Self, StatusCode> {
        match axum::Form::from_request(request, web).await {
            Ok(axum::Form(fields)) => Ok(Self(fields)),
            Err(rejection) => Err(rejection.status()),
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

/// A text as a value in a query of ours.
pub(super) fn encoded(text: &str) -> String {
    // Addresses of ours are easier to read with their slashes.
    crate::outbound::encoded(text).replace("%2F", "/")
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
