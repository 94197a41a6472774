//! `tend_subscription`: asks an address whether it may be told, and sends a subscription's digest.
//!
//! Of a digest the intent comes before the effect: up to when it tells is written before it is
//! sent, so that a repeat is the same mail. Its entry is never done while the subscription wants
//! digests: it goes back to the agenda for the next day.

use std::collections::BTreeMap;
use std::sync::Arc;

use apalis_core::task::data::Data;
use chrono::{DateTime, Utc};
use cpor_jobs::TendSubscription;
use futures_util::stream::{StreamExt as _, TryStreamExt as _, iter};
use tracing::info;

use crate::claim::{Claim, ClaimId};
use crate::mail::{Delivery as MailDelivery, Mail};
use crate::notifications::{
    About, Digests, Entry, Kind, Standing, Subscription, ends_soon, passings,
};
use crate::store::StoreError;
use crate::store::agenda::Lease;
use crate::worker::desk::{Delivery, Work};
use crate::worker::error::with_causes;
use crate::worker::texts::{Day, confirmation_mail, digest_mail};
use crate::worker::{Context, Done, JobError, told};

/// Claims that are read at once.
const AT_ONCE: usize = 32;
/// The event with which a customer's time to answer begins.
const NOTIFIED: &str = "customer_notified";

pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let (Work::Entry, lease) = (delivery.work, delivery.lease) else {
        return Ok(Done::NothingToDo);
    };
    let job = TendSubscription::parse(lease.entry())
        .map_err(|error| JobError::GiveUp(error.to_string()))?;
    let found = cx.ledger.store().subscription(job.subscription_id.into()).await;
    let Some(subscription) = found.map_err(redis)? else { return Ok(Done::NothingToDo) };
    match job.asking {
        Some(number) => ask(&cx, &subscription, number, &lease).await,
        None => digest(&cx, subscription, &lease).await,
    }
}

async fn ask(
    cx: &Context,
    subscription: &Subscription,
    number: u32,
    lease: &Lease,
) -> Result<Done, JobError> {
    // Only the newest request counts, and none that was answered.
    if subscription.standing == Standing::Unconfirmed && subscription.asked == number {
        let mail = confirmation_mail(&cx.stationery, subscription)?;
        hand_over(cx, subscription, &mail, lease).await?;
    }
    Ok(Done::NothingToDo)
}

async fn digest(cx: &Context, subscription: Subscription, lease: &Lease) -> Result<Done, JobError> {
    let now = cx.ledger.clock().working_instant().now;
    let Some(next) = subscription.next_digest(now) else { return Ok(Done::NothingToDo) };
    let Digests { until: from, sending } = subscription.digests;
    let Some(until) = sending.or_else(|| passed(&subscription, now)).filter(|until| from < *until)
    else {
        return Ok(Done::Postponed { due_at: next });
    };
    let day = day(cx, &subscription, from, until).await.map_err(redis)?;
    let mut standing = subscription.standing.clone();
    if !(day.happened.is_empty() && day.ending.is_empty()) {
        note(cx, &subscription, Digests { until: from, sending: Some(until) }).await?;
        let mail = digest_mail(&cx.stationery, &subscription, &day)?;
        standing = hand_over(cx, &subscription, &mail, lease).await?;
    }
    note(cx, &subscription, Digests { until, sending: None }).await?;
    if standing == Standing::Active {
        // What was passed meanwhile, as after a long outage, is told now.
        let behind = passed(&subscription, now).is_some_and(|latest| until < latest);
        return Ok(Done::Postponed { due_at: if behind { now } else { next } });
    }
    Ok(Done::NothingToDo)
}

/// The latest hour of the subscription that has passed.
fn passed(subscription: &Subscription, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match &subscription.delivery {
        crate::notifications::Delivery::Daily { hour, time_zone } => {
            Some(passings(*hour, time_zone, now).0)
        }
        crate::notifications::Delivery::AtOnce => None,
    }
}

async fn note(cx: &Context, subscription: &Subscription, digests: Digests) -> Result<(), JobError> {
    let change = |subscription: &mut Subscription| subscription.digests = digests;
    cx.ledger.store().change_subscription(subscription.id, change).await.map(drop).map_err(redis)
}

