//! Puts what a claim says into the words of a mail.

mod acknowledgement;
mod again;
mod correction;
mod ending;
mod preview;
mod receipt;
mod review;
mod told;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::calendar::{Language, Zone, closing_moment, explain};
use crate::claim::identity::ClaimId;
use crate::claim::item::Item;
use crate::claim::state::{Sending, State};
use crate::claim::{Claim, Finding, Submission, Window};
use crate::ledger::Ledger;
use crate::link::{Links, NoticeLink, TenantLink};
use crate::mail::{
    FindingText, ItemText, Mail, MailKind, Mailbox, MessageId, NoticeText, PartnerOutcome,
    PartnerResultText, ProposedText, Rendered, Sender, Templates,
};
use crate::worker::JobError;
use crate::worker::error::with_causes;

pub(crate) use acknowledgement::acknowledgement_mail;
pub(crate) use again::mail_of_event;
pub(crate) use correction::correction_mail;
pub(crate) use ending::ending_mail;
pub(crate) use preview::notice_preview;
pub(crate) use receipt::receipt_mail;
pub use review::Reviewers;
pub(crate) use review::{contest_notice, partner_reminder, review_notice};
pub(crate) use told::{Day, confirmation_mail, digest_mail, notification_mail};

/// What mails are written with: the same for who sends one and for who shows what was sent.
#[derive(Clone)]
pub struct Stationery {
    /// The rules of claims.
    pub ledger: Ledger,
    /// What mails say.
    pub templates: Arc<Templates>,
    /// The addresses of the customer's pages.
    pub links: Links,
    /// Who mails come from, and who reads the answers.
    pub sender: Sender,
    /// Who is told of what waits for a decision.
    pub reviewers: Reviewers,
}

/// What only a person can put right: a template or a setting is wrong.
fn beyond_us(error: &dyn std::error::Error) -> JobError {
    JobError::GiveUp(with_causes(error))
}

/// The window of a notice that its mail server accepts at this instant.
///
/// # Errors
///
/// When the calendar does not reach far enough.
pub(crate) fn opened(
    cx: &Stationery,
    claim: &Claim,
    at: DateTime<Utc>,
) -> Result<Window, JobError> {
    let window = cx.ledger.rules().window().open(&claim.submission, at);
    window.map_err(|error| JobError::GiveUp(with_causes(&error)))
}

/// The notice whose sending has begun: every copy of it.
///
/// # Errors
///
/// As [`customer_mail`], and when the calendar does not reach far enough.
pub(crate) fn notice_mail(
    cx: &Stationery,
    claim: &Claim,
    sending: &Sending,
) -> Result<Mail, JobError> {
    let window = opened(cx, claim, sending.date)?;
    customer_mail(cx, claim, MailKind::Notice, &sending.message_id, sending.date, &window)
}

/// The mail of the given kind that tells the customer of the claim.
///
/// # Errors
///
/// When a template fails or an address cannot be written in a mail.
pub(crate) fn customer_mail(
    cx: &Stationery,
    claim: &Claim,
    kind: MailKind,
    message_id: &str,
    date: DateTime<Utc>,
    window: &Window,
) -> Result<Mail, JobError> {
    let contact = &claim.submission.customer.contact;
    let wanted = contact.language.as_ref().map_or("", |language| language.as_str());
    let text = notice_text(cx, claim, window, cx.templates.language(wanted));
    let rendered = match kind {
        MailKind::Reminder => cx.templates.reminder(&text, wanted),
        _ => cx.templates.notice(&text, wanted),
    };
    let rendered = rendered.map_err(|error| beyond_us(&error))?;
    let to = (contact.name.as_str(), contact.email.as_str());
    mail(cx, kind, to, message_id, date, rendered)
}

/// The mail that tells the partner how the claim stands.
///
/// # Errors
///
/// When a template fails or an address cannot be written in a mail.
pub(crate) fn partner_mail(
    cx: &Stationery,
    claim: &Claim,
    outcome: PartnerOutcome,
    told_at: DateTime<Utc>,
) -> Result<Mail, JobError> {
    let contact = &claim.submission.partner.contact;
    let language = cx.templates.language("").to_owned();
    let text = partner_text(cx, claim, outcome, &language);
    let rendered =
        cx.templates.partner_result(&text, &language).map_err(|error| beyond_us(&error))?;
    let number = u32::try_from(claim.revision).unwrap_or(u32::MAX);
    let message_id = message_id(cx, MailKind::PartnerResult, number, claim.id)?;
    let to = (contact.name.as_str(), contact.email.as_str());
    mail(cx, MailKind::PartnerResult, to, &message_id, told_at, rendered)
}

/// The Message-ID that every copy of this mail has.
///
/// # Errors
///
/// When the sender's domain cannot stand in a Message-ID.
pub(crate) fn message_id(
    cx: &Stationery,
    kind: MailKind,
    number: u32,
    claim_id: ClaimId,
) -> Result<String, JobError> {
    MessageId::new(kind, number, &claim_id.to_string(), &cx.sender.from)
        .map(|id| id.as_str().to_owned())
        .map_err(|error| beyond_us(&error))
}

