//! The claims of which the clock's page speaks.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::calendar::{Language, Zone, moment};
use crate::claim::{Claim, ClaimId, State, Status};
use crate::http::Web;
use crate::link::NoticeLink;
use crate::store::StoreError;

/// A claim as the page shows it beside a moment.
#[derive(Clone, Serialize)]
pub(super) struct ClaimAt {
    pub name: String,
    pub organization: String,
    /// The moment on the customer's clocks.
    pub local: String,
    /// The address of the customer's page while a notice is open.
    pub page: Option<String>,
}

/// A claim that can be chosen.
#[derive(Serialize)]
pub(super) struct Choice {
    pub id: String,
    pub name: String,
    pub organization: String,
    pub status: Status,
    /// The end of its open window, at the customer's.
    pub closes: Option<String>,
    pub is_chosen: bool,
}

/// Claims that are read once each.
pub(super) struct Claims<'a> {
    web: &'a Web,
    known: BTreeMap<ClaimId, Claim>,
}

impl<'a> Claims<'a> {
    /// Reads the claims with these ids.
    pub async fn read(
        web: &'a Web,
        ids: impl Iterator<Item = ClaimId>,
    ) -> Result<Self, StoreError> {
        let mut known = BTreeMap::new();
        for id in ids {
            if !known.contains_key(&id)
                && let Some(claim) = web.ledger.store().claim(id).await?
            {
                known.insert(id, claim);
            }
        }
        Ok(Self { web, known })
    }

    /// A claim beside a moment.
    pub fn beside(&self, id: ClaimId, at: DateTime<Utc>) -> Option<ClaimAt> {
        let claim = self.known.get(&id)?;
        let submission = &claim.submission;
        Some(ClaimAt {
            name: submission.name.as_str().to_owned(),
            organization: submission.customer.domain.unicode().to_owned(),
            local: moment(at, &self.zone(claim), Language::English),
            page: self.page(claim),
        })
    }

    /// The zones of the customers, each once.
    pub fn zones(&self) -> Vec<Zone> {
        let mut zones: Vec<Zone> = Vec::new();
        for zone in self.known.values().map(|claim| self.zone(claim)) {
            if !zones.iter().any(|known| known.to_string() == zone.to_string()) {
                zones.push(zone);
            }
        }
        zones
    }

    /// The claims to choose from: those whose window is open first, by its end.
    pub fn choices(&self, chosen: &str) -> Vec<Choice> {
        let mut claims: Vec<&Claim> = self.known.values().collect();
        let end = |claim: &&Claim| match &claim.snapshot.state {
            State::Notified { window, .. } => (0, window.closes_at()),
            _ => (1, claim.changed_at),
        };
        claims.sort_by_key(end);
        claims.into_iter().map(|claim| self.choice(claim, chosen)).collect()
    }

    fn choice(&self, claim: &Claim, chosen: &str) -> Choice {
        let is_open = claim.status() == Status::Notified;
        let window = claim.window().filter(|_| is_open);
        let id = claim.id.to_string();
        Choice {
            name: claim.submission.name.as_str().to_owned(),
            organization: claim.submission.customer.domain.unicode().to_owned(),
            status: claim.status(),
            closes: window.map(|window| {
                let local = window.deadline.zone.local(window.closes_at());
                local.format("%-d %b %H:%M %:z").to_string()
            }),
            is_chosen: id == chosen,
            id,
        }
    }

    fn zone(&self, claim: &Claim) -> Zone {
        let policy = &self.web.ledger.rules().window();
        policy.zone(&claim.submission, claim.changed_at).unwrap_or(Zone::UTC)
    }

    fn page(&self, claim: &Claim) -> Option<String> {
        if claim.status() != Status::Notified {
            return None;
        }
        let link = NoticeLink { claim_id: claim.id, notice: claim.notices };
        let key = claim.link_key.unwrap_or_else(|| self.web.links.current_key());
        Some(self.web.links.notice_url(link, key))
    }
}
