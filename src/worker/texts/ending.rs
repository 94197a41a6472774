//! The words of a warning that an association ends soon with its subscription.

use crate::calendar::date_in_words;
use crate::claim::lasting::{EndWarning, EndingSide};
use crate::claim::{Claim, State};
use crate::link::{NoticeLink, TenantLink};
use crate::mail::{EndingReader, EndingText, Mail, MailKind};
use crate::worker::JobError;
use crate::worker::texts::{Stationery, beyond_us, item_texts, mail, message_id, spoken};

/// The mail that tells one side that an association ends soon.
///
/// # Errors
///
/// When a template fails or an address cannot be written in a mail.
pub(crate) fn ending_mail(
    cx: &Stationery,
    claim: &Claim,
    warning: EndWarning,
) -> Result<Mail, JobError> {
    let (customer, partner) =
        (&claim.submission.customer.contact, &claim.submission.partner.contact);
    let wanted = customer.language.as_ref().map_or("", |language| language.as_str());
    let (reader, wanted, name, email) = match warning.side {
        EndingSide::Customer => (EndingReader::Customer, wanted, &customer.name, &customer.email),
        EndingSide::Partner => (EndingReader::Partner, "", &partner.name, &partner.email),
    };
    let text = text(cx, claim, warning, (reader, name.as_str()), cx.templates.language(wanted));
    let rendered = cx.templates.subscription_ending(&text, wanted);
    let rendered = rendered.map_err(|error| beyond_us(&error))?;
    // Each is recorded before the next one is sent, so no two have the same number.
    let number = u32::try_from(claim.revision).unwrap_or(u32::MAX);
    let message_id = message_id(cx, MailKind::SubscriptionEnding, number, claim.id)?;
    let to = (name.as_str(), email.as_str());
    mail(cx, MailKind::SubscriptionEnding, to, &message_id, warning.date(), rendered)
}

fn text(
    cx: &Stationery,
    claim: &Claim,
    warning: EndWarning,
    (reader, reader_name): (EndingReader, &str),
    language: &str,
) -> EndingText {
    let (partner, customer) = (&claim.submission.partner, &claim.submission.customer);
    let received = NoticeLink { claim_id: claim.id, notice: claim.notices };
    let link = TenantLink { tenant_id: customer.tenant_id, received };
    let imported = match &claim.state {
        State::Associated { association } => association.imported().is_some(),
        _ => false,
    };
    EndingText {
        reader,
        reader_name: reader_name.to_owned(),
        reference: claim.id.to_string(),
        partner_name: partner.contact.email.domain().unicode().to_owned(),
        partner_mpn_id: partner.mpn_id.to_string(),
        tenant_id: customer.tenant_id.to_string(),
        domain: customer.domain.unicode().to_owned(),
        items: item_texts(cx, &claim.submission),
        ends_on_sentence: date_in_words(warning.ends_on, spoken(language)),
        imported,
        partners_url: cx.links.tenant_url(link, cx.links.current_key()),
        page_url: cx.links.claim_page_url(claim.id),
        renewal_url: cx.links.renewal_url(claim.id),
        reply_to: cx.sender.answered_by().address().to_owned(),
    }
}
