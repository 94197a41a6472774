//! Where the sources of the mail templates come from: built in, or an operator's folder.
//!
//! This file knows names and files. What a template says and whether it is right is found out
//! by [`Templates`](super::Templates).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::message::MailKind;
use super::templates::TemplateError;

/// The frame that all HTML bodies share.
pub(super) const LAYOUT: &str = "layout.html";
/// The files of one mail in one language.
pub(super) const FILES: [&str; 3] = ["subject.txt", "body.txt", "body.html"];
/// Largest template, in bytes.
const FILE_BYTES_MAX: u64 = 256 * 1024;
/// Most entries looked at in one folder.
const FOLDER_ENTRIES_MAX: usize = 1_000;

/// The source of one template.
pub(super) struct Source {
    pub(super) text: String,
    /// Where it was read, if it is not built in.
    pub(super) path: Option<PathBuf>,
}

/// Sources by name: `layout.html`, or `<language>/<mail>/<file>`.
pub(super) type Sources = BTreeMap<String, Source>;

/// The built-in templates: name and text.
const BUILT_IN: [(&str, &str); 79] = [
    (LAYOUT, include_str!("../../config/mail/layout.html")),
    (
        "en/acknowledgement/subject.txt",
        include_str!("../../config/mail/en/acknowledgement/subject.txt"),
    ),
    ("en/acknowledgement/body.txt", include_str!("../../config/mail/en/acknowledgement/body.txt")),
    (
        "en/acknowledgement/body.html",
        include_str!("../../config/mail/en/acknowledgement/body.html"),
    ),
    (
        "tr/acknowledgement/subject.txt",
        include_str!("../../config/mail/tr/acknowledgement/subject.txt"),
    ),
    ("tr/acknowledgement/body.txt", include_str!("../../config/mail/tr/acknowledgement/body.txt")),
    (
        "tr/acknowledgement/body.html",
        include_str!("../../config/mail/tr/acknowledgement/body.html"),
    ),
    ("en/notice/subject.txt", include_str!("../../config/mail/en/notice/subject.txt")),
    ("en/notice/body.txt", include_str!("../../config/mail/en/notice/body.txt")),
    ("en/notice/body.html", include_str!("../../config/mail/en/notice/body.html")),
    ("en/reminder/subject.txt", include_str!("../../config/mail/en/reminder/subject.txt")),
    ("en/reminder/body.txt", include_str!("../../config/mail/en/reminder/body.txt")),
    ("en/reminder/body.html", include_str!("../../config/mail/en/reminder/body.html")),
    (
        "en/partner_result/subject.txt",
        include_str!("../../config/mail/en/partner_result/subject.txt"),
    ),
    ("en/partner_result/body.txt", include_str!("../../config/mail/en/partner_result/body.txt")),
    ("en/partner_result/body.html", include_str!("../../config/mail/en/partner_result/body.html")),
    ("en/receipt/subject.txt", include_str!("../../config/mail/en/receipt/subject.txt")),
    ("en/receipt/body.txt", include_str!("../../config/mail/en/receipt/body.txt")),
    ("en/receipt/body.html", include_str!("../../config/mail/en/receipt/body.html")),
    ("en/correction/subject.txt", include_str!("../../config/mail/en/correction/subject.txt")),
    ("en/correction/body.txt", include_str!("../../config/mail/en/correction/body.txt")),
    ("en/correction/body.html", include_str!("../../config/mail/en/correction/body.html")),
    (
        "en/subscription_ending/subject.txt",
        include_str!("../../config/mail/en/subscription_ending/subject.txt"),
    ),
    (
        "en/subscription_ending/body.txt",
        include_str!("../../config/mail/en/subscription_ending/body.txt"),
    ),
    (
        "en/subscription_ending/body.html",
        include_str!("../../config/mail/en/subscription_ending/body.html"),
    ),
    ("en/notification/subject.txt", include_str!("../../config/mail/en/notification/subject.txt")),
    ("en/notification/body.txt", include_str!("../../config/mail/en/notification/body.txt")),
    ("en/notification/body.html", include_str!("../../config/mail/en/notification/body.html")),
    ("en/digest/subject.txt", include_str!("../../config/mail/en/digest/subject.txt")),
    ("en/digest/body.txt", include_str!("../../config/mail/en/digest/body.txt")),
    ("en/digest/body.html", include_str!("../../config/mail/en/digest/body.html")),
    ("en/confirmation/subject.txt", include_str!("../../config/mail/en/confirmation/subject.txt")),
    ("en/confirmation/body.txt", include_str!("../../config/mail/en/confirmation/body.txt")),
    ("en/confirmation/body.html", include_str!("../../config/mail/en/confirmation/body.html")),
    ("tr/notice/subject.txt", include_str!("../../config/mail/tr/notice/subject.txt")),
    ("tr/notice/body.txt", include_str!("../../config/mail/tr/notice/body.txt")),
    ("tr/notice/body.html", include_str!("../../config/mail/tr/notice/body.html")),
    ("tr/reminder/subject.txt", include_str!("../../config/mail/tr/reminder/subject.txt")),
    ("tr/reminder/body.txt", include_str!("../../config/mail/tr/reminder/body.txt")),
    ("tr/reminder/body.html", include_str!("../../config/mail/tr/reminder/body.html")),
    (
        "tr/partner_result/subject.txt",
        include_str!("../../config/mail/tr/partner_result/subject.txt"),
    ),
    ("tr/partner_result/body.txt", include_str!("../../config/mail/tr/partner_result/body.txt")),
    ("tr/partner_result/body.html", include_str!("../../config/mail/tr/partner_result/body.html")),
    ("tr/receipt/subject.txt", include_str!("../../config/mail/tr/receipt/subject.txt")),
    ("tr/receipt/body.txt", include_str!("../../config/mail/tr/receipt/body.txt")),
    ("tr/receipt/body.html", include_str!("../../config/mail/tr/receipt/body.html")),
    ("tr/correction/subject.txt", include_str!("../../config/mail/tr/correction/subject.txt")),
    ("tr/correction/body.txt", include_str!("../../config/mail/tr/correction/body.txt")),
    ("tr/correction/body.html", include_str!("../../config/mail/tr/correction/body.html")),
    (
        "en/partner_reminder/subject.txt",
        include_str!("../../config/mail/en/partner_reminder/subject.txt"),
    ),
    (
        "en/partner_reminder/body.txt",
        include_str!("../../config/mail/en/partner_reminder/body.txt"),
    ),
    (
        "en/partner_reminder/body.html",
        include_str!("../../config/mail/en/partner_reminder/body.html"),
    ),
    (
        "en/contest_notice/subject.txt",
        include_str!("../../config/mail/en/contest_notice/subject.txt"),
    ),
    ("en/contest_notice/body.txt", include_str!("../../config/mail/en/contest_notice/body.txt")),
    ("en/contest_notice/body.html", include_str!("../../config/mail/en/contest_notice/body.html")),
    (
        "en/review_notice/subject.txt",
        include_str!("../../config/mail/en/review_notice/subject.txt"),
    ),
    ("en/review_notice/body.txt", include_str!("../../config/mail/en/review_notice/body.txt")),
    ("en/review_notice/body.html", include_str!("../../config/mail/en/review_notice/body.html")),
    (
        "tr/partner_reminder/subject.txt",
        include_str!("../../config/mail/tr/partner_reminder/subject.txt"),
    ),
    (
        "tr/partner_reminder/body.txt",
        include_str!("../../config/mail/tr/partner_reminder/body.txt"),
    ),
    (
        "tr/partner_reminder/body.html",
        include_str!("../../config/mail/tr/partner_reminder/body.html"),
    ),
    (
        "tr/contest_notice/subject.txt",
        include_str!("../../config/mail/tr/contest_notice/subject.txt"),
    ),
    ("tr/contest_notice/body.txt", include_str!("../../config/mail/tr/contest_notice/body.txt")),
    ("tr/contest_notice/body.html", include_str!("../../config/mail/tr/contest_notice/body.html")),
    (
        "tr/review_notice/subject.txt",
        include_str!("../../config/mail/tr/review_notice/subject.txt"),
    ),
    ("tr/review_notice/body.txt", include_str!("../../config/mail/tr/review_notice/body.txt")),
    ("tr/review_notice/body.html", include_str!("../../config/mail/tr/review_notice/body.html")),
    (
        "tr/subscription_ending/subject.txt",
        include_str!("../../config/mail/tr/subscription_ending/subject.txt"),
    ),
    (
        "tr/subscription_ending/body.txt",
        include_str!("../../config/mail/tr/subscription_ending/body.txt"),
    ),
    (
        "tr/subscription_ending/body.html",
        include_str!("../../config/mail/tr/subscription_ending/body.html"),
    ),
    ("tr/notification/subject.txt", include_str!("../../config/mail/tr/notification/subject.txt")),
    ("tr/notification/body.txt", include_str!("../../config/mail/tr/notification/body.txt")),
    ("tr/notification/body.html", include_str!("../../config/mail/tr/notification/body.html")),
    ("tr/digest/subject.txt", include_str!("../../config/mail/tr/digest/subject.txt")),
    ("tr/digest/body.txt", include_str!("../../config/mail/tr/digest/body.txt")),
    ("tr/digest/body.html", include_str!("../../config/mail/tr/digest/body.html")),
    ("tr/confirmation/subject.txt", include_str!("../../config/mail/tr/confirmation/subject.txt")),
    ("tr/confirmation/body.txt", include_str!("../../config/mail/tr/confirmation/body.txt")),
    ("tr/confirmation/body.html", include_str!("../../config/mail/tr/confirmation/body.html")),
];

