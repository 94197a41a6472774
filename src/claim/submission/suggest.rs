//! "Did you mean": the nearest of the words that would have been right.

use strsim::damerau_levenshtein;

/// No word that is meant is longer; what is longer is not compared, so that the work is bounded.
const LENGTH_MAX: usize = 64;

/// The end of a sentence that offers the nearest word, or nothing where none is near.
pub(super) fn did_you_mean<'a>(written: &str, words: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(written, words) {
        Some(word) => format!(" Did you mean \"{word}\"?"),
        None => String::new(),
    }
}

/// The word with the fewest changes: at most two, and less than half of what was written.
fn nearest<'a>(written: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > LENGTH_MAX {
        return None;
    }
    let written = written.to_lowercase().replace(['-', ' '], "_");
    let changes_max = 2.min(written.chars().count().saturating_sub(1) / 2);
    words
        .into_iter()
        .map(|word| (damerau_levenshtein(&written, word), word))
        .filter(|(changes, _)| *changes <= changes_max)
        .min_by_key(|(changes, _)| *changes)
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered() {
        let words = ["teams", "teams_phone", "exchange", "sales"];
        let check = |written: &str, expected| assert_eq!(nearest(written, words), expected);
        check("teems", Some("teams"));
        check("Teams", Some("teams"));
        check("Teams Phone", Some("teams_phone"));
        check("exchnage", Some("exchange"));
        check("sale", Some("sales"));
        check("outlook", None);
        check("a", None);
        check("", None);
        check(&"teams".repeat(1_000), None);
        assert_eq!(did_you_mean("teems", words), " Did you mean \"teams\"?");
        assert_eq!(did_you_mean("outlook", words), "");
    }
}
