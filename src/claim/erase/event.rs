//! What of an event, and of a submission, is personal data.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::personal::mentions;
use super::{ADDRESS_MARKER, MARKER};
use crate::claim::correction::ExtensionCause;
use crate::claim::event::{Event, Recorded};
use crate::claim::finding::Finding;
use crate::claim::identity::{Comment, EmailAddress, Line, PersonName};
use crate::claim::submission::{
    CustomerContact, PartnerContact, Revenue, Submission, TechnicalContact,
};

/// Replaces personal data, and notes which.
pub(super) struct Eraser {
    persons: BTreeSet<String>,
    fields: BTreeSet<&'static str>,
}

impl Eraser {
    pub(super) const fn new(persons: BTreeSet<String>) -> Self {
        Self { persons, fields: BTreeSet::new() }
    }

    /// What was replaced.
    pub(super) fn fields(&self) -> Vec<String> {
        self.fields.iter().map(|field| (*field).to_owned()).collect()
    }

    /// Whether a text names one of the people.
    pub(super) fn names_person(&self, text: &str) -> bool {
        self.persons.iter().any(|person| mentions(text, person))
    }

    pub(super) fn recorded(&mut self, old: &Recorded) -> Recorded {
        let actor = self.said_by_us("actor", &old.actor);
        Recorded { revision: old.revision, at: old.at, actor, event: self.event(&old.event) }
    }

    /// Words that people wrote.
    pub(super) fn words(&mut self, field: &'static str) -> String {
        self.fields.insert(field);
        MARKER.to_owned()
    }

    pub(super) fn comment(&mut self, field: &'static str) -> Comment {
        self.fields.insert(field);
        marker(Comment::parse)
    }

    /// Words of ours, which stay unless they repeat who somebody is.
    pub(super) fn said_by_us(&mut self, field: &'static str, text: &str) -> String {
        if self.names_person(text) { self.words(field) } else { text.to_owned() }
    }

    pub(super) fn findings(&mut self, findings: &[Finding]) -> Vec<Finding> {
        let mut erased = findings.to_vec();
        for finding in &mut erased {
            // The arbiter's words are part of it.
            if finding.written().is_some() || self.names_person(&finding.message) {
                finding.message = self.words("findings.message");
            }
        }
        erased
    }

    fn event(&mut self, old: &Event) -> Event {
        let mut event = old.clone();
        if self.decision(&mut event) {
            return event;
        }
        match &mut event {
            Event::ClaimSubmitted { submission }
            | Event::ClaimAmended { submission }
            | Event::ContactConfirmed { submission } => {
                *submission = self.submission(submission);
            }
            Event::PersonalDataErased(erased) => {
                erased.submission = self.submission(&erased.submission);
            }
            Event::VerdictDeferred { findings, .. }
            | Event::ActionRequested { findings, .. }
            | Event::ClaimDisqualified { findings } => *findings = self.findings(findings),
            Event::NoticeDeferred { cause, .. }
            | Event::NoticeUncertain { cause, .. }
            | Event::NoticeRefused { cause, .. } => *cause = self.words("cause"),
            Event::CustomerNotified { reply, .. }
            | Event::CustomerReminded { reply, .. }
            | Event::CorrectionSent { reply, .. }
            | Event::PartnerNotified { reply, .. }
            | Event::ReceiptSent { reply, .. } => *reply = self.words("reply"),
            Event::SubscriptionEndWarned(event) => event.reply = self.words("reply"),
            Event::WindowPaused { reason, .. } | Event::WindowResumed { reason, .. } => {
                *reason = self.comment("reason");
            }
            Event::WindowExtended { cause, .. } => match cause {
                ExtensionCause::Reviewer { reason, .. }
                | ExtensionCause::Calendar { reason, .. }
                | ExtensionCause::Outage { reason, .. } => *reason = self.comment("reason"),
                ExtensionCause::TimeZones { .. } => {}
            },
            Event::ContactProposed(proposed) => {
                proposed.contact = self.customer_contact("contact", &proposed.contact);
                proposed.comment = proposed.comment.as_ref().map(|_| self.comment("comment"));
                proposed.findings = self.findings(&proposed.findings);
            }
            Event::ClaimRejected { reason, .. }
            | Event::LateRejectionReceived { reason, .. }
            | Event::ClaimWithdrawn { reason } => {
                *reason = reason.as_ref().map(|_| self.words("reason"));
            }
            Event::AssociationEnded { detail, .. } => {
                *detail = detail.as_ref().map(|_| self.words("detail"));
            }
            Event::ReviewRequested(_)
            | Event::ReviewApproved(_)
            | Event::ClaimRefused(_)
            | Event::ClaimDisputed(_)
            | Event::DisputeDecided(_)
            | Event::ClaimReactivated(_)
            | Event::ItemsContested(_)
            | Event::ContestAnswered(_)
            | Event::IncumbentAnswered(_)
            | Event::ChoiceAsked(_)
            | Event::CustomerChose(_)
            | Event::ContestWon(_)
            | Event::ContestClosed(_)
            | Event::IncumbentNotified(_)
            | Event::CommentAdded(_)
            | Event::ProofAdded(_)
            | Event::PartnerReminded(_)
            | Event::ReviewersTold(_)
            | Event::ClaimValidated
            | Event::ClaimContested { .. }
            | Event::NoticeSending { .. }
            | Event::NoticeResumed { .. }
            | Event::ClaimConfirmed { .. }
            | Event::AssociationImported(_)
            | Event::AssociationFinalized { .. } => {}
        }
        event
    }

    pub(super) fn submission(&mut self, old: &Submission) -> Arc<Submission> {
        let mut submission = old.clone();
        self.fields.extend(["name", "proof_of_execution"]);
        submission.name = marker(Line::parse);
        self.fields.insert("partner.contact");
        submission.partner.contact =
            PartnerContact { name: marker(PersonName::parse), email: address() };
        let customer = &mut submission.customer;
        customer.contact = self.customer_contact("customer.contact", &customer.contact);
        if customer.technical_contact.is_some() {
            self.fields.insert("customer.technical_contact");
        }
        customer.technical_contact =
            customer.technical_contact.as_ref().map(|_| TechnicalContact {
                name: marker(PersonName::parse),
                title: marker(Line::parse),
                email: address(),
            });
        if submission.revenue.is_some() {
            self.fields.insert("revenue");
        }
        submission.revenue = submission.revenue.map(|revenue| Revenue {
            solution_seller: marker(Line::parse),
            customer_name: marker(Line::parse),
            ..revenue
        });
        self.proofs(&mut submission.proof_of_execution);
        submission.comment = submission.comment.as_ref().map(|_| self.comment("comment"));
        Arc::new(submission)
    }

    /// The language stays: it tells nothing about who somebody is.
    fn customer_contact(&mut self, field: &'static str, old: &CustomerContact) -> CustomerContact {
        self.fields.insert(field);
        CustomerContact {
            name: marker(PersonName::parse),
            title: marker(Line::parse),
            email: address(),
            language: old.language.clone(),
        }
    }
}

pub(super) fn marker<T>(parse: fn(&str) -> Result<T, Finding>) -> T {
    fixed(parse, MARKER)
}

fn address() -> EmailAddress {
    fixed(EmailAddress::parse, ADDRESS_MARKER)
}

#[expect(clippy::expect_used, reason = "the markers are fixed, and a test reads each of them")]
fn fixed<T>(parse: fn(&str) -> Result<T, Finding>, text: &str) -> T {
    parse(text).expect("a marker can be read")
}
