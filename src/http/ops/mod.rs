//! `/ops`: the operations pages, for the people who run a deployment.
//!
//! | file | holds |
//! |---|---|
//! | `sign_in.rs` | signing in with a key or a token, and out |
//! | `frame.rs` | what every page has: navigation, who is signed in, the time; reading forms |
//! | `overview/` | how everything stands |
//! | `dead/` | dead letters: look, try again, forget |
//! | `queues.rs` | the queues: look, pause, resume, how many handlers |
//! | `log.rs` | what operators did |
//! | `windows/` | when windows end: today, tomorrow, this week, overdue |
//! | `claims/` | claims: search, filters, lists |
//! | `claim/` | one claim: what was, what comes, and what can be done |
//! | `reviews/` | what waits for a reviewer; one claim beside its proof, and the decision |
//! | `when.rs` | instants, in UTC and on the customer's clocks |
//!
//! Pages work without scripts. With them, a page that is told of a change reads itself again and
//! puts the parts marked `data-live` in place (`config/ops/ops.js`); there is no other code in the
//! browser. A GET changes nothing. What acts is a form with the session's token, which says what
//! will happen and asks for a reason; who did it is recorded.

mod claim;
pub(in crate::http) mod claims;
mod dead;
mod frame;
mod log;
mod overview;
mod queues;
mod reviews;
mod sign_in;
mod when;
mod windows;

use std::time::Duration;

use axum::http::Method;

use crate::access::Role;
use crate::http::Web;
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::{Place, Route};
use crate::http::signed;

pub(super) use frame::{Visit, again, outage};

/// Where the pages begin.
pub(super) const HOME: &str = "/ops";
/// Who looks at the pages.
const LOOKS: &[Role] = &[Role::Reviewer, Role::Operator, Role::Observer];
/// Who sets going again what has come to a stop.
const ACTS: &[Role] = &[Role::Reviewer, Role::Operator];
/// Who decides about claims.
const DECIDES: &[Role] = &[Role::Reviewer];

/// Who acts on queues and dead letters.
const OPERATES: &[Role] = &[Role::Operator];

/// Nothing is asked of a Redis of which is known that it does not answer.
async fn redis_answers(web: &Web) -> Result<(), Problem> {
    if web.seen().await.facts.is_some() {
        return Ok(());
    }
    let remedy = "Look at the Redis server and the way to it (`cpor doctor` says more). Everything \
                  goes on by itself then.";
    let detail = "How things stand is not known right now, because Redis does not answer.";
    Err(Problem::new(ProblemType::Unavailable, detail, remedy))
}

/// The longest time after which an open page is read again: queues grow old without any event.
const SILENCE: Duration = Duration::from_secs(5);

fn live() -> Vec<Route> {
    let follow = async |visit: Visit| signed::live(&visit, SILENCE).await;
    let route = Route::new(Method::GET, "/ops/live", "follow_operations", "Follow changes", follow);
    vec![route.signed_in(LOOKS).streams()]
}

/// Every page; none is in the description of the API.
pub(super) fn routes() -> Vec<Route> {
    let all = [
        sign_in::routes(),
        live(),
        overview::routes(),
        windows::routes(),
        claims::routes(),
        claim::routes(),
        reviews::routes(),
        dead::routes(),
        queues::routes(),
        log::routes(),
    ];
    all.concat().into_iter().map(|route| route.only(Place::Deployment)).collect()
}
