//! Claims without a window yet that will need one. A calendar that one of them needs cannot be
//! removed, or its window could never open.

use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use schemars::JsonSchema;
use serde::Serialize;

use crate::claim::window_policy::WindowPolicy;
use crate::claim::{ClaimId, Status};
use crate::ledger::Ledger;
use crate::store::StoreError;
use crate::store::scan::ClaimSet;

/// In these a claim has no window yet, and may get one.
const BEFORE_THE_WINDOW: [Status; 7] = [
    Status::Submitted,
    Status::ActionRequired,
    Status::Contested,
    Status::UnderReview,
    Status::Refused,
    Status::Disputed,
    Status::Validated,
];
/// Claims that are told about at most; one is enough to keep the calendar.
const NEEDED_MAX: usize = 20;
/// Claims that are read at once.
const AT_ONCE: usize = 100;

/// A claim whose window could not open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "CalendarNeeded")]
pub struct Needed {
    /// The claim.
    #[schemars(with = "uuid::Uuid")]
    pub claim_id: ClaimId,
    /// Where it stands.
    pub status: Status,
    /// Why its window could not open.
    pub problem: String,
}

/// The first claims whose windows could not open under this policy, and could under the one in
/// force.
pub(super) async fn needed(
    ledger: &Ledger,
    policy: &WindowPolicy,
    now: DateTime<Utc>,
) -> Result<Vec<Needed>, StoreError> {
    let (store, mut found) = (ledger.store(), Vec::new());
    let in_force = ledger.rules().window();
    for partition in 0..store.keys().partitions() {
        for status in BEFORE_THE_WINDOW {
            let mut cursor = Some(0);
            while let Some(from) = cursor {
                let page = store.claims_in(partition, ClaimSet::Status(status), from).await?;
                cursor = page.next;
                let ids: Vec<ClaimId> =
                    page.found.iter().filter_map(|(id, _)| ClaimId::parse(id).ok()).collect();
                for some in ids.chunks(AT_ONCE) {
                    let claims = try_join_all(some.iter().map(|id| store.claim(*id))).await?;
                    for claim in claims.into_iter().flatten() {
                        let submission = &claim.submission;
                        let Err(findings) = policy.check(submission, now) else { continue };
                        if in_force.check(submission, now).is_err() {
                            continue;
                        }
                        let problem = findings.into_iter().map(|it| it.message).collect();
                        let (claim_id, status) = (claim.id, claim.status());
                        found.push(Needed { claim_id, status, problem });
                    }
                    if found.len() >= NEEDED_MAX {
                        found.truncate(NEEDED_MAX);
                        return Ok(found);
                    }
                }
            }
        }
    }
    Ok(found)
}
