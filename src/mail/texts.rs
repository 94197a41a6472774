//! What the mails say: plain data for the templates, and what comes out of them.
//!
//! Sentences that are computed elsewhere (the end of the window, the explanation of the days
//! counted) come in ready-made, in the language of the mail. No template computes anything.

mod choice;
mod ending;
mod review;

use std::fmt;

use serde::Serialize;

pub use choice::{ChoiceText, RivalText};
pub use ending::{EndingReader, EndingText};
pub use review::ReviewNoticeText;

/// Subject, text and HTML of a mail. `Debug` does not show them.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// Lines of about 76 columns.
    pub text: String,
    /// A whole HTML document.
    pub html: String,
}

impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rendered(********)")
    }
}

/// One claimed item, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemText {
    /// Name of the workload or product, such as `Microsoft Teams`.
    pub label: String,
    /// What tells it apart, such as a subscription id; may be empty.
    pub detail: String,
}

/// What a notice and a reminder tell the customer (domain, section 5). Not `Debug`: it is full of
/// personal data.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct NoticeText {
    /// The claim's id, which the customer quotes in an answer.
    pub reference: String,
    /// Who claims.
    pub partner_name: String,
    /// The location id of who claims.
    pub partner_mpn_id: String,
    /// Whom to ask there.
    pub partner_contact_name: String,
    /// The address of whom to ask there.
    pub partner_contact_email: String,
    /// The partner's own name for the claim.
    pub claim_name: String,
    /// Whom the mail is addressed to.
    pub customer_contact_name: String,
    /// The customer's tenant.
    pub tenant_id: String,
    /// The customer's domain.
    pub domain: String,
    /// What is claimed.
    pub items: Vec<ItemText>,
    /// For what work.
    pub activities: Vec<String>,
    /// Until when one can reject, to be read after "You can reject": `before Saturday 28 November
    /// 2026, 00:00 (Europe/Istanbul, UTC+03:00)`.
    pub closes_sentence: String,
    /// How that end was computed, holidays included; one sentence each.
    pub explanation: Vec<String>,
    /// The address that reads answers.
    pub reply_to: String,
    /// The page with *Reject* and *Agree*; without it the customer answers by mail.
    pub answer_url: Option<String>,
    /// The page of all partners of the tenant; there when `answer_url` is.
    pub partners_url: Option<String>,
}

/// What happened to an open window, as a correction says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowChangeText {
    /// Its time stands still.
    Paused,
    /// Its time goes on.
    Resumed,
    /// A reviewer granted more.
    Reviewer,
    /// The customer's calendar has changed.
    Calendar,
    /// The clocks of the customer's zone change otherwise than was known.
    TimeZones,
    /// The page could not be reached.
    Outage,
}

impl WindowChangeText {
    /// Every change, for checking templates.
    pub const ALL: [Self; 6] = [
        Self::Paused,
        Self::Resumed,
        Self::Reviewer,
        Self::Calendar,
        Self::TimeZones,
        Self::Outage,
    ];
}

/// What a customer is told when the time to answer has changed: the notice again, as it is now, and
/// what has changed. Not `Debug`: it is full of personal data.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct CorrectionText {
    /// What the notice would say now.
    #[serde(flatten)]
    pub notice: NoticeText,
    /// What happened.
    pub change: WindowChangeText,
    /// Why, in somebody's words.
    pub reason: Option<String>,
    /// The days that are judged otherwise than before, with their names.
    pub days: Vec<String>,
    /// How many business days were granted.
    pub business_days: Option<u32>,
    /// When a pause or an outage began.
    pub from_sentence: Option<String>,
    /// When it ended.
    pub to_sentence: Option<String>,
    /// Whether the time stands still, so that there is no end to tell.
    pub stopped: bool,
    /// Until when one could reject before, to be read after "until now it was".
    pub closed_sentence: String,
}

/// What a customer has answered, as a receipt says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptAnswer {
    /// No, in time.
    Rejected,
    /// No, too late.
    RejectedTooLate,
    /// Yes.
    Agreed,
    /// Somebody else has to decide.
    PassedOn,
    /// The association is taken back.
    Withdrew,
}