fn mail(
    cx: &Stationery,
    kind: MailKind,
    (name, address): (&str, &str),
    message_id: &str,
    date: DateTime<Utc>,
    rendered: Rendered,
) -> Result<Mail, JobError> {
    Ok(Mail {
        kind,
        from: cx.sender.from.clone(),
        to: Mailbox::new(Some(name), address).map_err(|error| beyond_us(&error))?,
        reply_to: cx.sender.reply_to.clone(),
        message_id: MessageId::parse(message_id).map_err(|error| beyond_us(&error))?,
        date,
        rendered,
        leave_url: None,
    })
}

fn spoken(language: &str) -> Language {
    if language.starts_with("tr") { Language::Turkish } else { Language::English }
}

fn notice_text(cx: &Stationery, claim: &Claim, window: &Window, language: &str) -> NoticeText {
    let submission = &claim.submission;
    let partner = &submission.partner;
    let catalog = &cx.ledger.rules().catalog;
    let spoken = spoken(language);
    let (answer_url, partners_url) = urls(cx, claim);
    NoticeText {
        reference: claim.id.to_string(),
        // A claim names no company; the contact's domain is what the customer will recognize.
        partner_name: partner.contact.email.domain().unicode().to_owned(),
        partner_mpn_id: partner.mpn_id.to_string(),
        partner_contact_name: partner.contact.name.as_str().to_owned(),
        partner_contact_email: partner.contact.email.as_str().to_owned(),
        claim_name: submission.name.as_str().to_owned(),
        customer_contact_name: submission.customer.contact.name.as_str().to_owned(),
        tenant_id: submission.customer.tenant_id.to_string(),
        domain: submission.customer.domain.unicode().to_owned(),
        items: item_texts(cx, submission),
        activities: submission
            .activities
            .iter()
            .map(|activity| catalog.activity_name(*activity).to_owned())
            .collect(),
        closes_sentence: before(&closing_moment(&window.deadline, spoken), spoken),
        explanation: explain(&window.deadline, window.opened_at, spoken),
        reply_to: cx.sender.answered_by().address().to_owned(),
        answer_url,
        partners_url,
    }
}

/// The page of the newest notice, and the page of all partners of the tenant. Signed by the key
/// that the notice began with, so that its copies and its reminder have the same links; a notice
/// that began before there were links keeps without them.
fn urls(cx: &Stationery, claim: &Claim) -> (Option<String>, Option<String>) {
    let Some(key) = claim.link_key else { return (None, None) };
    let received = NoticeLink { claim_id: claim.id, notice: claim.notices };
    let tenant = TenantLink { tenant_id: claim.submission.customer.tenant_id, received };
    (Some(cx.links.notice_url(received, key)), Some(cx.links.tenant_url(tenant, key)))
}

fn item_texts(cx: &Stationery, submission: &Submission) -> Vec<ItemText> {
    let catalog = &cx.ledger.rules().catalog;
    let text = |item: &Item| {
        let code = item.code().as_str();
        let detail = match item {
            Item::Workload { .. } => String::new(),
            Item::Subscription { subscription_id, .. } => subscription_id.to_string(),
        };
        ItemText { label: catalog.item_name(code).unwrap_or(code).to_owned(), detail }
    };
    submission.items.iter().map(text).collect()
}

fn partner_text(
    cx: &Stationery,
    claim: &Claim,
    outcome: PartnerOutcome,
    language: &str,
) -> PartnerResultText {
    let submission = &claim.submission;
    let zone = claim.window().map(|window| &window.deadline.zone);
    let (reason, findings, answer_by) = review::particulars(claim);
    PartnerResultText {
        reference: claim.id.to_string(),
        claim_name: submission.name.as_str().to_owned(),
        partner_contact_name: submission.partner.contact.name.as_str().to_owned(),
        customer_domain: submission.customer.domain.unicode().to_owned(),
        tenant_id: submission.customer.tenant_id.to_string(),
        items: item_texts(cx, submission),
        outcome,
        reason,
        findings: findings.iter().map(finding_text).collect(),
        proposed: proposed(claim),
        decided_at_sentence: moment(claim.changed_at, zone, language),
        answer_by_sentence: answer_by
            .map(|at| before(&moment(at, zone, language), spoken(language))),
        unanswered: review::is_unanswered(claim),
        reply_to: cx.sender.answered_by().address().to_owned(),
    }
}

/// Whom the customer has named, while the partner may confirm it.
fn proposed(claim: &Claim) -> Option<ProposedText> {
    let State::ActionRequired { proposed: Some(proposed), .. } = &claim.state else { return None };
    let contact = &proposed.contact;
    Some(ProposedText {
        name: contact.name.as_str().to_owned(),
        title: contact.title.as_str().to_owned(),
        email: contact.email.as_str().to_owned(),
        comment: proposed.comment.as_ref().map(|comment| comment.as_str().to_owned()),
    })
}

fn finding_text(finding: &Finding) -> FindingText {
    FindingText {
        field: finding.field.clone(),
        code: finding.code.to_string(),
        message: finding.message.clone(),
    }
}

/// An instant as people write it, in the customer's zone where there is one.
fn moment(at: DateTime<Utc>, zone: Option<&Zone>, language: &str) -> String {
    crate::calendar::moment(at, zone.unwrap_or(&Zone::UTC), spoken(language))
}

/// The end of a time, which does not belong to it any more.
fn before(moment: &str, language: Language) -> String {
    match language {
        Language::English => format!("before {moment}"),
        Language::Turkish => format!("{moment} anından önce"),
    }
}
