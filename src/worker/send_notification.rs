//! `send_notification`: tells one address of the partner's people of one event of a claim.
//!
//! Of a window that has opened it tells when that window ends soon, and only then.

use std::sync::Arc;

use apalis_core::task::data::Data;
use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::SendNotification;

use crate::claim::{Claim, Event, Recorded};
use crate::notifications::{Standing, ends_soon, kind_of};
use crate::store::StoreError;
use crate::worker::desk::{Delivery, Work};
use crate::worker::error::with_causes;
use crate::worker::tend_subscription::hand_over;
use crate::worker::texts::notification_mail;
use crate::worker::{Context, Done, JobError};

/// How long until a window that stands still is looked at again.
const STILL: TimeDelta = TimeDelta::days(1);

pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let (Work::Claim(claim), lease) = (delivery.work, delivery.lease) else {
        return Ok(Done::NothingToDo);
    };
    let job = SendNotification::parse(lease.entry())
        .map_err(|error| JobError::GiveUp(error.to_string()))?;
    let store = cx.ledger.store();
    let found = store.subscription(job.subscription_id.into()).await.map_err(redis)?;
    let Some(subscription) = found.filter(|found| found.standing == Standing::Active) else {
        return Ok(Done::NothingToDo); // Nobody is there any more who could be told.
    };
    let history = store.history(claim.id).await.map_err(redis)?;
    let Some(recorded) = history.iter().find(|recorded| recorded.revision == job.revision) else {
        return Err(JobError::GiveUp("the claim has no such event".to_owned()));
    };
    let Some(kind) = kind_of(&recorded.event) else { return Ok(Done::NothingToDo) };
    let now = cx.ledger.clock().working_instant().now;
    let (date, revision) = match &recorded.event {
        Event::CustomerNotified { .. } => match soon(&claim, now) {
            Moment::Now(date) => (date, claim.revision),
            Moment::Later(due_at) => return Ok(Done::Postponed { due_at }),
            Moment::Never => return Ok(Done::NothingToDo),
        },
        _ => (recorded.at, recorded.revision),
    };
    // As it stood then, so that every copy says the same.
    let Some(then) = as_of(&claim, &history, revision) else { return Ok(Done::NothingToDo) };
    let mail = notification_mail(&cx.stationery, &subscription, (&then, recorded), kind, date)?;
    hand_over(&cx, &subscription, &mail, &lease).await.map(|_| Done::NothingToDo)
}

fn as_of(claim: &Claim, history: &[Recorded], revision: u64) -> Option<Claim> {
    let until = usize::try_from(revision).ok()?;
    Claim::replay(claim.id, history.get(..until)?)
}

/// When something is to be told.
enum Moment {
    /// Now, by a mail of this date.
    Now(DateTime<Utc>),
    /// Not yet.
    Later(DateTime<Utc>),
    /// There is nothing to tell any more.
    Never,
}

/// The window may have become longer since, or stand still.
fn soon(claim: &Claim, now: DateTime<Utc>) -> Moment {
    if claim.paused_at().is_some() {
        return Moment::Later(now + STILL);
    }
    match ends_soon(claim) {
        Some((from, _)) if now < from => Moment::Later(from),
        Some((from, closes_at)) if now < closes_at => Moment::Now(from),
        Some(_) | None => Moment::Never,
    }
}

fn redis(error: StoreError) -> JobError {
    let text = with_causes(&error);
    if error.is_transient() { JobError::Retry(text) } else { JobError::GiveUp(text) }
}
