//! Dates in a text, as people write them in English and Turkish. What may be two dates (03/04/2026)
//! is both: this is advice.

use chrono::NaiveDate;

/// Names of months, folded, each by its first letters.
const MONTHS: [&[&str]; 12] = [
    &["jan", "oca"],
    &["feb", "şub"],
    &["mar"],
    &["apr", "nis"],
    &["may"],
    &["jun", "haz"],
    &["jul", "tem"],
    &["aug", "ağu"],
    &["sep", "eyl"],
    &["oct", "eki"],
    &["nov", "kas"],
    &["dec", "ara"],
];
/// Dates that are found at most.
const DATES_MAX: usize = 10_000;

/// The dates in a folded text.
pub(super) fn dates(text: &str) -> Vec<NaiveDate> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let found = words.windows(3).flat_map(|three| three_words(three[0], three[1], three[2]));
    found.flatten().take(DATES_MAX).collect()
}

fn three_words(first: &str, second: &str, third: &str) -> [Option<NaiveDate>; 3] {
    let number = |word: &str| -> Option<u32> {
        (word.len() <= 4).then(|| word.trim_end_matches(char::is_alphabetic).parse().ok())?
    };
    let year = |word: &str| number(word).filter(|year| (1_990..2_200).contains(year));
    let month = |word: &str| {
        let named = |names: &[&str]| names.iter().any(|name| word.starts_with(name));
        let position = MONTHS.iter().position(|names| named(names));
        position.and_then(|index| u32::try_from(index + 1).ok()).or_else(|| number(word))
    };
    let date = |year: Option<u32>, month: Option<u32>, day: Option<u32>| {
        NaiveDate::from_ymd_opt(i32::try_from(year?).ok()?, month?, day?)
    };
    [
        date(year(first), month(second), number(third)),
        date(year(third), month(second), number(first)),
        date(year(third), month(first), number(second)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_found_as_people_write_them() {
        let expected = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        for text in [
            "on 2026-11-23.",
            "23.11.2026",
            "11/23/2026",
            "23 november 2026",
            "november 23rd, 2026",
            "23 kasım 2026 tarihinde",
            "nov 23, 2026",
        ] {
            assert!(dates(text).contains(&expected), "{text}: {:?}", dates(text));
        }
        for text in ["version 23.11.4", "tel. 2026 555", "", "32.13.2026"] {
            assert!(dates(text).is_empty(), "{text}: {:?}", dates(text));
        }
    }
}
