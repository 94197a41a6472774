//! "I am not the right person", as the tables have it.

use chrono::{DateTime, Utc};

use super::Cast;
use crate::claim::Claim;
use crate::claim::command::{Command, ContactProposal};
use crate::claim::identity::EmailAddress;
use crate::claim::submission::CustomerContact as ParsedContact;

impl Cast {
    /// The customer names somebody who is not the contact already, in answer to a notice that is
    /// so many older than the newest.
    pub(super) fn propose(
        &self,
        claim: Option<&Claim>,
        received_at: DateTime<Utc>,
        older: u32,
    ) -> Command {
        let current = claim.map(|claim| &claim.submission.customer.contact);
        let named = |local: &str| {
            let email = EmailAddress::parse(&format!("{local}@anadoluelektrik.com.tr")).unwrap();
            ParsedContact { email, ..self.submission.customer.contact.clone() }
        };
        let contact = match named("deniz") {
            deniz if current == Some(&deniz) => named("aylin"),
            deniz => deniz,
        };
        let mut proposal = self.proposal(claim, received_at, contact);
        proposal.notice = proposal.notice.saturating_sub(older);
        Command::ProposeContact(proposal)
    }

    pub(super) fn proposal(
        &self,
        claim: Option<&Claim>,
        received_at: DateTime<Utc>,
        contact: ParsedContact,
    ) -> Box<ContactProposal> {
        let (answer_by, notice) = (self.answer_by, claim.map_or(0, |claim| claim.notices));
        Box::new(ContactProposal {
            notice,
            received_at,
            contact,
            comment: None,
            answer_by,
            remind_at: None,
        })
    }
}
