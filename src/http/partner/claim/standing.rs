//! Where a claim stands, in words: what that means, what comes next, and what to do now.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::claim::{Finding, State, Status};
use crate::http::ops::claims::tone;
use crate::http::partner::finding::Told;
use crate::http::partner::frame::Visit;
use crate::http::partner::next::{Next, next};
use crate::http::texts::Words;
use crate::view::Dossier;

/// Where a claim stands; its words are in the tables `status`, `means`, `elsewhere` and `todo`.
#[derive(Serialize)]
pub(super) struct Standing {
    status: Status,
    tone: &'static str,
    next: Option<Next>,
    /// What has to be put right, or why it was refused.
    findings: Vec<Told>,
    /// Words of a person: why it was rejected, withdrawn or ended.
    quote: Option<String>,
    /// The key of the words for why an association ended.
    ended: Option<&'static str>,
    /// Whom the customer has named.
    proposed: Option<Proposed>,
    /// What the customer's choice between the partners counts for, while it is asked.
    customer_say: Option<&'static str>,
    /// Something on our side is in its way.
    is_stuck: bool,
}

#[derive(Serialize)]
struct Proposed {
    name: String,
    title: String,
    email: String,
    comment: Option<String>,
}

impl Standing {
    /// How the claim stands now.
    pub fn of(visit: &Visit, words: &Words, dossier: &Dossier, now: DateTime<Utc>) -> Self {
        let claim = &dossier.claim;
        let status = claim.status();
        let view = dossier.view();
        let told = |finding: &Finding| Told::of(finding, words, visit.language);
        let findings = view.findings().iter().map(told).collect();
        let (quote, ended) = match &claim.state {
            State::Rejected { reason, .. } | State::Withdrawn { reason } => (reason.clone(), None),
            State::Ended { reason, detail, .. } => (detail.clone(), Some(reason.as_str())),
            _ => (None, None),
        };
        let proposed = match &claim.state {
            State::ActionRequired { proposed: Some(proposed), .. } => Some(Proposed {
                name: proposed.contact.name.as_str().to_owned(),
                title: proposed.contact.title.as_str().to_owned(),
                email: proposed.contact.email.as_str().to_owned(),
                comment: proposed.comment.as_ref().map(|words| words.as_str().to_owned()),
            }),
            _ => None,
        };
        Self {
            status,
            tone: tone(status),
            next: next(visit, dossier, now),
            findings,
            quote,
            ended,
            proposed,
            customer_say: claim.customer_choice().and_then(|choice| choice.say.asked_for()),
            is_stuck: dossier.stuck.is_some(),
        }
    }
}
