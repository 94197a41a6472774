//! The addresses of the customer's pages, for somebody whose mail got lost, and for testers.

use anyhow::Result;
use serde::Serialize;

use cpor::app::App;
use cpor::claim::ClaimId;
use cpor::ledger::LedgerError;
use cpor::link::{NoticeLink, TenantLink};

use crate::cli::exit::{Exit, Refused};
use crate::cli::output::Output;

/// The names of the fields are relied on by scripts.
#[derive(Serialize)]
struct Addresses {
    claim_id: ClaimId,
    notice: u32,
    page_url: String,
    tenant_url: String,
}

/// Prints the addresses of the newest notice.
pub async fn link(app: &App, claim_id: ClaimId, output: Output) -> Result<Exit> {
    let claim = app.ledger.store().claim(claim_id).await?;
    let claim = claim.ok_or_else(|| Refused::error(LedgerError::NoClaim(claim_id)))?;
    let notice = claim.notices;
    if notice == 0 {
        let why = format!("claim {claim_id} has no page yet: the customer has no notice");
        return Err(Refused::error(why));
    }
    let (links, received) = (app.links(), NoticeLink { claim_id, notice });
    let tenant_id = claim.submission.customer.tenant_id;
    let key = links.current_key();
    let addresses = Addresses {
        claim_id,
        notice,
        page_url: links.notice_url(received, key),
        tenant_url: links.tenant_url(TenantLink { tenant_id, received }, key),
    };
    if output.is_json() {
        output.object(&addresses)?;
    } else {
        output.text(format_args!("{}\n{}", addresses.page_url, addresses.tenant_url))?;
    }
    Ok(Exit::Done)
}
