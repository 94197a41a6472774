//! Claims by status, as they flow from the intake to their outcome: the stages that every claim
//! passes that goes well, and below each the ways out of it.

use cpor_jobs::Job;
use serde::Serialize;

use crate::alarms::Facts;
use crate::claim::Status;
use crate::http::figures::Ago;
use crate::operations::{Overview, Rate};

/// The stages with the ways out of each.
const STAGES: [(Status, &[Status]); 4] = [
    (
        Status::Submitted,
        &[
            Status::ActionRequired,
            Status::Contested,
            Status::UnderReview,
            Status::Refused,
            Status::Disputed,
            Status::Disqualified,
        ],
    ),
    (Status::Validated, &[Status::Withdrawn]),
    (Status::Notified, &[Status::Paused, Status::Rejected]),
    (Status::Associated, &[Status::Ended]),
];

/// One stage of a claim's life.
#[derive(Serialize)]
pub(super) struct Stage {
    #[serde(flatten)]
    status: Place,
    exits: Vec<Place>,
}

/// What the picture says of one status, or of the intake.
#[derive(Serialize)]
struct Place {
    name: &'static str,
    title: &'static str,
    words: &'static str,
    link: String,
    claims: usize,
    /// How many may be there, where there is a limit.
    most: Option<usize>,
    rate: Option<Rate>,
    /// The one that is there since long ago, by its submission.
    oldest: Option<Ago>,
    oldest_link: Option<String>,
}

/// The stages, in the order of a claim's life.
pub(super) fn stages(facts: &Facts) -> Vec<Stage> {
    let mut stages = vec![intake(facts)];
    stages.extend(STAGES.map(|(status, exits)| Stage {
        status: Place::new(status, &facts.overview),
        exits: exits.iter().map(|exit| Place::new(*exit, &facts.overview)).collect(),
    }));
    stages
}

fn intake(facts: &Facts) -> Stage {
    let overview = &facts.overview;
    let queue = overview.queues.iter().find(|view| view.queue.job == Job::SubmitClaim);
    let status = Place {
        name: "intake",
        title: "Intake",
        words: "pushed, and not yet a claim",
        link: format!("/ops/queues#{}", Job::SubmitClaim),
        claims: queue.map_or(0, |view| view.queue.due + view.queue.running),
        most: Some(facts.intake.most),
        rate: None,
        oldest: None,
        oldest_link: None,
    };
    Stage { status, exits: Vec::new() }
}

impl Place {
    fn new(status: Status, overview: &Overview) -> Self {
        let (title, words) = words(status);
        let count = overview.statuses.iter().find(|count| count.status == status);
        let submitted_at = count.and_then(|count| count.oldest_submitted_at);
        let oldest = count.and_then(|count| count.oldest);
        Self {
            name: status.as_str(),
            title,
            words,
            link: format!("/ops/claims?status={status}"),
            claims: count.map_or(0, |count| count.claims),
            most: None,
            rate: count.map(|count| count.entered),
            oldest: submitted_at.map(|at| Ago::new(at, overview.now)),
            oldest_link: oldest.map(|id| format!("/ops/claims/{id}")),
        }
    }
}

/// The name of a status for people, and what it means.
const fn words(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Submitted => ("Submitted", "being validated"),
        Status::ActionRequired => ("Action required", "the partner has to answer"),
        Status::Disqualified => ("Disqualified", "refused by the rules"),
        Status::Contested => ("Contested", "two partners, one item"),
        Status::UnderReview => ("Under review", "a reviewer looks at the proof"),
        Status::Refused => ("Refused", "the partner can still dispute it"),
        Status::Disputed => ("Disputed", "somebody else decides"),
        Status::Validated => ("Validated", "the notice is on its way"),
        Status::Notified => ("Notified", "the customer may reject"),
        Status::Paused => ("Paused", "the window stands still"),
        Status::Rejected => ("Rejected", "the customer said no"),
        Status::Associated => ("Associated", "official, data open"),
        Status::Withdrawn => ("Withdrawn", "taken back, at any stage before"),
        Status::Ended => ("Ended", "access is over"),
    }
}
