//! Whole numbers as JSON has them: it knows one kind of number, and `5.0` is five. Deliberately
//! not here: how large a number may be; one that is too large for us becomes the largest we have,
//! and is refused where its bounds are known.

use serde::{Deserialize, Deserializer};

/// Reads a whole number that is not negative.
///
/// # Errors
///
/// For a fraction, a negative number, or anything that is no number.
pub fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    of(&serde_json::Number::deserialize(deserializer)?)
}

/// As [`whole`], where there may be none.
///
/// # Errors
///
/// As [`whole`].
pub fn whole_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    Option::<serde_json::Number>::deserialize(deserializer)?.as_ref().map(of).transpose()
}

fn of<E: serde::de::Error>(number: &serde_json::Number) -> Result<u32, E> {
    if let Some(whole) = number.as_u64() {
        return Ok(u32::try_from(whole).unwrap_or(u32::MAX));
    }
    let float = number.as_f64().filter(|float| float.fract() == 0.0 && *float >= 0.0);
    let refused = || E::custom(format!("{number} is not a whole number from 0 on"));
    let float = float.ok_or_else(refused)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is whole and not negative, and what is too large becomes the largest"
    )]
    let whole = float as u32;
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_without_a_fraction_is_whole_however_it_is_written() {
        let check = |json: &str, expected: Option<u32>| {
            let mut deserializer = serde_json::Deserializer::from_str(json);
            assert_eq!(whole(&mut deserializer).ok(), expected, "{json}");
        };
        check("5", Some(5));
        check("5.0", Some(5));
        check("0", Some(0));
        check("-0.0", Some(0));
        check("1205408540280.0", Some(u32::MAX));
        check("99999999999", Some(u32::MAX));
        check("5.5", None);
        check("-5", None);
        check("\"5\"", None);
        check("null", None);
    }
}
