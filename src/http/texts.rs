//! The words of pages in one language, such as `config/page/<language>.toml`, read once.
//!
//! The words are HTML of ours; what is filled in is escaped. A template asks for them by key, as in
//! `t("open.until", closes=window.closes)`, and a key or name that is not there is an error.

use std::collections::BTreeMap;

use minijinja::value::{Kwargs, Value};
use minijinja::{Error, ErrorKind, HtmlEscape};

/// All words of one language by `<table>.<key>`.
#[derive(Debug, Default)]
pub(in crate::http) struct Words(BTreeMap<String, String>);

impl Words {
    /// Reads words.
    ///
    /// # Errors
    ///
    /// When the text is not TOML of that shape: none in a release, because tests read the texts.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let tables: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(text)?;
        let words = tables.into_iter().flat_map(|(table, words)| {
            words.into_iter().map(move |(key, words)| (format!("{table}.{key}"), words))
        });
        Ok(Self(words.collect()))
    }

    /// The words under a key that has nothing to fill in and no markup.
    pub fn plain(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }

    /// The words under a key with everything filled in, as a template's function `t`.
    pub fn tell(&self, key: &str, given: &Kwargs) -> Result<Value, Error> {
        let missing = |what: String| Error::new(ErrorKind::UndefinedError, what);
        let words = self.0.get(key).ok_or_else(|| missing(format!("no words `{key}`")))?;
        let (mut html, mut rest) = (String::with_capacity(words.len() + 32), words.as_str());
        while let Some((before, name, after)) = next_name(rest) {
            let value = given.get::<Value>(name).ok();
            let value = value.filter(|value| !value.is_undefined() && !value.is_none());
            let value = value.ok_or_else(|| missing(format!("`{key}` needs `{name}`")))?;
            html.push_str(before);
            html.push_str(&HtmlEscape(&value.to_string()).to_string());
            rest = after;
        }
        html.push_str(rest);
        Ok(Value::from_safe_string(html))
    }
}

/// The text before the next `{name}`, the name, and the text after it.
fn next_name(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const PAGES: [(&str, &str); 4] = [
        (include_str!("../../config/page/en.toml"), include_str!("../../config/page/tr.toml")),
        (
            include_str!("../../config/partner/en.toml"),
            include_str!("../../config/partner/tr.toml"),
        ),
        (
            include_str!("../../config/partner/draft.en.toml"),
            include_str!("../../config/partner/draft.tr.toml"),
        ),
        (
            include_str!("../../config/partner/proof.en.toml"),
            include_str!("../../config/partner/proof.tr.toml"),
        ),
    ];

    fn names(text: &str) -> BTreeSet<&str> {
        let (mut names, mut rest) = (BTreeSet::new(), text);
        while let Some((_, name, after)) = next_name(rest) {
            names.insert(name);
            rest = after;
        }
        names
    }

    #[test]
    fn both_languages_have_the_same_words_and_fill_in_nothing_else() {
        let keys = |words: &BTreeMap<String, String>| words.keys().cloned().collect::<Vec<_>>();
        for (english, turkish) in PAGES {
            let english = Words::parse(english).unwrap().0;
            let turkish = Words::parse(turkish).unwrap().0;
            assert_eq!(keys(&english), keys(&turkish));
            for (key, words) in &turkish {
                assert!(names(words).is_subset(&names(&english[key])), "{key}");
                assert!(!words.trim().is_empty() && words.trim() == words, "{key}");
            }
        }
    }

    #[test]
    fn what_is_filled_in_is_text_and_not_markup() {
        let words = Words::parse("[a]\nb = \"<strong>{who}</strong> &amp; {who}\"").unwrap();
        let given = Kwargs::from_iter([("who", Value::from("<b>\"&"))]);
        let told = words.tell("a.b", &given).unwrap().to_string();
        let who = HtmlEscape("<b>\"&").to_string();
        assert!(!who.contains(['<', '"']));
        assert_eq!(told, format!("<strong>{who}</strong> &amp; {who}"));
        assert!(words.tell("a.b", &Kwargs::from_iter([("who", Value::from(()))])).is_err());
        assert!(words.tell("a.c", &given).is_err());
    }
}
