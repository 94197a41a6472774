//! The words of what a partner's people are told.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::calendar::{Zone, moment};
use crate::claim::{Claim, ClaimId, Recorded};
use crate::link::SubscriptionDoor;
use crate::mail::{
    ConfirmationText, DigestClaim, DigestLine, DigestText, Mail, MailKind, MessageId,
    NotificationText, Rendered,
};
use crate::notifications::{
    About, CONFIRM_WITHIN, Delivery, Entry, Kind, Subscription, answer_by, ends_soon, kind_name,
    language_tag, sentence,
};
use crate::worker::JobError;
use crate::worker::texts::{Stationery, beyond_us, mail};

/// Lines of a digest; of what happened in a busier day only the newest is told.
const LINES_MAX: usize = 100;

/// What one day had for one subscription.
pub(crate) struct Day {
    /// What happened, oldest first.
    pub(crate) happened: Vec<Entry>,
    /// The claims of that which are kept here, and those whose window ends soon.
    pub(crate) claims: BTreeMap<ClaimId, Claim>,
    /// Those whose window ends soon, and when.
    pub(crate) ending: Vec<(ClaimId, DateTime<Utc>)>,
    /// Up to when.
    pub(crate) until: DateTime<Utc>,
}

/// The mail that tells a subscription of one event: `recorded` is the claim's newest.
///
/// # Errors
///
/// When a template fails or an address cannot be written in a mail.
pub(crate) fn notification_mail(
    cx: &Stationery,
    subscription: &Subscription,
    (claim, recorded): (&Claim, &Recorded),
    kind: Kind,
    date: DateTime<Utc>,
) -> Result<Mail, JobError> {
    let language = subscription.language;
    let zone = claim.window().map_or(Zone::UTC, |window| window.deadline.zone.clone());
    let (due, due_is_ours) = due(claim);
    let text = NotificationText {
        reference: claim.id.to_string(),
        partner_mpn_id: subscription.mpn_id.to_string(),
        claim_name: claim.submission.name.as_str().to_owned(),
        customer_domain: claim.submission.customer.domain.unicode().to_owned(),
        what: sentence(recorded.event.name(), kind, language).to_owned(),
        when: moment(recorded.at, &zone, language),
        due: due.map(|at| moment(at, &zone, language)),
        due_is_ours,
        inbox_url: cx.links.inbox_url(),
        leave_url: cx.links.subscription_url(subscription.link(), SubscriptionDoor::Leave),
        reply_to: cx.sender.answered_by().address().to_owned(),
    };
    let rendered = cx.templates.notification(&text, language_tag(language));
    let about = format!("{}.{}", claim.id, subscription.id);
    let number = u32::try_from(recorded.revision).unwrap_or(u32::MAX);
    letter(cx, subscription, (MailKind::Notification, number, &about), date, rendered)
}

/// Until when the partner has to answer, or the customer may; and whether it is the partner.
fn due(claim: &Claim) -> (Option<DateTime<Utc>>, bool) {
    match answer_by(claim) {
        Some(answer_by) => (Some(answer_by), true),
        None => (ends_soon(claim).map(|(_, closes_at)| closes_at), false),
    }
}

/// The digest of a day.
///
/// # Errors
///
/// When a template fails or an address cannot be written in a mail.
pub(crate) fn digest_mail(
    cx: &Stationery,
    subscription: &Subscription,
    day: &Day,
) -> Result<Mail, JobError> {
    let language = subscription.language;
    let zone = match &subscription.delivery {
        Delivery::AtOnce => &Zone::UTC,
        Delivery::Daily { time_zone, .. } => time_zone,
    };
    let told = |at: DateTime<Utc>| moment(at, zone, language);
    let claim = |id: &ClaimId| day.claims.get(id).map(in_digest);
    let more = day.happened.len().saturating_sub(LINES_MAX);
    let line = |entry: &Entry| DigestLine {
        when: told(entry.at),
        what: sentence(entry.about.event(), entry.about.kind(), language).to_owned(),
        claim: match &entry.about {
            About::Event { claim_id, .. } => claim(claim_id),
            About::Suspended { .. } => None,
        },
    };
    let ending = |(id, closes_at): &(ClaimId, DateTime<Utc>)| DigestLine {
        when: told(*closes_at),
        what: kind_name(Kind::Window, language).to_owned(),
        claim: claim(id),
    };
    let text = DigestText {
        partner_mpn_id: subscription.mpn_id.to_string(),
        until: told(day.until),
        lines: day.happened.iter().skip(more).map(line).collect(),
        more,
        ending: day.ending.iter().map(ending).collect(),
        inbox_url: cx.links.inbox_url(),
        leave_url: cx.links.subscription_url(subscription.link(), SubscriptionDoor::Leave),
        reply_to: cx.sender.answered_by().address().to_owned(),
    };
    let rendered = cx.templates.digest(&text, language_tag(language));
    // Digests of one subscription are hours apart.
    let number = u32::try_from(day.until.timestamp() / 3_600).unwrap_or(u32::MAX);
    let about = subscription.id.to_string();
    letter(cx, subscription, (MailKind::Digest, number, &about), day.until, rendered)
}

fn in_digest(claim: &Claim) -> DigestClaim {
    DigestClaim {
        reference: claim.id.to_string(),
        name: claim.submission.name.as_str().to_owned(),
        customer_domain: claim.submission.customer.domain.unicode().to_owned(),
    }
}

/// The mail that asks whoever reads an address whether it may be told.
///
/// # Errors
///
/// When a template fails or an address cannot be written in a mail.
pub(crate) fn confirmation_mail(
    cx: &Stationery,
    subscription: &Subscription,
) -> Result<Mail, JobError> {
    let language = subscription.language;
    let zone = match &subscription.delivery {
        Delivery::AtOnce => &Zone::UTC,
        Delivery::Daily { time_zone, .. } => time_zone,
    };
    let text = ConfirmationText {
        partner_mpn_id: subscription.mpn_id.to_string(),
        kinds: subscription.kinds.iter().map(|k| kind_name(*k, language).to_owned()).collect(),
        is_daily: subscription.delivery != Delivery::AtOnce,
        confirm_url: cx.links.subscription_url(subscription.link(), SubscriptionDoor::Confirm),
        until: moment(subscription.asked_at + CONFIRM_WITHIN, zone, language),
        reply_to: cx.sender.answered_by().address().to_owned(),
    };
    let rendered = cx.templates.confirmation(&text, language_tag(language));
    let about = subscription.id.to_string();
    let number = subscription.asked;
    let kind = (MailKind::Confirmation, number, about.as_str());
    let mail = letter(cx, subscription, kind, subscription.asked_at, rendered)?;
    // Nobody can leave what has not begun.
    Ok(Mail { leave_url: None, ..mail })
}

fn letter(
    cx: &Stationery,
    subscription: &Subscription,
    (kind, number, about): (MailKind, u32, &str),
    date: DateTime<Utc>,
    rendered: Result<Rendered, crate::mail::TemplateError>,
) -> Result<Mail, JobError> {
    let rendered = rendered.map_err(|error| beyond_us(&error))?;
    let message_id = MessageId::new(kind, number, about, &cx.sender.from);
    let message_id = message_id.map_err(|error| beyond_us(&error))?;
    let to = ("", subscription.email.as_str());
    let mail = mail(cx, kind, to, message_id.as_str(), date, rendered)?;
    let leave_url = cx.links.subscription_url(subscription.link(), SubscriptionDoor::Leave);
    Ok(Mail { leave_url: Some(leave_url), ..mail })
}
