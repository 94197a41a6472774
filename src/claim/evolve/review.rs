//! Folds what people beside the customer decide and say.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::claim::Claim;
use crate::claim::choice::{Chosen, CustomerChoice};
use crate::claim::event::{
    ClaimContested, ClaimDisputed, ClaimReactivated, ClaimRefused, CustomerChose, Event,
    ItemsContested, Recorded, ReviewApproved, ReviewRequested,
};
use crate::claim::review::{
    AddedProof, Contest, ContestAnswer, DecideBy, Disputed, IncumbentAnswer, Refused, Review,
};
use crate::claim::state::State;

impl Claim {
    pub(super) fn contested(&mut self, event: &ClaimContested, at: DateTime<Utc>) {
        let ClaimContested { holders, answer_by, decide, customer: say } = event.clone();
        let (answers, decide_by) = (Vec::new(), decide.map(DecideBy::new));
        let contest = self.revision;
        let asked = || CustomerChoice::begun(contest, say, at);
        let choice = (!say.is_off()).then(|| Box::new(asked()));
        self.told_as(State::Contested { holders, answer_by, answers, decide_by, choice }, at);
    }

    /// What the customer is asked in a contest that goes on.
    #[must_use]
    pub fn customer_choice(&self) -> Option<&CustomerChoice> {
        match &self.snapshot.state {
            State::Contested { choice, .. } => choice.as_deref(),
            State::Submitted { .. }
            | State::ActionRequired { .. }
            | State::Disqualified { .. }
            | State::UnderReview(_)
            | State::Refused(_)
            | State::Disputed(_)
            | State::Validated { .. }
            | State::Notified { .. }
            | State::Paused { .. }
            | State::Rejected { .. }
            | State::Associated { .. }
            | State::Withdrawn { .. }
            | State::Ended { .. } => None,
        }
    }

    fn customer_asked(&mut self, delivered: bool) {
        let State::Contested { choice: Some(asked), .. } = &mut self.state else { return };
        (asked.ask_at, asked.unreached) = (None, !delivered);
    }

    /// It may have chosen before it is recorded that it was asked.
    fn customer_chose(&mut self, event: &CustomerChose, at: DateTime<Utc>) {
        let State::Contested { choice: Some(asked), .. } = &mut self.state else { return };
        let times = asked.chosen.as_ref().map_or(0, |known| known.times) + 1;
        let CustomerChose { choice, comment } = event.clone();
        (asked.ask_at, asked.chosen) = (None, Some(Chosen { choice, comment, at, times }));
    }

    /// By when reviewers have to decide something about it, if they have to.
    #[must_use]
    pub const fn decide_by(&self) -> Option<&DecideBy> {
        match &self.snapshot.state {
            State::UnderReview(review) => Some(&review.decide_by),
            State::Disputed(disputed) => Some(&disputed.decide_by),
            State::Contested { decide_by, .. } => decide_by.as_ref(),
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
            | State::Ended { .. } => None,
        }
    }

    pub(super) fn review_requested(&mut self, event: &ReviewRequested) {
        let review = Review {
            drawn: event.drawn,
            decide_by: DecideBy::new(event.decide),
            approved_by: None,
        };
        self.keeps_hold = true;
        self.tell_partner_at = None;
        self.state = State::UnderReview(review);
    }

    /// The validating event follows, unless another reviewer has to approve, too.
    pub(super) fn review_approved(&mut self, event: &ReviewApproved, by: &str) {
        if let Some(submission) = &event.submission {
            self.submission = Arc::clone(submission);
            self.submission_revision = self.revision;
        }
        self.file.reviewed = true;
        if let State::UnderReview(review) = &mut self.state {
            review.approved_by = Some(by.to_owned());
        }
    }

    pub(super) fn refused(&mut self, event: &ClaimRefused, at: DateTime<Utc>) {
        let ClaimRefused { findings, cause, until, by } = event.clone();
        self.keeps_hold = false;
        self.told_as(State::Refused(Refused { findings, cause, until, by }), at);
    }

