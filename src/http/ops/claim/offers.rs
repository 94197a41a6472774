//! What somebody can do about a claim now, with what will happen; and what nobody can, where that
//! is worth a sentence.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::access::Role;
use crate::calendar::{BusinessDays, Language, Zone, closing_moment, moment};
use crate::claim::identity::Comment;
use crate::claim::state::{EndReason, Holder};
use crate::claim::{Claim, State, Window};
use crate::http::ops::frame::Visit;
use crate::http::ops::reviews;
use crate::http::v1::waiting::WAITING;
use crate::http::words;
use crate::ledger::Adjustment;
use crate::view::{Dossier, end_in_words, held_by};

use super::course::Planned;

/// Business days that can be granted at once.
const DAYS: [u32; 6] = [1, 2, 3, 4, 5, 10];

/// What can be done.
#[derive(Default, Serialize)]
pub(super) struct Offers {
    /// Try again what has failed: the job, and in words.
    retry: Option<(String, &'static str)>,
    /// Do at once what is planned for later.
    hasten: Vec<(String, &'static str)>,
    /// Stop the time of the window: how many business days are left.
    pause: Option<u32>,
    /// Let it go on: when the window would end.
    resume: Option<String>,
    /// Grant business days: how many, and when the window would end.
    extend: Vec<(u32, String)>,
    withdraw: bool,
    /// End the association: the reasons.
    end: Vec<(&'static str, &'static str)>,
    /// Where claim and proof are seen side by side, while somebody has to decide.
    review: Option<String>,
    /// Decide a contest.
    arbitrate: bool,
    /// Why it cannot be decided for the claim yet.
    cannot_uphold: Option<String>,
    /// What cannot be done, and why not.
    why_not: Vec<&'static str>,
}

impl Offers {
    /// What this visitor can do.
    pub fn of(
        visit: &Visit,
        dossier: &Dossier,
        planned: &[Planned],
        holders: &[Holder],
        now: DateTime<Utc>,
    ) -> Self {
        let claim = &dossier.claim;
        let review = WAITING.contains(&claim.status()).then(|| reviews::path_of(claim.id));
        let mut offers = Self { review, ..Self::default() };
        if !visit.acts() {
            offers.why_not.push("This role looks only.");
            return offers;
        }
        offers.add_retries(dossier, planned);
        if visit.session.caller.authority.role() == Role::Reviewer {
            offers.add_decisions(visit, dossier, now);
            if offers.arbitrate {
                let zone = visit.web.customers_zone(&dossier.claim);
                offers.cannot_uphold = still_to_answer(&dossier.claim, holders, &zone, now);
            }
        } else {
            offers.why_not.push("Whatever decides about a claim or its window is for reviewers.");
        }
        offers
    }

    /// What sets a claim going again, and changes nothing about it.
    fn add_retries(&mut self, dossier: &Dossier, planned: &[Planned]) {
        let stuck = dossier.stuck.as_ref();
        self.retry = stuck.map(|entry| (entry.job.to_string(), words::of_job(entry.job)));
        let later = planned.iter().filter_map(Planned::hastened);
        self.hasten = later.map(|job| (job.to_string(), words::of_job(job))).collect();
        if planned.iter().any(Planned::is_due) {
            self.why_not.push("What is due waits for a worker only: look at the queues.");
        }
    }

    /// What reviewers decide.
    fn add_decisions(&mut self, visit: &Visit, dossier: &Dossier, now: DateTime<Utc>) {
        let claim = &dossier.claim;
        self.withdraw = true;
        match &claim.state {
            State::Notified { window, .. } if window.admits(now) => {
                self.pause = Some(window.account(now, None).business_days_left);
                self.extend = extensions(visit, claim, now);
            }
            State::Notified { .. } => {
                self.why_not.push("The window has ended, and nothing opens it again.");
            }
            State::Paused { .. } => {
                self.resume = resumption(visit, claim, now);
                self.extend = extensions(visit, claim, now);
            }
            State::Contested { .. } => self.arbitrate = true,
            State::UnderReview(_) | State::Disputed(_) => {
                self.why_not.push("Reviews and disputes are decided beside the proof.");
            }
            State::Refused(_) => self.why_not.push("The next word is the partner's."),
            State::Submitted { .. } | State::ActionRequired { .. } | State::Validated { .. } => {
                self.why_not.push("There is no open window that could be paused or extended.");
            }
            State::Associated { .. } => {
                self.withdraw = false;
                self.end = ENDS.map(|reason| (reason.as_str(), end_in_words(&reason))).into();
                self.why_not.push("What is official is ended, and not withdrawn.");
            }
            State::Disqualified { .. }
            | State::Rejected { .. }
            | State::Withdrawn { .. }
            | State::Ended { .. } => {
                self.withdraw = false;
                self.why_not.push("The claim is decided, and stays so.");
            }
        }
    }
}

/// Why reviewers end associations.
const ENDS: [EndReason; 3] =
    [EndReason::CustomerWithdrew, EndReason::PartnerWithdrew, EndReason::SubscriptionEnded];

/// The ends of the window with more business days; those that the calendar reaches.
fn extensions(visit: &Visit, claim: &Claim, now: DateTime<Utc>) -> Vec<(u32, String)> {
    let extended = |days: u32| {
        let (business_days, reason) = (BusinessDays::new(days).ok()?, no_reason()?);
        let adjustment = Adjustment::Extend { business_days, reason };
        Some((days, foreseen(visit, claim, &adjustment, now)?))
    };
    DAYS.into_iter().filter_map(extended).collect()
}

fn resumption(visit: &Visit, claim: &Claim, now: DateTime<Utc>) -> Option<String> {
    foreseen(visit, claim, &Adjustment::Resume { reason: no_reason()? }, now)
}

/// When the window would end; while its time stands still, from the last day that is known.
fn foreseen(
    visit: &Visit,
    claim: &Claim,
    adjustment: &Adjustment,
    now: DateTime<Utc>,
) -> Option<String> {
    let after = visit.web.ledger.foresee(claim, adjustment, now).ok()?;
    after.open_window().map(in_words)
}

fn in_words(window: &Window) -> String {
    closing_moment(&window.deadline, Language::English)
}

/// Nobody reads the reason of what is only foreseen.
fn no_reason() -> Option<Comment> {
    Comment::parse("-").ok()
}

/// Who has the items is heard before anybody decides against it.
pub(in crate::http::ops) fn still_to_answer(
    claim: &Claim,
    holders: &[Holder],
    zone: &Zone,
    now: DateTime<Utc>,
) -> Option<String> {
    let State::Contested { answer_by: Some(answer_by), answers, .. } = &claim.state else {
        return None;
    };
    let answered = |holder: &Holder| answers.iter().any(|a| a.claim_id == holder.claim_id);
    let others = holders.iter().filter(|holder| holder.claim_id != claim.id && !answered(holder));
    let others: Vec<Holder> = others.cloned().collect();
    let until = moment(*answer_by, zone, Language::English);
    (now < *answer_by && !others.is_empty())
        .then(|| format!("{}, and can answer until {until}.", held_by(&others)))
}
