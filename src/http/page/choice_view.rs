//! What the page of a contest shows: who has the items, and what the customer has chosen.

use std::collections::BTreeSet;

use serde::Serialize;

use super::facts::{ClaimFacts, ItemFacts, Teller};
use super::form::Values;
use crate::claim::choice::{Choice, Incumbent};
use crate::claim::event::{Event, Recorded};
use crate::claim::{Claim, State};
use crate::http::Web;
use crate::store::StoreError;

/// The page, as its templates read it.
#[derive(Serialize)]
pub(super) struct ChoiceView<'a> {
    /// Who claims the items anew, and which.
    pub claim: ClaimFacts,
    /// Who has them; nobody once the contest is over.
    pub incumbents: Vec<PartyFacts>,
    /// Whether the contest goes on.
    pub is_open: bool,
    /// Whether it is over because the partner has taken its claim back.
    pub is_withdrawn: bool,
    /// Whether the choice of a partner decides.
    pub decides: bool,
    /// What was chosen before.
    pub chosen: Option<ChosenFacts>,
    pub banner: Option<&'static str>,
    /// Where the form goes.
    pub here: String,
    pub values: &'a Values,
    /// The choice of the first step.
    pub picked: Option<&'static str>,
    /// What ties the second step to the first.
    pub step: Option<&'a str>,
}

/// A partner that has items of the contest.
#[derive(Serialize)]
pub(super) struct PartyFacts {
    /// The domain of its contact, or its location where its claim is not there any more.
    partner: String,
    mpn_id: String,
    since: String,
    /// Whether it is partner of record; otherwise it claims the items.
    is_official: bool,
    items: Vec<ItemFacts>,
}

/// What the customer has chosen.
#[derive(Serialize)]
pub(super) struct ChosenFacts {
    choice: &'static str,
    /// Who that was, where it is known.
    partner: Option<String>,
    at: String,
    comment: Option<String>,
}

/// Who has the items of a contested claim, each claim once.
pub(super) async fn parties(
    web: &Web,
    claim: &Claim,
    teller: &Teller,
) -> Result<Vec<PartyFacts>, StoreError> {
    let State::Contested { holders, .. } = &claim.state else { return Ok(Vec::new()) };
    let catalog = &web.ledger.rules().catalog;
    let mut seen = Vec::new();
    let mut parties = Vec::new();
    for holder in holders.iter().filter(|holder| holder.claim_id != claim.id) {
        if seen.contains(&holder.claim_id) {
            continue;
        }
        seen.push(holder.claim_id);
        let other = web.ledger.store().claim(holder.claim_id).await?;
        let domain =
            |other: Claim| other.submission.partner.contact.email.domain().unicode().to_owned();
        let mpn_id = holder.mpn_id.to_string();
        let own = holders.iter().filter(|other| other.claim_id == holder.claim_id);
        parties.push(PartyFacts {
            partner: other.map_or_else(|| mpn_id.clone(), domain),
            mpn_id,
            since: teller.moment(holder.since),
            is_official: holder.official,
            items: own.map(|holder| ItemFacts::of(&holder.item, catalog)).collect(),
        });
    }
    Ok(parties)
}

/// The newest choice in the contest that this event has brought, and whom that meant when the
/// customer was asked.
pub(super) fn chosen(
    claim: &Claim,
    history: &[Recorded],
    contest: u64,
    teller: &Teller,
) -> Option<ChosenFacts> {
    let later = history.iter().filter(|recorded| recorded.revision > contest);
    let of_it = later.take_while(|recorded| !matches!(recorded.event, Event::ClaimContested(_)));
    let (mut incumbents, mut newest) = (&[][..], None);
    for recorded in of_it {
        match &recorded.event {
            Event::ChoiceAsked(asked) => incumbents = &asked.incumbents,
            Event::CustomerChose(chose) => newest = Some((chose, recorded.at)),
            _ => {}
        }
    }
    newest.map(|(chose, at)| ChosenFacts {
        choice: chose.choice.as_str(),
        partner: partner(claim, chose.choice, incumbents),
        at: teller.moment(at),
        comment: chose.comment.as_ref().map(|comment| comment.as_str().to_owned()),
    })
}

/// By what name the customer knows whom it chose.
fn partner(claim: &Claim, choice: Choice, incumbents: &[Incumbent]) -> Option<String> {
    match choice {
        Choice::Challenger => {
            Some(claim.submission.partner.contact.email.domain().unicode().to_owned())
        }
        Choice::Incumbent => {
            let name = |one: &Incumbent| one.domain.clone().unwrap_or(one.mpn_id.to_string());
            let names: BTreeSet<String> = incumbents.iter().map(name).collect();
            let names: Vec<String> = names.into_iter().collect();
            Some(names.join(", ")).filter(|names| !names.is_empty())
        }
        Choice::Neither => None,
    }
}
