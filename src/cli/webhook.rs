//! `cpor webhook`: addresses that are told of events as they happen.

mod show;

use anyhow::{Error, Result};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;

use cpor::app::App;
use cpor::claim::identity::{MpnId, Source};
use cpor::webhook::{
    EventFilter, Replay, Webhook, WebhookError, WebhookId, WebhookOwner, WebhookView, Webhooks,
};

use crate::cli::exit::{Exit, Refused};
use crate::cli::output::{Output, say};
use crate::cli::{Globals, values};

/// Tell other systems of events as they happen.
///
/// A webhook is told of the claims of one partner or source, signed as Standard Webhooks has it
/// (https://www.standardwebhooks.com), again and again for three days until it answers 2xx.
#[derive(Debug, Args)]
#[command(
    after_help = "With --json: id, partner, source, url, events (null for all), created_at, \
paused, paused_reason and paused_since; `create` adds secret; `show` adds missed and deliveries, \
the latest 100 attempts: delivery_id, event, at, attempt, delivered, status, error; `replay` \
prints id, deliveries and incomplete; `delete` id and outcome.

Examples:
  cpor webhook create --partner 1234567 --url https://hooks.partner.example/cpor
  cpor webhook create --source crm --url URL --events claim_rejected,association_finalized
  cpor webhook replay ID --since 2026-11-20T00:00:00Z"
)]
pub struct WebhookArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a webhook that is told of everything from now on; prints its secret.
    Create {
        #[command(flatten)]
        owner: Owner,
        /// Where it is told: https, at a public address, port 443 or above 1023.
        #[arg(long)]
        url: String,
        /// Events it is told of, separated by commas; all unless given.
        #[arg(long, value_delimiter = ',', value_name = "EVENT,…")]
        events: Vec<String>,
    },
    /// List webhooks, oldest first.
    List {
        /// Of the partner with this MPN ID.
        #[arg(long, value_name = "MPN_ID", value_parser = values::mpn_id)]
        partner: Option<MpnId>,
        /// Of this source.
        #[arg(long, value_name = "SOURCE", value_parser = values::source)]
        source: Option<Source>,
    },
    /// Show a webhook and its latest deliveries.
    Show {
        #[command(flatten)]
        which: Which,
    },
    /// Print the secret with which its receiver verifies signatures.
    Secret {
        #[command(flatten)]
        which: Which,
    },
    /// Tell a webhook nothing until it is resumed.
    ///
    /// What was on its way to it waits, for three days since the event at most; what happens
    /// meanwhile is told only by `replay`.
    Pause {
        #[command(flatten)]
        which: Which,
        /// Why; at most 4,000 characters.
        #[arg(long, default_value = "paused by an operator", value_parser = values::words)]
        reason: String,
    },
    /// Tell a webhook of what happens from now on; what has waited comes within the hour.
    Resume {
        #[command(flatten)]
        which: Which,
    },
    /// Tell a webhook again what it was told before, or has missed.
    Replay {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        what: What,
    },
    /// Delete a webhook; what was on its way to it is dropped.
    Delete {
        #[command(flatten)]
        which: Which,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Owner {
    /// The claims of the partner with this MPN ID.
    #[arg(long, value_name = "MPN_ID", value_parser = values::mpn_id)]
    partner: Option<MpnId>,
    /// The claims that this source submitted.
    #[arg(long, value_name = "SOURCE", value_parser = values::source)]
    source: Option<Source>,
}

#[derive(Debug, Args)]
struct Which {
    /// The webhook's id, as `cpor webhook list` prints it.
    #[arg(value_parser = values::webhook_id)]
    id: WebhookId,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct What {
    /// Everything from this instant on (RFC 3339, with an offset), as far as the feed has it.
    #[arg(long, value_name = "INSTANT", value_parser = values::instant)]
    since: Option<DateTime<Utc>>,
    /// One delivery, by the id that `cpor webhook show` prints.
    #[arg(long, value_name = "DELIVERY_ID")]
    delivery: Option<String>,
}

#[derive(Serialize)]
struct Created<'a> {
    #[serde(flatten)]
    webhook: WebhookView,
    secret: &'a str,
}

/// Makes, shows, pauses, repeats or deletes webhooks.
pub async fn run(args: WebhookArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    globals.with_app(async move |app| act(app, args.action, output).await).await
}

async fn act(app: &App, action: Action, output: Output) -> Result<Exit> {
    let webhooks = app.webhooks();
    match action {
        Action::Create { owner, url, events } => {
            create(&webhooks, owner, &url, &events, output).await?;
        }
        Action::List { partner, source } => {
            show::list(&webhooks, partner.as_ref(), source.as_ref(), output).await?;
        }
        Action::Show { which } => show::show(&webhooks, which.id, output).await?,
        Action::Secret { which } => {
            let id = webhooks.find(which.id).await.map_err(refused)?.id;
            let secret = webhooks.secret(id);
            output.object(&json!({ "id": id, "secret": secret.reveal() }))?;
            if !output.is_json() {
                output.text(secret.reveal())?;
            }
        }
        Action::Pause { which, reason } => {
            one(&webhooks.pause(which.id, &reason).await.map_err(refused)?, "paused", output)?;
        }
        Action::Resume { which } => {
            one(&webhooks.resume(which.id).await.map_err(refused)?, "resumed", output)?;
        }
        Action::Replay { which, what } => replay(&webhooks, which.id, what, output).await?,
        Action::Delete { which } => {
            webhooks.delete(which.id).await.map_err(refused)?;
            output.object(&json!({ "id": which.id, "outcome": "deleted" }))?;
            if !output.is_json() {
                output.text(format_args!("deleted: {}", which.id))?;
            }
        }
    }
    Ok(Exit::Done)
}

/// A no of ours is an answer; a failing Redis is none.
fn refused(error: WebhookError) -> Error {
    match error {
        WebhookError::Store(error) => error.into(),
        error => Refused::error(error),
    }
}

async fn create(
    webhooks: &Webhooks,
    owner: Owner,
    url: &str,
    events: &[String],
    output: Output,
) -> Result<()> {
    let partner = owner.partner.map(WebhookOwner::Partner);
    let owner = partner.or(owner.source.map(WebhookOwner::Source));
    let owner = owner.ok_or_else(|| Refused::error("say whose claims: --partner or --source"))?;
    let events = EventFilter::parse(events).map_err(Refused::error)?;
    let webhook = webhooks.create(owner, url, events).await.map_err(refused)?;
    let secret = webhooks.secret(webhook.id);
    output.object(&Created { webhook: (&webhook).into(), secret: secret.reveal() })?;
    if !output.is_json() {
        output.text(format_args!("created: {}\nsecret:  {}", webhook.id, secret.reveal()))?;
    }
    Ok(())
}

fn one(webhook: &Webhook, done: &str, output: Output) -> Result<()> {
    output.object(&WebhookView::from(webhook))?;
    if !output.is_json() {
        output.text(format_args!("{done}: {}", webhook.id))?;
    }
    Ok(())
}

async fn replay(webhooks: &Webhooks, id: WebhookId, what: What, output: Output) -> Result<()> {
    let replay = match (what.since, what.delivery) {
        (_, Some(delivery)) => Replay::Delivery(delivery),
        (Some(since), None) => Replay::Since(since),
        (None, None) => return Err(Refused::error("say what: --since or --delivery")),
    };
    let replayed = webhooks.replay(id, &replay).await.map_err(refused)?;
    let (deliveries, incomplete) = (replayed.deliveries, replayed.incomplete);
    output.object(&json!({ "id": id, "deliveries": deliveries, "incomplete": incomplete }))?;
    if !output.is_json() {
        output.text(format_args!("{deliveries} deliveries are made again"))?;
    }
    if incomplete {
        say("the feed does not go back that far: some events are missing");
    }
    Ok(())
}
