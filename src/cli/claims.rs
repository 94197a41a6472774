//! `cpor claims`: lists, page by page.

mod archived;

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use clap::Args;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use cpor::calendar::{Language, moment};
use cpor::claim::identity::{EmailAddress, IdempotencyKey, MpnId, Source, TenantId};
use cpor::claim::{Claim, ClaimId, ItemKey, Status};
use cpor::store::Store;
use cpor::store::dead::DeadEntry;
use cpor::store::search::{ClaimFilter, CursorRefused, Order, PageSize, Prefix, Search};

use crate::cli::Globals;
use crate::cli::exit::Exit;
use crate::cli::output::{Output, say};
use crate::cli::{values, words};
use cpor::view::{Dossier, needs_history};

const HEADER: [&str; 7] =
    ["CLAIM", "STATUS", "CUSTOMER", "PARTNER", "ITEMS", "CLOSES AT", "WAITS FOR"];
/// Histories that are read at once.
const READS_AT_ONCE: usize = 64;

/// List claims; everything that is given has to fit.
#[derive(Debug, Args)]
#[command(after_help = "With --json, one object per claim: id, status, source, idempotency_key, \
mpn_id, tenant_id, items, submitted_at, opened_at, closes_at, paused_at, decided_at, reason, \
revision and more; instants are RFC 3339 in UTC. Where --limit ends a list, standard error has \
the cursor.

Examples:
  cpor claims --status notified
  cpor claims --partner 1234567 --json | jq -r .id
  cpor claims --sort closes_at --closing-before 2026-11-28T00:00:00+03:00
  cpor claims --source crm --key order-4711
  cpor claims --name-prefix 'teams r' --limit 20
  cpor claims --archive --partner 1234567")]
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
    /// Claims that this source submitted.
    #[arg(long, value_parser = values::source)]
    source: Option<Source>,
    /// The claim that --source submitted under this idempotency key of its own.
    #[arg(long, requires = "source", value_parser = values::idempotency_key)]
    key: Option<IdempotencyKey>,
    /// Claims on this item, such as workload:teams or subscription:<GUID>.
    #[arg(long, value_parser = values::item)]
    item: Option<ItemKey>,
    /// Claims with a contact at this mail address: the customer's, its technical one, or the
    /// partner's; small and capital letters are alike. Shells keep what is typed in their history.
    #[arg(long, value_name = "ADDRESS", value_parser = values::email)]
    email: Option<EmailAddress>,
    /// Claims whose window is open and closes before this instant.
    #[arg(long, value_name = "INSTANT", value_parser = values::instant)]
    closing_before: Option<DateTime<Utc>>,
    /// Claims whose window is open and closes at this instant or later.
    #[arg(long, value_name = "INSTANT", value_parser = values::instant)]
    closing_after: Option<DateTime<Utc>>,
    /// Claims whose name begins so; small and capital letters are alike.
    #[arg(long, value_name = "TEXT", value_parser = values::name_prefix)]
    name_prefix: Option<Prefix>,
    /// Claims whose customer's domain begins so; small and capital letters are alike.
    #[arg(long, value_name = "TEXT", value_parser = values::domain_prefix)]
    domain_prefix: Option<Prefix>,
    /// newest or oldest submission first, or `closes_at`: open windows, the earliest end first.
    #[arg(long, value_name = "ORDER", default_value = Order::Newest.as_str())]
    sort: Order,
    /// At most so many claims; all unless given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Goes on where a list with --limit ended; everything else has to be the same.
    #[arg(long)]
    cursor: Option<String>,
    /// Claims that have left Redis for the archive, by the day on which they were closed.
    #[arg(long, conflicts_with_all = ["cursor", "sort"])]
    archive: bool,
}

impl ClaimsArgs {
    fn filter(&self) -> ClaimFilter {
        ClaimFilter {
            status: self.status,
            mpn_id: self.partner.clone(),
            source: self.source.clone(),
            tenant_id: self.tenant,
            idempotency_key: self.key.clone(),
            item: self.item.clone(),
            mail: self.email.clone(),
            closing_after: self.closing_after,
            closing_before: self.closing_before,
            name_prefix: self.name_prefix.clone(),
            domain_prefix: self.domain_prefix.clone(),
            seen_by: None,
        }
    }

    /// The page after `cursor`, with `left` claims at most.
    fn page(&self, cursor: Option<&str>, left: u64) -> Result<Search, CursorRefused> {
        let size = usize::try_from(left).ok().and_then(PageSize::new).unwrap_or(PageSize::MAX);
        let search = Search::new(self.filter(), self.sort, size);
        cursor.map_or_else(|| Ok(search.clone()), |cursor| search.clone().after(cursor))
    }
}

/// Lists claims.
pub async fn run(args: ClaimsArgs, globals: &Globals) -> Result<Exit> {
    let mut left = args.limit.unwrap_or(u64::MAX);
    let first = args.page(args.cursor.as_deref(), left).context("could not go on from --cursor")?;
    let output = globals.output();
    if args.archive {
        return archived::run(args, globals).await;
    }
    globals
        .with_app(async move |app| {
            let store = app.ledger.store();
            let stuck = stuck_claims(store).await?;
            let mut next = Some(first);
            while let Some(search) = next.take() {
                let page = store.search(&search).await?;
                left = left.saturating_sub(page.entries.len() as u64);
                show(store, page.entries, &stuck, output).await?;
                match page.next {
                    Some(cursor) if left == 0 => say(format!("There are more: --cursor {cursor}")),
                    Some(cursor) => next = Some(args.page(Some(&cursor), left)?),
                    None => {}
                }
            }
            Ok(Exit::Done)
        })
        .await
}

/// One page: a table of its own, so that memory does not grow with the list.
async fn show(
    store: &Store,
    claims: Vec<Claim>,
    stuck: &HashMap<ClaimId, DeadEntry>,
    output: Output,
) -> Result<()> {
    let mut rows = Vec::new();
    for dossier in dossiers(store, claims, stuck).await? {
        output.object(&dossier.view())?;
        rows.push(row(&dossier));
    }
    Ok(output.table(&HEADER, rows)?)
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
        .filter(|_| claim.paused_at().is_none())
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
