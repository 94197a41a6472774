//! The partners of a tenant, in words: who is associated, since when, with what, who looked last,
//! and who waits for an answer. The one place in which the own view is filled.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::facts::{ClaimFacts, Teller};
use crate::calendar::{Language, closing_moment};
use crate::claim::identity::{MpnId, TenantId};
use crate::claim::{Claim, ItemKey, State, Status};
use crate::http::Web;
use crate::store::StoreError;
use crate::store::grants::{OfficialAssociation, Party};
use crate::store::search::{ClaimFilter, Order, PageSize, Search};

/// The partners of a tenant, as the template reads them.
#[derive(Serialize)]
pub(super) struct Partners {
    /// Associated now, the newest claim first.
    associations: Vec<AssociationFacts>,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
    /// Claims that the customer can still reject.
    waiting: Vec<WaitingFacts>,
}

/// One association.
#[derive(Serialize)]
struct AssociationFacts {
    claim: ClaimFacts,
    since: String,
    /// The address of the page with the figures that the partner sees.
    figures: String,
    /// The address of the page on which it is ended, for who may end it.
    end: Option<String>,
}

/// One claim that waits for an answer.
#[derive(Serialize)]
struct WaitingFacts {
    partner: String,
    items: Vec<super::facts::ItemFacts>,
    closes: String,
}

/// Who asks for the partners of which tenant.
pub(super) struct Asked<'a> {
    /// The customer.
    pub tenant_id: TenantId,
    /// In which language.
    pub language: Language,
    /// Whether associations may be ended from here.
    pub may_end: bool,
    /// Where the last page ended.
    pub after: Option<&'a str>,
    /// Now.
    pub now: DateTime<Utc>,
}

impl Asked<'_> {
    /// The partners.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or what lies there cannot be read.
    pub async fn partners(&self, web: &Web) -> Result<Partners, StoreError> {
        let store = web.ledger.store();
        let first =
            || Search::associations_of(Party::Tenant(self.tenant_id), None, PageSize::DEFAULT);
        // A cursor that is none begins at the beginning.
        let search = self.after.and_then(|cursor| first().after(cursor).ok());
        let page = store.associations(&search.unwrap_or_else(first)).await?;
        let looks = store.looks(&self.tenant_id).await?;
        let looks = looks.into_iter().map(|look| ((look.mpn_id, look.item), look.at)).collect();
        let filter = ClaimFilter {
            status: Some(Status::Notified),
            tenant_id: Some(self.tenant_id),
            ..ClaimFilter::default()
        };
        let waiting = store.search(&Search::new(filter, Order::Newest, PageSize::DEFAULT)).await?;
        let association = |association: &_| self.association(web, association, &looks);
        Ok(Partners {
            associations: page.entries.iter().filter_map(association).collect(),
            next: page.next,
            waiting: waiting.entries.iter().filter_map(|claim| self.waits(web, claim)).collect(),
        })
    }

    fn association(
        &self,
        web: &Web,
        official: &OfficialAssociation,
        looks: &HashMap<(MpnId, ItemKey), DateTime<Utc>>,
    ) -> Option<AssociationFacts> {
        let claim = &official.claim;
        let State::Associated { association } = &claim.state else { return None };
        let teller = Teller::of(claim, &web.ledger.rules().window(), self.language);
        let mut facts = self.facts(web, claim);
        for (facts, item) in facts.items.iter_mut().zip(&claim.submission.items) {
            let key = (claim.submission.partner.mpn_id.clone(), ItemKey::from(item));
            facts.looked_at = looks.get(&key).map(|at| teller.moment(*at));
        }
        let lang = crate::http::language::tag(self.language);
        let end = self.may_end.then(|| format!("?lang={lang}&end={}", claim.id));
        let figures = format!("?lang={lang}&figures={}", claim.id);
        let since = teller.moment(association.since);
        Some(AssociationFacts { claim: facts, since, figures, end })
    }

    fn waits(&self, web: &Web, claim: &Claim) -> Option<WaitingFacts> {
        let window = claim.window().filter(|window| window.admits(self.now))?;
        let facts = self.facts(web, claim);
        let closes = closing_moment(&window.deadline, self.language);
        Some(WaitingFacts { partner: facts.partner, items: facts.items, closes })
    }

    fn facts(&self, web: &Web, claim: &Claim) -> ClaimFacts {
        ClaimFacts::of(claim.id, &claim.submission, &web.ledger.rules().catalog)
    }
}
