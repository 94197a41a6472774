//! What this visitor can decide about a claim, by when, and with which consequence; and why not.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::access::Role;
use crate::calendar::{Language, Zone, moment};
use crate::claim::command::Terms;
use crate::claim::review::Review;
use crate::claim::state::Holder;
use crate::claim::{Claim, State};
use crate::http::form::Fields;
use crate::http::ops::claim::still_to_answer;
use crate::http::ops::frame::Visit;
use crate::view::status_in_words;

use super::reasons::{Row, rows};

/// What can be decided.
#[derive(Default, Serialize)]
pub(super) struct Offers {
    /// Approve it: what happens then.
    approve: Option<String>,
    /// Items that can be left out of it: key and name.
    droppable: Vec<(String, String)>,
    /// Send it back or refuse it: until when the partner can answer, or dispute.
    refuse: Option<(String, String)>,
    reasons: Vec<Row>,
    /// Decide the contest.
    contest: bool,
    /// Why it cannot be decided for this claim yet.
    cannot_uphold: Option<String>,
    /// Decide the dispute.
    dispute: bool,
    /// Say something to the partner.
    comment: bool,
    /// What cannot be done, and why not.
    why_not: Vec<String>,
}

/// Who has approved a claim under review already, where a second reviewer has to, too.
pub(super) fn first_approval(claim: &Claim) -> Option<&str> {
    match &claim.state {
        State::UnderReview(review) => review.approved_by.as_deref(),
        _ => None,
    }
}

impl Offers {
    /// What this visitor can decide, with what was filled in before.
    pub fn of(
        visit: &Visit,
        claim: &Claim,
        (holders, fields): (&[Holder], &Fields),
        (zone, now): (&Zone, DateTime<Utc>),
    ) -> Self {
        let mut offers = Self::default();
        match visit.session.caller.authority.role() {
            Role::Reviewer => {}
            Role::Observer => {
                offers.why_not.push("This role looks only.".to_owned());
                return offers;
            }
            Role::Operator
            | Role::IncentivesAdmin
            | Role::UpstreamSource
            | Role::UsageDataService => {
                offers.why_not.push("Decisions about claims are for reviewers.".to_owned());
                return offers;
            }
        }
        offers.comment = !claim.status().is_closed();
        match &claim.state {
            State::UnderReview(review) => offers.review(visit, claim, review, fields, (zone, now)),
            State::Contested { .. } => {
                offers.contest = true;
                offers.cannot_uphold = still_to_answer(claim, holders, zone, now);
            }
            State::Disputed(disputed) => {
                offers.dispute = disputed.refusal.by != visit.session.caller.name;
                if !offers.dispute {
                    let why = "You refused this claim: somebody else has to decide the dispute.";
                    offers.why_not.push(why.to_owned());
                }
            }
            State::Submitted { .. }
            | State::ActionRequired { .. }
            | State::Disqualified { .. }
            | State::Refused(_)
            | State::Validated { .. }
            | State::Notified { .. }
            | State::Paused { .. }
            | State::Rejected { .. }
            | State::Associated { .. }
            | State::Withdrawn { .. }
            | State::Ended { .. } => {
                let status = status_in_words(claim.status());
                offers.why_not.push(format!("There is nothing to decide: the claim is {status}."));
            }
        }
        offers
    }

    fn review(
        &mut self,
        visit: &Visit,
        claim: &Claim,
        review: &Review,
        fields: &Fields,
        (zone, now): (&Zone, DateTime<Utc>),
    ) {
        let (rules, caller) = (visit.web.ledger.rules(), &visit.session.caller.name);
        let first = review.approved_by.as_deref();
        match first {
            Some(first) if rules.review.four_eyes && first == caller => {
                let why = "You have approved this claim: another reviewer has to approve it, too.";
                self.why_not.push(why.to_owned());
            }
            Some(first) if rules.review.four_eyes => {
                self.approve = Some(format!(
                    "{first} has approved it already; with your approval its customer is told."
                ));
            }
            None if rules.review.four_eyes => {
                let what = "With your approval it waits for another reviewer's; then its customer \
                            is told.";
                self.approve = Some(what.to_owned());
            }
            Some(_) | None => {
                let what = "The claim goes on: its customer is told, and can reject it in time.";
                self.approve = Some(what.to_owned());
            }
        }
        let items = &claim.submission.items;
        if items.len() > 1 {
            let name = |code: &str| rules.catalog.item_name(code).unwrap_or(code).to_owned();
            let items = items.iter().map(|item| (item.key(), name(item.code().as_str())));
            self.droppable = items.collect();
        }
        let which = (claim.id, &*claim.submission);
        let terms = rules.review.terms(&rules.window(), which, caller, now);
        self.refuse = terms.ok().map(|terms: Terms| {
            let until = |at| moment(at, zone, Language::English);
            (until(terms.answer.by), until(terms.dispute_until))
        });
        self.reasons = rows(visit, claim, fields);
    }
}
