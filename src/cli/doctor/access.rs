//! What the doctor says about who comes in and who is told: API keys, and the webhooks' backlog.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};

use cpor::access::{ApiKeys, ListedApiKey};
use cpor::app::App;

use super::Diagnosis;
use crate::cli::words;

/// A key that ends within so many days should be rotated.
const SOON: TimeDelta = TimeDelta::days(14);
/// Events that webhooks may be behind by.
const BEHIND_MAX: usize = 1_000;

/// API keys and webhooks.
pub async fn checks(app: &App) -> Result<Vec<Diagnosis>> {
    let keys = ApiKeys::new(app.ledger.store().clone()).list().await?;
    let now = app.ledger.clock().real();
    let mut checks: Vec<_> = keys
        .iter()
        .filter(|key| !is_replaced(key, &keys))
        .filter_map(|key| ending(key, now))
        .collect();
    checks.extend(development(app));
    checks.extend(development_user(app));
    if checks.is_empty() {
        let live = keys.iter().filter(|key| ends(key).is_none_or(|end| end > now)).count();
        checks.push(Diagnosis::fine("keys", format!("{live} API keys, none of which ends soon")));
    }
    checks.push(webhooks(app).await?);
    Ok(checks)
}

fn ends(key: &ListedApiKey) -> Option<DateTime<Utc>> {
    [key.record.expires_at, key.record.revoked_at].into_iter().flatten().min()
}

/// Whether another key with the same authority lasts longer, as after a rotation.
fn is_replaced(key: &ListedApiKey, keys: &[ListedApiKey]) -> bool {
    let end = |key| ends(key).unwrap_or(DateTime::<Utc>::MAX_UTC);
    keys.iter().any(|one| one.record.authority == key.record.authority && end(one) > end(key))
}

/// One that was revoked, or has ended, is nobody's any more.
fn ending(key: &ListedApiKey, now: DateTime<Utc>) -> Option<Diagnosis> {
    let end = ends(key).filter(|end| now < *end && *end < now + SOON)?;
    let (id, label) = (&key.record.id, &key.record.label);
    let finding = format!("the API key {id} ({label}) ends at {}", words::utc(end));
    Some(Diagnosis::found("keys", finding, format!("cpor key rotate {id}")))
}

fn development(app: &App) -> Option<Diagnosis> {
    let settings = &app.settings;
    let open = settings.access.development_keys && !settings.http.listen.ip().is_loopback();
    let finding = "keys for development are asked for, and others reach the server";
    let remedy = "set access.development_keys to false, and revoke those that were made";
    open.then(|| Diagnosis::found("keys", finding, remedy))
}

fn development_user(app: &App) -> Option<Diagnosis> {
    let finding = "a ready user of the partner's pages is asked for, and others reach the server; \
                   nobody signs in so";
    let remedy = "empty access.development_user.name, and set access.oidc.client_id";
    app.refuses_development_user().then(|| Diagnosis::found("keys", finding, remedy))
}

/// How many events nobody has been told of yet, as far as it matters.
async fn webhooks(app: &App) -> Result<Diagnosis> {
    let (check, store) = ("webhooks", app.ledger.store());
    let listeners = store.listeners().await?;
    let mut behind = 0;
    for partition in 0..store.keys().partitions() {
        if listeners.is_empty() || behind > BEHIND_MAX {
            break;
        }
        behind += store.unrelayed(partition, &listeners, BEHIND_MAX + 1).await?.entries.len();
    }
    let (count, told) = (listeners.webhooks.len(), listeners.subscriptions.len());
    if behind <= BEHIND_MAX {
        let finding = format!(
            "{count} webhooks and {told} addresses told at once, {behind} events are on their way"
        );
        return Ok(Diagnosis::fine(check, finding));
    }
    let finding =
        format!("{count} webhooks and {told} addresses, more than {BEHIND_MAX} events behind");
    let remedy = "start more workers for deliver_webhook (`cpor work --only deliver_webhook`)";
    Ok(Diagnosis::found(check, finding, remedy))
}
