//! Folds events into the state. It never refuses: what has happened has happened.

mod lasting;
mod review;
mod window;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::claim::event::{ContactProposed, Event, Recorded};
use crate::claim::finding::Finding;
use crate::claim::identity::ClaimId;
use crate::claim::lasting::Basis;
use crate::claim::review::CaseFile;
use crate::claim::state::{Association, EndReason, Notice, Proposed, Sending, State};
use crate::claim::submission::Submission;
use crate::claim::{ChainTip, Claim, CustomerAnswer, PassedOn, Receipt, Snapshot};

impl Claim {
    /// The claim after its whole history; `None` when the history does not begin with a
    /// submission.
    #[must_use]
    pub fn replay(id: ClaimId, history: &[Recorded]) -> Option<Self> {
        let (first, rest) = history.split_first()?;
        let Event::ClaimSubmitted { submission } = &first.event else { return None };
        let born = Self::born(id, Arc::clone(submission), first.at);
        Some(rest.iter().fold(born, |claim, recorded| claim.evolve(recorded)))
    }

    /// A claim as its first event makes it.
    #[must_use]
    pub fn born(id: ClaimId, submission: Arc<Submission>, at: DateTime<Utc>) -> Self {
        let snapshot = Snapshot {
            id,
            revision: 1,
            submission_revision: 1,
            submitted_at: at,
            changed_at: at,
            state: State::Submitted { validate_at: at },
            notices: 0,
            link_key: None,
            passed_on: None,
            rejected_late: false,
            receipts: Vec::new(),
            corrections: Vec::new(),
            keeps_hold: false,
            tell_partner_at: None,
            file: CaseFile::default(),
        };
        Self { submission, snapshot, chain: ChainTip::origin(id) }
    }

