//! The customer chooses between the partners of a contest, where the deployment asks it to.

use chrono::{DateTime, Utc};

use crate::claim::Claim;
use crate::claim::choice::{CHOICES_MAX, CustomerChoice, CustomerSay, Incumbent};
use crate::claim::command::{Arbitration, CustomerWord, Told, Why};
use crate::claim::decide::contest::decided;
use crate::claim::decide::{Decision, nothing_to_do};
use crate::claim::event::{ChoiceAsked, CustomerChose, Event};
use crate::claim::identity::ClaimId;
use crate::claim::state::{Holder, State};

/// Fits a contest that goes on; until it is decided the customer can choose anew.
pub(super) fn choose(claim: &Claim, word: &CustomerWord, now: DateTime<Utc>) -> Decision {
    match &claim.state {
        State::Contested { choice: Some(asked), .. } if asked.contest == word.contest => {
            chosen(claim, asked, word, now)
        }
        State::Contested { .. } => Err(Why::NoSuchContest { contest: word.contest }),
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
        | State::Ended { .. } => Err(Why::WrongStatus),
    }
}

/// The customer's word overrides the incumbent's time to answer: the data is the customer's.
fn chosen(
    claim: &Claim,
    asked: &CustomerChoice,
    word: &CustomerWord,
    now: DateTime<Utc>,
) -> Decision {
    let CustomerWord { choice, comment, holders, terms, .. } = word;
    if let Some(known) = &asked.chosen {
        if known.choice == *choice && known.comment == *comment {
            return nothing_to_do();
        }
        if known.times >= CHOICES_MAX {
            return Err(Why::TooMany);
        }
    }
    let comment = comment.clone();
    let mut events = vec![Event::CustomerChose(CustomerChose { choice: *choice, comment })];
    let decides = asked.say == CustomerSay::Decides && are_known(claim, holders);
    let reason = choice.reason().filter(|_| decides);
    if let Some((reason, upheld)) = reason.zip(choice.is_for_the_claim()) {
        let (reason, holders, terms) = (reason.to_owned(), holders.clone(), terms.clone());
        match decided(claim, &Arbitration { upheld, reason, holders, terms }, now) {
            Ok(outcome) => events.extend(outcome),
            // The partner has taken the items itself meanwhile: a reviewer has to look.
            Err(Why::ItemsHeld { .. }) => {}
            Err(why) => return Err(why),
        }
    }
    Ok(events)
}

/// Whether the customer was told of all that have the items now. Of others it has not decided, and
/// a reviewer has to look.
fn are_known(claim: &Claim, holders: &[Holder]) -> bool {
    let State::Contested { holders: told, .. } = &claim.state else { return false };
    let is_told = |id: ClaimId| told.iter().any(|holder| holder.claim_id == id);
    holders.iter().all(|holder| holder.claim_id == claim.id || is_told(holder.claim_id))
}

/// Fits every state: the contest may have been decided while the customer was asked.
pub(super) fn record_asked(
    claim: &Claim,
    contest: u64,
    incumbents: &[Incumbent],
    told: &Told,
) -> Vec<Event> {
    let State::Contested { choice: Some(asked), .. } = &claim.state else { return Vec::new() };
    if asked.contest != contest || asked.ask_at.is_none() {
        return Vec::new();
    }
    let (incumbents, told) = (incumbents.to_vec(), told.into());
    vec![Event::ChoiceAsked(ChoiceAsked { contest, incumbents, told })]
}
