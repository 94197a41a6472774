//! What was submitted, and how the end of the window came about. Names and addresses of people, and
//! what partners wrote, are for those who may see them.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::calendar::{DayReason, Language, date_in_words};
use crate::claim::Submission;
use crate::claim::submission::ProofOfExecution;
use crate::http::ops::frame::Visit;
use crate::view::{DeadlineView, Dossier};

/// A name and what it has.
type Fact = (&'static str, String);

/// What was submitted.
#[derive(Serialize)]
pub(in crate::http::ops) struct Facts {
    /// What everybody sees.
    open: Vec<Fact>,
    /// What only some see; nothing for others.
    personal: Option<Vec<Fact>>,
}

/// The end of the window, explained.
#[derive(Serialize)]
pub(super) struct Deadline {
    sentences: Vec<String>,
    notice_day: String,
    days: Vec<Day>,
    facts: Vec<Fact>,
}

/// One day of the window.
#[derive(Serialize)]
struct Day {
    date: String,
    number: Option<u32>,
    why: String,
}

impl Facts {
    /// What this visitor sees of it.
    pub fn of(visit: &Visit, submission: &Submission) -> Self {
        let mut facts = Self::without_proof(visit, submission);
        let proofs = submission.proof_of_execution.iter();
        let proofs = proofs.map(|proof| ("Proof of execution", of_proof(proof)));
        if let Some(personal) = &mut facts.personal {
            personal.extend(proofs);
        }
        facts
    }

    /// The same for a page that shows the proof beside it.
    pub fn without_proof(visit: &Visit, submission: &Submission) -> Self {
        let sees = visit.session.caller.authority.sees_personal_data();
        Self { open: open(visit, submission), personal: sees.then(|| personal(submission)) }
    }
}

fn open(visit: &Visit, submission: &Submission) -> Vec<Fact> {
    let catalog = &visit.web.ledger.rules().catalog;
    let customer = &submission.customer;
    let activities = submission.activities.iter().map(|one| catalog.activity_name(*one));
    let programs: Vec<&str> = submission.programs().map(|one| catalog.program_name(one)).collect();
    let place = match &customer.subdivision {
        Some(subdivision) => format!("{}, {}", customer.country.as_str(), subdivision.as_str()),
        None => customer.country.as_str().to_owned(),
    };
    let mut facts = vec![
        ("Source", submission.source.to_string()),
        ("Key of the source", submission.idempotency_key.to_string()),
        ("Partner", submission.partner.mpn_id.to_string()),
        ("Customer", customer.domain.unicode().to_owned()),
        ("Tenant", customer.tenant_id.to_string()),
        ("Country", place),
        ("Solution area", catalog.solution_area_name(submission.solution_area).to_owned()),
        ("Activities", activities.collect::<Vec<_>>().join(", ")),
        ("Programs", programs.join(", ")),
    ];
    let zone = customer.time_zone.as_ref().map(|zone| zone.as_str().to_owned());
    facts.extend(zone.map(|zone| ("Time zone given", zone)));
    facts.push(("Proofs of execution", submission.proof_of_execution.len().to_string()));
    facts
}

fn personal(submission: &Submission) -> Vec<Fact> {
    let (partner, customer) = (&submission.partner.contact, &submission.customer.contact);
    let with_title = |name: &str, title: &str, email: &str| format!("{name}, {title}, {email}");
    let mut facts = vec![
        ("Name of the claim", submission.name.as_str().to_owned()),
        ("Partner's contact", format!("{}, {}", partner.name.as_str(), partner.email.as_str())),
        (
            "Customer's contact",
            with_title(customer.name.as_str(), customer.title.as_str(), customer.email.as_str()),
        ),
    ];
    let language = customer.language.as_ref().map(|language| language.as_str().to_owned());
    facts.extend(language.map(|language| ("Language of mails", language)));
    facts.extend(submission.customer.technical_contact.as_ref().map(|contact| {
        let (name, title) = (contact.name.as_str(), contact.title.as_str());
        ("Technical contact", with_title(name, title, contact.email.as_str()))
    }));
    facts.extend(submission.revenue.as_ref().map(|revenue| {
        let parts = [&revenue.solution_seller, &revenue.customer_name, &revenue.isv_solution];
        ("Revenue", parts.map(|part| part.as_str()).join(", "))
    }));
    facts.extend(submission.comment.as_ref().map(|words| ("Comment", words.as_str().to_owned())));
    facts
}

fn of_proof(proof: &ProofOfExecution) -> String {
    match proof {
        ProofOfExecution::Document { name, location, sha256 } => {
            format!("{}, at {} (SHA-256 {})", name.as_str(), location.as_str(), sha256.as_str())
        }
        ProofOfExecution::Uploaded { document_id } => format!("Document {document_id}"),
    }
}

impl Deadline {
    /// The newest window of the claim, if it ever had one.
    pub fn of(dossier: &Dossier, now: DateTime<Utc>) -> Option<Self> {
        let explanation = DeadlineView::of(dossier, now, Language::English)?.explanation;
        let account = dossier.window()?.account(now, dossier.claim.paused_at());
        let date = |date| date_in_words(date, Language::English);
        let days = explanation.days.into_iter().map(|day| Day {
            date: date(day.date),
            number: day.number,
            why: match day.name {
                Some(name) => format!("{}: {name}", reason(day.reason)),
                None => reason(day.reason).to_owned(),
            },
        });
        let (passed, all) = (account.business_days_passed, account.business_days());
        let (calendar, version) = (explanation.calendar, explanation.calendar_version);
        let (zone, tzdb) = (explanation.time_zone, explanation.tzdb);
        let facts = vec![
            ("Business days", format!("{passed} of {all} are over")),
            ("Calendar", format!("{calendar}, version {version}")),
            ("Time zone", format!("{zone}, time zone data {tzdb}")),
        ];
        Some(Self {
            days: days.collect(),
            notice_day: date(explanation.notified_local_date),
            sentences: explanation.sentences,
            facts,
        })
    }
}

const fn reason(reason: DayReason) -> &'static str {
    match reason {
        DayReason::BusinessDay => "a business day",
        DayReason::HalfDay => "a half day, which counts",
        DayReason::MakeUpDay => "a weekend day on which people work",
        DayReason::Weekend => "the weekend",
        DayReason::Holiday => "a holiday",
        DayReason::SkippedHalfDay => "a half day, which does not count",
        DayReason::MissingDate => "a date that the zone skipped",
        DayReason::Paused => "the window was paused",
        DayReason::Outage => "the page could not be reached",
    }
}
