//! `/ops`: the operations pages, for the people who run a deployment.
//!
//! | file | holds |
//! |---|---|
//! | `gate.rs` | who is signed in, and whether a request comes from our own page |
//! | `sign_in.rs` | signing in with a key or a token, and out |
//! | `frame.rs` | what every page has: navigation, who is signed in, the time; reading forms |
//! | `live.rs` | telling open pages that something has changed |
//! | `overview/` | how everything stands |
//! | `dead/` | dead letters: look, try again, forget |
//! | `queues.rs` | the queues: look, pause, resume, how many handlers |
//! | `log.rs` | what operators did |
//! | `windows/` | when windows end: today, tomorrow, this week, overdue |
//! | `claims/` | claims: search, filters, lists |
//! | `claim/` | one claim: what was, what comes, and what can be done |
//! | `when.rs` | instants, in UTC and on the customer's clocks |
//!
//! Pages work without scripts. With them, a page that is told of a change reads itself again and
//! puts the parts marked `data-live` in place (`config/ops/ops.js`); there is no other code in the
//! browser. A GET changes nothing. What acts is a form with the session's token, which says what
//! will happen and asks for a reason; who did it is recorded.

mod claim;
mod claims;
mod dead;
mod frame;
mod gate;
mod live;
mod log;
mod overview;
mod queues;
mod sign_in;
mod when;
mod windows;

use crate::access::Role;
use crate::http::Web;
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::{Place, Route};

pub(super) use gate::enter;

/// Where the pages begin.
const HOME: &str = "/ops";
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

/// Every page; none is in the description of the API.
pub(super) fn routes() -> Vec<Route> {
    let all = [
        sign_in::routes(),
        live::routes(),
        overview::routes(),
        windows::routes(),
        claims::routes(),
        claim::routes(),
        dead::routes(),
        queues::routes(),
        log::routes(),
    ];
    all.concat().into_iter().map(|route| route.only(Place::Deployment)).collect()
}
