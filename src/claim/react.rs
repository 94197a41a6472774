//! What has to happen next, and when.
//!
//! [`react`] compares what a claim has planned before and after a change. Looking at the states
//! instead of at single events means that no event can forget to take an entry off the agenda.

use chrono::{DateTime, Utc};
use cpor_jobs::Job;

use crate::claim::Claim;
use crate::claim::review::DecideBy;
use crate::claim::state::State;

/// One change of the agenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The job is due at this instant; an earlier entry of the same job and claim is replaced.
    Put {
        /// Which job.
        job: Job,
        /// When.
        due_at: DateTime<Utc>,
    },
    /// The job is not to happen any more.
    Drop {
        /// Which job.
        job: Job,
    },
}

/// How the agenda changes when a claim moves from `before` to `after`.
#[must_use]
pub fn react(before: Option<&Claim>, after: &Claim) -> Vec<Next> {
    let old = before.map(Claim::plan).unwrap_or_default();
    let new = after.plan();
    let dropped = old
        .iter()
        .filter(|(job, _)| new.iter().all(|(other, _)| other != job))
        .map(|&(job, _)| Next::Drop { job });
    let put = new
        .iter()
        .filter(|entry| !old.contains(entry))
        .map(|&(job, due_at)| Next::Put { job, due_at });
    dropped.chain(put).collect()
}

impl Claim {
    /// Everything that is planned for the claim: at most one entry per job.
    ///
    /// Retries of a failing job move its entry later without changing the plan.
    #[must_use]
    pub fn plan(&self) -> Vec<(Job, DateTime<Utc>)> {
        let mut plan = Vec::with_capacity(3);
        match &self.state {
            State::Submitted { validate_at } => plan.push((Job::ValidateClaim, *validate_at)),
            State::ActionRequired { answer_by, remind_at, .. } => {
                plan.push((Job::ExpireClaim, *answer_by));
                plan.extend(remind_at.map(|remind_at| (Job::RemindPartner, remind_at)));
            }
            State::Refused(refused) => plan.push((Job::ExpireClaim, refused.until)),
            // A reviewer decides; when the time for that ends, reviewers are told.
            State::UnderReview(_) | State::Disputed(_) | State::Contested { .. } => {
                let next = self.decide_by().and_then(DecideBy::next);
                plan.extend(next.map(|(_, at)| (Job::EscalateReview, at)));
                let ask_at = self.customer_choice().and_then(|choice| choice.ask_at);
                plan.extend(ask_at.map(|ask_at| (Job::AskChoice, ask_at)));
            }
            State::Validated { notice } => plan.push((Job::NotifyCustomer, notice.due_at)),
            State::Notified { window, reminded } => {
                plan.push((Job::FinalizeAssociation, window.finalize_at));
                if let (Some(remind_at), false) = (window.remind_at, reminded) {
                    plan.push((Job::RemindCustomer, remind_at));
                }
            }
            // A reviewer resumes it.
            State::Paused { .. } => {}
            State::Disqualified { .. }
            | State::Rejected { .. }
            | State::Associated { .. }
            | State::Withdrawn { .. }
            | State::Ended { .. } => {}
        }
        let contests = self.file.contests.iter().filter(|contest| !contest.told);
        let news = self.tell_partner_at.into_iter().chain(contests.map(|contest| contest.since));
        plan.extend(news.min().map(|due_at| (Job::NotifyPartner, due_at)));
        plan.extend(self.watched_since().map(|since| (Job::CheckSubscription, since)));
        if let Some(receipt) = self.receipts.first() {
            plan.push((Job::SendReceipt, receipt.due_at));
        }
        if let Some(correction) = self.corrections.first() {
            plan.push((Job::SendCorrection, correction.due_at));
        }
        plan
    }
}
