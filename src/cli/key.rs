//! `cpor key`: credentials of those who call the HTTP API.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use clap::{Args, Subcommand};
use serde::Serialize;

use cpor::access::{
    ApiKeyError, ApiKeyId, ApiKeyRecord, ApiKeyState, ApiKeys, Authority, IssuedApiKey, NewApiKey,
    Role,
};
use cpor::app::App;
use cpor::claim::identity::{Line, MpnId, Source};

use crate::cli::exit::{Exit, Refused};
use crate::cli::output::{Output, say};
use crate::cli::{Globals, values, words};

/// Longest time that can be asked for, in days: ten years.
const DAYS_MAX: i64 = 3_650;

/// Make, list, rotate and revoke API keys.
#[derive(Debug, Args)]
#[command(
    after_help = "With --json, one object per key: id, role, scope (the partner or source), \
label, state (live, expired, revoked), created_at, expires_at, revoked_at, last_used_at; `create` \
and `rotate` add key, the only time it can be seen, and `rotate` adds replaces and \
old_expires_at; `revoke` prints id and outcome (revoked, already_revoked).

Examples:
  cpor key create --role upstream_source --source crm-emea --label \"CRM, production\"
  cpor key create --role incentives_admin --partner 1234567 --expires-days 90
  cpor key rotate k3x9w0ab --overlap-days 7
  cpor key revoke k3x9w0ab"
)]
pub struct KeyArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a key and print it, once: only a digest of it is kept.
    Create(Create),
    /// List all keys, the oldest first.
    List,
    /// Make a second key for the same caller, and let the old one expire.
    Rotate {
        /// Id of the old key.
        #[arg(value_name = "ID", value_parser = ApiKeyId::parse)]
        id: ApiKeyId,
        /// How long both are accepted, in days.
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(i64).range(0..=90))]
        overlap_days: i64,
    },
    /// Revoke a key: it is refused everywhere within five seconds.
    Revoke {
        /// Id of the key.
        #[arg(value_name = "ID", value_parser = ApiKeyId::parse)]
        id: ApiKeyId,
    },
}

#[derive(Debug, Args)]
struct Create {
    /// What its owner may do: incentives_admin, upstream_source, reviewer, operator or
    /// usage_data_service.
    #[arg(long)]
    role: Role,
    /// MPN ID of an incentives_admin's partner.
    #[arg(long, value_name = "MPN", value_parser = values::mpn_id)]
    partner: Option<MpnId>,
    /// Source of an upstream_source.
    #[arg(long, value_parser = values::source)]
    source: Option<Source>,
    /// What people call it; two live keys at most have one label and role.
    #[arg(long, value_parser = values::line)]
    label: Option<Line>,
    /// How long it is accepted, in days; without it, until it is revoked.
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..=DAYS_MAX))]
    expires_days: Option<i64>,
}

#[derive(Serialize)]
struct KeyView<'a> {
    id: &'a ApiKeyId,
    role: Role,
    scope: Option<&'a str>,
    label: &'a str,
    state: ApiKeyState,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct IssuedView<'a> {
    #[serde(flatten)]
    view: KeyView<'a>,
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<&'a ApiKeyId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_expires_at: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct Revoked<'a> {
    id: &'a ApiKeyId,
    outcome: &'static str,
}

/// Makes, lists, rotates or revokes keys.
pub async fn run(args: KeyArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    globals
        .with_app(async move |app| {
            // Keys are for real callers, so they live in real time, also where time is virtual.
            let now = app.ledger.clock().real();
            let keys = ApiKeys::new(app.ledger.store().clone());
            match args.action {
                Action::Create(wanted) => create(&keys, wanted, now, output).await,
                Action::List => list(app, &keys, now, output).await,
                Action::Rotate { id, overlap_days } => {
                    rotate(&keys, &id, TimeDelta::days(overlap_days), now, output).await
                }
                Action::Revoke { id } => revoke(&keys, &id, now, output).await,
            }
        })
        .await
}