    /// The claim after one more event. Its `chain` waits for the commit: it is made of lines as
    /// they are stored.
    #[must_use]
    pub fn evolve(mut self, recorded: &Recorded) -> Self {
        let at = recorded.at;
        self.revision = recorded.revision;
        self.changed_at = at;
        match &recorded.event {
            Event::ClaimSubmitted { submission } => {
                let born = Self::born(self.id, Arc::clone(submission), at);
                return Self { chain: self.chain, ..born };
            }
            Event::ClaimAmended { submission } | Event::ContactConfirmed { submission } => {
                self.amended(submission, at);
            }
            Event::VerdictDeferred { again_at, .. } => {
                self.state = State::Submitted { validate_at: *again_at };
            }
            Event::ClaimValidated => self.validated(at),
            Event::ActionRequested { findings, answer_by, remind_at } => {
                self.action_requested(findings, *answer_by, *remind_at, at);
            }
            Event::ClaimDisqualified { findings } => {
                self.told_as(State::Disqualified { findings: findings.clone() }, at);
            }
            Event::ClaimContested(event) => self.contested(event, at),
            Event::ReviewRequested(event) => self.review_requested(event),
            Event::ReviewApproved(event) => self.review_approved(event, &recorded.actor),
            Event::ClaimRefused(event) => self.refused(event, at),
            Event::ClaimDisputed(event) => self.disputed(event, recorded),
            Event::ClaimReactivated(event) => self.reactivated(event, at),
            Event::ItemsContested(event) => self.items_contested(event, at),
            Event::ContestAnswered(_)
            | Event::IncumbentAnswered(_)
            | Event::ChoiceAsked(_)
            | Event::CustomerChose(_)
            | Event::ContestWon(_)
            | Event::ContestClosed(_)
            | Event::IncumbentNotified(_)
            | Event::CommentAdded(_)
            | Event::ProofAdded(_)
            | Event::DisputeDecided(_)
            | Event::PartnerReminded(_)
            | Event::ReviewersTold(_) => self.noted(recorded),
            Event::NoticeSending { message_id, link_key, .. } => {
                self.link_key = *link_key;
                self.notice_sending(message_id, at);
            }
            Event::NoticeDeferred { again_at, .. } => {
                self.notice_back(*again_at, |sending| sending.deferrals += 1);
            }
            Event::NoticeUncertain { again_at, .. } => self.notice_back(*again_at, |sending| {
                sending.unknowns += 1;
                sending.may_have_arrived = true;
            }),
            Event::NoticeResumed { .. } => self.notice_back(at, |sending| {
                sending.deferrals = 0;
                sending.unknowns = 0;
            }),
            Event::NoticeRefused { .. } => self.notice_back(at, |_| {}),
            Event::CustomerNotified { window, .. } => {
                self.rejected_late = false;
                self.state = State::Notified { window: window.clone(), reminded: false };
            }
            Event::CustomerReminded { .. } => self.reminded(),
            Event::WindowPaused { paused_at, reason } => self.paused(*paused_at, reason, at),
            Event::WindowResumed { window, reason } => self.resumed(window, reason, at),
            Event::WindowExtended { window, cause } => self.extended(window, cause, at),
            Event::CorrectionSent { correction, .. } => {
                self.corrections.retain(|owed| owed.revision != *correction);
            }
            Event::ContactProposed(proposed) => self.contact_proposed(proposed, at),
            Event::ClaimRejected { received_at, reason, receipt } => {
                self.rejected((*received_at, reason.clone()), *receipt, at);
            }
            Event::LateRejectionReceived { received_at, receipt, .. } => {
                self.rejected_late |= *receipt;
                self.answered(*receipt, CustomerAnswer::RejectedTooLate, *received_at, at);
            }
            // The finalizing event follows.
            Event::ClaimConfirmed { received_at, receipt } => {
                self.answered(*receipt, CustomerAnswer::Agreed, *received_at, at);
            }
            Event::AssociationFinalized { official_at } => self.finalized(*official_at, at),
            Event::AssociationImported(event) => self.imported(event),
            Event::SubscriptionEndWarned(event) => self.end_warned(event),
            Event::ClaimWithdrawn { reason } => {
                self.told_as(State::Withdrawn { reason: reason.clone() }, at);
            }
            Event::AssociationEnded { reason, detail, received_at } => {
                self.ended((reason, detail.as_ref()), *received_at, at);
            }
            Event::PartnerNotified { .. } => self.tell_partner_at = None,
            Event::ReceiptSent { receipt, .. } => {
                self.receipts.retain(|owed| owed.revision != *receipt);
            }
            Event::PersonalDataErased(erased) => {
                self.submission = Arc::clone(&erased.submission);
                self.submission_revision = self.revision;
            }
        }
        // Who has let go of the items need not hear of who else wants them.
        if !self.file.contests.is_empty() && self.held_items().is_empty() {
            self.file.contests.clear();
        }
        self
    }

    fn action_requested(
        &mut self,
        findings: &[Finding],
        answer_by: DateTime<Utc>,
        remind_at: Option<DateTime<Utc>>,
        at: DateTime<Utc>,
    ) {
        let findings = findings.to_vec();
        let state = State::ActionRequired { findings, answer_by, proposed: None, remind_at };
        self.told_as(state, at);
    }

    fn rejected(
        &mut self,
        (received_at, reason): (DateTime<Utc>, Option<String>),
        receipt: bool,
        at: DateTime<Utc>,
    ) {
        self.answered(receipt, CustomerAnswer::Rejected, received_at, at);
        self.told_as(State::Rejected { received_at, reason }, at);
    }

    fn ended(
        &mut self,
        (reason, detail): (&EndReason, Option<&String>),
        received_at: Option<DateTime<Utc>>,
        at: DateTime<Utc>,
    ) {
        let in_time = *reason == EndReason::RejectedInTime;
        let answer = if in_time { CustomerAnswer::Rejected } else { CustomerAnswer::Withdrew };
        self.answered(received_at.is_some(), answer, received_at.unwrap_or(at), at);
        let (reason, detail) = (reason.clone(), detail.cloned());
        self.told_as(State::Ended { reason, detail, ended_at: at }, at);
    }

