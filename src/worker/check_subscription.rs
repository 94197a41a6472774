//! `check_subscription`: asks once a day until when the subscriptions of an association last, warns
//! both sides before their end, and ends the association at it.
//!
//! Nothing is written while nothing changes: the entry goes back to the agenda for the next day.
//! What the directory does not know ends nothing; an imported association then ends on the day
//! with which it was imported.

use std::sync::Arc;

use apalis_core::task::data::Data;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use cpor_jobs::Job;
use serde::Deserialize;

use crate::claim::command::Command;
use crate::claim::item::Item;
use crate::claim::lasting::EndWarning;
use crate::claim::state::{Association, EndReason};
use crate::claim::{Claim, State};
use crate::directory::{Directory, Lasting};
use crate::worker::desk::{Delivery, Work};
use crate::worker::error::with_causes;
use crate::worker::texts::ending_mail;
use crate::worker::{Context, Done, JobError, told};

/// The section `subscriptions` of the settings.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct SubscriptionSettings {
    pub check_every_hours: u32,
    pub first_warning_days: u32,
    pub second_warning_days: u32,
}

impl SubscriptionSettings {
    /// The key of a value that cannot be used, and what is wrong with it.
    #[must_use]
    pub fn problem(&self) -> Option<(&'static str, &'static str)> {
        if !(1..=168).contains(&self.check_every_hours) {
            return Some(("subscriptions.check_every_hours", "must be 1 to 168"));
        }
        let too_early = |days: u32| days > 365;
        if too_early(self.first_warning_days) || too_early(self.second_warning_days) {
            return Some(("subscriptions", "warns at most 365 days before an end"));
        }
        None
    }

    /// How many days before an end the first warning goes out; 0 when none does.
    #[must_use]
    pub fn soon_days(&self) -> u32 {
        self.first_warning_days.max(self.second_warning_days)
    }

    /// How many days before an end somebody is warned; the same twice is once.
    fn warning_days(&self) -> Vec<u32> {
        let days = [self.first_warning_days, self.second_warning_days];
        days.into_iter().filter(|days| *days > 0).collect()
    }
}

pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let Work::Claim(claim) = delivery.work else { return Ok(Done::NothingToDo) };
    let State::Associated { association } = &claim.state else { return Ok(Done::NothingToDo) };
    if claim.watched_since().is_none() {
        return Ok(Done::NothingToDo);
    }
    let now = cx.ledger.clock().working_instant().now;
    let settings = cx.settings.subscriptions;
    let command = match lasting(&claim, association, &cx.directory, now).await {
        Lasting::Over => Command::End { reason: EndReason::SubscriptionEnded, detail: None },
        Lasting::Open => return Ok(next(&settings, None, now)),
        Lasting::Until(ends_on) => {
            let owed =
                association.owed_warning(ends_on, now.date_naive(), &settings.warning_days());
            match owed {
                Some(warning) => warn(&claim, warning, &cx).await?,
                None => return Ok(next(&settings, Some(ends_on), now)),
            }
        }
    };
    // What is still to be told, and the next look, follow from the commit.
    Ok(cx.ledger.apply_and_acknowledge(*claim, &command, &delivery.lease).await?.into())
}

/// Until when an association lasts.
pub(crate) async fn lasting(
    claim: &Claim,
    association: &Association,
    directory: &Directory,
    now: DateTime<Utc>,
) -> Lasting {
    let (submission, today) = (&claim.submission, now.date_naive());
    let subscription = |item: &Item| match item {
        Item::Subscription { subscription_id, .. } => Some(subscription_id.as_uuid()),
        Item::Workload { .. } => None,
    };
    let subscriptions: Vec<_> = submission.items.iter().filter_map(subscription).collect();
    let tenant_id = submission.customer.tenant_id.as_uuid();
    let known = if subscriptions.is_empty() {
        None
    } else {
        directory.lasting(tenant_id, &subscriptions, today).await
    };
    let imported = || association.imported().map(|imported| imported.ends_on);
    known.unwrap_or_else(|| match imported() {
        Some(ends_on) if ends_on < today => Lasting::Over,
        Some(ends_on) => Lasting::Until(ends_on),
        None => Lasting::Open,
    })
}

async fn warn(claim: &Claim, warning: EndWarning, cx: &Context) -> Result<Command, JobError> {
    let mail = ending_mail(&cx.stationery, claim, warning)?;
    let told = told(cx.send(&mail).await)?;
    Ok(Command::RecordEndWarning { warning, told })
}

/// Looks again after the time that is set, or as soon as the last day is over.
fn next(
    settings: &SubscriptionSettings,
    ends_on: Option<chrono::NaiveDate>,
    now: DateTime<Utc>,
) -> Done {
    let later = now + TimeDelta::hours(i64::from(settings.check_every_hours));
    let over = ends_on.and_then(|day| day.succ_opt());
    let over = over.map(|day| day.and_time(NaiveTime::MIN).and_utc());
    Done::Postponed { due_at: over.filter(|over| *over > now).map_or(later, |at| at.min(later)) }
}

/// Associations that were official before there was this job are looked at from now on.
pub(super) async fn watch_earlier(cx: &Context) {
    if !cx.settings.jobs.contains(&Job::CheckSubscription) {
        return;
    }
    let store = cx.ledger.store();
    for partition in 0..store.keys().partitions() {
        match store.watch_subscriptions(partition).await {
            Ok(0) => {}
            Ok(claims) => tracing::info!(
                agenda.claims = claims,
                "the subscriptions of {claims} associations are looked at from now on"
            ),
            Err(error) => {
                let error = with_causes(&error);
                tracing::warn!(
                    error,
                    "earlier associations are not looked at; the next start tries"
                );
                return;
            }
        }
    }
}
