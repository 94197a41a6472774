//! `/clock`: a developer travels in time, by hand.
//!
//! The page exists only where the clock is virtual and the server is for this machine alone, or in
//! a sandbox. It asks for no credential: the address is one. What it protects itself against are
//! other pages in the same browser: a form that comes from elsewhere is refused
//! (`http/origin.rs`), and so is a request for a host that is not ours, behind which another page
//! may hide.
//!
//! | file | holds |
//! |---|---|
//! | `form.rs` | what a form asks for |
//! | `view.rs`, `claims.rs` | what the page shows |
//! | `template.rs` | the template, its style and script (`config/page/clock.*`), and the headers |

mod claims;
mod form;
mod template;
mod view;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::clock::TravelError;
use crate::http::Web;
use crate::http::form::Fields;
use crate::http::origin;
use crate::http::problem::Problem;
use crate::http::route::{Place, Route};
use crate::store::StoreError;
use crate::travel::{self, JourneyError};
use view::Asked;

const PATH: &str = "/clock";

/// The page and its form.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, PATH, "show_clock_page", "The virtual clock", show),
        Route::new(Method::POST, PATH, "travel_by_page", "Move the virtual clock", go).streams(),
    ]
    .into_iter()
    .map(|route| route.page().only(Place::ClockPage))
    .collect()
}

async fn show(State(web): State<Web>, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    origin::check_host(&headers, &web.public_url)?;
    let asked = Asked::of(&Fields::of_query(&uri));
    reply(&web, StatusCode::OK, &asked).await
}

/// Moves the clock and sends the browser back to the page, which tells what happened since.
async fn go(State(web): State<Web>, request: Request) -> Result<Response, Problem> {
    origin::check_host(request.headers(), &web.public_url)?;
    origin::check_form(request.headers())?;
    let fields = Fields::of_body(request, &web).await.map_err(|_| form::unreadable())?;
    let ledger = &web.ledger;
    let (from, since) = (ledger.clock().now().await?, ledger.store().feed_end().await?);
    let claim = fields.text("claim");
    let way = match form::way(&fields) {
        Ok(way) => way,
        Err(trouble) => return again(&web, trouble, claim).await,
    };
    match travel::go(ledger, way).await {
        Ok(_) => Ok(back(&Asked { since: Some(since), from: Some(from), claim, trouble: None })),
        Err(JourneyError::Travel(TravelError::Store(error))) => Err(error.into()),
        Err(error) => again(&web, error.to_string(), claim).await,
    }
}

/// The page again, with what is wrong.
async fn again(web: &Web, trouble: String, claim: String) -> Result<Response, Problem> {
    let mut sentence = trouble;
    if let Some(first) = sentence.get(..1).map(str::to_uppercase) {
        sentence.replace_range(..1, &first);
    }
    let asked = Asked { trouble: Some(sentence + "."), claim, ..Asked::default() };
    reply(web, StatusCode::UNPROCESSABLE_ENTITY, &asked).await
}

async fn reply(web: &Web, status: StatusCode, asked: &Asked) -> Result<Response, Problem> {
    let view = view::view(web, asked).await.map_err(|error: StoreError| Problem::from(error))?;
    template::reply(status, &view)
}

fn back(asked: &Asked) -> Response {
    let location = HeaderValue::try_from(asked.query());
    let location = location.unwrap_or_else(|_| HeaderValue::from_static("?"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}
