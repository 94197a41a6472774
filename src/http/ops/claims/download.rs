//! The whole list as CSV, page by page, so that neither we nor Redis hold all of it at once.

use std::io;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::asked::Asked;
use super::found::{Found, Narrowed, find, narrow};
use super::typed::SEARCHED;
use crate::http::form::Fields;
use crate::http::ops::frame::Visit;
use crate::http::problem::Problem;
use crate::http::signed::Signed;
use crate::http::v1::search::dossiers;
use crate::store::search::{PageSize, Search};
use crate::view::{Dossier, csv_more_rows, csv_rows};

/// Claims in one file, at most.
const ROWS_MAX: usize = 100_000;

/// Where a file goes on.
struct Rest {
    signed: Signed,
    /// The first page.
    search: Search,
    next: Option<String>,
    rows: usize,
}

pub(super) async fn download(visit: Visit, uri: Uri) -> Result<Response, Problem> {
    let now = visit.web.ledger.clock().now().await?;
    let asked = Asked::of(&Fields::of_query(&uri), now);
    let asked = Asked { cursor: None, ..asked };
    let asked = match narrow(&visit, &asked).await? {
        Narrowed::Claim(id) => {
            let claim = visit.web.ledger.store().claim(id).await?;
            return whole(&visit, &dossiers(&visit.web, claim.into_iter().collect()).await?);
        }
        Narrowed::Asked(_, claims) if claims.trouble.is_some() => {
            return Err(Problem::malformed(SEARCHED));
        }
        Narrowed::Asked(asked, _) => asked,
    };
    if asked.wants_stuck() {
        return match find(&visit, &asked).await? {
            Found::Claims(claims) => whole(&visit, &claims.dossiers),
            Found::Claim(_) => Err(Problem::internal()),
        };
    }
    let search = asked.search(&visit, PageSize::MAX);
    let search = search.map_err(|finding| Problem::findings("list claims", vec![finding]))?;
    as_csv((*visit).clone(), search).await
}

/// Everything that is searched for, as far as this person sees it.
pub(in crate::http) async fn as_csv(signed: Signed, search: Search) -> Result<Response, Problem> {
    let rest = Rest { signed, search, next: None, rows: 0 };
    // The first page is read before anything is answered, so that what is wrong is a page.
    let (first, rest) = rest.read(true).await?;
    let more = stream::try_unfold(rest, async |rest| match rest {
        Some(rest) => match rest.read(false).await {
            Ok((bytes, rest)) => Ok(Some((bytes, rest))),
            // The file breaks off, so that nobody takes it for whole.
            Err(problem) => Err(io::Error::other(problem.detail().to_owned())),
        },
        None => Ok(None),
    });
    let first = stream::iter([Ok::<_, io::Error>(first)]);
    Ok(csv(Body::from_stream(futures_util::StreamExt::chain(first, more))))
}

/// A file with few lines.
fn whole(visit: &Visit, dossiers: &[Dossier]) -> Result<Response, Problem> {
    let authority = &visit.session.caller.authority;
    let views = dossiers.iter().map(|dossier| dossier.view().for_caller(authority));
    Ok(csv(Body::from(csv_rows(views).map_err(|_| Problem::internal())?)))
}

fn csv(body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let file = HeaderValue::from_static("attachment; filename=\"claims.csv\"");
    headers.insert(header::CONTENT_DISPOSITION, file);
    response
}

impl Rest {
    /// The next page, and what comes after it.
    async fn read(mut self, is_first: bool) -> Result<(Bytes, Option<Self>), Problem> {
        let store = self.signed.web.ledger.store();
        let search = match &self.next {
            Some(next) => self.search.clone().after(next).map_err(|_| Problem::internal())?,
            None => self.search.clone(),
        };
        let page = store.search(&search).await?;
        let dossiers = dossiers(&self.signed.web, page.entries).await?;
        let authority = &self.signed.session.caller.authority;
        let views = dossiers.iter().map(|dossier| dossier.view().for_caller(authority));
        let bytes = if is_first { csv_rows(views) } else { csv_more_rows(views) };
        let bytes = Bytes::from(bytes.map_err(|_| Problem::internal())?);
        self.rows += dossiers.len();
        self.next = page.next;
        let goes_on = self.next.is_some() && self.rows < ROWS_MAX;
        Ok((bytes, goes_on.then_some(self)))
    }
}