/// The built-in sources.
pub(super) fn built_in() -> Sources {
    let source = |text: &str| Source { text: text.to_owned(), path: None };
    BUILT_IN.iter().map(|(name, text)| ((*name).to_owned(), source(text))).collect()
}

/// Puts the files of an operator's folder in the place of the built-in ones. A file whose name
/// means nothing is an error: it would silently not be used.
pub(super) fn replace_from(folder: &Path, sources: &mut Sources) -> Result<(), TemplateError> {
    for (language, path) in entries(folder)? {
        if language == LAYOUT {
            sources.insert(language, read(path)?);
            continue;
        }
        if !path.is_dir() || !is_language(&language) {
            return Err(TemplateError::UnknownFile { path });
        }
        for (kind, path) in entries(&path)? {
            if !path.is_dir() || MailKind::ALL.iter().all(|known| known.name() != kind) {
                return Err(TemplateError::UnknownFile { path });
            }
            for (file, path) in entries(&path)? {
                if !FILES.contains(&file.as_str()) {
                    return Err(TemplateError::UnknownFile { path });
                }
                sources.insert(format!("{language}/{kind}/{file}"), read(path)?);
            }
        }
    }
    Ok(())
}

/// A language tag in lower case, such as `tr` or `pt-br`.
fn is_language(name: &str) -> bool {
    let part = |part: &str| {
        let fit = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        (1..=8).contains(&part.len()) && part.bytes().all(fit)
    };
    (2..=35).contains(&name.len()) && name.split('-').all(part)
}

/// What is in a folder, by name. Hidden entries are left out: mounted folders have some.
fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>, TemplateError> {
    let failed = |source| TemplateError::Read { path: folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)?.take(FOLDER_ENTRIES_MAX) {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            found.push((name, path));
        }
    }
    found.sort();
    Ok(found)
}

fn read(path: PathBuf) -> Result<Source, TemplateError> {
    let size = fs::metadata(&path).map(|metadata| metadata.len());
    let text = match size {
        Ok(size) if size > FILE_BYTES_MAX => return Err(TemplateError::TooLarge { path }),
        Ok(_) => fs::read_to_string(&path),
        Err(error) => Err(error),
    };
    match text {
        Ok(text) => Ok(Source { text, path: Some(path) }),
        Err(source) => Err(TemplateError::Read { path, source }),
    }
}
