//! `cpor notifications`: the addresses of a partner's people that are told of its claims by mail.

use anyhow::{Error, Result};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use cpor::app::App;
use cpor::claim::identity::MpnId;
use cpor::notifications::{
    DeliveryName, NotificationsError, Subscription, SubscriptionId, SubscriptionView, Wish,
};

use crate::cli::exit::{Exit, Refused};
use crate::cli::output::Output;
use crate::cli::{Globals, values, words};

/// Have addresses of a partner's people told of its claims by mail.
///
/// An address is a person's or a group's. It is sent one mail that asks whether it may be told, and
/// nothing else before somebody who reads it has said yes. What is told is in the partner's inbox
/// too, whoever is told of it.
#[derive(Debug, Args)]
#[command(
    after_help = "With --json: id, partner, email, language, kinds, delivery, hour, time_zone, \
standing (unconfirmed, active, suspended, left), since, reason, asked_at and created_at; `remove` \
prints id and outcome.

Examples:
  cpor notifications add --partner 1234567 --email claims@partner.example
  cpor notifications add --partner 1234567 --email boss@partner.example --kinds decided,ended \\
      --delivery daily --hour 8 --time-zone Europe/Istanbul --language tr
  cpor notifications list --partner 1234567
  cpor notifications remove ID"
)]
pub struct NotificationsArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List subscriptions, oldest first.
    List {
        /// Of the partner with this MPN ID.
        #[arg(long, value_name = "MPN_ID", value_parser = values::mpn_id)]
        partner: Option<MpnId>,
    },
    /// Have an address told, once somebody who reads it has said yes.
    Add {
        /// Whose claims: the partner's MPN ID.
        #[arg(long, value_name = "MPN_ID", value_parser = values::mpn_id)]
        partner: MpnId,
        #[command(flatten)]
        wish: WishArgs,
    },
    /// Remove a subscription; what was on its way to it is dropped.
    Remove {
        /// The subscription's id, as `cpor notifications list` prints it.
        #[arg(value_parser = values::subscription_id)]
        id: SubscriptionId,
    },
}

#[derive(Debug, Args)]
struct WishArgs {
    /// The address of a person or a group.
    #[arg(long)]
    email: String,
    /// The language of its mails: en or tr.
    #[arg(long, default_value = "en")]
    language: String,
    /// What it is told, separated by commas; all unless given: needs_action, decided,
    /// customer_answered, window, ended, comments_and_contests.
    #[arg(long, value_delimiter = ',', value_name = "KIND,…")]
    kinds: Vec<String>,
    /// By a mail for each event, or in one mail a day.
    #[arg(long, value_enum, default_value = "at_once")]
    delivery: How,
    /// With `daily`: the hour of the day, 0 to 23; 8 unless given.
    #[arg(long)]
    hour: Option<u8>,
    /// With `daily`: on whose clocks, such as Europe/Istanbul; UTC unless given.
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum How {
    AtOnce,
    Daily,
}

impl From<WishArgs> for Wish {
    fn from(args: WishArgs) -> Self {
        let delivery = match args.delivery {
            How::AtOnce => DeliveryName::AtOnce,
            How::Daily => DeliveryName::Daily,
        };
        let WishArgs { email, language, kinds, hour, time_zone, delivery: _ } = args;
        Self { email, language, kinds, delivery, hour, time_zone }
    }
}

/// Lists, adds or removes subscriptions.
pub async fn run(args: NotificationsArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    globals.with_app(async move |app| act(app, args.action, output).await).await
}

async fn act(app: &App, action: Action, output: Output) -> Result<Exit> {
    let notifications = app.notifications();
    match action {
        Action::List { partner } => {
            list(&notifications.list(partner.as_ref()).await.map_err(refused)?, output)?;
        }
        Action::Add { partner, wish } => {
            let wish = Wish::from(wish);
            let made = notifications.create(partner, &wish).await.map_err(refused)?;
            output.object(&SubscriptionView::from(&made))?;
            if !output.is_json() {
                output.text(format_args!("{}: its address is asked for confirmation", made.id))?;
            }
        }
        Action::Remove { id } => {
            notifications.remove(id).await.map_err(refused)?;
            output.object(&json!({ "id": id, "outcome": "removed" }))?;
            if !output.is_json() {
                output.text(format_args!("removed: {id}"))?;
            }
        }
    }
    Ok(Exit::Done)
}

/// A no of ours is an answer; a failing Redis is none.
fn refused(error: NotificationsError) -> Error {
    match error {
        NotificationsError::Store(error) => error.into(),
        error => Refused::error(error),
    }
}

fn list(all: &[Subscription], output: Output) -> Result<()> {
    let mut rows = Vec::new();
    for subscription in all {
        let view = SubscriptionView::from(subscription);
        output.object(&view)?;
        let how = match (view.hour, &view.time_zone) {
            (Some(hour), Some(zone)) => format!("daily at {hour}:00 {zone}"),
            _ => "at once".to_owned(),
        };
        let kinds: Vec<&str> = view.kinds.iter().map(|kind| kind.as_str()).collect();
        let standing = match &view.reason {
            Some(reason) => format!("{}: {reason}", view.standing),
            None => format!("{} since {}", view.standing, words::utc(view.since)),
        };
        rows.push(vec![
            view.id.to_string(),
            view.partner.clone(),
            view.email.clone(),
            kinds.join(", "),
            how,
            standing,
        ]);
    }
    if rows.is_empty() {
        output.text("there are no subscriptions")?;
    }
    let head = ["SUBSCRIPTION", "PARTNER", "ADDRESS", "KINDS", "HOW", "STANDING"];
    Ok(output.table(&head, rows)?)
}
