//! Objects of JSON that are written as objects, where serde would take a list of their values too.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

/// A `T` that was written as an object; a bare list of its values is refused.
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsByName(PhantomData))
    }
}

struct FieldsByName<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for FieldsByName<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields)).map(Object)
    }
}

/// For `deserialize_with`: an object, not a list of its values.
///
/// # Errors
///
/// Those of `T`, and for what is no object.
pub fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Object::deserialize(deserializer).map(|Object(value)| value)
}

/// For `deserialize_with`: a list of objects.
///
/// # Errors
///
/// Those of `T`, and for what is no list of objects.
pub fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let all = Vec::<Object<T>>::deserialize(deserializer)?;
    Ok(all.into_iter().map(|Object(value)| value).collect())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::{object, objects};

    #[derive(Debug, PartialEq, Deserialize)]
    struct Contact {
        name: Option<String>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Body {
        #[serde(deserialize_with = "object")]
        one: Contact,
        #[serde(deserialize_with = "objects")]
        many: Vec<Contact>,
    }

    fn read(one: &str, many: &str) -> Result<Body, String> {
        let text = format!(r#"{{"one": {one}, "many": {many}}}"#);
        serde_json::from_str(&text).map_err(|error| error.to_string())
    }

    #[test]
    fn objects_are_read_and_lists_of_their_values_are_not() {
        let name = |name: &str| Contact { name: Some(name.to_owned()) };
        let body = read(r#"{"name": "a"}"#, r#"[{"name": "b"}]"#).unwrap();
        assert_eq!(body, Body { one: name("a"), many: vec![name("b")] });
        assert!(read(r#"["a"]"#, "[]").unwrap_err().contains("expected an object"));
        assert!(read("{}", r#"[["b"]]"#).unwrap_err().contains("expected an object"));
    }
}
