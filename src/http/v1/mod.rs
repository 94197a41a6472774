//! The API for upstream systems, partners, reviewers, operators and the usage-data service.

mod access;
mod adjust;
mod answers;
mod associations;
mod batch;
mod calendars;
mod changes;
pub(in crate::http) mod claims;
mod clock;
mod deadline;
mod document;
pub(in crate::http) mod drafts;
mod events;
pub(super) mod evidence;
mod mails;
mod ndjson;
mod notifications;
pub(in crate::http) mod operations;
mod outages;
pub(in crate::http) mod proofs;
mod queues;
mod renewal;
pub(in crate::http) mod reviews;
mod sandboxes;
pub(in crate::http) mod search;
mod submit;
mod usage;
pub(in crate::http) mod waiting;
mod webhooks;
mod windows;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::access::{Caller, Role};
use crate::claim::{Claim, ClaimId};
use crate::http::Web;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::telemetry;

/// Who submits claims, and answers what is asked of a partner.
const SUBMITTERS: &[Role] = &[Role::UpstreamSource, Role::IncentivesAdmin];
/// Who reads claims with the names of people in them.
const READERS: &[Role] = &[Role::UpstreamSource, Role::IncentivesAdmin, Role::Reviewer];
/// Who reads claims without such names.
const VIEWERS: &[Role] =
    &[Role::UpstreamSource, Role::IncentivesAdmin, Role::Reviewer, Role::Operator, Role::Observer];

/// Every route under `/v1`.
pub(super) fn routes() -> Vec<Route> {
    [
        submit::routes(),
        batch::routes(),
        search::routes(),
        claims::routes(),
        drafts::routes(),
        deadline::routes(),
        evidence::routes(),
        proofs::routes(),
        windows::routes(),
        changes::routes(),
        answers::routes(),
        waiting::routes(),
        reviews::routes(),
        adjust::routes(),
        associations::routes(),
        access::routes(),
        events::routes(),
        webhooks::routes(),
        notifications::routes(),
        clock::routes(),
        mails::routes(),
        sandboxes::routes(),
        calendars::routes(),
        outages::routes(),
        operations::routes(),
        queues::routes(),
        usage::routes(),
        renewal::routes(),
        document::routes(),
    ]
    .concat()
}

/// The claim in a path.
#[derive(Debug, Deserialize, JsonSchema)]
pub(in crate::http) struct ClaimPath {
    /// The claim's id.
    #[schemars(with = "uuid::Uuid")]
    claim_id: String,
}

impl ClaimPath {
    /// The claim, if it exists and is there for the caller.
    pub(in crate::http) async fn claim(
        &self,
        web: &Web,
        caller: &Caller,
    ) -> Result<Claim, Problem> {
        let missing = || Problem::not_found("such claim");
        let id = ClaimId::parse(&self.claim_id).map_err(|_| missing())?;
        let claim = web.ledger.store().claim(id).await?.ok_or_else(missing)?;
        telemetry::about(id);
        let submission = &claim.submission;
        if caller.authority.sees(&submission.partner.mpn_id, &submission.source) {
            Ok(claim)
        } else {
            Err(missing())
        }
    }
}
