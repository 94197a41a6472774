//! The words that ask a customer which partner of a contest it chooses.

use crate::claim::choice::{CustomerSay, Incumbent};
use crate::claim::item::Item;
use crate::claim::{Claim, State};
use crate::link::ChoiceLink;
use crate::mail::{ChoiceText, Mail, MailKind, RivalText};
use crate::worker::JobError;
use crate::worker::texts::{Stationery, beyond_us, item_texts, mail, message_id};

/// The mail that asks the customer; nothing when nobody is to be asked any more.
///
/// # Errors
///
/// When a template fails or an address cannot be written in a mail.
pub(crate) fn choice_mail(
    cx: &Stationery,
    claim: &Claim,
    incumbents: &[Incumbent],
) -> Result<Option<Mail>, JobError> {
    let Some(choice) = claim.customer_choice() else { return Ok(None) };
    let Some(ask_at) = choice.ask_at else { return Ok(None) };
    let (submission, contest) = (&claim.submission, choice.contest);
    let (partner, customer) = (&submission.partner, &submission.customer);
    let text = ChoiceText {
        reference: claim.id.to_string(),
        customer_contact_name: customer.contact.name.as_str().to_owned(),
        domain: customer.domain.unicode().to_owned(),
        tenant_id: customer.tenant_id.to_string(),
        challenger: RivalText {
            name: partner.contact.email.domain().unicode().to_owned(),
            mpn_id: partner.mpn_id.to_string(),
            items: item_texts(cx, submission),
        },
        incumbents: incumbents.iter().map(|one| rival(cx, claim, one)).collect(),
        decides: choice.say == CustomerSay::Decides,
        choice_url: cx.links.choice_url(ChoiceLink { claim_id: claim.id, contest }),
        reply_to: cx.sender.answered_by().address().to_owned(),
    };
    let contact = &customer.contact;
    let wanted = contact.language.as_ref().map_or("", |language| language.as_str());
    let rendered = cx.templates.choice(&text, wanted).map_err(|error| beyond_us(&error))?;
    let number = u32::try_from(contest).unwrap_or(u32::MAX);
    let message_id = message_id(cx, MailKind::Choice, number, claim.id)?;
    let to = (contact.name.as_str(), contact.email.as_str());
    mail(cx, MailKind::Choice, to, &message_id, ask_at, rendered).map(Some)
}

fn rival(cx: &Stationery, claim: &Claim, incumbent: &Incumbent) -> RivalText {
    let mpn_id = incumbent.mpn_id.to_string();
    let mut submission = claim.submission.as_ref().clone();
    submission.items.retain(|item| has(claim, incumbent, item));
    RivalText {
        name: incumbent.domain.clone().unwrap_or_else(|| mpn_id.clone()),
        mpn_id,
        items: item_texts(cx, &submission),
    }
}

fn has(claim: &Claim, incumbent: &Incumbent, item: &Item) -> bool {
    let State::Contested { holders, .. } = &claim.state else { return false };
    holders.iter().any(|holder| holder.claim_id == incumbent.claim_id && holder.item == *item)
}
