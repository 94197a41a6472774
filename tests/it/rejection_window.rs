//! Time travel: the rejection window at its edges, as sentences.

mod adjusted;
mod calendars;
mod clock;
mod contest;
mod decided;
mod edges;
mod entra;
mod idempotency;
mod links;
mod mails;
mod notice;
mod partner;
mod passed_on;
mod receipts;
mod reminder;
mod rivals;
mod subscriptions;

use chrono::{DateTime, Utc};
use cpor::claim::command::{Command, Refusal};
use cpor::claim::state::{EndReason, State};
use cpor::claim::{ClaimId, Event, Finding, Why};
use cpor::ledger::{Applied, LedgerError, Submitted};
use cpor::testkit::World;
use cpor_jobs::SubmitClaim;

/// A Friday afternoon in Istanbul; the window that opens then ends at [`END`].
const FRIDAY: &str = "2026-11-20T15:00:00Z";
const END: &str = "2026-11-27T21:00:00Z";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// What a command did, by the names of its events.
fn did(applied: Result<Applied, LedgerError>) -> Vec<&'static str> {
    applied.unwrap().events.iter().map(Event::name).collect()
}

/// Why a command was refused.
fn refused(applied: Result<Applied, LedgerError>) -> Why {
    match applied {
        Err(LedgerError::Refused { refusal, .. }) => {
            let Refusal { why, .. } = *refusal;
            why
        }
        other => panic!("it was not refused: {other:?}"),
    }
}

/// Field and code of every finding of a submission that is refused at the door.
async fn refused_at_the_door(world: &World, submission: &SubmitClaim) -> Vec<(String, String)> {
    match world.try_submit(submission).await {
        Submitted::Refused(findings) => named(&findings),
        other => panic!("it was not refused: {other:?}"),
    }
}

fn named(findings: &[Finding]) -> Vec<(String, String)> {
    findings.iter().map(|f| (f.field.clone(), f.code.to_string())).collect()
}

/// The codes of what stands against the claim.
async fn codes(world: &World, id: ClaimId) -> Vec<String> {
    let claim = world.claim(id).await;
    let findings = match &claim.state {
        State::ActionRequired { findings, .. } | State::Disqualified { findings } => findings,
        State::Refused(refused) => &refused.findings,
        _ => return Vec::new(),
    };
    findings.iter().map(|finding| finding.code.to_string()).collect()
}

/// Since when the association is official.
async fn official_since(world: &World, id: ClaimId) -> DateTime<Utc> {
    let claim = world.claim(id).await;
    match &claim.state {
        State::Associated { association } => association.since,
        other => panic!("it is not official: {other:?}"),
    }
}

async fn end(world: &World, id: ClaimId, reason: EndReason) -> Result<Applied, LedgerError> {
    world.apply(id, Command::End { reason, detail: None }).await
}