/// What came into the inbox from an instant to another, and whose window came to end soon then.
async fn day(
    cx: &Context,
    subscription: &Subscription,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Day, StoreError> {
    let (store, mpn_id) = (cx.ledger.store(), &subscription.mpn_id);
    let mut happened = store.inbox_between(mpn_id, from, until).await?;
    happened.retain(|entry| subscription.kinds.contains(&entry.about.kind()));
    let mut ids: Vec<ClaimId> = happened.iter().filter_map(claim_of).collect();
    let watches = subscription.kinds.contains(&Kind::Window);
    if watches {
        let open = store.inbox_between(mpn_id, DateTime::UNIX_EPOCH, until).await?;
        let notified = open.iter().filter(|entry| entry.about.event() == NOTIFIED);
        ids.extend(notified.filter_map(claim_of));
    }
    let claims = claims(cx, ids).await?;
    let soon = |(id, claim): (&ClaimId, &Claim)| {
        let (since, closes_at) = ends_soon(claim).filter(|_| claim.paused_at().is_none())?;
        (watches && (from..until).contains(&since)).then_some((*id, closes_at))
    };
    let ending = claims.iter().filter_map(soon).collect();
    Ok(Day { happened, claims, ending, until })
}

fn claim_of(entry: &Entry) -> Option<ClaimId> {
    match &entry.about {
        About::Event { claim_id, .. } => Some(*claim_id),
        About::Suspended { .. } => None,
    }
}

async fn claims(
    cx: &Context,
    mut ids: Vec<ClaimId>,
) -> Result<BTreeMap<ClaimId, Claim>, StoreError> {
    ids.sort_unstable();
    ids.dedup();
    let read = async |id| cx.ledger.store().claim(id).await.map(|claim| claim.map(|c| (id, c)));
    let found = iter(ids).map(read).buffered(AT_ONCE).try_collect::<Vec<_>>().await?;
    Ok(found.into_iter().flatten().collect())
}

/// Hands a mail over, and says how the subscription stands then: an address that refuses its mail
/// for good, or for so long that there is no attempt left, is told nothing any more.
pub(super) async fn hand_over(
    cx: &Context,
    subscription: &Subscription,
    mail: &Mail,
    lease: &Lease,
) -> Result<Standing, JobError> {
    let attempt = cx.send(mail).await;
    if let MailDelivery::Refused { phase, code, .. } = &attempt.delivery {
        // The server's words may contain the address, and what a partner reads is kept for long.
        let code = code.map_or_else(|| phase.to_string(), |code| format!("{code} at {phase}"));
        let reason = format!("the mail server refuses its mail for good: {code}");
        return suspend(cx, subscription, reason).await;
    }
    let is_last = lease.failed_attempts() + 1 >= cx.settings.limits.of(lease.job()).attempts_max;
    match told(attempt) {
        Ok(_) => Ok(subscription.standing.clone()),
        Err(JobError::Retry(cause)) if is_last => suspend(cx, subscription, cause).await,
        Err(error) => Err(error),
    }
}

async fn suspend(
    cx: &Context,
    subscription: &Subscription,
    reason: String,
) -> Result<Standing, JobError> {
    let (store, id) = (cx.ledger.store(), subscription.id);
    let now = cx.ledger.clock().working_instant().now;
    info!(subscription.id = %id, "subscription {id} is suspended: {reason}");
    let (standing, link) = (Standing::Suspended { reason }, subscription.link());
    store.tell_suspended(&subscription.mpn_id, id, now).await.map_err(redis)?;
    let change = |subscription: &mut Subscription| {
        if subscription.link() == link && subscription.standing != standing {
            (subscription.standing, subscription.since) = (standing.clone(), now);
        }
    };
    store.change_subscription(id, change).await.map_err(redis)?;
    Ok(standing)
}

fn redis(error: StoreError) -> JobError {
    let text = with_causes(&error);
    if error.is_transient() { JobError::Retry(text) } else { JobError::GiveUp(text) }
}
