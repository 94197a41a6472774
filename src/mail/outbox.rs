//! Mails kept in memory instead of being sent, for a sandbox: whoever tests reads them by program.
//! Bounded, and gone with the sandbox.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use parking_lot::Mutex;

use super::delivery::Delivery;
use super::message::Mail;

/// The most mails that are kept; the oldest go first.
const MAILS_MAX: usize = 100;
/// The longest text that is kept of a mail, in bytes.
const TEXT_BYTES_MAX: usize = 32 * 1024;

/// The mails of one sandbox; clones share them.
#[derive(Debug, Clone, Default)]
pub struct Outbox(Arc<Mutex<VecDeque<KeptMail>>>);

/// A mail as it would have been sent.
#[derive(Clone)]
pub struct KeptMail {
    /// To whom.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// What it is for: `notice`, `reminder`, `partner_result`, `receipt`.
    pub kind: &'static str,
    /// What it says, as text.
    pub text: String,
    /// The addresses in the text, in order.
    pub links: Vec<String>,
    /// When it was sent, on the deployment's clock.
    pub at: DateTime<Utc>,
    message_id: String,
}

impl std::fmt::Debug for KeptMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeptMail(********)")
    }
}

impl Outbox {
    /// Keeps a mail; a repeat replaces it.
    pub(super) fn keep(&self, mail: &Mail) -> Delivery {
        let message_id = mail.message_id.as_str().to_owned();
        let kept = KeptMail {
            to: mail.to.address().to_owned(),
            subject: mail.rendered.subject.clone(),
            kind: mail.kind.name(),
            text: shortened(&mail.rendered.text),
            links: links(&mail.rendered.text),
            at: mail.date,
            message_id,
        };
        let mut mails = self.0.lock();
        mails.retain(|other| other.message_id != kept.message_id);
        if mails.len() >= MAILS_MAX {
            mails.pop_front();
        }
        mails.push_back(kept);
        Delivery::Accepted { reply: "kept in the sandbox".to_owned() }
    }

    /// All mails that are kept, the oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<KeptMail> {
        self.0.lock().iter().cloned().collect()
    }
}

fn shortened(text: &str) -> String {
    text[..text.floor_char_boundary(TEXT_BYTES_MAX)].to_owned()
}

fn links(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || "<>()\"".contains(c));
    let links = words.filter(|word| word.starts_with("http://") || word.starts_with("https://"));
    let mut found: Vec<String> = Vec::new();
    for link in links.map(|link| link.trim_end_matches(['.', ',', ';'])) {
        if !found.iter().any(|known| known == link) {
            found.push(link.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::smtp::tests::a_mail;

    #[test]
    fn a_repeat_replaces_and_the_oldest_go_first() {
        let outbox = Outbox::default();
        for number in [1, 2, 1] {
            outbox.keep(&a_mail("mert@example.com", number));
        }
        assert_eq!(outbox.all().len(), 2);
        for number in 3..200 {
            outbox.keep(&a_mail("mert@example.com", number));
        }
        let kept = outbox.all();
        assert_eq!((kept.len(), kept[0].to.as_str()), (MAILS_MAX, "mert@example.com"));
    }

    #[test]
    fn links_are_whole_and_each_is_there_once() {
        let text = "See <https://a.example/r/x>, or https://a.example/c/y.\nhttps://a.example/r/x";
        assert_eq!(links(text), ["https://a.example/r/x", "https://a.example/c/y"]);
    }
}
