//! Templates: from data to subject, text and HTML in the reader's language.
//!
//! Loading proves that every template can be rendered: variables are strict, and each template
//! is tried with data that reaches all of it. No template reads a file, a clock or a setting.

mod engine;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};
use serde::Serialize;
use thiserror::Error;

use super::clean::header_text;
use super::message::MailKind;
use super::samples;
use super::sources::{self, FILES, Sources};
use super::texts::{
    CorrectionText, EndingText, NoticeText, PartnerResultText, ReceiptText, Rendered,
};
use super::wrap;
use engine::{broken, environment, with_path};

/// Longest subject, in characters.
const SUBJECT_CHARACTERS_MAX: usize = 300;

/// The templates of all mails in all languages, known to render.
pub struct Templates {
    environment: Environment<'static>,
    languages: BTreeSet<String>,
    default_language: String,
}

/// Why templates cannot be used.
#[derive(Debug, Error)]
pub enum TemplateError {
    /// A folder or file cannot be read.
    #[error("could not read the mail templates in {}", path.display())]
    Read {
        /// The folder or file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A file that no mail uses.
    #[error(
        "{} is not a mail template: expected layout.html or \
         <language>/<name of the mail>/<subject.txt|body.txt|body.html>",
        path.display()
    )]
    UnknownFile {
        /// The file.
        path: PathBuf,
    },
    /// A file larger than any template should be.
    #[error("the mail template {} is too large", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// A language that lacks a file; a mail in two languages would be worse than one in another.
    #[error("the mail templates of language {language} lack {file}")]
    Incomplete {
        /// The language.
        language: String,
        /// The file's name below the language.
        file: String,
    },
    /// `mail.default_language` has no templates.
    #[error("mail.default_language: there are no mail templates for {language:?}")]
    DefaultLanguage {
        /// The language asked for.
        language: String,
    },
    /// A template is wrong.
    #[error("the mail template {file}, line {line}, cannot be used")]
    Template {
        /// The file, or the name of a built-in template.
        file: String,
        /// The line of the file, from 1.
        line: usize,
        /// What is wrong.
        #[source]
        source: Box<minijinja::Error>,
    },
}

impl Templates {
    /// The built-in templates, with English for languages that have none.
    pub fn built_in() -> Result<Self, TemplateError> {
        Self::load(None, "en")
    }

    /// The built-in templates, with files of the operator's folder in their place where there
    /// are some. The folder may add languages; those must be complete.
    pub fn load(folder: Option<&Path>, default_language: &str) -> Result<Self, TemplateError> {
        let mut sources = sources::built_in();
        if let Some(folder) = folder {
            sources::replace_from(folder, &mut sources)?;
        }
        let languages = complete_languages(&sources)?;
        let default_language = default_language.to_ascii_lowercase();
        if !languages.contains(&default_language) {
            return Err(TemplateError::DefaultLanguage { language: default_language });
        }
        let environment = environment(&sources)?;
        let templates = Self { environment, languages, default_language };
        templates.try_all().map_err(|error| with_path(error, &sources))?;
        Ok(templates)
    }

    /// The mail that tells the customer of a claim. `language` is a BCP 47 tag, such as `tr-TR`.
    pub fn notice(&self, text: &NoticeText, language: &str) -> Result<Rendered, TemplateError> {
        self.render(MailKind::Notice, text, self.language(language))
    }

    /// The mail that reminds the customer of a claim.
    pub fn reminder(&self, text: &NoticeText, language: &str) -> Result<Rendered, TemplateError> {
        self.render(MailKind::Reminder, text, self.language(language))
    }

    /// The mail that tells the partner how a claim went on.
    pub fn partner_result(
        &self,
        text: &PartnerResultText,
        language: &str,
    ) -> Result<Rendered, TemplateError> {
        self.render(MailKind::PartnerResult, text, self.language(language))
    }

    /// The mail that tells the customer that the time to answer has changed.
    pub fn correction(
        &self,
        text: &CorrectionText,
        language: &str,
    ) -> Result<Rendered, TemplateError> {
        self.render(MailKind::Correction, text, self.language(language))
    }

    /// The mail that tells the customer that its answer has arrived.
    pub fn receipt(&self, text: &ReceiptText, language: &str) -> Result<Rendered, TemplateError> {
        self.render(MailKind::Receipt, text, self.language(language))
    }

    /// The mail that tells one side that an association ends soon with its subscription.
    pub fn subscription_ending(
        &self,
        text: &EndingText,
        language: &str,
    ) -> Result<Rendered, TemplateError> {
        self.render(MailKind::SubscriptionEnding, text, self.language(language))
    }

    /// The language a mail will be in: the one wanted, the same without its region and so on, or
    /// the deployment's.
    pub fn language(&self, wanted: &str) -> &str {
        let wanted = wanted.to_ascii_lowercase().replace('_', "-");
        let mut tag = wanted.as_str();
        loop {
            if let Some(language) = self.languages.get(tag) {
                return language;
            }
            match tag.rsplit_once('-') {
                Some((shorter, _)) => tag = shorter,
                None => return &self.default_language,
            }
        }
    }

    pub(super) fn render<T: Serialize>(
        &self,
        kind: MailKind,
        text: &T,
        language: &str,
    ) -> Result<Rendered, TemplateError> {
        let values = context! { language, ..Value::from(Serde(text)) };
        let [subject, body, html] =
            FILES.map(|file| self.file(&format!("{language}/{}/{file}", kind.name()), &values));
        Ok(Rendered {
            subject: header_text(&subject?, SUBJECT_CHARACTERS_MAX),
            text: wrap::fill(&body?),
            html: html?,
        })
    }

    fn file(&self, name: &str, values: &Value) -> Result<String, TemplateError> {
        let rendered = self.environment.get_template(name).and_then(|t| t.render(values.clone()));
        rendered.map_err(|source| broken(name, source))
    }

    fn try_all(&self) -> Result<(), TemplateError> {
        for language in &self.languages {
            for text in samples::notices() {
                self.notice(&text, language)?;
                self.reminder(&text, language)?;
            }
            for text in samples::partner_results() {
                self.partner_result(&text, language)?;
                self.partner_reminder(&text, language)?;
                self.contest_notice(&text, language)?;
            }
            for text in samples::corrections() {
                self.correction(&text, language)?;
            }
            for text in samples::review_notices() {
                self.review_notice(&text, language)?;
            }
            for text in samples::receipts() {
                self.receipt(&text, language)?;
            }
            for text in samples::endings() {
                self.subscription_ending(&text, language)?;
            }
            self.try_told(language)?;
            self.try_acknowledgement(language)?;
        }
        Ok(())
    }
}

/// The languages there are templates for; each has all of them.
fn complete_languages(sources: &Sources) -> Result<BTreeSet<String>, TemplateError> {
    let names = sources.keys().filter_map(|name| name.split_once('/'));
    let languages: BTreeSet<String> = names.map(|(language, _)| language.to_owned()).collect();
    for language in &languages {
        for file in MailKind::ALL.iter().flat_map(|kind| FILES.map(|file| (kind.name(), file))) {
            let file = format!("{}/{}", file.0, file.1);
            if !sources.contains_key(&format!("{language}/{file}")) {
                let language = language.clone();
                return Err(TemplateError::Incomplete { language, file });
            }
        }
    }
    Ok(languages)
}

#[cfg(test)]
mod tests;
