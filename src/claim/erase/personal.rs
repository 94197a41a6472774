//! Who the people of a claim are, and whether a text mentions somebody.

use std::collections::BTreeSet;

use crate::claim::event::{Event, Recorded};
use crate::claim::submission::Submission;

/// The names and addresses of everybody whom a history has as a contact, in small letters.
#[must_use]
pub fn persons(history: &[Recorded]) -> BTreeSet<String> {
    let mut persons = BTreeSet::new();
    let mut add = |name: &str, email: &str| {
        persons.insert(name.to_lowercase());
        persons.insert(email.to_lowercase());
    };
    for recorded in history {
        if let Some(submission) = recorded.event.submission() {
            of_submission(submission, &mut add);
        }
        if let Event::ContactProposed(proposed) = &recorded.event {
            let contact = &proposed.contact;
            add(contact.name.as_str(), contact.email.as_str());
        }
    }
    persons
}

fn of_submission(submission: &Submission, add: &mut impl FnMut(&str, &str)) {
    let customer = &submission.customer;
    add(customer.contact.name.as_str(), customer.contact.email.as_str());
    if let Some(contact) = &customer.technical_contact {
        add(contact.name.as_str(), contact.email.as_str());
    }
    let contact = &submission.partner.contact;
    add(contact.name.as_str(), contact.email.as_str());
}

/// Whether a text mentions somebody by name or address, as words of their own: `jo@a.example` is
/// not mentioned where `banjo@a.example` is.
#[must_use]
pub fn mentions(text: &str, somebody: &str) -> bool {
    let (text, somebody) = (text.to_lowercase(), somebody.to_lowercase());
    let goes_on = |c: char| c.is_alphanumeric() || "_+-'".contains(c);
    text.match_indices(&somebody).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = &text[at + somebody.len()..];
        // A full stop ends a sentence, or goes on with a domain.
        let mut after = after.chars();
        let ends = match after.next() {
            Some('.') => after.next().is_none_or(|c| !goes_on(c)),
            Some(c) => !goes_on(c),
            None => true,
        };
        ends && before.is_none_or(|c| !goes_on(c) && c != '.')
    })
}
