//! Looking for the claims that are asked for. Every look is bounded: by the page, by the claims
//! that the search goes through for one, and by the few things that the words in the search box
//! may be.

use std::collections::BTreeSet;

use crate::claim::{ClaimId, Finding};
use crate::http::ops::frame::Visit;
use crate::http::problem::Problem;
use crate::http::v1::search::dossiers;
use crate::store::dead::DeadEntry;
use crate::store::search::{Order, Page, PageSize};
use crate::view::Dossier;

use super::asked::Asked;
use super::typed::{Guess, SEARCHED, guesses};

/// Claims on one page.
const SIZE: usize = 50;
/// Claims that dead letters keep, on the one page they are on.
const STUCK_MAX: usize = 100;

/// What was found.
pub(super) enum Found {
    /// This one.
    Claim(ClaimId),
    /// A page of them.
    Claims(Claims),
}

/// A page of claims.
#[derive(Default)]
pub(super) struct Claims {
    pub dossiers: Vec<Dossier>,
    /// Where to go on.
    pub next: Option<String>,
    /// There are more, which cannot be paged to.
    pub is_cut: bool,
    /// What the words in the search box were taken for.
    pub understood: Option<String>,
    /// What else they may be: the words, the field of the form, and what to write into it.
    pub others: Vec<(&'static str, &'static str, String)>,
    /// Why nothing was looked for.
    pub trouble: Option<String>,
}

/// What the words were taken for.
pub(super) enum Narrowed {
    /// This claim.
    Claim(ClaimId),
    /// What is asked for, with the words as a filter.
    Asked(Box<Asked>, Claims),
}

/// Looks for what is asked for.
pub(super) async fn find(visit: &Visit, asked: &Asked) -> Result<Found, Problem> {
    let (asked, mut claims) = match narrow(visit, asked).await? {
        Narrowed::Claim(id) => return Ok(Found::Claim(id)),
        Narrowed::Asked(asked, claims) => (asked, claims),
    };
    if claims.trouble.is_some() {
        return Ok(Found::Claims(claims));
    }
    let size = PageSize::new(SIZE).unwrap_or(PageSize::DEFAULT);
    let read = if asked.wants_stuck() {
        stuck(visit, &asked).await
    } else {
        page(visit, &asked, size).await
    };
    match read? {
        Ok(found) => {
            (claims.dossiers, claims.next, claims.is_cut) =
                (found.dossiers, found.next, found.is_cut);
        }
        Err(finding) => claims.trouble = Some(format!("{}: {}", finding.field, finding.message)),
    }
    Ok(Found::Claims(claims))
}

/// Takes the words in the search box for what they are, or may be.
pub(super) async fn narrow(visit: &Visit, asked: &Asked) -> Result<Narrowed, Problem> {
    let mut claims = Claims::default();
    if asked.q.is_empty() {
        return Ok(Narrowed::Asked(Box::new(asked.clone()), claims));
    }
    let store = visit.web.ledger.store();
    let mut filters = Vec::new();
    for guess in guesses(&asked.q, &visit.web.ledger.rules().catalog) {
        let id = match guess {
            Guess::Claim(id) => store.claim(id).await?.map(|claim| claim.id),
            Guess::Key(source, key) => store.claim_by_key(&source, &key).await?,
            Guess::Filter { words, field, value } => {
                filters.push((words, field, value));
                None
            }
        };
        if let Some(id) = id {
            return Ok(Narrowed::Claim(id));
        }
    }
    let mut taken = filters.len().saturating_sub(1);
    for (at, (_, field, value)) in filters.iter().enumerate().take(taken) {
        if any(visit, &asked.with(field, value)).await? {
            taken = at;
            break;
        }
    }
    let mut narrowed = asked.clone();
    if taken < filters.len() {
        let (words, field, value) = filters.remove(taken);
        narrowed = narrowed.with(field, &value);
        claims.understood = Some(format!("{words} {value}"));
        claims.others = filters;
    } else if asked.q.contains('/') {
        claims.trouble = Some(format!("no claim has this source and key. {SEARCHED}"));
    } else {
        claims.trouble = Some(format!("this cannot be searched for. {SEARCHED}"));
    }
    Ok(Narrowed::Asked(Box::new(narrowed), claims))
}

/// Whether there is any claim.
async fn any(visit: &Visit, asked: &Asked) -> Result<bool, Problem> {
    let one = PageSize::new(1).unwrap_or(PageSize::DEFAULT);
    let asked = Asked { cursor: None, ..asked.clone() };
    Ok(page(visit, &asked, one).await?.is_ok_and(|claims| !claims.dossiers.is_empty()))
}

async fn page(
    visit: &Visit,
    asked: &Asked,
    size: PageSize,
) -> Result<Result<Claims, Finding>, Problem> {
    let search = match asked.search(visit, size) {
        Ok(search) => search,
        Err(finding) => return Ok(Err(finding)),
    };
    let Page { entries, next } = visit.web.ledger.store().search(&search).await?;
    let dossiers = dossiers(&visit.web, entries).await?;
    Ok(Ok(Claims { dossiers, next, ..Claims::default() }))
}

/// The claims that dead letters keep from going on.
async fn stuck(visit: &Visit, asked: &Asked) -> Result<Result<Claims, Finding>, Problem> {
    let (filter, order) = match asked.filter(visit) {
        Ok(asked) => asked,
        Err(finding) => return Ok(Err(finding)),
    };
    let store = visit.web.ledger.store();
    let dead = store.dead_letters().await?;
    let kept = |id: ClaimId| {
        let of_it = |entry: &&DeadEntry| entry.keeps_claim() && entry.claim_id() == Some(id);
        dead.iter().find(of_it).cloned()
    };
    let ids: BTreeSet<ClaimId> =
        dead.iter().filter(|e| e.keeps_claim()).filter_map(DeadEntry::claim_id).collect();
    let mut claims = Claims { is_cut: ids.len() > STUCK_MAX, ..Claims::default() };
    let mut ids: Vec<ClaimId> = ids.into_iter().collect();
    if order == Order::Newest {
        ids.reverse();
    }
    for id in ids.into_iter().take(STUCK_MAX) {
        let claim = store.claim(id).await?.filter(|claim| filter.admits(claim));
        claims.dossiers.extend(claim.map(|claim| Dossier {
            claim,
            history: Vec::new(),
            stuck: kept(id),
        }));
    }
    Ok(Ok(claims))
}
