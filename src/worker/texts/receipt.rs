//! The words of a receipt.

use crate::claim::{Claim, CustomerAnswer, Receipt};
use crate::link::{NoticeLink, TenantLink};
use crate::mail::{Mail, MailKind, ReceiptAnswer, ReceiptText};
use crate::worker::JobError;
use crate::worker::texts::{Stationery, beyond_us, item_texts, mail, message_id, moment};

/// The mail that tells a customer that its answer has arrived.
///
/// # Errors
///
/// When a template fails or an address cannot be written in a mail.
pub(crate) fn receipt_mail(
    cx: &Stationery,
    claim: &Claim,
    receipt: &Receipt,
) -> Result<Mail, JobError> {
    let contact = &receipt.to;
    let wanted = contact.language.as_ref().map_or("", |language| language.as_str());
    let text = receipt_text(cx, claim, receipt, cx.templates.language(wanted));
    let rendered = cx.templates.receipt(&text, wanted).map_err(|error| beyond_us(&error))?;
    let number = u32::try_from(receipt.revision).unwrap_or(u32::MAX);
    let message_id = message_id(cx, MailKind::Receipt, number, claim.id)?;
    let to = (contact.name.as_str(), contact.email.as_str());
    mail(cx, MailKind::Receipt, to, &message_id, receipt.due_at, rendered)
}

fn receipt_text(cx: &Stationery, claim: &Claim, receipt: &Receipt, language: &str) -> ReceiptText {
    let submission = &claim.submission;
    let partner = &submission.partner;
    let zone = cx.ledger.rules().window().zone(submission, receipt.received_at).ok();
    let (answer, passed_on_to) = answered(&receipt.answer);
    let received = NoticeLink { claim_id: claim.id, notice: receipt.notice };
    let link = TenantLink { tenant_id: submission.customer.tenant_id, received };
    ReceiptText {
        reference: claim.id.to_string(),
        receipt_number: receipt.reference(claim.id).to_string(),
        partner_name: partner.contact.email.domain().unicode().to_owned(),
        partner_mpn_id: partner.mpn_id.to_string(),
        customer_contact_name: receipt.to.name.as_str().to_owned(),
        tenant_id: submission.customer.tenant_id.to_string(),
        domain: submission.customer.domain.unicode().to_owned(),
        items: item_texts(cx, submission),
        answer,
        passed_on_to,
        received_at_sentence: moment(receipt.received_at, zone.as_ref(), language),
        partners_url: cx.links.tenant_url(link, cx.links.current_key()),
        reply_to: cx.sender.answered_by().address().to_owned(),
    }
}

fn answered(answer: &CustomerAnswer) -> (ReceiptAnswer, Option<String>) {
    match answer {
        CustomerAnswer::Rejected => (ReceiptAnswer::Rejected, None),
        CustomerAnswer::RejectedTooLate => (ReceiptAnswer::RejectedTooLate, None),
        CustomerAnswer::Agreed => (ReceiptAnswer::Agreed, None),
        CustomerAnswer::PassedOn { to } => (ReceiptAnswer::PassedOn, Some(to.clone())),
        CustomerAnswer::Withdrew => (ReceiptAnswer::Withdrew, None),
    }
}
