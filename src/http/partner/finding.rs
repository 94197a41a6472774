//! A finding as the people of a partner read it, on whichever page.

use serde::Serialize;

use crate::calendar::Language;
use crate::claim::Finding;
use crate::claim::choice::Choice;
use crate::http::texts::Words;

/// A finding in the language of the page, where there are words for its code.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Told {
    pub message: String,
    /// What a person has written about it, in whatever language.
    quote: Option<String>,
    /// The language of the words, where it is not the page's.
    pub lang: Option<&'static str>,
}

impl Told {
    /// Words of the page.
    pub fn plain(words: &str) -> Self {
        Self { message: words.to_owned(), quote: None, lang: None }
    }

    /// A finding as people read it.
    pub fn of(finding: &Finding, words: &Words, language: Language) -> Self {
        Self::in_table("finding", finding, words, language)
    }

    /// The same, with the words of another table.
    pub fn in_table(table: &str, finding: &Finding, words: &Words, language: Language) -> Self {
        let own = words.plain(&format!("{table}.{}", finding.code));
        let quote = finding.written().filter(|_| !own.is_empty()).map(|text| {
            // A customer's choice is a reason of ours.
            let choice = Choice::of_reason(text).map(Choice::as_str);
            choice
                .map_or(text, |choice| words.plain(&format!("customer_chose.{choice}")))
                .to_owned()
        });
        let is_own = quote.is_some() || language == Language::Turkish && !own.is_empty();
        let message = if is_own { own.to_owned() } else { finding.message.clone() };
        let lang = (!is_own && language == Language::Turkish).then_some("en");
        Self { message, quote, lang }
    }
}