    pub(super) fn disputed(&mut self, event: &ClaimDisputed, recorded: &Recorded) {
        let State::Refused(refusal) = &self.state else { return };
        let disputed = Disputed {
            refusal: refusal.clone(),
            justification: event.justification.clone(),
            decide_by: DecideBy::new(event.decide),
        };
        self.file.disputed = true;
        self.tell_partner_at = None;
        self.state = State::Disputed(disputed);
        self.proof_added(&event.proof_of_execution, recorded);
    }

    pub(super) fn reactivated(&mut self, event: &ClaimReactivated, at: DateTime<Utc>) {
        self.file.reactivated = true;
        let (findings, answer_by) = (event.findings.clone(), event.answer.by);
        let remind_at = event.answer.remind_at;
        let state = State::ActionRequired { findings, answer_by, proposed: None, remind_at };
        self.told_as(state, at);
    }

    pub(super) fn items_contested(&mut self, event: &ItemsContested, at: DateTime<Utc>) {
        let ItemsContested { by, items, answer_by, customer } = event.clone();
        let (revision, since, told, answer) = (self.revision, at, false, None);
        let contest = Contest { revision, by, items, since, answer_by, customer, told, answer };
        self.file.contests.push(contest);
    }

    /// What changes neither where the claim stands nor what it waits for.
    pub(super) fn noted(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        match &recorded.event {
            Event::ContestAnswered(event) => {
                let (keeps, comment) = (event.keeps, event.comment.clone());
                if let Some(contest) = self.contest(event.contest) {
                    contest.answer = Some(ContestAnswer { keeps, comment, at });
                }
            }
            Event::IncumbentAnswered(event) => {
                let (keeps, comment) = (event.keeps, event.comment.clone());
                if let State::Contested { answers, .. } = &mut self.state {
                    let answer = ContestAnswer { keeps, comment, at };
                    answers.push(IncumbentAnswer { claim_id: event.incumbent, answer });
                }
            }
            Event::ChoiceAsked(event) => self.customer_asked(event.told.delivered),
            Event::CustomerChose(event) => self.customer_chose(event, at),
            Event::ContestClosed(event) => {
                self.file.contests.retain(|known| known.revision != event.contest);
            }
            Event::IncumbentNotified(event) => {
                if let Some(contest) = self.contest(event.contest) {
                    contest.told = true;
                }
            }
            Event::CommentAdded(_) => self.file.comments += 1,
            Event::ProofAdded(event) => self.proof_added(&event.proof_of_execution, recorded),
            Event::DisputeDecided(event) => self.file.reviewed |= event.upheld,
            Event::PartnerReminded(_) => {
                if let State::ActionRequired { remind_at, .. } = &mut self.state {
                    *remind_at = None;
                }
            }
            Event::ReviewersTold(event) => {
                let decide_by = match &mut self.state {
                    State::UnderReview(review) => Some(&mut review.decide_by),
                    State::Disputed(disputed) => Some(&mut disputed.decide_by),
                    State::Contested { decide_by, .. } => decide_by.as_mut(),
                    _ => None,
                };
                if let Some(decide_by) = decide_by {
                    decide_by.told = Some(event.urgency);
                }
            }
            // The deciding event follows.
            Event::ContestWon(_) => {}
            _ => {}
        }
    }

    fn contest(&mut self, revision: u64) -> Option<&mut Contest> {
        self.file.contests.iter_mut().find(|known| known.revision == revision)
    }

    fn proof_added(
        &mut self,
        proof: &[crate::claim::submission::ProofOfExecution],
        recorded: &Recorded,
    ) {
        if proof.is_empty() {
            return;
        }
        let (proof_of_execution, by) = (proof.to_vec(), recorded.actor.clone());
        self.file.added_proof.push(AddedProof { proof_of_execution, at: recorded.at, by });
    }
}
