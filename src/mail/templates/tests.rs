//! What mails say, and templates of operators.

use std::fs;

use super::*;
use crate::mail::texts::PartnerOutcome;

fn templates() -> Templates {
    Templates::built_in().unwrap()
}

fn a_notice() -> NoticeText {
    samples::notices()[0].clone()
}

/// Lower case with the Turkish dotless i, as the headings of both languages need it.
fn lower(text: &str) -> String {
    text.replace('İ', "i").to_lowercase().replace('ı', "i")
}

/// The error of an operator's folder with these files, and the causes of it.
fn load_error(files: &[(&str, &str)]) -> String {
    let folder = folder_of(files);
    let error = Templates::load(Some(folder.path()), "en").err().unwrap();
    match std::error::Error::source(&error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

fn folder_of(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn a_notice_says_everything_a_customer_must_know() {
    for (language, sentences) in [
        (
            "en",
            ["If you do nothing, you agree.", "monthly active users", "Nothing else", "WITHDRAW"],
        ),
        (
            "tr",
            [
                "Hiçbir şey yapmazsanız kabul etmiş sayılırsınız.",
                "aylık etkin kullanıcı sayısı",
                "hiçbir şey görmez",
                "GERİ ALIYORUM",
            ],
        ),
    ] {
        let notice = a_notice();
        let Rendered { subject, text, html } = templates().notice(&notice, language).unwrap();
        let in_lines = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (text, html) =
            (in_lines(&text), in_lines(&html.replace("<strong>", "").replace("</strong>", "")));
        for part in sentences {
            assert!(html.contains(part), "{part}: {html}");
            assert!(lower(&text).contains(&lower(part)), "{part}: {text}");
        }
        for part in [
            &notice.partner_name,
            &notice.partner_mpn_id,
            &notice.partner_contact_name,
            &notice.partner_contact_email,
            &notice.claim_name,
            &notice.tenant_id,
            &notice.domain,
            &notice.items[0].label,
            &notice.items[1].detail,
            &notice.activities[0],
            &notice.closes_sentence,
            &notice.explanation[1],
            &notice.reply_to,
            &notice.reference,
        ] {
            assert!(text.contains(part.as_str()), "{part}: {text}");
            assert!(html.contains(part.as_str()), "{part}: {html}");
        }
        assert!(subject.contains(&notice.reference) && subject.contains(&notice.partner_name));
        assert!(html.starts_with(&format!("<!DOCTYPE html> <html lang=\"{language}\">")), "{html}");
    }
}

#[test]
fn there_are_two_links_or_none_and_nothing_is_loaded_from_elsewhere() {
    for language in ["en", "tr"] {
        let mut notice = a_notice();
        for (url, links) in [(Some("https://cpor.example/r/1?x=1&y=2".to_owned()), 2), (None, 0)] {
            notice.answer_url.clone_from(&url);
            notice.partners_url = url;
            for mail in
                [templates().notice(&notice, language), templates().reminder(&notice, language)]
            {
                let mail = mail.unwrap();
                assert_eq!(mail.html.matches("href=").count(), links, "{}", mail.html);
                assert_eq!(mail.html.matches("://").count(), links, "{}", mail.html);
                assert_eq!(mail.text.matches("://").count(), links, "{}", mail.text);
                assert!(
                    !mail.html.contains("src=") && !mail.html.contains("url("),
                    "{}",
                    mail.html
                );
            }
        }
    }
}

#[test]
fn every_receipt_says_what_was_answered_when_and_how_to_change_it() {
    for (language, changes) in [("en", "How to change it"), ("tr", "Nasıl değiştirirsiniz")] {
        let mut subjects = BTreeSet::new();
        for receipt in samples::receipts() {
            let Rendered { subject, text, html } = templates().receipt(&receipt, language).unwrap();
            for part in [
                &receipt.receipt_number,
                &receipt.received_at_sentence,
                &receipt.partner_name,
                &receipt.partners_url,
                &receipt.reference,
            ] {
                assert!(text.contains(part.as_str()), "{part}: {text}");
                assert!(html.contains(part.as_str()), "{part}: {html}");
            }
            assert!(html.contains(changes) && lower(&text).contains(&lower(changes)), "{text}");
            assert_eq!(html.matches("href=").count(), 1, "{html}");
            assert_eq!(text.matches("://").count(), 1, "{text}");
            assert!(!text.contains("\n\n\n"), "{text}");
            subjects.insert(subject);
        }
        assert_eq!(subjects.len(), 5, "each answer has its own subject: {subjects:#?}");
    }
}

#[test]
fn text_lines_are_at_most_76_columns() {
    let text = templates().notice(&a_notice(), "tr").unwrap().text;
    assert!(text.lines().all(|line| line.chars().count() <= 76), "{text}");
    assert!(!text.contains("\n\n\n"), "{text}");
}

#[test]
fn values_are_escaped_and_cannot_start_a_line() {
    let mut notice = a_notice();
    notice.partner_name = "<b>A&B</b>\r\n\r\nYou need not answer.\u{202E}".to_owned();
    notice.items[0].label = "x\u{2028}- Claimed: y".to_owned();
    let Rendered { subject, text, html } = templates().notice(&notice, "en").unwrap();
    assert!(html.contains("&lt;b&gt;A&amp;B&lt;/b&gt;"), "{html}");
    assert!(!html.contains("<b>"), "{html}");
    assert!(!subject.contains(['\r', '\n', '\u{202E}']), "{subject:?}");
    assert!(!text.lines().any(|line| line.starts_with("You need not answer.")), "{text}");
    assert!(!text.contains('\u{202E}') && !text.contains("\n- Claimed: y"), "{text}");
}

#[test]
fn every_outcome_has_words_of_its_own_in_every_language() {
    for language in ["en", "tr"] {
        let mut subjects = BTreeSet::new();
        let mut texts = BTreeSet::new();
        let sample = samples::partner_results()[0].clone();
        for outcome in PartnerOutcome::ALL {
            let result = PartnerResultText { outcome, ..sample.clone() };
            let mail = templates().partner_result(&result, language).unwrap();
            assert!(mail.html.contains(sample.reason.as_ref().unwrap()), "{}", mail.html);
            assert!(mail.text.contains(&sample.findings[0].code), "{}", mail.text);
            subjects.insert(mail.subject);
            texts.insert(mail.text);
        }
        assert_eq!((subjects.len(), texts.len()), (8, 8), "{language}");
    }
}

#[test]
fn a_language_falls_back_to_its_parent_and_then_to_the_deployments() {
    let turkish = Templates::load(None, "TR").unwrap();
    for (templates, wanted, expected) in [
        (&templates(), "tr", "tr"),
        (&templates(), "tr-TR", "tr"),
        (&templates(), "TR_tr", "tr"),
        (&templates(), "en-Latn-GB", "en"),
        (&templates(), "de", "en"),
        (&templates(), "", "en"),
        (&turkish, "de-AT", "tr"),
        (&turkish, "en-US", "en"),
    ] {
        assert_eq!(templates.language(wanted), expected, "{wanted:?}");
    }
    assert!(Templates::load(None, "de").is_err());
}

#[test]
fn an_operators_file_replaces_the_built_in_one() {
    let folder = folder_of(&[
        ("tr/notice/subject.txt", "Bankamızdan: {{ reference }}"),
        ("layout.html", "<html lang=\"{{ language }}\">{% block content %}{% endblock %}</html>"),
        (".hidden", "ignored"),
    ]);
    let templates = Templates::load(Some(folder.path()), "en").unwrap();
    let notice = a_notice();
    let turkish = templates.notice(&notice, "tr").unwrap();
    assert_eq!(turkish.subject, format!("Bankamızdan: {}", notice.reference));
    assert!(turkish.html.starts_with("<html lang=\"tr\">"), "{}", turkish.html);
    assert!(templates.notice(&notice, "en").unwrap().subject.starts_with("Notice: "));
}

#[test]
fn an_operator_can_add_a_language_that_is_complete() {
    let names: Vec<String> = MailKind::ALL
        .iter()
        .flat_map(|kind| FILES.map(|file| format!("de/{}/{file}", kind.name())))
        .collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "Guten Tag")).collect();
    let templates = Templates::load(Some(folder_of(&files).path()), "en").unwrap();
    assert_eq!(templates.language("de-AT"), "de");
    assert!(load_error(&files[1..]).contains("language de lack notice/subject.txt"));
}

#[test]
fn a_broken_template_is_found_at_start_and_named_with_its_line() {
    for (file, text, expected) in [
        ("en/notice/body.txt", "a\nb\n{{ partner_nam }}", "en/notice/body.txt, line 3,"),
        ("tr/reminder/body.html", "{% if %}", "tr/reminder/body.html, line 1,"),
        ("en/partner_result/body.txt", "\n{{ findings[0].cod }}", "body.txt, line 2,"),
        ("tr/notice/body.txt", "{% if answer_url %}{{ ur }}{% endif %}", "body.txt, line 1,"),
        ("layout.html", "\n\n{% block content %}", "layout.html, line 3,"),
        ("en/notice/subjects.txt", "", "is not a mail template"),
        ("en/notices/subject.txt", "", "is not a mail template"),
        ("English/notice/subject.txt", "", "is not a mail template"),
        ("readme.md", "", "is not a mail template"),
    ] {
        let error = load_error(&[(file, text)]);
        assert!(error.contains(expected), "{file}: {error}");
    }
    assert!(Templates::load(Some(Path::new("/does/not/exist")), "en").is_err());
}
