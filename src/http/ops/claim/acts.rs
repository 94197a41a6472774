//! What is done to a claim from its page. Each act goes through the ledger, or the log of
//! operators' actions, with who did it and why.

use axum::handler::Handler;
use axum::http::Method;
use axum::response::Response;
use cpor_jobs::Job;

use crate::access::Role;
use crate::calendar::{BusinessDays, Language, closing_moment};
use crate::claim::identity::Comment;
use crate::claim::state::EndReason;
use crate::claim::{Claim, Command};
use crate::http::Web;
use crate::http::extract::Path;
use crate::http::ops::frame::Act;
use crate::http::ops::{ACTS, DECIDES};
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::http::v1::ClaimPath;
use crate::http::v1::claims::dossier;
use crate::ledger::{Adjustment, Applied};
use crate::operations;
use crate::view::status_in_words;

use super::course::can_hasten;
use super::{path_of, the_claim};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post("/ops/claims/{claim_id}/retry", "ops_retry", retry, ACTS),
        post("/ops/claims/{claim_id}/hasten", "ops_hasten", hasten, ACTS),
        post("/ops/claims/{claim_id}/pause", "ops_pause", pause, DECIDES),
        post("/ops/claims/{claim_id}/resume", "ops_resume", resume, DECIDES),
        post("/ops/claims/{claim_id}/extend", "ops_extend", extend, DECIDES),
        post("/ops/claims/{claim_id}/withdraw", "ops_withdraw", withdraw, DECIDES),
        post("/ops/claims/{claim_id}/end", "ops_end", end, DECIDES),
        post("/ops/claims/{claim_id}/arbitrate", "ops_arbitrate", arbitrate, DECIDES),
    ]
}

