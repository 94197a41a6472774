//! Mails handed to a real SMTP server, with every fault there is.

use super::*;
use crate::mail::{MailKind, Mailbox, MessageId, Rendered, SmtpTimeouts};
use crate::testkit::smtp::{Conduct, SmtpServer};

/// A notice to a recipient; the number makes it another mail.
pub(in crate::mail) fn a_mail(to: &str, number: u32) -> Mail {
    let from = Mailbox::parse("CPOR <cpor@cpor.example>").unwrap();
    Mail {
        kind: MailKind::Notice,
        to: Mailbox::new(Some("Mert Kaya"), to).unwrap(),
        reply_to: None,
        message_id: MessageId::new(MailKind::Notice, number, "c-1", &from).unwrap(),
        from,
        date: "2026-11-20T15:00:00Z".parse().unwrap(),
        leave_url: None,
        rendered: Rendered {
            subject: "Bildirim: ğüşıöç".to_owned(),
            text: ".\n..two\n.one dot\nlast".to_owned(),
            html: "<p>.</p>\n.\n".to_owned(),
        },
    }
}

pub(in crate::mail) fn settings(server: &SmtpServer) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: server.port(),
        connections_max: 3,
        ..SmtpSettings::default()
    }
}

/// For the faults that end only when we lose patience.
fn impatient(server: &SmtpServer) -> SmtpSettings {
    let patient = settings(server);
    let (command, final_dot) = (Duration::from_millis(500), Duration::from_millis(100));
    SmtpSettings { timeouts: SmtpTimeouts { command, final_dot, ..patient.timeouts }, ..patient }
}

pub(in crate::mail) fn smtp(settings: &SmtpSettings) -> Smtp {
    Smtp::new(settings, "cpor.example").unwrap()
}

/// Sends a mail as the mailer does.
pub(in crate::mail) async fn send(smtp: &Smtp, mail: &Mail) -> Delivery {
    smtp.send(mail, mail.to_bytes().unwrap()).await
}

/// A delivery in short: what became of it, where, and the code.
pub(in crate::mail) fn short(delivery: &Delivery) -> String {
    match delivery {
        Delivery::Accepted { .. } => "accepted".to_owned(),
        Delivery::TryAgain { phase, code, .. } => format!("try again {phase:?} {code:?}"),
        Delivery::Refused { phase, code, .. } => format!("refused {phase:?} {code:?}"),
        Delivery::Unknown { .. } => "unknown".to_owned(),
    }
}

/// Sends the same mail as often as there are expectations, and compares what became of it.
async fn check(to: &str, expected: &[&str], stored: usize) {
    let server = SmtpServer::start().await.unwrap();
    let silent = to.starts_with("silent");
    let smtp = smtp(&if silent { impatient(&server) } else { settings(&server) });
    let mail = a_mail(to, 1);
    for (attempt, expected) in expected.iter().enumerate() {
        let delivery = send(&smtp, &mail).await;
        assert_eq!(short(&delivery), *expected, "{to}, attempt {attempt}: {delivery:?}");
    }
    assert_eq!(server.received().len(), stored, "{to}");
}

#[tokio::test]
async fn each_fault_is_reported_for_what_it_is() {
    check("mert@example.com", &["accepted"; 3], 3).await;
    check("refused@example.com", &["refused Recipient Some(550)"; 2], 0).await;
    let later = "try again Recipient Some(450)";
    check("greylisted+1@example.com", &[later, later, "accepted"], 1).await;
    check("full@example.com", &["try again Recipient Some(452)"; 2], 0).await;
    check("busy@example.com", &["try again Recipient Some(421)"; 2], 0).await;
    check("silent@example.com", &["try again Recipient None"; 2], 0).await;
    check("drop-after-dot@example.com", &["unknown", "accepted"], 2).await;
    check("silent-after-dot@example.com", &["unknown"], 1).await;
    check("busy-after-dot@example.com", &["try again FinalDot Some(451)", "accepted"], 1).await;
    check("refused-after-dot@example.com", &["refused FinalDot Some(554)"; 2], 0).await;
}

/// A small message is on its way as a whole before we can see the server go.
#[tokio::test]
async fn a_connection_dropped_within_the_message_is_unknown_only_if_all_was_sent() {
    check("drop-in-data@example.com", &["unknown"; 2], 0).await;

    let server = SmtpServer::start().await.unwrap();
    let mut mail = a_mail("drop-in-data@example.com", 1);
    mail.rendered.text = "x".repeat(16 * 1024 * 1024);
    let delivery = send(&smtp(&settings(&server)), &mail).await;
    assert_eq!(short(&delivery), "try again Data None", "{delivery:?}");
}

