//! `/c/<token>`: all partners of a tenant, for who received a notice or a receipt of ours.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::facts::{ClaimFacts, Teller};
use super::figures::LookFacts;
use super::pages::Page;
use super::partners::{Asked, Partners};
use super::reject::token;
use super::reply::Trouble;
use super::standing::Seen;
use super::told::ReceiptFacts;
use crate::calendar::{Language, Zone};
use crate::claim::state::State as ClaimState;
use crate::claim::{Claim, ClaimId};
use crate::http::Web;
use crate::http::form::Fields;
use crate::http::language::{Wanted, tag};
use crate::link::TenantLink;

/// What `?after=` may say.
const BANNERS: [&str; 4] = ["ended", "kept", "already", "stopped"];

/// The own view, as its template reads it.
#[derive(Serialize)]
struct OwnView<'a> {
    organization: &'a str,
    tenant_id: String,
    #[serde(flatten)]
    partners: Partners,
    /// The address of the next page.
    more: Option<String>,
    may_end: bool,
    looks: Vec<LookFacts>,
    banner: Option<&'static str>,
    ended: Option<EndedFacts>,
}

/// The association that was ended just now.
#[derive(Serialize)]
struct EndedFacts {
    partner: String,
    receipt: ReceiptFacts,
    receipt_to: String,
}

/// A tenant as who has the link sees it.
pub(super) struct OwnVisit<'a> {
    pub web: &'a Web,
    pub token: &'a str,
    pub link: TenantLink,
    /// The customer's domain, or the tenant's id where no claim tells it any more.
    pub organization: String,
    /// False for who said that somebody else decides.
    pub may_end: bool,
    /// Whose clocks the customer reads.
    pub zone: Zone,
    pub now: DateTime<Utc>,
    pub language: Language,
}

/// Shows the partners, or the page on which an association is ended; changes nothing.
pub(super) async fn show(State(web): State<Web>, uri: Uri, headers: HeaderMap) -> Response {
    let query = Fields::of_query(&uri);
    let wanted = Wanted::of(&query, &headers);
    let visit = match OwnVisit::begin(&web, token(&uri), wanted).await {
        Ok(visit) => visit,
        Err(trouble) => return web.pages.trouble_for(trouble, wanted),
    };
    let shown = match (query.choice("end"), query.choice("figures")) {
        (Some(claim_id), _) => visit.end_form(claim_id).await,
        (None, Some(claim_id)) => visit.figures(claim_id).await,
        (None, None) => visit.list(&query).await,
    };
    shown.unwrap_or_else(|trouble| web.pages.trouble(trouble, visit.language))
}

impl<'a> OwnVisit<'a> {
    /// Reads the link, and from the claim it came with what it says about its holder.
    pub async fn begin(web: &'a Web, token: &'a str, wanted: Wanted) -> Result<Self, Trouble> {
        let link = web.links.read_tenant(token).ok_or(Trouble::Missing)?;
        let now = web.ledger.clock().now().await?;
        let claim_id = link.received.claim_id;
        let store = web.ledger.store();
        let policy = web.ledger.rules().window();
        let (organization, contact_language, may_end, zone) = match store.claim(claim_id).await? {
            Some(claim) => {
                let history = store.history(claim_id).await?;
                let notice = link.received.notice;
                let seen = Seen { claim: &claim, history: &history, notice };
                let language = seen.contact().language.as_ref().map(|it| it.as_str().to_owned());
                let domain = claim.submission.customer.domain.unicode().to_owned();
                let zone = Teller::of(&claim, &policy, Language::English).zone().clone();
                (domain, language, seen.passed_on().is_none(), zone)
            }
            None => (link.tenant_id.to_string(), None, true, Zone::UTC),
        };
        let language = wanted.language(contact_language.as_deref(), web.pages.default_language);
        Ok(Self { web, token, link, organization, may_end, zone, now, language })
    }

    async fn list(&self, query: &Fields) -> Result<Response, Trouble> {
        let asked = Asked {
            tenant_id: self.link.tenant_id,
            language: self.language,
            may_end: self.may_end,
            after: query.choice("from"),
            now: self.now,
        };
        let partners = asked.partners(self.web).await?;
        let banner = BANNERS.into_iter().find(|known| query.choice("after") == Some(known));
        let ended = match (banner, query.choice("claim")) {
            (Some("ended"), Some(claim_id)) => self.ended(claim_id).await?,
            _ => None,
        };
        let lang = tag(self.language);
        let more = partners.next.as_ref().map(|cursor| format!("?lang={lang}&from={cursor}"));
        let values = OwnView {
            organization: &self.organization,
            tenant_id: self.link.tenant_id.to_string(),
            partners,
            more,
            may_end: self.may_end,
            looks: self.looks().await?,
            // An end that is not on record was not just recorded.
            banner: banner.filter(|banner| *banner != "ended" || ended.is_some()),
            ended,
        };
        let (template, language) = ("own_view.html", self.language);
        let page = Page { template, language, values, errors: &[], can_switch: true };
        Ok(self.web.pages.reply(StatusCode::OK, &page))
    }

    /// What is on record of an association of this tenant that its customer has ended.
    async fn ended(&self, claim_id: &str) -> Result<Option<EndedFacts>, Trouble> {
        let Some(claim) = self.claim(claim_id).await? else { return Ok(None) };
        let ClaimState::Ended { .. } = &claim.state else { return Ok(None) };
        let history = self.web.ledger.store().history(claim.id).await?;
        let seen = Seen { claim: &claim, history: &history, notice: claim.notices };
        let teller = self.teller(&claim);
        Ok(seen.end().map(|answered| EndedFacts {
            partner: self.facts(&claim).partner,
            receipt: ReceiptFacts::of(answered, claim.id, &teller),
            receipt_to: seen.contact().email.masked(),
        }))
    }

    /// A claim on this very tenant.
    pub async fn claim(&self, claim_id: &str) -> Result<Option<Claim>, Trouble> {
        let Ok(claim_id) = ClaimId::parse(claim_id) else { return Ok(None) };
        let claim = self.web.ledger.store().claim(claim_id).await?;
        let is_ours = |claim: &Claim| claim.submission.customer.tenant_id == self.link.tenant_id;
        Ok(claim.filter(is_ours))
    }

    /// Instants of a claim in words.
    pub fn teller(&self, claim: &Claim) -> Teller {
        Teller::of(claim, &self.web.ledger.rules().window(), self.language)
    }

    /// What a claim says in words.
    pub fn facts(&self, claim: &Claim) -> ClaimFacts {
        let catalog = &self.web.ledger.rules().catalog;
        ClaimFacts::of(claim.id, &claim.submission, catalog)
    }
}
