//! What waits for a decision, as a list.

use anyhow::Result;
use serde_json::json;

use cpor::app::App;
use cpor::claim::Status;
use cpor::claim::item::Item;
use cpor::store::search::{ClaimFilter, Order, PageSize, Search};

use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::words;

/// What waits for a decision.
const WAITING: [Status; 3] = [Status::UnderReview, Status::Contested, Status::Disputed];

/// Lists the oldest 500 of each kind, what is due first coming first.
pub async fn list(app: &App, output: Output) -> Result<Exit> {
    let (now, mut claims) = (app.ledger.clock().now().await?, Vec::new());
    for status in WAITING {
        let filter = ClaimFilter { status: Some(status), ..ClaimFilter::default() };
        let search = Search::new(filter, Order::Oldest, PageSize::MAX);
        claims.extend(app.ledger.store().search(&search).await?.entries);
    }
    let due = |claim: &cpor::claim::Claim| claim.decide_by().map(|decide_by| decide_by.due.by);
    claims.sort_by_key(|claim| (due(claim).is_none(), due(claim)));
    let mut rows = Vec::new();
    for claim in &claims {
        let (submission, decide_by) = (&claim.submission, due(claim));
        let items: Vec<String> = submission.items.iter().map(Item::key).collect();
        let overdue = decide_by.is_some_and(|by| by <= now);
        output.object(&json!({
            "claim_id": claim.id,
            "status": claim.status(),
            "mpn_id": submission.partner.mpn_id,
            "tenant_id": submission.customer.tenant_id,
            "items": items,
            "decide_by": decide_by,
            "overdue": overdue,
        }))?;
        let by = decide_by.map(words::utc).unwrap_or_default();
        rows.push(vec![
            claim.id.to_string(),
            claim.status().to_string(),
            submission.partner.mpn_id.to_string(),
            items.join(" "),
            if overdue { format!("{by} (overdue)") } else { by },
        ]);
    }
    if rows.is_empty() {
        output.text("nothing waits for a decision")?;
    }
    output.table(&["CLAIM", "STATUS", "PARTNER", "ITEMS", "DECIDE BY"], rows)?;
    Ok(Exit::Done)
}
