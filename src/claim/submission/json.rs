//! JSON as it was written: objects keep the order of their fields, and repeated ones.
//!
//! `serde_json::Value` silently keeps the last of two fields with one name, so that a reviewer and
//! the program could read different things. Depth is bounded by serde_json (128), size by the door.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::claim::finding::Finding;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json<'a> {
    Null,
    Bool,
    /// A number, as far as it is a whole one that is not negative.
    Number(Option<u64>),
    Text(Cow<'a, str>),
    List(Vec<Self>),
    Object(Vec<(Cow<'a, str>, Self)>),
}

impl Json<'_> {
    /// What it is, for a sentence that says what it is not.
    pub fn kind(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Bool => "true or false",
            Json::Number(_) => "a number",
            Json::Text(_) => "text",
            Json::List(_) => "a list",
            Json::Object(_) => "an object",
        }
    }
}

/// Reads one JSON value and nothing after it.
pub(super) fn read(text: &str) -> Result<Json<'_>, Finding> {
    serde_json::from_str(text).map_err(|error| {
        let message = format!("The submission is not JSON: {error}. Send one JSON object.");
        Finding::new(Finding::WHOLE, "malformed_json", message)
    })
}

impl<'de: 'a, 'a> Deserialize<'de> for Json<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AsWritten)
    }
}

struct AsWritten;

impl<'de> Visitor<'de> for AsWritten {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Json::Bool)
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Json::Number(Some(number)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Json::Number(u64::try_from(number).ok()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Json::Number(None))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = access.next_element()? {
            list.push(value);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(name) = access.next_key()? {
            // Names arrive as any other value, and JSON has no names but text.
            if let Json::Text(name) = name {
                fields.push((name, access.next_value()?));
            }
        }
        Ok(Json::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_kept_as_written() {
        let json = read(r#"{"b":[1,-1,1.5,null,true],"a":"x\n","b":{}}"#).unwrap();
        let numbers = vec![
            Json::Number(Some(1)),
            Json::Number(None),
            Json::Number(None),
            Json::Null,
            Json::Bool,
        ];
        let expected = Json::Object(vec![
            ("b".into(), Json::List(numbers)),
            ("a".into(), Json::Text("x\n".into())),
            ("b".into(), Json::Object(vec![])),
        ]);
        assert_eq!(json, expected);
    }

    #[test]
    fn what_is_not_json_is_found_with_its_place() {
        let check = |text: &str, expected: &str| {
            let finding = read(text).unwrap_err();
            assert_eq!(finding.code, "malformed_json");
            assert!(finding.message.contains(expected), "{}", finding.message);
        };
        check("", "EOF while parsing a value at line 1 column 0");
        check("{\"a\":1,\n}", "line 2 column 1");
        check("{} {}", "trailing characters at line 1 column 4");
        check("{\"a\":\"\\ud800\"}", "line 1 column");
        check("{\"a\":1e999}", "number out of range");
        check(&"[".repeat(10_000), "recursion limit exceeded");
    }
}
