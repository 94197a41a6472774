//! Associations and claims of the partner: search, filters, order, pages. A saved filter is its
//! link.

mod asked;
mod row;

use axum::http::{Method, Uri};
use axum::response::Response;
use serde::Serialize;

use crate::claim::Status;
use crate::http::form::Fields;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::signed::see_other;
use crate::http::v1::search::dossiers;
use crate::store::search::Order;

use super::frame::{Page, Section, Visit};
use super::{HOME, PEOPLE};
use asked::{Asked, Found, List};
use row::Row;

pub(super) fn routes() -> Vec<Route> {
    let (list, official) = (List::Claims.path(), List::Associations.path());
    let (list_id, official_id) = ("show_partner_claims", "show_partner_associations");
    vec![
        Route::new(Method::GET, HOME, "show_partner_home", "To the claims", home),
        Route::new(Method::GET, list, list_id, "A partner's claims", claims),
        Route::new(Method::GET, official, official_id, "A partner's associations", associations),
    ]
    .into_iter()
    .map(|route| route.signed_in(PEOPLE))
    .collect()
}

#[derive(Serialize)]
struct View<'a> {
    list: List,
    path: &'static str,
    form: &'a Asked,
    statuses: Vec<&'static str>,
    orders: Vec<&'static str>,
    /// The key of the words that say why nothing was looked for, and the words that were typed.
    trouble: Option<&'static str>,
    /// Whether only some are asked for.
    is_narrowed: bool,
    rows: Vec<Row>,
    next: Option<String>,
    first: Option<String>,
}

async fn home(_: Visit) -> Response {
    see_other(List::Claims.path())
}

async fn claims(visit: Visit, uri: Uri) -> Result<Response, Problem> {
    show(&visit, List::Claims, &uri).await
}

async fn associations(visit: Visit, uri: Uri) -> Result<Response, Problem> {
    show(&visit, List::Associations, &uri).await
}

async fn show(visit: &Visit, list: List, uri: &Uri) -> Result<Response, Problem> {
    let asked = Asked::of(list, &Fields::of_query(uri));
    let (entries, next, trouble) = match asked::find(visit, &asked).await? {
        Found::Claim(id) => return Ok(see_other(&format!("{}/{id}", List::Claims.path()))),
        Found::Page(page) => (page.entries, page.next, None),
        Found::Nothing(trouble) => (Vec::new(), None, Some(trouble)),
    };
    let now = visit.web.ledger.clock().now().await?;
    let dossiers = dossiers(&visit.web, entries).await?;
    let path = list.path();
    let view = View {
        list,
        path,
        form: &asked,
        statuses: Status::ALL.iter().map(|status| status.as_str()).collect(),
        orders: Order::ALL.iter().map(|order| order.as_str()).collect(),
        trouble,
        is_narrowed: asked.is_narrowed(),
        rows: dossiers.iter().map(|dossier| Row::of(visit, dossier, now)).collect(),
        next: next.map(|next| format!("{path}?{}&cursor={next}", asked.query())),
        first: asked.cursor.is_some().then(|| format!("{path}?{}", asked.query())),
    };
    let section = match list {
        List::Claims => Section::Claims,
        List::Associations => Section::Associations,
    };
    visit.reply(&Page { file: "claims.html", section, view })
}
