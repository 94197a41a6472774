//! The bytes of mails.

use super::*;
use crate::mail::{MailSettings, Sender};

fn at(instant: &str) -> DateTime<Utc> {
    instant.parse().unwrap()
}

/// A notice with the given recipient and bodies.
fn a_mail(to: Mailbox, rendered: Rendered) -> Mail {
    let from = Mailbox::parse("Kayıtlı İş Ortağı <cpor@cpor.example>").unwrap();
    let message_id = MessageId::new(MailKind::Notice, 1, "03-01980f6e", &from).unwrap();
    Mail {
        kind: MailKind::Notice,
        reply_to: Some(Mailbox::parse("answers@cpor.example").unwrap()),
        from,
        to,
        message_id,
        date: at("2026-11-20T15:00:00Z"),
        leave_url: None,
        rendered,
    }
}

fn rendered(subject: &str, text: &str, html: &str) -> Rendered {
    let own = |part: &str| part.to_owned();
    Rendered { subject: own(subject), text: own(text), html: own(html) }
}

fn mert() -> Mailbox {
    Mailbox::new(Some("Mert Kaya"), "mert.kaya@anadoluelektrik.com.tr").unwrap()
}

fn text_of(mail: &Mail) -> String {
    String::from_utf8(mail.to_bytes().unwrap()).unwrap()
}

/// The headers as lines, folded ones joined.
fn headers(mail: &Mail) -> Vec<String> {
    let text = text_of(mail);
    let (headers, _) = text.split_once("\r\n\r\n").unwrap();
    headers.replace("\r\n ", " ").split("\r\n").map(str::to_owned).collect()
}

#[test]
fn a_mail_has_the_headers_that_make_a_repeat_recognizable() {
    let headers = headers(&a_mail(mert(), rendered("Notice", "text", "<p>html</p>")));
    for expected in [
        "Message-ID: <n1.03-01980f6e@cpor.example>",
        "Date: Fri, 20 Nov 2026 15:00:00 +0000",
        "Auto-Submitted: auto-generated",
        "Subject: Notice",
        "To: \"Mert Kaya\" <mert.kaya@anadoluelektrik.com.tr>",
        "Reply-To: answers@cpor.example",
        "MIME-Version: 1.0",
    ] {
        assert!(headers.iter().any(|header| header == expected), "{expected}: {headers:#?}");
    }
    let from = headers.iter().find(|header| header.starts_with("From: ")).unwrap();
    assert!(from.starts_with("From: =?utf-8?") && from.ends_with("<cpor@cpor.example>"), "{from}");
}

#[test]
fn the_same_mail_has_the_same_bytes() {
    let mail = || a_mail(mert(), rendered("Bildirim: ğüşıöç", "İlk satır\n", "<p>İlk</p>"));
    assert_eq!(mail().to_bytes().unwrap(), mail().to_bytes().unwrap());
    let mut second = mail();
    second.message_id = MessageId::new(MailKind::Notice, 2, "03-01980f6e", &mail().from).unwrap();
    assert_ne!(second.to_bytes().unwrap(), mail().to_bytes().unwrap());
}

#[test]
fn everything_is_short_lines_of_ascii() {
    let long = "Çok uzun bir satır. ".repeat(300);
    let mail = a_mail(mert(), rendered(&long, &long, &format!("<p>{long}</p>")));
    let text = text_of(&mail);
    assert!(text.is_ascii());
    assert!(text.split("\r\n").all(|line| line.len() <= 78), "a line is too long");
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "a bare line break");
}

#[test]
fn no_value_can_add_a_header_or_a_part() {
    let evil = "x\r\nBcc: eve@evil.example\r\n\r\nbody";
    let to = Mailbox::new(Some(evil), "mert@example.com").unwrap();
    let mut mail = a_mail(to, rendered(evil, "text", "html"));
    mail.from = Mailbox::new(Some(evil), "cpor@cpor.example").unwrap();
    mail.reply_to = Some(Mailbox::new(Some(evil), "answers@cpor.example").unwrap());
    assert!(!headers(&mail).iter().any(|header| header.starts_with("Bcc")), "{}", text_of(&mail));
    assert_eq!(headers(&mail).len(), 9);

    let boundary = boundary(&mail.message_id);
    mail.rendered.text = format!("text\n--{boundary}--\n--{boundary}\nContent-Type: x/y\n\nforged");
    assert_eq!(text_of(&mail).matches(&format!("--{boundary}\r\n")).count(), 2);
    assert_eq!(text_of(&mail).matches(&format!("--{boundary}--")).count(), 1);
}

#[test]
fn names_that_look_like_syntax_stay_names() {
    for name in [
        "\"",
        "\\",
        "a\" <eve@evil.example>",
        "(comment)",
        "a, b; c:",
        "=?utf-8?q?x?=",
        "İ",
        "<>",
        "\u{1F600}",
        "'",
        "@",
    ] {
        let to = Mailbox::new(Some(name), "mert@example.com").unwrap();
        let headers = headers(&a_mail(to, rendered(name, "text", "html")));
        let to = headers.iter().find(|header| header.starts_with("To: ")).unwrap();
        assert!(to.ends_with(" <mert@example.com>"), "{name:?}: {to}");
        assert_eq!(headers.len(), 9, "{name:?}");
    }
}

#[test]
fn a_message_id_is_made_of_safe_characters() {
    let from = Mailbox::parse("cpor@ışık.example").unwrap();
    for (kind, expected) in [
        (MailKind::Notice, "<n3.c-1@xn--k-ekaa7p.example>"),
        (MailKind::Reminder, "<r3.c-1@xn--k-ekaa7p.example>"),
        (MailKind::PartnerResult, "<p3.c-1@xn--k-ekaa7p.example>"),
    ] {
        assert_eq!(MessageId::new(kind, 3, "c-1", &from).unwrap().as_str(), expected);
    }
    for claim in ["", "../x", "a b", "a@b", "a>b", "a\r\nBcc: x", "ç", &"x".repeat(300)] {
        let id = MessageId::new(MailKind::Notice, 1, claim, &from);
        assert_eq!(id.is_ok(), claim.is_empty(), "{claim:?}");
    }
    for raw in ["", "<>", "<a>", "a@b", "<@b>", "<a@>", "<a@b@c>", "<a@b>\r\nBcc: x", "<.a@b>"] {
        assert!(MessageId::parse(raw).is_err(), "{raw:?}");
    }
}

#[test]
fn a_date_that_no_mail_can_have_is_an_error() {
    let mut mail = a_mail(mert(), rendered("s", "t", "h"));
    for (date, fine) in [
        (at("1970-01-01T00:00:00Z"), true),
        (at("9999-12-31T23:59:59.999Z"), true),
        (at("+10000-01-01T00:00:00Z"), false),
        (at("1969-12-31T23:59:59Z"), false),
        (DateTime::<Utc>::MAX_UTC, false),
    ] {
        mail.date = date;
        assert_eq!(mail.to_bytes().is_ok(), fine, "{date}");
    }
}

#[test]
fn the_default_settings_give_a_sender_whose_mails_can_be_written() {
    let sender = Sender::new(&MailSettings::default()).unwrap();
    let mail = Mail { from: sender.from, ..a_mail(mert(), rendered("s", "t", "h")) };
    assert!(mail.to_bytes().is_ok());
}
