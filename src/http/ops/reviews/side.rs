//! What one partner claims, and with which proof: one column of the page.

use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::calendar::Zone;
use crate::claim::state::Holder;
use crate::claim::{Claim, ClaimId};
use crate::http::ops::claim::{self, Facts, Held};
use crate::http::ops::claims::tone;
use crate::http::ops::frame::Visit;
use crate::http::ops::when::{At, capitalized};
use crate::http::problem::Problem;
use crate::view::status_in_words;

use super::proof::{Advice, Proof, advice, newest, proofs};

/// One side.
#[derive(Serialize)]
pub(super) struct Side {
    claim_id: ClaimId,
    /// The page of the claim.
    path: String,
    pub(super) mpn_id: String,
    words: String,
    tone: &'static str,
    submitted: At,
    /// It is the claim that is decided about.
    pub(super) is_this: bool,
    facts: Facts,
    items: Vec<Held>,
    /// Nothing for those who may not see them.
    proofs: Option<Vec<Proof>>,
    advice: Option<Advice>,
    /// When the newest proof came.
    #[serde(skip)]
    pub(super) newest: Option<DateTime<Utc>>,
}

impl Side {
    /// The side of a claim.
    pub async fn of(
        visit: &Visit,
        claim: &Claim,
        (holders, is_this): (&[Holder], bool),
        (headers, zone): (&HeaderMap, &Zone),
        now: DateTime<Utc>,
    ) -> Result<Self, Problem> {
        let sees = visit.session.caller.authority.sees_personal_data();
        let all = proofs(visit, claim, zone).await?;
        Ok(Self {
            claim_id: claim.id,
            path: claim::path_of(claim.id),
            mpn_id: claim.submission.partner.mpn_id.to_string(),
            words: capitalized(status_in_words(claim.status())),
            tone: tone(claim.status()),
            submitted: At::of(claim.submitted_at, zone),
            is_this,
            facts: Facts::without_proof(visit, &claim.submission),
            items: claim::held(visit, claim, holders, zone),
            newest: newest(&all),
            proofs: sees.then_some(all),
            advice: if sees { advice(visit, claim, headers, now).await } else { None },
        })
    }
}