fn post<H, T>(path: &'static str, id: &'static str, handler: H, roles: &'static [Role]) -> Route
where
    H: Handler<T, Web>,
    T: 'static,
{
    Route::new(Method::POST, path, id, "An act on a claim", handler).signed_in(roles)
}

/// Takes the dead letter in the claim's way up again.
async fn retry(path: Path<ClaimPath>, act: Act) -> Result<Response, Problem> {
    let (claim, reason) = asked(&path.0, &act).await?;
    let (ledger, actor) = (&act.visit.web.ledger, act.visit.actor()?);
    let entry = ledger.store().dead_of(claim.id).await?;
    let retried = match entry {
        Some(entry) => operations::retry_dead(ledger, &entry, Some(&reason), &actor).await?,
        None => false,
    };
    let said = if retried {
        "It is tried again, with fresh attempts."
    } else {
        "Nothing was done: somebody else has tried it again."
    };
    Ok(act.done(&path_of(claim.id), said))
}

/// Does at once what is planned for later.
async fn hasten(path: Path<ClaimPath>, act: Act) -> Result<Response, Problem> {
    let (claim, reason) = asked(&path.0, &act).await?;
    let (ledger, actor) = (&act.visit.web.ledger, act.visit.actor()?);
    let job = act.fields.text("job").parse::<Job>().ok();
    let job = job.ok_or_else(|| unfit("The form names no job."))?;
    let id = claim.id;
    if !can_hasten(&dossier(&act.visit.web, claim).await?, job) {
        return Err(unfit("This is not done before its time."));
    }
    let said = if operations::hasten(ledger, id, job, &reason, &actor).await? {
        "It is due now, and a worker takes it up."
    } else {
        "Nothing was done: it is not planned for later any more."
    };
    Ok(act.done(&path_of(id), said))
}

async fn pause(path: Path<ClaimPath>, act: Act) -> Result<Response, Problem> {
    adjust(path, act, |reason, _| Ok(Adjustment::Pause { reason })).await
}

async fn resume(path: Path<ClaimPath>, act: Act) -> Result<Response, Problem> {
    adjust(path, act, |reason, _| Ok(Adjustment::Resume { reason })).await
}

async fn extend(path: Path<ClaimPath>, act: Act) -> Result<Response, Problem> {
    let adjustment = |reason, act: &Act| {
        let days = act.fields.text("business_days").parse().ok();
        let business_days = days.and_then(|days| BusinessDays::new(days).ok());
        let business_days = business_days.ok_or_else(|| unfit("Choose 1 to 260 business days."))?;
        Ok(Adjustment::Extend { business_days, reason })
    };
    adjust(path, act, adjustment).await
}

/// Changes the window, unless the claim is not as it was when the form was opened: so that no form
/// that is sent twice grants anything twice.
async fn adjust(
    path: Path<ClaimPath>,
    act: Act,
    adjustment: impl FnOnce(Comment, &Act) -> Result<Adjustment, Problem>,
) -> Result<Response, Problem> {
    let (claim, reason) = asked(&path.0, &act).await?;
    let adjustment = adjustment(reason, &act)?;
    let revision =
        act.fields.text("revision").parse().map_err(|_| unfit("The form is too old."))?;
    let (ledger, caller) = (&act.visit.web.ledger, &act.visit.session.caller);
    let applied = ledger.adjust_at(claim.id, Some(revision), &adjustment, &caller.name).await?;
    let running = applied.claim.running_window();
    let said = match running {
        _ if applied.events.is_empty() => nothing_to_do(&applied),
        Some(window) => {
            let end = closing_moment(&window.deadline, Language::English);
            format!("Done: the customer can reject before {end}, and gets a mail.")
        }
        None => "Done: the window's time stands still, and the customer gets a mail.".to_owned(),
    };
    Ok(act.done(&path_of(claim.id), &said))
}

async fn withdraw(path: Path<ClaimPath>, act: Act) -> Result<Response, Problem> {
    let (claim, reason) = asked(&path.0, &act).await?;
    let command = Command::Withdraw { reason: Some(reason.as_str().to_owned()) };
    apply(&claim, &act, &command).await
}

async fn end(path: Path<ClaimPath>, act: Act) -> Result<Response, Problem> {
    let (claim, detail) = asked(&path.0, &act).await?;
    let caller = &act.visit.session.caller;
    let named = serde_json::from_value::<EndReason>(act.fields.text("because").into());
    let reason = named.map_err(|_| unfit("Choose why the association ends."))?;
    if let Some(finding) = caller.authority.refuses_end(&reason) {
        return Err(Problem::findings("end the association", vec![finding]));
    }
    let command = Command::End { reason, detail: Some(detail.as_str().to_owned()) };
    apply(&claim, &act, &command).await
}

async fn arbitrate(path: Path<ClaimPath>, act: Act) -> Result<Response, Problem> {
    let (claim, reason) = asked(&path.0, &act).await?;
    let upheld = match act.fields.choice("winner") {
        Some("claimant") => true,
        Some("holder") => false,
        _ => return Err(unfit("Choose who wins.")),
    };
    let (ledger, actor) = (&act.visit.web.ledger, &act.visit.session.caller.name);
    let reason = reason.as_str().to_owned();
    let applied = ledger.arbitrate(claim.id, upheld, reason, actor).await?;
    Ok(act.done(&path_of(claim.id), &done(&applied)))
}

async fn apply(claim: &Claim, act: &Act, command: &Command) -> Result<Response, Problem> {
    let (ledger, actor) = (&act.visit.web.ledger, &act.visit.session.caller.name);
    let applied = ledger.apply(claim.id, command, actor).await?;
    Ok(act.done(&path_of(claim.id), &done(&applied)))
}

/// What every act has: its claim, and why.
async fn asked(path: &ClaimPath, act: &Act) -> Result<(Claim, Comment), Problem> {
    Ok((the_claim(&act.visit, path).await?, act.reason()?))
}

fn done(applied: &Applied) -> String {
    if applied.events.is_empty() {
        return nothing_to_do(applied);
    }
    format!("Done: the claim is {}.", status_in_words(applied.claim.status()))
}

fn nothing_to_do(applied: &Applied) -> String {
    format!("Nothing was to be done: the claim is {}.", status_in_words(applied.claim.status()))
}

fn unfit(what: &str) -> Problem {
    let remedy = "Go back, reload the page, and try again.";
    Problem::new(ProblemType::RequestMalformed, format!("Nothing was done. {what}"), remedy)
}
