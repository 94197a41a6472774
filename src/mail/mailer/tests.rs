//! Settings of mail, and what mailers are made of them.

use super::*;
use crate::mail::TlsMode;
use crate::mail::smtp::tests::a_mail;
use crate::secrets::Secret;

/// The error of the default settings for SMTP with one change.
fn error_of(change: impl FnOnce(&mut MailSettings)) -> String {
    let mut settings = MailSettings { transport: Transport::Smtp, ..MailSettings::default() };
    change(&mut settings);
    Mailer::new(&settings).err().map_or_else(|| "none".to_owned(), |error| error.to_string())
}

#[test]
fn a_bad_setting_is_named_by_its_key() {
    let secret = || Some(Secret::new("hunter2".to_owned()));
    for (error, expected) in [
        (error_of(|_| {}), "none"),
        (error_of(|s| s.from = "nobody".to_owned()), "mail.from is"),
        (error_of(|s| s.reply_to = Some("a b".to_owned())), "mail.reply_to is"),
        (error_of(|s| s.smtp.host = " ".to_owned()), "mail.smtp.host is empty"),
        (error_of(|s| s.smtp.port = 0), "mail.smtp.port must"),
        (error_of(|s| s.smtp.connections_max = 0), "mail.smtp.connections_max must"),
        (error_of(|s| s.smtp.connections_max = 1_001), "mail.smtp.connections_max must"),
        (
            error_of(|s| s.smtp.timeouts.data = std::time::Duration::ZERO),
            "mail.smtp.timeouts.data_seconds must",
        ),
        (error_of(|s| s.smtp.username = Some("cpor".to_owned())), "mail.smtp.password is missing"),
        (error_of(|s| s.smtp.password = secret()), "mail.smtp.username is missing"),
        (
            error_of(|s| {
                s.smtp.username = Some("cpor".to_owned());
                s.smtp.password = secret();
            }),
            "mail.smtp.tls must be",
        ),
        (
            error_of(|s| {
                s.smtp.tls = TlsMode::Tls;
                s.smtp.host = "not a name".to_owned();
            }),
            "mail.smtp.host is not a name",
        ),
        (
            error_of(|s| {
                s.smtp.tls = TlsMode::Starttls;
                s.smtp.username = Some("cpor".to_owned());
                s.smtp.password = secret();
            }),
            "none",
        ),
        (
            error_of(|s| {
                s.transport = Transport::Directory;
                s.directory = "/dev/null/mail".into();
            }),
            "mail.directory: could not create",
        ),
    ] {
        assert!(error.starts_with(expected), "expected {expected:?}, got {error:?}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn answers_go_to_the_mailbox_for_replies_or_else_to_the_sender() {
    let mut settings = MailSettings { from: "a@example.com".to_owned(), ..MailSettings::default() };
    assert_eq!(Sender::new(&settings).unwrap().answered_by().address(), "a@example.com");
    settings.reply_to = Some("b@example.com".to_owned());
    assert_eq!(Sender::new(&settings).unwrap().answered_by().address(), "b@example.com");
}

#[tokio::test]
async fn a_discarded_mail_is_accepted() {
    let settings = MailSettings { transport: Transport::Discard, ..MailSettings::default() };
    let attempt = Mailer::new(&settings).unwrap().send(&a_mail("mert@example.com", 1)).await;
    let delivery = Delivery::Accepted { reply: "discarded".to_owned() };
    assert_eq!(attempt, Attempt { delivery, sha256: None });
}
