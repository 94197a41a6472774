//! What decides between two partners, and what a dispute is about, in words. Nothing is decided
//! here.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::calendar::{Language, Zone, moment};
use crate::claim::review::{ContestAnswer, RefusalCause};
use crate::claim::state::Holder;
use crate::claim::{Claim, ClaimId, State};

use super::side::Side;

/// Claims that have the items and are shown, at most.
pub(super) const OTHERS_MAX: usize = 6;

/// The claims that have items of this one, each once.
pub(super) fn others(claim: &Claim, holders: &[Holder]) -> Vec<ClaimId> {
    let mut others: Vec<ClaimId> = holders.iter().map(|holder| holder.claim_id).collect();
    others.retain(|id| *id != claim.id);
    others.sort_unstable();
    others.dedup();
    others
}

/// The rule, and what it finds, in sentences.
pub(super) fn rule(
    claim: &Claim,
    sides: &[Side],
    (zone, now, sees): (&Zone, DateTime<Utc>, bool),
) -> Vec<String> {
    let mut said = vec![
        "The newest proof and the answer of who has the items decide; a reviewer weighs them, and \
         both partners read the reason."
            .to_owned(),
    ];
    let at = |at| moment(at, zone, Language::English);
    said.extend(newest(sides, &at));
    if let State::Contested { holders, answer_by, answers, .. } = &claim.state {
        for id in others(claim, holders) {
            let mpn_id = holders.iter().find(|holder| holder.claim_id == id);
            let mpn_id = mpn_id.map(|holder| holder.mpn_id.to_string()).unwrap_or_default();
            let answer = answers.iter().find(|answer| answer.claim_id == id);
            let answer = answer.map(|answer| &answer.answer);
            said.push(answered(&mpn_id, answer, *answer_by, (&at, now, sees)));
        }
    }
    said
}

/// Whose proof is the newest, if anybody's is.
fn newest(sides: &[Side], at: &impl Fn(DateTime<Utc>) -> String) -> Option<String> {
    let came_at = sides.iter().filter_map(|side| side.newest).max()?;
    let mut newest = sides.iter().filter(|side| side.newest == Some(came_at));
    let (side, when) = (newest.next()?, at(came_at));
    if newest.next().is_some() {
        return Some(format!("Nobody's proof is newer than the other's: both came on {when}."));
    }
    let (of, mpn_id) =
        (if side.is_this { "this claim's" } else { "the other side's" }, &side.mpn_id);
    Some(format!("The newest proof is {of}, of partner {mpn_id}: it came on {when}."))
}

fn answered(
    mpn_id: &str,
    answer: Option<&ContestAnswer>,
    answer_by: Option<DateTime<Utc>>,
    (at, now, sees): (&impl Fn(DateTime<Utc>) -> String, DateTime<Utc>, bool),
) -> String {
    match (answer, answer_by) {
        (Some(answer), _) => {
            let what = if answer.keeps { "keeps the items" } else { "gives the items up" };
            let why = answer.comment.as_ref().filter(|_| sees);
            let why = why.map(|words| format!(": “{}”", words.as_str())).unwrap_or_default();
            format!("Partner {mpn_id} answered on {} that it {what}{why}", at(answer.at))
        }
        (None, Some(by)) if now < by => {
            format!("Partner {mpn_id} has not answered yet, and can until {}.", at(by))
        }
        (None, Some(by)) => {
            format!("Partner {mpn_id} has not answered; its time ended on {}.", at(by))
        }
        (None, None) => format!("Partner {mpn_id} was not asked: an earlier release asked nobody."),
    }
}

/// What a dispute is about.
#[derive(Serialize)]
pub(super) struct Dispute {
    /// Who refused the claim.
    by: String,
    because: &'static str,
    /// In the partner's words; nothing for those who do not see them.
    justification: Option<String>,
    /// How many proofs came after the submission.
    newer_proof: usize,
}

impl Dispute {
    /// The dispute that waits for a decision.
    pub fn of(claim: &Claim, sees: bool) -> Option<Self> {
        let State::Disputed(disputed) = &claim.state else { return None };
        let added = claim.file.added_proof.iter();
        Some(Self {
            by: disputed.refusal.by.clone(),
            because: match disputed.refusal.cause {
                RefusalCause::Reviewer => "a reviewer refused it",
                RefusalCause::Arbitration => "another partner won the contest",
                RefusalCause::NoAnswer => "the partner did not answer",
            },
            justification: sees.then(|| disputed.justification.as_str().to_owned()),
            newer_proof: added.map(|added| added.proof_of_execution.len()).sum(),
        })
    }
}
