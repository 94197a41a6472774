//! Lists of names in errors, short enough to be read. Deliberately not here: the errors.

use strsim::damerau_levenshtein;

/// Most names in a list.
const NAMES_MAX: usize = 30;
/// Most names in a list that begins with those most like what was given.
const NEAREST_MAX: usize = 12;

/// The names as they are.
pub(super) fn listed(names: Vec<&str>) -> String {
    joined(names, NAMES_MAX)
}

/// The names that begin with what was given, then those most like it, and how many others there
/// are.
pub(super) fn nearest(given: &str, mut names: Vec<&str>) -> String {
    names.sort_by_cached_key(|name| (!begins(name, given), damerau_levenshtein(given, name)));
    joined(names, NEAREST_MAX)
}

fn begins(name: &str, given: &str) -> bool {
    !given.is_empty() && name.starts_with(given)
}

fn joined(mut names: Vec<&str>, most: usize) -> String {
    let more = names.len().saturating_sub(most);
    names.truncate(most);
    match more {
        0 => names.join(", "),
        _ => format!("{} and {more} more", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_most_like_the_given_comes_first() {
        assert_eq!(nearest("BAY", vec!["BB", "BE", "BY", "NW"]), "BY, BB, BE, NW");
        assert_eq!(nearest("GB", vec!["BB", "BG", "GB-ENG"]), "GB-ENG, BB, BG");
        assert_eq!(nearest("", vec![]), "");
    }

    #[test]
    fn a_long_list_says_how_long_it_is() {
        let names: Vec<String> = (10..60).map(|number| number.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert!(listed(names.clone()).ends_with("38, 39 and 20 more"));
        assert!(nearest("59", names).starts_with("59, 19, 29"));
    }
}
