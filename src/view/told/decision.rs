//! What people beside the customer have decided and said, in sentences without their ends.

use super::{Told, told};
use crate::claim::Event;
use crate::claim::event::ToldAgain;
use crate::claim::identity::Comment;
use crate::claim::item::Item;
use crate::claim::review::{ContestOutcome, Drawn, RefusalCause, Urgency};
use crate::view::sentences;

impl Told<'_> {
    pub(super) fn of_a_decision(&self, event: &Event) -> String {
        let at = self.moment;
        match event {
            Event::ReviewRequested(event) => {
                let why = match event.drawn {
                    Drawn::All => "as every claim of its program".to_owned(),
                    Drawn::Sample { percent } => {
                        format!("drawn as one of the {percent} in a hundred")
                    }
                };
                format!("right; under review until {}, {why}", at(event.decide.by))
            }
            Event::ReviewApproved(event) => {
                let without = match event.dropped.as_slice() {
                    [] => String::new(),
                    items => format!(" without {}", named(items)),
                };
                format!("approved by a reviewer{without}{}", self.said(event.comment.as_ref()))
            }
            Event::ClaimRefused(event) => {
                let by = match event.cause {
                    RefusalCause::Reviewer => "by a reviewer",
                    RefusalCause::Arbitration => "because another partner won the contest",
                    RefusalCause::NoAnswer => "because the partner did not answer",
                };
                format!(
                    "refused {by}; final at {}. {}",
                    at(event.until),
                    sentences(&event.findings)
                )
            }
            Event::ClaimDisputed(event) => format!(
                "disputed by the partner; somebody else decides until {}{}",
                at(event.decide.by),
                self.because(&event.justification)
            ),
            Event::DisputeDecided(event) => {
                let whom = if event.upheld { "for" } else { "against" };
                format!("the dispute was decided {whom} the claim{}", self.because(&event.reason))
            }
            Event::ClaimReactivated(event) => format!(
                "reactivated by the partner; action required until {}{}",
                at(event.answer.by),
                self.because(&event.reason)
            ),
            other => self.of_a_contest(other),
        }
    }

    fn of_a_contest(&self, event: &Event) -> String {
        let at = self.moment;
        match event {
            Event::ItemsContested(event) => format!(
                "another partner claims {}; its answer counts until {}",
                named(&event.items),
                at(event.answer_by)
            ),
            Event::ContestAnswered(event) => {
                format!("the partner {}{}", kept(event.keeps), self.said(event.comment.as_ref()))
            }
            Event::IncumbentAnswered(event) => format!(
                "the partner that has the items {}{}",
                kept(event.keeps),
                self.said(event.comment.as_ref())
            ),
            Event::ContestWon(event) => {
                let why = self.shown(|| format!(": {}", event.reason));
                format!("the contest was decided for the claim{why}")
            }
            Event::ContestClosed(event) => {
                let how = match event.outcome {
                    ContestOutcome::Kept => "the contest was decided for who has the items",
                    ContestOutcome::Withdrawn => "the other partner took its claim back",
                    ContestOutcome::Lost => "the other partner's claim goes on",
                };
                let why = event.reason.as_ref().map(|reason| self.shown(|| format!(": {reason}")));
                format!("{how}{}", why.unwrap_or_default())
            }
            other => self.of_an_addition(other),
        }
    }

    fn of_an_addition(&self, event: &Event) -> String {
        match event {
            Event::CommentAdded(event) => {
                format!("comment of the {}{}", event.from.as_str(), self.because(&event.text))
            }
            Event::ProofAdded(event) => {
                let count = event.proof_of_execution.len();
                let documents = if count == 1 { "document" } else { "documents" };
                format!("newer proof was added: {count} {documents}")
            }
            Event::IncumbentNotified(event) => {
                again("the partner was told that its items are contested", &event.told)
            }
            Event::PartnerReminded(event) => again("the partner was reminded", event),
            Event::ReviewersTold(event) => match event.urgency {
                Urgency::Reminder => again("reviewers were reminded", &event.told),
                Urgency::Overdue => again("nobody decided in time; it was told", &event.told),
            },
            other => other.name().to_owned(),
        }
    }

    fn said(&self, comment: Option<&Comment>) -> String {
        comment.map(|comment| self.because(comment)).unwrap_or_default()
    }
}

fn again(whom: &str, how: &ToldAgain) -> String {
    told(whom, how.delivered, &how.reply)
}

const fn kept(keeps: bool) -> &'static str {
    if keeps { "keeps its claim on them" } else { "gives them up" }
}

fn named(items: &[Item]) -> String {
    items.iter().map(Item::key).collect::<Vec<_>>().join(", ")
}
