//! `cpor claims`: lists, page by page.

use std::collections::HashMap;

use anyhow::Result;
use clap::Args;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use cpor::app::App;
use cpor::calendar::{Language, moment};
use cpor::claim::identity::{MpnId, TenantId};
use cpor::claim::{Claim, ClaimId, Status};
use cpor::store::Store;
use cpor::store::claims::ClaimFilter;
use cpor::store::dead::DeadEntry;

use crate::cli::Globals;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::view::{Dossier, needs_history};
use crate::cli::{values, words};

/// Rows of one table; a longer list is several, so that memory does not grow with it.
const TABLE_ROWS: usize = 500;
const HEADER: [&str; 7] =
    ["CLAIM", "STATUS", "CUSTOMER", "PARTNER", "ITEMS", "CLOSES AT", "WAITS FOR"];
/// Histories that are read at once.
const READS_AT_ONCE: usize = 64;

/// List claims; everything that is given has to fit.
#[derive(Debug, Args)]
#[command(after_help = "With --json, one object per claim: id, status, source, idempotency_key, \
mpn_id, tenant_id, items, submitted_at, opened_at, closes_at, decided_at, reason, revision and \
more; instants are RFC 3339 in UTC.

Examples:
  cpor claims --status notified
  cpor claims --partner 1234567 --json | jq -r .id")]
pub struct ClaimsArgs {
    /// Claims in this status: submitted, `action_required`, disqualified, contested, validated,
    /// notified, rejected, associated, withdrawn or ended.
    #[arg(long)]
    status: Option<Status>,
    /// Claims of the partner with this MPN ID.
    #[arg(long, value_name = "MPN_ID", value_parser = values::mpn_id)]
    partner: Option<MpnId>,
    /// Claims on the customer tenant with this id (a GUID).
    #[arg(long, value_name = "TENANT_ID", value_parser = values::tenant_id)]
    tenant: Option<TenantId>,
    /// At most so many claims; all unless given.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// Lists claims.
pub async fn run(args: ClaimsArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    globals.with_app(async move |app| list(app, args, output).await).await
}

async fn list(app: &App, args: ClaimsArgs, output: Output) -> Result<Exit> {
    let store = app.ledger.store();
    let filter = ClaimFilter { status: args.status, mpn_id: args.partner, tenant_id: args.tenant };
    let stuck = stuck_claims(store).await?;
    let (mut left, mut rows) = (args.limit.unwrap_or(usize::MAX), Vec::new());
    for partition in store.partitions_of(&filter) {
        let mut next = Some(0);
        while let Some(offset) = next.filter(|_| left > 0) {
            let (mut claims, after) = store.list(&filter, partition, offset).await?;
            claims.truncate(left);
            left -= claims.len();
            for dossier in dossiers(store, claims, &stuck).await? {
                output.object(&dossier.view())?;
                rows.push(row(&dossier));
            }
            if output.is_json() || rows.len() >= TABLE_ROWS {
                output.table(&HEADER, std::mem::take(&mut rows))?;
            }
            next = after;
        }
    }
    output.table(&HEADER, rows)?;
    Ok(Exit::Done)
}

/// The dead letters that keep claims from going on.
async fn stuck_claims(store: &Store) -> Result<HashMap<ClaimId, DeadEntry>> {
    let entries = store.dead_letters().await?;
    let stuck = entries.into_iter().filter(DeadEntry::keeps_claim);
    Ok(stuck.filter_map(|entry| Some((entry.claim_id()?, entry))).collect())
}

async fn dossiers(
    store: &Store,
    claims: Vec<Claim>,
    stuck: &HashMap<ClaimId, DeadEntry>,
) -> Result<Vec<Dossier>> {
    let dossier = async |claim: Claim| {
        let history =
            if needs_history(claim.status()) { store.history(claim.id).await? } else { Vec::new() };
        let stuck = stuck.get(&claim.id).cloned();
        anyhow::Ok(Dossier { claim, history, stuck })
    };
    stream::iter(claims).map(dossier).buffered(READS_AT_ONCE).try_collect().await
}

fn row(dossier: &Dossier) -> Vec<String> {
    let (claim, submission) = (&dossier.claim, &dossier.claim.submission);
    let items: Vec<&str> = submission.items.iter().map(|item| item.code().as_str()).collect();
    let closes_at = dossier
        .window()
        .map(|window| moment(window.closes_at(), &window.deadline.zone, Language::English));
    let stuck = dossier.stuck.as_ref().map(|entry| format!("a person: {} is stuck", entry.job));
    let waits_for = stuck.or_else(|| words::waits_for(&claim.state));
    vec![
        claim.id.to_string(),
        words::status(claim.status()).to_owned(),
        submission.customer.domain.unicode().to_owned(),
        submission.partner.mpn_id.as_str().to_owned(),
        items.join(", "),
        closes_at.unwrap_or_default(),
        waits_for.unwrap_or_default(),
    ]
}
