//! `/ops/reviews`: what waits for a reviewer, who is late first; one claim with its proof side by
//! side; and the decision.
//!
//! | file | holds |
//! |---|---|
//! | `queue.rs` | what waits |
//! | `case.rs` | one claim with everything that the decision needs |
//! | `side.rs` | what one partner claims |
//! | `proof.rs` | what proves it, and what seems to be missing there |
//! | `contest.rs` | what decides between two partners, and a dispute, in words |
//! | `offers.rs` | what this visitor can decide, and why not |
//! | `reasons.rs` | the reasons of a refusal, thing by thing, as a form has them |
//! | `acts.rs` | deciding; by the same commands as the API |

mod acts;
mod case;
mod contest;
mod offers;
mod proof;
mod queue;
mod reasons;
mod side;

use axum::http::Method;
use axum::response::Response;

use crate::claim::ClaimId;
use crate::http::extract::Path;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::v1::proofs::{self, DocumentPath};

use super::frame::Visit;
use super::{DECIDES, LOOKS};

/// Where the queue is.
const PATH: &str = "/ops/reviews";
const ONE: &str = "/ops/reviews/{claim_id}";
const DOCUMENT: &str = "/ops/documents/{document_id}";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, PATH, "show_reviews", "What waits for a reviewer", queue::show)
            .signed_in(LOOKS),
        Route::new(Method::GET, ONE, "show_review", "A claim beside its proof", case::show)
            .signed_in(LOOKS),
        Route::new(Method::POST, ONE, "ops_decide", "A reviewer's decision", acts::decide)
            .signed_in(DECIDES),
        Route::new(Method::GET, DOCUMENT, "ops_document", "Proof to download", document)
            .signed_in(DECIDES)
            .streams(),
    ]
}

/// Where a claim is seen beside its proof.
pub(super) fn path_of(id: ClaimId) -> String {
    format!("{PATH}/{id}")
}

/// Proof as an attachment, under the conditions of the API.
async fn document(visit: Visit, Path(path): Path<DocumentPath>) -> Result<Response, Problem> {
    proofs::download(&visit.web, &visit.session.caller, &path).await
}