#[tokio::test]
async fn a_server_that_does_not_want_us_is_never_a_refusal_of_the_mail() {
    for (greeting, expected) in [
        (Some("554 No service"), "try again Greeting Some(554)"),
        (Some("421 Too busy"), "try again Greeting Some(421)"),
        (Some("SSH-2.0-OpenSSH"), "try again Greeting None"),
        (None, "try again Greeting None"),
    ] {
        let conduct = Conduct { greeting, ..Conduct::default() };
        let server = SmtpServer::start_with(conduct).await.unwrap();
        let delivery = send(&smtp(&impatient(&server)), &a_mail("mert@example.com", 1)).await;
        assert_eq!(short(&delivery), expected, "{greeting:?}: {delivery:?}");
    }
    let server = SmtpServer::start().await.unwrap();
    for tls in [TlsMode::Starttls, TlsMode::Tls] {
        let settings = SmtpSettings { tls, ..settings(&server) };
        let delivery = send(&smtp(&settings), &a_mail("mert@example.com", 1)).await;
        assert_eq!(short(&delivery), "try again Tls None", "{tls:?}: {delivery:?}");
    }
    assert_eq!(server.received(), []);
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_tried_again() {
    let server = SmtpServer::start().await.unwrap();
    let unused = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = unused.local_addr().unwrap().port();
    drop(unused);
    let delivery =
        send(&smtp(&SmtpSettings { port, ..settings(&server) }), &a_mail("mert@example.com", 1))
            .await;
    assert_eq!(short(&delivery), "try again Connect None");
}

#[tokio::test]
async fn what_is_stored_is_what_was_written() {
    let server = SmtpServer::start().await.unwrap();
    let mail = a_mail("mert@bücher.example", 5);
    let delivery = send(&smtp(&settings(&server)), &mail).await;
    assert_eq!(delivery, Delivery::Accepted { reply: "2.0.0 Ok: queued as 1".to_owned() });
    let received = server.received().remove(0);
    assert_eq!(received.from, "cpor@cpor.example");
    assert_eq!(received.to, "mert@xn--bcher-kva.example");
    assert_eq!(received.message_id, "<n5.c-1@cpor.example>");
    assert_eq!(received.bytes, mail.to_bytes().unwrap());
    assert!(received.bytes.windows(5).any(|bytes| bytes == b"\r\n.\r\n"), "no dot was at risk");
}

#[tokio::test]
async fn what_the_server_says_is_kept_without_the_address() {
    let server = SmtpServer::start().await.unwrap();
    let delivery = send(&smtp(&settings(&server)), &a_mail("refused+x@example.com", 1)).await;
    let Delivery::Refused { text, .. } = delivery else { panic!("{delivery:?}") };
    assert_eq!(text, "5.1.1 <(recipient)>: No such user");
}

#[tokio::test]
async fn a_refused_sender_is_tried_on_one_connection_only() {
    for (to_sender, expected) in [
        ("550 5.7.1 Not you", "refused Sender Some(550)"),
        ("451 4.3.0 Later", "try again Sender Some(451)"),
        ("421 4.3.2 Closing", "try again Sender Some(421)"),
        ("354 Surprise", "try again Sender None"),
    ] {
        let server = SmtpServer::start_with(Conduct { to_sender, ..Conduct::default() }).await;
        let server = server.unwrap();
        let delivery = send(&smtp(&settings(&server)), &a_mail("mert@example.com", 1)).await;
        assert_eq!(short(&delivery), expected, "{to_sender}");
        assert_eq!(server.connections(), 1, "{to_sender}");
    }
}

#[tokio::test]
async fn a_local_part_that_is_not_ascii_needs_smtputf8() {
    for (smtputf8, expected) in [(true, "accepted"), (false, "refused Compose None")] {
        let server = SmtpServer::start_with(Conduct { smtputf8, ..Conduct::default() }).await;
        let server = server.unwrap();
        let smtp = smtp(&settings(&server));
        let delivery = send(&smtp, &a_mail("çiğdem@example.com", 1)).await;
        assert_eq!(short(&delivery), expected, "{delivery:?}");
        assert_eq!(short(&send(&smtp, &a_mail("mert@example.com", 2)).await), "accepted");
        assert_eq!(server.connections(), 1);
    }
}
