//! The mails about decisions of people: to partners that have to do something, and to reviewers.

use super::message::MailKind;
use super::templates::{TemplateError, Templates};
use super::texts::{ChoiceText, PartnerResultText, Rendered, ReviewNoticeText};

impl Templates {
    /// The mail that reminds the partner of what it has to put right.
    pub fn partner_reminder(
        &self,
        text: &PartnerResultText,
        language: &str,
    ) -> Result<Rendered, TemplateError> {
        self.render(MailKind::PartnerReminder, text, self.language(language))
    }

    /// The mail that tells the partner that another one claims its items.
    pub fn contest_notice(
        &self,
        text: &PartnerResultText,
        language: &str,
    ) -> Result<Rendered, TemplateError> {
        self.render(MailKind::ContestNotice, text, self.language(language))
    }

    /// The mail that asks the customer to choose between the partners of a contest.
    pub fn choice(&self, text: &ChoiceText, language: &str) -> Result<Rendered, TemplateError> {
        self.render(MailKind::Choice, text, self.language(language))
    }

    /// The mail that tells reviewers that a claim waits for them.
    pub fn review_notice(
        &self,
        text: &ReviewNoticeText,
        language: &str,
    ) -> Result<Rendered, TemplateError> {
        self.render(MailKind::ReviewNotice, text, self.language(language))
    }
}