    /// Moves to a state of which the partner has to be told.
    fn told_as(&mut self, state: State, at: DateTime<Utc>) {
        self.state = state;
        self.tell_partner_at = Some(at);
        // Whoever was to hear of a change of the window hears of its end instead.
        self.corrections.clear();
    }

    fn amended(&mut self, submission: &Arc<Submission>, at: DateTime<Utc>) {
        self.keeps_hold = self.keeps_hold && submission.items == self.submission.items;
        self.submission = Arc::clone(submission);
        self.submission_revision = self.revision;
        self.tell_partner_at = None;
        self.state = State::Submitted { validate_at: at };
    }

    fn validated(&mut self, at: DateTime<Utc>) {
        let notice = Notice { number: self.notices + 1, due_at: at, sending: None };
        self.keeps_hold = true;
        // Whoever was to hear of a contest need not any more.
        self.tell_partner_at = None;
        self.state = State::Validated { notice };
    }

    /// The window is void, because it was opened for somebody who does not decide.
    fn contact_proposed(&mut self, event: &ContactProposed, at: DateTime<Utc>) {
        let ContactProposed { notice, received_at, contact, comment, .. } = event;
        let ContactProposed { findings, answer_by, remind_at, .. } = event;
        let (notice, received_at, to) = (*notice, *received_at, contact.email.masked());
        let answer = CustomerAnswer::PassedOn { to: to.clone() };
        self.answered(true, answer, received_at, at);
        self.passed_on = Some(PassedOn { notice, at: received_at, to });
        let (findings, answer_by, remind_at) = (findings.clone(), *answer_by, *remind_at);
        let proposed = Proposed { contact: contact.clone(), comment: comment.clone() };
        let proposed = Some(Box::new(proposed));
        self.told_as(State::ActionRequired { findings, answer_by, proposed, remind_at }, at);
    }

    /// The contact of this moment is owed a receipt.
    fn answered(
        &mut self,
        owed: bool,
        answer: CustomerAnswer,
        received_at: DateTime<Utc>,
        due_at: DateTime<Utc>,
    ) {
        let (revision, notice) = (self.revision, self.notices);
        let to = || self.submission.customer.contact.clone();
        let receipt =
            owed.then(|| Receipt { revision, answer, received_at, due_at, notice, to: to() });
        self.receipts.extend(receipt);
    }

    fn notice_sending(&mut self, message_id: &str, at: DateTime<Utc>) {
        let Snapshot { state, notices, .. } = &mut self.snapshot;
        let State::Validated { notice } = state else { return };
        *notices = notice.number;
        match &mut notice.sending {
            Some(sending) => {
                // A message that nobody has got yet must not name an end that has moved.
                if !sending.is_settled() {
                    sending.date = at;
                }
                sending.in_flight = true;
            }
            None => {
                notice.sending = Some(Sending {
                    message_id: message_id.to_owned(),
                    date: at,
                    may_have_arrived: false,
                    in_flight: true,
                    deferrals: 0,
                    unknowns: 0,
                });
            }
        }
    }

    /// A copy of the notice has an outcome that is not an acceptance.
    fn notice_back(&mut self, due_at: DateTime<Utc>, count: impl FnOnce(&mut Sending)) {
        let State::Validated { notice } = &mut self.state else { return };
        notice.due_at = due_at;
        if let Some(sending) = &mut notice.sending {
            sending.in_flight = false;
            count(sending);
        }
    }

    fn reminded(&mut self) {
        if let State::Notified { reminded, .. } | State::Paused { reminded, .. } = &mut self.state {
            *reminded = true;
        }
    }

    fn finalized(&mut self, official_at: DateTime<Utc>, at: DateTime<Utc>) {
        // A window whose time stands still does not end by itself.
        let Some(window) = self.open_window().cloned() else { return };
        let confirmed = self.paused_at().is_some() || window.admits(official_at);
        let basis = Basis::Told { window: Box::new(window), confirmed };
        let association = Association { since: official_at, basis, warned: Vec::new() };
        self.told_as(State::Associated { association }, at);
    }
}
