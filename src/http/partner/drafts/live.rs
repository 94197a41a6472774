//! What is asked while somebody writes, and again when a step is shown: is the domain the tenant's,
//! and which items do others have? Whose they are is not said.

use axum::http::{Method, Uri};
use axum::response::Response;
use serde::Serialize;

use crate::claim::Finding;
use crate::claim::identity::{DomainName, TenantId};
use crate::directory::DomainAnswer;
use crate::drafts::{Draft, DraftContent, Step};
use crate::http::extract::Path;
use crate::http::form::Fields;
use crate::http::partner::frame::Visit;
use crate::http::problem::Problem;
use crate::http::route::Route;

use super::form::apply;
use super::{DraftPath, refused};

pub(super) fn routes() -> Vec<Route> {
    let part = |path, id, summary, handler| Route::new(Method::GET, path, id, summary, handler);
    let customer = "/partner/drafts/{draft_id}/check/customer";
    vec![
        part(customer, "check_draft_customer", "Does the domain belong to the tenant?", asked),
        Route::new(
            Method::GET,
            "/partner/drafts/{draft_id}/check/items",
            "check_draft_items",
            "Which items others have",
            items,
        ),
    ]
}

/// What the directory says of tenant and domain.
#[derive(Debug, Serialize)]
pub(super) struct Whose {
    /// The key of the words in the table `whose`; nothing while there is nothing to ask.
    pub words: Option<&'static str>,
    /// Whether a claim would be stopped by it.
    pub is_wrong: bool,
}

/// Asks the directory; what is not well-formed is not asked about.
pub(super) async fn whose(visit: &Visit, content: &DraftContent) -> Whose {
    let silent = Whose { words: None, is_wrong: false };
    let customer = &content.customer;
    let read = |raw: &Option<String>| raw.clone().unwrap_or_default();
    let tenant_id = TenantId::parse(&read(&customer.tenant_id));
    let domain = DomainName::parse(&read(&customer.domain));
    let (Ok(tenant_id), Ok(domain)) = (tenant_id, domain) else { return silent };
    let answer = visit.web.directory.look_up(domain.ascii(), tenant_id.as_uuid(), &[]).await;
    let words = match answer.map(|answer| answer.domain) {
        Ok(DomainAnswer::BelongsToTenant) => "belongs",
        Ok(DomainAnswer::BelongsToAnotherTenant) => "another_tenant",
        Ok(DomainAnswer::UnknownDomain) => "unknown_domain",
        Ok(DomainAnswer::UnknownTenant) => "unknown_tenant",
        Err(_) => "no_answer",
    };
    Whose { words: Some(words), is_wrong: !matches!(words, "belongs" | "no_answer") }
}

async fn asked(visit: Visit, Path(path): Path<DraftPath>, uri: Uri) -> Result<Response, Problem> {
    let draft = written(&visit, &path, Step::Customer, &uri).await?;
    visit.part("draft_whose.html", &whose(&visit, &draft.content).await)
}

/// An item that somebody has.
#[derive(Debug, Serialize)]
pub(super) struct Taken {
    /// The item in words.
    pub item: String,
    /// The key of the words in the table `taken`.
    words: &'static str,
}

/// Items of the draft that somebody has.
pub(super) async fn taken(visit: &Visit, draft: &Draft) -> Result<Vec<Taken>, Problem> {
    let held = visit.web.drafts.held(draft).await;
    let held = held.map_err(|error| refused("look who has the items", error))?;
    let catalog = &visit.web.ledger.rules().catalog;
    let one = |(index, is_own): (usize, bool)| {
        let item = draft.content.items.get(index)?;
        let code = item.workload.as_deref().or(item.product.as_deref()).unwrap_or_default();
        let mut said = catalog.item_name(code).unwrap_or(code).to_owned();
        if let Some(subscription_id) = &item.subscription_id {
            said = format!("{said} ({subscription_id})");
        }
        Some(Taken { item: said, words: if is_own { "own" } else { "others" } })
    };
    Ok(held.into_iter().filter_map(one).collect())
}

#[derive(Serialize)]
struct TakenView {
    taken: Vec<Taken>,
}

async fn items(visit: Visit, Path(path): Path<DraftPath>, uri: Uri) -> Result<Response, Problem> {
    let draft = written(&visit, &path, Step::Items, &uri).await?;
    visit.part("draft_taken.html", &TakenView { taken: taken(&visit, &draft).await? })
}

/// The draft as it would be with what is in the form now; nothing is saved.
async fn written(visit: &Visit, path: &DraftPath, step: Step, uri: &Uri) -> Result<Draft, Problem> {
    let mut draft = path.draft(visit).await?;
    apply(step, &Fields::of_query(uri), &mut draft.content);
    let checked = draft.content.checked(&draft.mpn_id);
    draft.content = checked.map_err(|found: Vec<Finding>| Problem::findings("check", found))?;
    Ok(draft)
}
