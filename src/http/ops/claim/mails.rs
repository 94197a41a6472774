//! The mails of a claim: to whom, what became of each, and what the mail server said.

use serde::Serialize;

use crate::calendar::Zone;
use crate::claim::Submission;
use crate::claim::event::{Event, Recorded};
use crate::http::ops::when::At;
use crate::view::status_in_words;

/// One mail; all copies of a notice are one.
#[derive(Serialize)]
pub(super) struct Mail {
    what: String,
    /// The role of who gets it.
    to: &'static str,
    /// Their address, for those who may see it.
    address: Option<String>,
    state: &'static str,
    tone: &'static str,
    /// What the mail server said, or what is known.
    answer: String,
    copies: u32,
    at: At,
    message_id: Option<String>,
    /// The number of a notice.
    #[serde(skip)]
    notice: Option<u32>,
}

/// Goes through a history.
struct Sorter<'a> {
    zone: &'a Zone,
    with_addresses: bool,
    submission: Option<&'a Submission>,
    mails: Vec<Mail>,
}

/// The mails in the order in which they were first sent.
pub(super) fn of(history: &[Recorded], zone: &Zone, with_addresses: bool) -> Vec<Mail> {
    let mut sorter = Sorter { zone, with_addresses, submission: None, mails: Vec::new() };
    for recorded in history {
        sorter.read(recorded);
    }
    sorter.mails
}

impl<'a> Sorter<'a> {
    fn read(&mut self, recorded: &'a Recorded) {
        if let Some(submission) = recorded.event.submission()
            && !matches!(recorded.event, Event::PersonalDataErased { .. })
        {
            self.submission = Some(submission);
        }
        match &recorded.event {
            Event::NoticeSending { notice, message_id, .. } => {
                let mail = self.notice(recorded, *notice, ("on its way", ""), "");
                mail.copies += 1;
                mail.message_id = Some(message_id.clone());
            }
            Event::NoticeDeferred { notice, cause, .. } => {
                self.notice(recorded, *notice, ("not taken for now", "warn"), cause);
            }
            Event::NoticeUncertain { notice, cause, .. } => {
                self.notice(recorded, *notice, ("nobody knows", "warn"), cause);
            }
            Event::NoticeRefused { notice, cause } => {
                self.notice(recorded, *notice, ("refused", "bad"), cause);
            }
            Event::CustomerNotified { notice, reply, .. } => {
                self.notice(recorded, *notice, ("accepted", "good"), reply);
            }
            Event::CustomerReminded { delivered, reply, .. } => {
                self.told(recorded, "Reminder".to_owned(), "customer", (*delivered, reply));
            }
            Event::CorrectionSent { correction, delivered, reply, .. } => {
                let what = format!("Correction, for event {correction}");
                self.told(recorded, what, "customer", (*delivered, reply));
            }
            Event::ReceiptSent { receipt, delivered, reply, .. } => {
                let what = format!("Receipt, for event {receipt}");
                self.told(recorded, what, "customer", (*delivered, reply));
            }
            Event::SubscriptionEndWarned(warned) => {
                let whom = warned.warning.side.as_str();
                let what = format!("Its end after {}", warned.warning.ends_on);
                self.told(recorded, what, whom, (warned.delivered, &warned.reply));
            }
            Event::PartnerNotified { outcome, delivered, reply, .. } => {
                let what = format!("Result: {}", status_in_words(*outcome));
                self.told(recorded, what, "partner", (*delivered, reply));
            }
            Event::PartnerReminded(told) => {
                let how = (told.delivered, told.reply.as_str());
                self.told(recorded, "Reminder".to_owned(), "partner", how);
            }
            Event::IncumbentNotified(event) => {
                let how = (event.told.delivered, event.told.reply.as_str());
                self.told(recorded, "Its items are contested".to_owned(), "partner", how);
            }
            Event::ChoiceAsked(event) => {
                let how = (event.told.delivered, event.told.reply.as_str());
                self.told(recorded, "Which partner it chooses".to_owned(), "customer", how);
            }
            Event::ReviewersTold(event) => {
                let how = (event.told.delivered, event.told.reply.as_str());
                self.told(recorded, "It waits for a decision".to_owned(), "reviewers", how);
            }
            Event::ClaimSubmitted { .. }
            | Event::ClaimAmended { .. }
            | Event::ContactConfirmed { .. }
            | Event::ReviewRequested(_)
            | Event::ReviewApproved(_)
            | Event::ClaimRefused(_)
            | Event::ClaimDisputed(_)
            | Event::DisputeDecided(_)
            | Event::ClaimReactivated(_)
            | Event::ItemsContested(_)
            | Event::ContestAnswered(_)
            | Event::IncumbentAnswered(_)
            | Event::CustomerChose(_)
            | Event::ContestWon(_)
            | Event::ContestClosed(_)
            | Event::CommentAdded(_)
            | Event::ProofAdded(_)
            | Event::VerdictDeferred { .. }
            | Event::ClaimValidated
            | Event::ActionRequested { .. }
            | Event::ClaimDisqualified { .. }
            | Event::ClaimContested { .. }
            | Event::NoticeResumed { .. }
            | Event::WindowPaused { .. }
            | Event::WindowResumed { .. }
            | Event::WindowExtended { .. }
            | Event::ContactProposed { .. }
            | Event::ClaimRejected { .. }
            | Event::LateRejectionReceived { .. }
            | Event::ClaimConfirmed { .. }
            | Event::AssociationFinalized { .. }
            | Event::AssociationImported(_)
            | Event::ClaimWithdrawn { .. }
            | Event::AssociationEnded { .. }
            | Event::PersonalDataErased { .. } => {}
        }
    }

    /// The notice with this number, as it stands after an event.
    fn notice(
        &mut self,
        recorded: &Recorded,
        number: u32,
        (state, tone): (&'static str, &'static str),
        answer: &str,
    ) -> &mut Mail {
        let known = self.mails.iter().position(|mail| mail.notice == Some(number));
        let at = known.unwrap_or_else(|| {
            let mail = self.mail(recorded, format!("Notice {number}"), "customer");
            self.mails.push(Mail { notice: Some(number), ..mail });
            self.mails.len() - 1
        });
        let mail = &mut self.mails[at];
        (mail.state, mail.tone) = (state, tone);
        mail.at = At::of(recorded.at, self.zone);
        answer.clone_into(&mut mail.answer);
        mail
    }

    fn told(
        &mut self,
        recorded: &Recorded,
        what: String,
        to: &'static str,
        (delivered, answer): (bool, &str),
    ) {
        let (state, tone) = if delivered { ("accepted", "good") } else { ("refused", "bad") };
        let mail = self.mail(recorded, what, to);
        self.mails.push(Mail { state, tone, answer: answer.to_owned(), copies: 1, ..mail });
    }

    fn mail(&self, recorded: &Recorded, what: String, to: &'static str) -> Mail {
        Mail {
            what,
            to,
            address: self.address(to),
            state: "",
            tone: "",
            answer: String::new(),
            copies: 0,
            at: At::of(recorded.at, self.zone),
            message_id: None,
            notice: None,
        }
    }

    fn address(&self, to: &str) -> Option<String> {
        let submission = self.submission.filter(|_| self.with_addresses)?;
        let email = match to {
            "partner" => &submission.partner.contact.email,
            _ => &submission.customer.contact.email,
        };
        Some(email.as_str().to_owned())
    }
}
