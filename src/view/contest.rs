//! Contests of a claim's items, as programs see them.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::claim::choice::{Choice, CustomerChoice, CustomerSay};
use crate::claim::identity::Comment;
use crate::claim::item::Item;
use crate::claim::review::Contest;
use crate::claim::{ClaimId, State};

/// Another partner claims items of this claim.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Contest")]
pub struct ContestView<'a> {
    /// Its number, by which the partner answers.
    contest: u64,
    /// The other claim; only for those who decide between partners.
    #[schemars(with = "Option<uuid::Uuid>")]
    pub(super) by: Option<ClaimId>,
    /// What it wants.
    #[schemars(with = "Vec<cpor_jobs::Item>")]
    items: &'a [Item],
    /// Since when.
    since: DateTime<Utc>,
    /// Until when nobody decides against this claim without an answer.
    answer_by: DateTime<Utc>,
    /// What the partner has answered: whether it keeps its claim on the items.
    keeps: Option<bool>,
}

impl<'a> ContestView<'a> {
    /// A contest as those see it who decide.
    pub(super) fn of(contest: &'a Contest) -> Self {
        Self {
            contest: contest.revision,
            by: Some(contest.by),
            items: &contest.items,
            since: contest.since,
            answer_by: contest.answer_by,
            keeps: contest.answer.as_ref().map(|answer| answer.keeps),
        }
    }
}

/// What the customer is asked in a contest, and what it has chosen; only for those who decide.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CustomerChoice")]
pub struct ChoiceView<'a> {
    /// What the choice counts for: `advises` or `decides`.
    counts: CustomerSay,
    /// Whether the customer was asked.
    asked: bool,
    /// Whether its contact could be reached; nothing until it was asked.
    reached: Option<bool>,
    /// Whom it chose.
    choice: Option<Choice>,
    /// In the customer's words.
    comment: Option<&'a str>,
    /// When.
    chosen_at: Option<DateTime<Utc>>,
}

impl<'a> ChoiceView<'a> {
    /// The choice as those see it who decide.
    pub(super) fn of(asked: &'a CustomerChoice) -> Self {
        let chosen = asked.chosen.as_ref();
        Self {
            counts: asked.say,
            asked: asked.ask_at.is_none(),
            reached: asked.ask_at.is_none().then_some(!asked.unreached),
            choice: chosen.map(|chosen| chosen.choice),
            comment: chosen.and_then(|chosen| chosen.comment.as_ref()).map(Comment::as_str),
            chosen_at: chosen.map(|chosen| chosen.at),
        }
    }

    /// The same without the customer's words.
    pub(super) fn without_words(self) -> Self {
        Self { comment: None, ..self }
    }
}

/// Why the claim was refused, while its partner can still do something about it.
pub(super) fn refused_by(state: &State) -> Option<&'static str> {
    match state {
        State::Refused(refused) => Some(refused.cause.as_str()),
        State::Disputed(disputed) => Some(disputed.refusal.cause.as_str()),
        _ => None,
    }
}
