//! What the mail says that asks a customer to acknowledge a statement of work, and made-up data
//! that reaches all of its templates.

use serde::Serialize;

use super::message::MailKind;
use super::templates::{TemplateError, Templates};
use super::texts::Rendered;

/// What a customer is told who is asked to acknowledge a statement of work. Not `Debug`: it is full
/// of personal data.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct AcknowledgementText {
    /// The document's id, which the customer quotes in a mail.
    pub reference: String,
    /// Who asks.
    pub partner_name: String,
    /// The location id of who asks.
    pub partner_mpn_id: String,
    /// The person at the partner.
    pub partner_contact_name: String,
    /// Where that person is reached.
    pub partner_contact_email: String,
    /// Who is asked.
    pub customer_contact_name: String,
    /// The customer's domain.
    pub domain: String,
    /// Until when it can be answered.
    pub until: String,
    /// The page with the statement.
    pub answer_url: String,
    /// The address that reads answers.
    pub reply_to: String,
}

impl Templates {
    /// The mail that asks the customer to acknowledge a statement of work.
    pub fn acknowledgement(
        &self,
        text: &AcknowledgementText,
        language: &str,
    ) -> Result<Rendered, TemplateError> {
        self.render(MailKind::Acknowledgement, text, self.language(language))
    }

    /// Tries the templates of this mail.
    pub(super) fn try_acknowledgement(&self, language: &str) -> Result<(), TemplateError> {
        self.acknowledgement(&sample(), language).map(drop)
    }
}

fn sample() -> AcknowledgementText {
    AcknowledgementText {
        reference: "01980f6e-6d4a-7003-8b1f-5a2d9c7e4b60".to_owned(),
        partner_name: "contoso.example".to_owned(),
        partner_mpn_id: "1234567".to_owned(),
        partner_contact_name: "Ece Yıldız".to_owned(),
        partner_contact_email: "ece.yildiz@partner.example".to_owned(),
        customer_contact_name: "Mert Kaya".to_owned(),
        domain: "anadoluelektrik.com.tr".to_owned(),
        until: "Saturday 28 November 2026, 00:00 (Europe/Istanbul, UTC+03:00)".to_owned(),
        answer_url: "https://cpor.example/a/AQEF5a2d9c7e4b60".to_owned(),
        reply_to: "answers@cpor.example".to_owned(),
    }
}
