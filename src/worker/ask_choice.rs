//! `ask_choice`: asks the customer which partner of a contest it chooses; it decides nothing.

use std::sync::Arc;

use apalis_core::task::data::Data;

use crate::claim::choice::Incumbent;
use crate::claim::command::Command;
use crate::claim::state::Holder;
use crate::claim::{Claim, State};
use crate::store::StoreError;
use crate::worker::desk::{Delivery, Work};
use crate::worker::texts::choice_mail;
use crate::worker::{Context, Done, JobError, told};

/// Who has chosen already, by the link of a mail of unknown fate, is not asked again.
pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let Work::Claim(claim) = delivery.work else { return Ok(Done::NothingToDo) };
    let State::Contested { holders, choice: Some(choice), .. } = &claim.state else {
        return Ok(Done::NothingToDo);
    };
    if choice.ask_at.is_none() {
        return Ok(Done::NothingToDo);
    }
    let contest = choice.contest;
    let incumbents = incumbents(&cx, &claim, holders).await?;
    let Some(mail) = choice_mail(&cx.stationery, &claim, &incumbents)? else {
        return Ok(Done::NothingToDo);
    };
    let told = told(cx.send(&mail).await)?;
    let command = Command::RecordChoiceAsked { contest, incumbents, told };
    let applied = cx.ledger.apply_and_acknowledge(*claim, &command, &delivery.lease).await?;
    Ok(Done::told(applied, &delivery.lease))
}

/// Who has the items, each claim once.
async fn incumbents(
    cx: &Context,
    claim: &Claim,
    holders: &[Holder],
) -> Result<Vec<Incumbent>, StoreError> {
    let mut found: Vec<Incumbent> = Vec::new();
    for holder in holders.iter().filter(|holder| holder.claim_id != claim.id) {
        if found.iter().any(|known| known.claim_id == holder.claim_id) {
            continue;
        }
        // It may have left for the archive.
        let other = cx.ledger.store().claim(holder.claim_id).await?;
        let domain =
            other.map(|other| other.submission.partner.contact.email.domain().unicode().to_owned());
        let (claim_id, mpn_id) = (holder.claim_id, holder.mpn_id.clone());
        found.push(Incumbent { claim_id, mpn_id, domain });
    }
    Ok(found)
}
