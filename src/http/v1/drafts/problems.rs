//! What cannot be done with a draft, as problems.

use crate::claim::{ClaimId, Finding};
use crate::drafts::DraftError;
use crate::http::problem::{Problem, ProblemType};

/// Why something that was attempted with a draft could not be done, and what to do.
pub fn problem(attempted: &str, error: DraftError) -> Problem {
    match error {
        DraftError::NotThere(_) => Problem::not_found("such draft"),
        DraftError::Findings(findings) => Problem::findings(attempted, findings),
        DraftError::TooMany { .. } => {
            let finding = Finding::new(Finding::WHOLE, "too_many", format!("{error}."));
            Problem::findings(attempted, vec![finding])
        }
        DraftError::Changed(conflict) => Problem::new(
            ProblemType::DraftChanged,
            format!(
                "Could not {attempted}: {} has changed it, and its revision is {} now.",
                conflict.changed_by, conflict.revision
            ),
            "Look at `conflict.fields`, decide about those that both have changed, and send it \
             again with the present revision in If-Match.",
        )
        .with_conflict(conflict),
        DraftError::Locked { claim_id, .. } => locked(attempted, claim_id),
        DraftError::Contended(_) => Problem::unavailable("The draft kept changing meanwhile."),
        DraftError::Ledger(error) => error.into(),
        DraftError::Store(error) => error.into(),
    }
}

fn locked(attempted: &str, claim_id: Option<ClaimId>) -> Problem {
    let Some(claim_id) = claim_id else {
        let detail = format!("Could not {attempted}: it is just being submitted.");
        let remedy = "Submit it again: that goes on where it was left.";
        return Problem::new(ProblemType::ClaimConflict, detail, remedy).coded("draft_submitting");
    };
    let detail = format!("Could not {attempted}: it was submitted, and is a claim now.");
    let remedy = "Go on with the claim; a draft that was submitted is locked.";
    let problem = Problem::new(ProblemType::ClaimConflict, detail, remedy);
    problem.about(claim_id).coded("draft_submitted")
}
