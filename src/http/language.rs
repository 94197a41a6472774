//! In which language a page is: as asked for by `?lang=`, else as chosen before on pages where one
//! is signed in, else the language of the contact who got the link, else what the browser prefers,
//! else the deployment's.

use axum::http::{HeaderMap, Uri, header};

use crate::calendar::Language;
use crate::http::form::Fields;

/// Every language there is, with its own name for itself.
pub(in crate::http) const LANGUAGES: [(Language, &str); 2] =
    [(Language::English, "English"), (Language::Turkish, "Türkçe")];

/// The BCP 47 tag of a language.
pub(in crate::http) const fn tag(language: Language) -> &'static str {
    match language {
        Language::English => "en",
        Language::Turkish => "tr",
    }
}

/// The language of a BCP 47 tag such as `tr-TR`, if pages speak it.
pub(in crate::http) fn of_tag(raw: &str) -> Option<Language> {
    let primary = raw.split(['-', '_']).next().unwrap_or_default();
    let speaks = |language: &Language| tag(*language).eq_ignore_ascii_case(primary);
    LANGUAGES.into_iter().map(|(language, _)| language).find(speaks)
}

/// What a request says about the language it wants.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Wanted {
    asked: Option<Language>,
    accepted: Option<Language>,
}

impl Wanted {
    /// Reads the query and the headers of a request.
    pub fn of(query: &Fields, headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let accepted = accept.and_then(preferred);
        Self { asked: query.choice("lang").and_then(of_tag), accepted }
    }

    /// The same, read from the address and the headers.
    pub fn of_request(uri: &Uri, headers: &HeaderMap) -> Self {
        Self::of(&Fields::of_query(uri), headers)
    }

    /// The same for somebody who has chosen a language before.
    pub fn or_chosen(self, tag: Option<&str>) -> Self {
        Self { asked: self.asked.or_else(|| tag.and_then(of_tag)), ..self }
    }

    /// The language of a page for a contact with this language.
    pub fn language(self, contact: Option<&str>, default: Language) -> Language {
        self.asked.or_else(|| contact.and_then(of_tag)).or(self.accepted).unwrap_or(default)
    }
}

/// The most preferred language that pages speak (RFC 9110, section 12.5.4).
fn preferred(accept: &str) -> Option<Language> {
    let weighted = accept.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let language = of_tag(parts.next()?)?;
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Ok(1.0), str::parse);
        weight.ok().filter(|weight: &f32| *weight > 0.0).map(|weight| (language, weight))
    });
    // Of equals the first counts.
    let best = weighted.reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.map(|(language, _)| language)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn check(uri: &str, accept: &str, contact: Option<&str>, expected: Language) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_str(accept).unwrap());
        let wanted = Wanted::of_request(&uri.parse().unwrap(), &headers);
        let language = wanted.language(contact, Language::English);
        assert_eq!(language, expected, "{uri} {accept} {contact:?}");
    }

    #[test]
    fn the_address_comes_before_the_contact_and_the_contact_before_the_browser() {
        check("/r/x?lang=tr", "en", Some("en"), Language::Turkish);
        check("/r/x", "en", Some("tr-TR"), Language::Turkish);
        check("/r/x", "tr", None, Language::Turkish);
        check("/r/x", "tr", Some("de"), Language::Turkish);
        check("/r/x", "de", Some("de"), Language::English);
        check("/r/x?lang=de", "", Some("TR"), Language::Turkish);
        check("/r/x?lang=tr&lang=en", "", None, Language::English);
    }

    #[test]
    fn the_browser_s_favorite_counts() {
        let favorite = |accept: &str| preferred(accept);
        assert_eq!(favorite("de-DE,de;q=0.9,tr;q=0.8,en;q=0.7"), Some(Language::Turkish));
        assert_eq!(favorite("tr;q=0.3, en-GB;q=0.7"), Some(Language::English));
        assert_eq!(favorite("tr;q=0, de"), None);
        assert_eq!(favorite("tr;q=x,*,,;"), None);
    }
}