impl ReceiptAnswer {
    /// Every answer, for checking templates.
    pub const ALL: [Self; 5] =
        [Self::Rejected, Self::RejectedTooLate, Self::Agreed, Self::PassedOn, Self::Withdrew];
}

/// What a receipt tells the customer. Not `Debug`: it is full of personal data.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptText {
    /// The claim's id, which the customer quotes in a mail.
    pub reference: String,
    /// The short number of the receipt, such as `5A2D9C7E-6`.
    pub receipt_number: String,
    /// Who claims.
    pub partner_name: String,
    /// The location id of who claims.
    pub partner_mpn_id: String,
    /// Who has answered.
    pub customer_contact_name: String,
    /// The customer's tenant.
    pub tenant_id: String,
    /// The customer's domain.
    pub domain: String,
    /// What is claimed.
    pub items: Vec<ItemText>,
    /// What the customer has answered.
    pub answer: ReceiptAnswer,
    /// The address of whom the customer named, mostly covered; only when it was passed on.
    pub passed_on_to: Option<String>,
    /// When the answer arrived, such as `Saturday 28 November 2026, 00:00 (Europe/Istanbul,
    /// UTC+03:00)`.
    pub received_at_sentence: String,
    /// The page of all partners of the tenant, where an association can be ended.
    pub partners_url: String,
    /// The address that reads answers.
    pub reply_to: String,
}

/// How a claim went on, as the partner is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PartnerOutcome {
    /// It is official.
    Associated,
    /// The customer said no in time.
    Rejected,
    /// Validation refused it for good.
    Disqualified,
    /// The partner has to put something right.
    ActionRequired,
    /// Another partner holds or claims an item.
    Contested,
    /// It was refused, and the partner can still do something about it.
    Refused,
    /// The partner took it back.
    Withdrawn,
    /// The association is over.
    Ended,
}

impl PartnerOutcome {
    /// Every outcome, for checking templates.
    pub const ALL: [Self; 8] = [
        Self::Associated,
        Self::Rejected,
        Self::Disqualified,
        Self::ActionRequired,
        Self::Contested,
        Self::Refused,
        Self::Withdrawn,
        Self::Ended,
    ];
}

/// One thing wrong with a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingText {
    /// The field's path, such as `customer.domain`.
    pub field: String,
    /// The finding's code, such as `domain_not_in_tenant`.
    pub code: String,
    /// What is wrong, and what helps.
    pub message: String,
}

/// The contact that a customer has named for the partner to confirm. Not `Debug`: personal data.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ProposedText {
    /// The person's name.
    pub name: String,
    /// The person's job title.
    pub title: String,
    /// The person's address.
    pub email: String,
    /// What the customer wrote about it.
    pub comment: Option<String>,
}

/// What a partner is told of a claim. Not `Debug`: it is full of personal data.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PartnerResultText {
    /// The claim's id.
    pub reference: String,
    /// The partner's own name for the claim.
    pub claim_name: String,
    /// Whom the mail is addressed to.
    pub partner_contact_name: String,
    /// The customer's domain.
    pub customer_domain: String,
    /// The customer's tenant.
    pub tenant_id: String,
    /// What is claimed.
    pub items: Vec<ItemText>,
    /// What happened.
    pub outcome: PartnerOutcome,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// What is wrong, where something is.
    pub findings: Vec<FindingText>,
    /// Whom the customer has named instead of the contact, when that is what to confirm.
    pub proposed: Option<ProposedText>,
    /// When it happened, such as `Saturday 28 November 2026, 00:00 (Europe/Istanbul, UTC+03:00)`.
    pub decided_at_sentence: String,
    /// Until when to answer, to be read after "Please answer"; only when action is required, items
    /// are contested, or a refusal is not final yet.
    pub answer_by_sentence: Option<String>,
    /// Whether a refusal came because nobody answered; then the claim can be reactivated.
    pub unanswered: bool,
    /// What the customer's choice between the partners of a contest counts for, where it is asked:
    /// `advises` or `decides`.
    pub customer_say: Option<&'static str>,
    /// The address that reads answers.
    pub reply_to: String,
}
