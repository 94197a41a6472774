//! The words of the mail that asks a customer to acknowledge a statement of work.

use crate::calendar::{Language, moment};
use crate::mail::{AcknowledgementText, Mail, MailKind, MessageId};
use crate::proofs::{Acknowledgement, Document};
use crate::worker::JobError;
use crate::worker::texts::{Stationery, beyond_us, mail};

/// The mail with the link.
///
/// # Errors
///
/// When a template fails or an address cannot be written in a mail.
pub(crate) fn acknowledgement_mail(
    cx: &Stationery,
    document: &Document,
    asked: &Acknowledgement,
) -> Result<Mail, JobError> {
    let wanted = asked.language.as_ref().map_or("", |language| language.as_str());
    let tag = cx.templates.language(wanted);
    let language = if tag == "tr" { Language::Turkish } else { Language::English };
    let text = AcknowledgementText {
        reference: document.id.to_string(),
        // Nobody names a company; the contact's domain is what the customer will recognize.
        partner_name: asked.partner_email.domain().unicode().to_owned(),
        partner_mpn_id: document.mpn_id.to_string(),
        partner_contact_name: asked.partner_name.as_str().to_owned(),
        partner_contact_email: asked.partner_email.as_str().to_owned(),
        customer_contact_name: asked.name.as_str().to_owned(),
        domain: asked.domain.unicode().to_owned(),
        until: moment(asked.open_until, &asked.zone, language),
        answer_url: cx.links.acknowledgement_url(document.id, cx.links.current_key()),
        reply_to: cx.sender.answered_by().address().to_owned(),
    };
    let rendered = cx.templates.acknowledgement(&text, wanted).map_err(|e| beyond_us(&e))?;
    let kind = MailKind::Acknowledgement;
    let message_id = MessageId::new(kind, 1, &document.id.to_string(), &cx.sender.from)
        .map_err(|error| beyond_us(&error))?;
    let to = (asked.name.as_str(), asked.email.as_str());
    mail(cx, kind, to, message_id.as_str(), document.uploaded_at, rendered)
}