async fn create(
    keys: &ApiKeys,
    wanted: Create,
    now: DateTime<Utc>,
    output: Output,
) -> Result<Exit> {
    let authority = Authority::new(wanted.role, wanted.partner, wanted.source);
    let authority = authority.map_err(Refused::error)?;
    let label = match wanted.label {
        Some(label) => label,
        None => default_label(&authority)?,
    };
    let expires_at = wanted.expires_days.map(|days| now + TimeDelta::days(days));
    let new = NewApiKey { authority, label, expires_at };
    let issued = keys.create(&new, now).await.map_err(refused)?;
    hand_out(&issued, None, now, output)
}

/// Who the key is for is the best name for it.
fn default_label(authority: &Authority) -> Result<Line> {
    let (role, scope) = (authority.role(), authority.scope().unwrap_or_default());
    Line::parse(format!("{role} {scope}").trim()).map_err(|f| Refused::error(f.message))
}

async fn rotate(
    keys: &ApiKeys,
    id: &ApiKeyId,
    overlap: TimeDelta,
    now: DateTime<Utc>,
    output: Output,
) -> Result<Exit> {
    let (issued, old) = keys.rotate(id, overlap, now).await.map_err(refused)?;
    hand_out(&issued, Some(&old), now, output)
}

/// Prints the key alone on standard output, so that a script can take it.
fn hand_out(
    issued: &IssuedApiKey,
    old: Option<&ApiKeyRecord>,
    now: DateTime<Utc>,
    output: Output,
) -> Result<Exit> {
    let record = &issued.record;
    let old_expires_at = old.and_then(|old| old.expires_at);
    let replaces = old.map(|old| &old.id);
    let (view, key) = (view(record, None, now), issued.key.reveal());
    output.object(&IssuedView { view, key: key.clone(), replaces, old_expires_at })?;
    if !output.is_json() {
        output.text(key)?;
    }
    let (id, label) = (&record.id, &record.label);
    say(format_args!("This is the API key {id} ({label}). Keep it now: it is not shown again."));
    if let (Some(replaces), Some(end)) = (replaces, old_expires_at) {
        say(format_args!("The key {replaces} is accepted until {}.", words::utc(end)));
    }
    Ok(Exit::Done)
}

async fn list(app: &App, keys: &ApiKeys, now: DateTime<Utc>, output: Output) -> Result<Exit> {
    let listed = keys.list().await?;
    let mut rows = Vec::new();
    for key in &listed {
        let record = &key.record;
        output.object(&view(record, key.last_used_at, now))?;
        let at = |at: Option<DateTime<Utc>>| at.map(words::utc).unwrap_or_default();
        rows.push(vec![
            record.id.to_string(),
            record.authority.role().to_string(),
            record.authority.scope().unwrap_or_default().to_owned(),
            record.label.to_string(),
            record.state(now).as_str().to_owned(),
            words::utc(record.created_at),
            at(record.revoked_at.or(record.expires_at)),
            at(key.last_used_at),
        ]);
    }
    if rows.is_empty() {
        let namespace = app.ledger.store().keys().namespace();
        output.text(format_args!("there are no API keys in the namespace `{namespace}`"))?;
    }
    let header = ["ID", "ROLE", "SCOPE", "LABEL", "STATE", "CREATED", "ENDS", "LAST USED"];
    output.table(&header, rows)?;
    Ok(Exit::Done)
}

async fn revoke(keys: &ApiKeys, id: &ApiKeyId, now: DateTime<Utc>, output: Output) -> Result<Exit> {
    let revoked = keys.revoke(id, now).await.map_err(refused)?;
    let outcome = if revoked { "revoked" } else { "already_revoked" };
    output.object(&Revoked { id, outcome })?;
    if !output.is_json() {
        output.text(if revoked {
            format!("revoked: {id}; it is refused everywhere within five seconds")
        } else {
            format!("{id} was revoked before")
        })?;
    }
    Ok(Exit::Done)
}

fn refused(error: ApiKeyError) -> anyhow::Error {
    match error {
        ApiKeyError::Refused(refusal) => Refused::error(refusal),
        other @ (ApiKeyError::Contended | ApiKeyError::Store(_)) => other.into(),
    }
}

fn view(
    record: &ApiKeyRecord,
    last_used_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> KeyView<'_> {
    KeyView {
        id: &record.id,
        role: record.authority.role(),
        scope: record.authority.scope(),
        label: record.label.as_str(),
        state: record.state(now),
        created_at: record.created_at,
        expires_at: record.expires_at,
        revoked_at: record.revoked_at,
        last_used_at,
    }
}
