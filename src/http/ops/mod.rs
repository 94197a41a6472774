//! `/ops`: the operations pages, for the people who run a deployment.
//!
//! | file | holds |
//! |---|---|
//! | `gate.rs` | who is signed in, and whether a request comes from our own page |
//! | `sign_in.rs` | signing in with a key or a token, and out |
//! | `frame.rs` | what every page has: navigation, who is signed in, the time; reading forms |
//! | `live.rs` | telling open pages that something has changed |
//! | `look.rs` | what is known of the deployment, looked at once a second |
//! | `overview/` | how everything stands |
//! | `dead/` | dead letters: look, try again, forget |
//! | `queues.rs` | the queues: look, pause, resume, how many handlers |
//! | `log.rs` | what operators did |
//!
//! Pages work without scripts. With them, a page that is told of a change reads itself again and
//! puts the parts marked `data-live` in place (`config/ops/ops.js`); there is no other code in the
//! browser. A GET changes nothing. What acts is a form with the session's token, which says what
//! will happen and asks for a reason; who did it is recorded.

mod dead;
mod frame;
mod gate;
mod live;
mod log;
mod look;
mod overview;
mod queues;
mod sign_in;

use crate::access::Role;
use crate::http::route::{Place, Route};

pub(super) use gate::enter;
pub(super) use look::Looks;

/// Where the pages begin.
const HOME: &str = "/ops";
/// Who looks at the pages.
const LOOKS: &[Role] = &[Role::Reviewer, Role::Operator, Role::Observer];

/// Who acts on queues and dead letters.
const OPERATES: &[Role] = &[Role::Operator];

/// Every page; none is in the description of the API.
pub(super) fn routes() -> Vec<Route> {
    let all = [
        sign_in::routes(),
        live::routes(),
        overview::routes(),
        dead::routes(),
        queues::routes(),
        log::routes(),
    ]
    .concat();
    all.into_iter().map(|route| route.only(Place::Deployment)).collect()
}
