//! What the mails to a partner's people say, and made-up data that reaches all of their templates.

use serde::Serialize;

use super::message::MailKind;
use super::templates::{TemplateError, Templates};
use super::texts::Rendered;

/// What one address is told of one event. Not `Debug`: there are names in it.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct NotificationText {
    /// The claim's id.
    pub reference: String,
    /// The partner whose people are told.
    pub partner_mpn_id: String,
    /// The partner's own name for the claim.
    pub claim_name: String,
    /// The customer's domain.
    pub customer_domain: String,
    /// What happened, in a sentence.
    pub what: String,
    /// When, such as `Saturday 28 November 2026, 00:00 (Europe/Istanbul, UTC+03:00)`.
    pub when: String,
    /// Until when the partner has to answer, or the customer may.
    pub due: Option<String>,
    /// Whose time that is: the partner's own.
    pub due_is_ours: bool,
    /// Where all of it is.
    pub inbox_url: String,
    /// Where the address can leave.
    pub leave_url: String,
    /// The address that reads answers.
    pub reply_to: String,
}

/// One line of a digest. Not `Debug`: there are names in it.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct DigestLine {
    /// When.
    pub when: String,
    /// What happened, in a sentence.
    pub what: String,
    /// The claim, where it is about one that is kept here.
    pub claim: Option<DigestClaim>,
}

/// A claim in a digest. Not `Debug`: there are names in it.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct DigestClaim {
    /// The claim's id.
    pub reference: String,
    /// The partner's own name for it.
    pub name: String,
    /// The customer's domain.
    pub customer_domain: String,
}

/// What one address is told of a day. Not `Debug`: there are names in it.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct DigestText {
    /// The partner whose people are told.
    pub partner_mpn_id: String,
    /// Up to when it tells.
    pub until: String,
    /// What happened, oldest first.
    pub lines: Vec<DigestLine>,
    /// How much more there was before that.
    pub more: usize,
    /// Windows that end soon.
    pub ending: Vec<DigestLine>,
    /// Where all of it is.
    pub inbox_url: String,
    /// Where the address can leave.
    pub leave_url: String,
    /// The address that reads answers.
    pub reply_to: String,
}

/// What an address is asked before anything is sent to it.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ConfirmationText {
    /// The partner who wants its people told.
    pub partner_mpn_id: String,
    /// What they would be told.
    pub kinds: Vec<String>,
    /// Whether once a day.
    pub is_daily: bool,
    /// Where to say whether it may be.
    pub confirm_url: String,
    /// Until when that can be said.
    pub until: String,
    /// The address that reads answers.
    pub reply_to: String,
}

impl Templates {
    /// The mail that tells an address of the partner's people of one event.
    pub fn notification(
        &self,
        text: &NotificationText,
        language: &str,
    ) -> Result<Rendered, TemplateError> {
        self.render(MailKind::Notification, text, self.language(language))
    }

    /// The mail that tells an address of the partner's people of a day.
    pub fn digest(&self, text: &DigestText, language: &str) -> Result<Rendered, TemplateError> {
        self.render(MailKind::Digest, text, self.language(language))
    }

    /// The mail that asks an address whether it may be told.
    pub fn confirmation(
        &self,
        text: &ConfirmationText,
        language: &str,
    ) -> Result<Rendered, TemplateError> {
        self.render(MailKind::Confirmation, text, self.language(language))
    }

    /// Tries the templates of these mails with data that reaches all of them.
    pub(super) fn try_told(&self, language: &str) -> Result<(), TemplateError> {
        for text in samples::notifications() {
            self.notification(&text, language)?;
        }
        for text in samples::digests() {
            self.digest(&text, language)?;
        }
        for text in samples::confirmations() {
            self.confirmation(&text, language)?;
        }
        Ok(())
    }
}

mod samples {
    use super::{ConfirmationText, DigestClaim, DigestLine, DigestText, NotificationText};

    const MOMENT: &str = "Saturday 28 November 2026, 00:00 (Europe/Istanbul, UTC+03:00)";

    /// A notification with everything in it, the same of the customer's time, and a bare one.
    pub(super) fn notifications() -> [NotificationText; 3] {
        let full = NotificationText {
            reference: "03-01980f6e-6d4a-7c3e-8b1f-5a2d9c7e4b60".to_owned(),
            partner_mpn_id: "1234567".to_owned(),
            claim_name: "Teams rollout".to_owned(),
            customer_domain: "anadoluelektrik.com.tr".to_owned(),
            what: "Something has to be put right before the claim goes on.".to_owned(),
            when: MOMENT.to_owned(),
            due: Some(MOMENT.to_owned()),
            due_is_ours: true,
            inbox_url: "https://cpor.example/partner/notifications".to_owned(),
            leave_url: "https://cpor.example/n/AQEE5a2d9c7e4b60".to_owned(),
            reply_to: "answers@cpor.example".to_owned(),
        };
        let customers = NotificationText { due_is_ours: false, ..full.clone() };
        let bare = NotificationText { due: None, ..full.clone() };
        [full, customers, bare]
    }

    /// A digest with everything in it, and one with as little as possible.
    pub(super) fn digests() -> [DigestText; 3] {
        let claim = DigestClaim {
            reference: "03-01980f6e-6d4a-7c3e-8b1f-5a2d9c7e4b60".to_owned(),
            name: "Teams rollout".to_owned(),
            customer_domain: "anadoluelektrik.com.tr".to_owned(),
        };
        let line = DigestLine {
            when: MOMENT.to_owned(),
            what: "The customer has agreed.".to_owned(),
            claim: Some(claim),
        };
        let without = DigestLine { claim: None, ..line.clone() };
        let full = DigestText {
            partner_mpn_id: "1234567".to_owned(),
            until: MOMENT.to_owned(),
            lines: vec![line.clone(), without],
            more: 12,
            ending: vec![line],
            inbox_url: "https://cpor.example/partner/notifications".to_owned(),
            leave_url: "https://cpor.example/n/AQEE5a2d9c7e4b60".to_owned(),
            reply_to: "answers@cpor.example".to_owned(),
        };
        let happened = DigestText { more: 0, ending: Vec::new(), ..full.clone() };
        let ending = DigestText { more: 0, lines: Vec::new(), ..full.clone() };
        [full, happened, ending]
    }

    /// A request to confirm an address for mails at once, and one for digests.
    pub(super) fn confirmations() -> [ConfirmationText; 2] {
        let at_once = ConfirmationText {
            partner_mpn_id: "1234567".to_owned(),
            kinds: vec!["Decided".to_owned(), "Ended".to_owned()],
            is_daily: false,
            confirm_url: "https://cpor.example/n/AQED5a2d9c7e4b60".to_owned(),
            until: MOMENT.to_owned(),
            reply_to: "answers@cpor.example".to_owned(),
        };
        let daily = ConfirmationText { is_daily: true, ..at_once.clone() };
        [at_once, daily]
    }
}
