//! `deliver_webhook`: tells a webhook of one event of a claim.

use std::sync::Arc;

use apalis_core::task::data::Data;
use chrono::{DateTime, TimeDelta, Utc};
use cpor_jobs::DeliverWebhook;
use tracing::warn;

use crate::claim::Recorded;
use crate::metrics::Reached;
use crate::store::agenda::Lease;
use crate::webhook::{Answer, Attempted, Pass, Pause, Reply, Webhook, payload};
use crate::worker::desk::{Delivery, Work};
use crate::worker::error::with_causes;
use crate::worker::{Context, Done, JobError};

/// How often a delivery to a paused webhook looks whether it was resumed.
const PAUSED_LOOK: TimeDelta = TimeDelta::hours(1);
/// How long after its event a delivery to a paused webhook is kept.
const PAUSED_MAX: TimeDelta = TimeDelta::days(3);
/// Why a webhook is paused whose receiver says so.
const GONE: &str = "the receiver answered 410 Gone";

pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let (Work::Claim(claim), lease) = (delivery.work, delivery.lease) else {
        return Ok(Done::NothingToDo);
    };
    let job = DeliverWebhook::parse(lease.entry())
        .map_err(|error| JobError::GiveUp(error.to_string()))?;
    let store = cx.ledger.store();
    let Some(webhook) = store.webhook(job.webhook_id.into()).await? else {
        return Ok(Done::NothingToDo); // Nobody is there any more who could be told.
    };
    let history = store.history(claim.id).await?;
    let (Some(event), Some(body)) = (event(&job, &history), payload(&job, &history)) else {
        return Err(JobError::GiveUp("the claim has no such event".to_owned()));
    };
    let now = cx.ledger.clock().working_instant().now;
    if webhook.paused.is_some() {
        return Ok(put_off_while_paused(event, now));
    }
    let _pass = match cx.courier.enter(webhook.id).await {
        Pass::Go(pass) => pass,
        Pass::Later(pause) => return Ok(Done::Postponed { due_at: now + pause }),
    };
    let now = cx.ledger.clock().working_instant().now;
    let started = std::time::Instant::now();
    let reply = cx.courier.deliver(&webhook, &job.entry(), body, now).await;
    store.metrics().told_webhook(reached(&reply), started.elapsed());
    record(&cx, &webhook, &lease, event, &reply, now).await;
    match reply.answer {
        Answer::Delivered => Ok(Done::NothingToDo),
        Answer::Failed(why) => Err(JobError::Retry(why)),
        Answer::Gone => {
            pause(&cx, &webhook, now).await?;
            Ok(put_off_while_paused(event, now))
        }
    }
}

fn reached(reply: &Reply) -> Reached {
    match (&reply.answer, reply.status) {
        (Answer::Delivered, _) => Reached::Delivered,
        (Answer::Gone, _) => Reached::Gone,
        (Answer::Failed(_), Some(_)) => Reached::Refused,
        (Answer::Failed(_), None) => Reached::Unreachable,
    }
}

fn event<'a>(job: &DeliverWebhook, history: &'a [Recorded]) -> Option<&'a Recorded> {
    history.iter().find(|recorded| recorded.revision == job.revision)
}

/// A delivery that waited too long is left out: who resumes the webhook can ask for it again.
fn put_off_while_paused(event: &Recorded, now: DateTime<Utc>) -> Done {
    let due_at = now + PAUSED_LOOK;
    if due_at < event.at + PAUSED_MAX { Done::Postponed { due_at } } else { Done::NothingToDo }
}

async fn pause(cx: &Context, webhook: &Webhook, now: DateTime<Utc>) -> Result<(), JobError> {
    warn!(webhook.id = %webhook.id, "webhook {} is paused: {GONE}", webhook.id);
    let change = |webhook: &mut Webhook| {
        webhook.paused.get_or_insert_with(|| Pause { since: now, reason: GONE.to_owned() });
    };
    cx.ledger.store().change_webhook(webhook.id, change).await?;
    Ok(())
}

/// For people; a delivery counts also when this could not be written.
async fn record(
    cx: &Context,
    webhook: &Webhook,
    lease: &Lease,
    event: &Recorded,
    reply: &Reply,
    at: DateTime<Utc>,
) {
    let error = match &reply.answer {
        Answer::Delivered => None,
        Answer::Gone => Some(GONE.to_owned()),
        Answer::Failed(why) => Some(why.clone()),
    };
    let attempted = Attempted {
        delivery_id: lease.entry().to_owned(),
        event: event.event.name().to_owned(),
        at,
        attempt: lease.failed_attempts() + 1,
        delivered: reply.answer == Answer::Delivered,
        status: reply.status,
        error,
    };
    if let Err(error) = cx.ledger.store().record_attempt(webhook.id, &attempted).await {
        warn!(error = with_causes(&error), "going on without a record of this delivery");
    }
}
