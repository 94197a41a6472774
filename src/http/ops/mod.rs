//! `/ops`: the operations pages, for the people who run a deployment.
//!
//! | file | holds |
//! |---|---|
//! | `gate.rs` | who is signed in, and whether a request comes from our own page |
//! | `sign_in.rs` | signing in with a key or a token, and out |
//! | `frame.rs` | what every page has: navigation, who is signed in, the time; reading forms |
//! | `live.rs` | telling open pages that something has changed |
//! | `windows/` | when windows end: today, tomorrow, this week, overdue |
//! | `claims/` | claims: search, filters, lists |
//! | `claim/` | one claim: what was, what comes, and what can be done |
//! | `when.rs` | instants, in UTC and on the customer's clocks |
//! | `queues.rs` | the queues |
//!
//! Pages work without scripts. With them, a page that is told of a change reads itself again and
//! puts the parts marked `data-live` in place (`config/ops/ops.js`); there is no other code in the
//! browser. A GET changes nothing. What acts is a form with the session's token, which says what
//! will happen and asks for a reason; who did it is recorded.

mod claim;
mod claims;
mod frame;
mod gate;
mod live;
mod queues;
mod sign_in;
mod when;
mod windows;

use crate::access::Role;
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

/// Every page; none is in the description of the API.
pub(super) fn routes() -> Vec<Route> {
    let all = [
        sign_in::routes(),
        live::routes(),
        windows::routes(),
        claims::routes(),
        claim::routes(),
        queues::routes(),
    ];
    all.concat().into_iter().map(|route| route.only(Place::Deployment)).collect()
}
