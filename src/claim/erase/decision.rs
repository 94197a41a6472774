//! What of the decisions of people, and of what they say, is personal data.

use super::event::{Eraser, marker};
use crate::claim::event::{Event, ToldAgain};
use crate::claim::identity::{Comment, Line, Location};
use crate::claim::submission::ProofOfExecution;

impl Eraser {
    /// Whether the event is one of these; then it is done.
    pub(super) fn decision(&mut self, event: &mut Event) -> bool {
        match event {
            Event::ReviewApproved(event) => {
                event.submission = event.submission.as_ref().map(|old| self.submission(old));
                self.maybe(&mut event.comment);
            }
            Event::ClaimRefused(event) => {
                event.findings = self.findings(&event.findings);
                event.by = self.said_by_us("by", &event.by);
            }
            Event::ClaimDisputed(event) => {
                event.justification = self.comment("justification");
                self.proofs(&mut event.proof_of_execution);
            }
            Event::DisputeDecided(event) => event.reason = self.comment("reason"),
            Event::ClaimReactivated(event) => {
                event.reason = self.comment("reason");
                event.findings = self.findings(&event.findings);
            }
            Event::ContestAnswered(event) => self.maybe(&mut event.comment),
            Event::IncumbentAnswered(event) => self.maybe(&mut event.comment),
            Event::ContestWon(event) => event.reason = self.words("reason"),
            Event::ContestClosed(event) => {
                event.reason = event.reason.as_ref().map(|_| self.words("reason"));
            }
            Event::CommentAdded(event) => event.text = self.comment("comment"),
            Event::ProofAdded(event) => self.proofs(&mut event.proof_of_execution),
            Event::IncumbentNotified(event) => self.told(&mut event.told),
            Event::PartnerReminded(told) => self.told(told),
            Event::ReviewersTold(event) => self.told(&mut event.told),
            _ => return false,
        }
        true
    }

    fn maybe(&mut self, comment: &mut Option<Comment>) {
        *comment = comment.as_ref().map(|_| self.comment("comment"));
    }

    fn told(&mut self, told: &mut ToldAgain) {
        told.reply = self.words("reply");
    }

    pub(super) fn proofs(&mut self, proofs: &mut [ProofOfExecution]) {
        for proof in proofs {
            match proof {
                ProofOfExecution::Document { name, location, .. } => {
                    *name = marker(Line::parse);
                    *location = marker(Location::parse);
                }
                ProofOfExecution::Uploaded { .. } => {}
            }
        }
    }
}
