//! Webhooks for people and programs to look at.

use anyhow::Result;
use serde::Serialize;

use cpor::claim::identity::{MpnId, Source};
use cpor::webhook::{Attempted, Webhook, WebhookId, WebhookOwner, WebhookView, Webhooks};

use crate::cli::output::{Output, plain};
use crate::cli::webhook::refused;
use crate::cli::words;

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    webhook: WebhookView,
    missed: u64,
    deliveries: Vec<Attempted>,
}

/// Lists webhooks, of one partner or source where that is given.
pub async fn list(
    webhooks: &Webhooks,
    partner: Option<&MpnId>,
    source: Option<&Source>,
    output: Output,
) -> Result<()> {
    let mut all = webhooks.list().await?;
    all.retain(|webhook| match &webhook.owner {
        WebhookOwner::Partner(own) => source.is_none() && partner.is_none_or(|asked| asked == own),
        WebhookOwner::Source(own) => partner.is_none() && source.is_none_or(|asked| asked == own),
    });
    let mut rows = Vec::new();
    for webhook in &all {
        output.object(&WebhookView::from(webhook))?;
        rows.push(vec![
            webhook.id.to_string(),
            webhook.owner.to_string(),
            webhook.url.clone(),
            events(webhook),
            state(webhook),
        ]);
    }
    if rows.is_empty() {
        output.text("there are no webhooks")?;
    }
    Ok(output.table(&["WEBHOOK", "OF", "URL", "EVENTS", "STATE"], rows)?)
}

fn events(webhook: &Webhook) -> String {
    webhook.events.names().map_or_else(|| "all".to_owned(), |names| names.join(", "))
}

fn state(webhook: &Webhook) -> String {
    webhook.paused.as_ref().map_or_else(
        || "on".to_owned(),
        |pause| format!("paused since {}: {}", words::utc(pause.since), pause.reason),
    )
}

/// Shows a webhook and its latest deliveries.
pub async fn show(webhooks: &Webhooks, id: WebhookId, output: Output) -> Result<()> {
    let webhook = webhooks.find(id).await.map_err(refused)?;
    let (missed, deliveries) = (webhooks.missed(id).await?, webhooks.deliveries(id).await?);
    if output.is_json() {
        return Ok(output.object(&Shown { webhook: (&webhook).into(), missed, deliveries })?);
    }
    let line = |name: &str, value: &str| output.text(format_args!("{name:<8} {}", plain(value)));
    line("webhook:", &id.to_string())?;
    line("of:", &webhook.owner.to_string())?;
    line("url:", &webhook.url)?;
    line("events:", &events(&webhook))?;
    line("state:", &state(&webhook))?;
    if missed > 0 {
        line("missed:", &format!("{missed} events while it was paused"))?;
    }
    let rows = deliveries.iter().map(row).collect();
    Ok(output.table(&["AT", "DELIVERY", "EVENT", "ATTEMPT", "RESULT"], rows)?)
}

fn row(attempted: &Attempted) -> Vec<String> {
    let status = attempted.status.map(|status| status.to_string());
    let result = attempted.error.clone().or(status).unwrap_or_default();
    vec![
        words::utc(attempted.at),
        attempted.delivery_id.clone(),
        attempted.event.clone(),
        attempted.attempt.to_string(),
        result,
    ]
}
