//! `notify_partner`: tells the partner how its claim stands, or that its items are contested.

use std::sync::Arc;

use apalis_core::task::data::Data;

use crate::claim::Status;
use crate::claim::command::Command;
use crate::mail::PartnerOutcome;
use crate::worker::desk::{Delivery, Work};
use crate::worker::texts::{contest_notice, partner_mail};
use crate::worker::{Context, Done, JobError, told};

pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let Work::Claim(claim) = delivery.work else { return Ok(Done::NothingToDo) };
    let command = match (claim.tell_partner_at, outcome(claim.status())) {
        (Some(told_at), Some(outcome)) => {
            let mail = partner_mail(&cx.stationery, &claim, outcome, told_at)?;
            let told = told(cx.send(&mail).await)?;
            Command::RecordPartnerNotice { outcome: claim.status(), told }
        }
        _ => {
            let untold = claim.file.contests.iter().find(|contest| !contest.told);
            let Some(contest) = untold else { return Ok(Done::NothingToDo) };
            let mail = contest_notice(&cx.stationery, &claim, contest)?;
            let told = told(cx.send(&mail).await)?;
            Command::RecordContestNotice { contest: contest.revision, told }
        }
    };
    let applied = cx.ledger.apply_and_acknowledge(*claim, &command, &delivery.lease).await?;
    Ok(Done::told(applied, &delivery.lease))
}

/// What there is to tell; nothing while the claim is on its way.
pub(super) fn outcome(status: Status) -> Option<PartnerOutcome> {
    match status {
        Status::ActionRequired => Some(PartnerOutcome::ActionRequired),
        Status::Disqualified => Some(PartnerOutcome::Disqualified),
        Status::Contested => Some(PartnerOutcome::Contested),
        Status::Refused => Some(PartnerOutcome::Refused),
        Status::Rejected => Some(PartnerOutcome::Rejected),
        Status::Associated => Some(PartnerOutcome::Associated),
        Status::Withdrawn => Some(PartnerOutcome::Withdrawn),
        Status::Ended => Some(PartnerOutcome::Ended),
        Status::Submitted
        | Status::UnderReview
        | Status::Disputed
        | Status::Validated
        | Status::Notified
        | Status::Paused => None,
    }
}
