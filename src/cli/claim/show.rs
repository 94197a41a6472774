//! A claim, its window and its history.

use anyhow::{Error, Result};
use chrono::{DateTime, Utc};
use clap::Args;

use cpor::app::App;
use cpor::archive::{ArchivedClaim, Part};
use cpor::calendar::{Language, closing_moment, explain};
use cpor::claim::choice::CustomerChoice;
use cpor::claim::window::Account;
use cpor::claim::{Claim, ClaimId, State};
use cpor::ledger::Ledger;

use super::WhichClaim;
use crate::cli::exit::{Exit, Refused};
use crate::cli::output::{Output, plain, say, spinner};
use crate::cli::words;
use cpor::view::{DeadlineView, Dossier, chose_in_words, paused_sentences, retry_command};

/// A claim, wherever it is.
#[derive(Debug, Args)]
pub struct Which {
    #[command(flatten)]
    claim: WhichClaim,
    /// Also when it has left Redis for the archive.
    #[arg(long)]
    archive: bool,
}

/// Shows a claim.
pub async fn show(app: &App, which: &Which, output: Output) -> Result<Exit> {
    let (ledger, id) = (&app.ledger, which.claim.id);
    let dossier = match ledger.store().claim(id).await? {
        Some(_) => dossier(ledger, id).await?,
        None => archived(app, id, which.archive).await?.dossier(),
    };
    let now = ledger.clock().now().await?;
    if output.is_json() {
        output.object(&dossier.view())?;
    } else {
        output.text(portrait(&dossier, now))?;
    }
    Ok(Exit::Done)
}

/// A claim of the archive; a no where it is not asked for, or there is no such claim.
async fn archived(app: &App, id: ClaimId, asked_for: bool) -> Result<ArchivedClaim> {
    let store = app.ledger.store();
    let known = id.partition() < store.keys().partitions();
    if !known || store.archived(id.partition()).await? == 0 {
        return Err(missing(id));
    }
    let bar = spinner();
    let told = |part: Part| {
        bar.set_message(format!("looking through {part}"));
        bar.tick();
    };
    let archive = app.archive()?;
    let found = archive.find(id, &told).await?;
    bar.finish_and_clear();
    let (part, archived) = found.ok_or_else(|| missing(id))?;
    let place = archive.place();
    if !asked_for {
        let why = format!("claim {id} is archived, in {place}/{part}; --archive shows it");
        return Err(Refused::error(why));
    }
    say(format_args!("claim {id} is archived, in {place}/{part}"));
    Ok(archived)
}

/// Explains the claim's newest window, as the API and the customer's page do.
pub async fn deadline(
    ledger: &Ledger,
    id: ClaimId,
    language: Language,
    output: Output,
) -> Result<Exit> {
    let dossier = dossier(ledger, id).await?;
    let now = ledger.clock().now().await?;
    let Some(view) = DeadlineView::of(&dossier, now, language) else {
        let why = format!("claim {id} has no window: the customer has not been notified");
        return Err(Refused::error(why));
    };
    if output.is_json() {
        output.object(&view)?;
    } else {
        let sentences = view.explanation.sentences.iter().map(|sentence| plain(sentence));
        output.text(sentences.collect::<Vec<_>>().join("\n"))?;
    }
    Ok(Exit::Done)
}

async fn dossier(ledger: &Ledger, id: ClaimId) -> Result<Dossier> {
    let store = ledger.store();
    let claim = store.claim(id).await?.ok_or_else(|| missing(id))?;
    let history = store.history(id).await?;
    let stuck = store.dead_of(id).await?;
    Ok(Dossier { claim, history, stuck })
}

/// Shows everything that has happened to a claim.
pub async fn history(app: &App, which: &Which, output: Output) -> Result<Exit> {
    let id = which.claim.id;
    let mut history = app.ledger.store().chained_history(id).await?;
    if history.is_empty() {
        history = archived(app, id, which.archive).await?.chained_history();
    }
    for chained in &history {
        if output.is_json() {
            output.object(chained)?;
            continue;
        }
        let recorded = &chained.recorded;
        let event = plain(&words::event(&recorded.event));
        let at = words::utc(recorded.at);
        output.text(format_args!(
            "{:>4}  {at:<24}  {}: {event}",
            recorded.revision, recorded.actor
        ))?;
    }
    Ok(Exit::Done)
}

fn missing(id: ClaimId) -> Error {
    Refused::error(format_args!("there is no claim {id}"))
}

/// The claim for people.
fn portrait(dossier: &Dossier, now: DateTime<Utc>) -> String {
    let claim = &dossier.claim;
    let mut lines = vec![format!("claim {}", claim.id)];
    for (name, value) in facts(claim).into_iter().chain(course(dossier, now)) {
        lines.push(format!("  {name:<10} {}", plain(&value)));
    }
    if let Some(window) = dossier.window() {
        let (title, sentences) = match claim.paused_at() {
            Some(since) => (
                "why the window has no end:",
                paused_sentences(window, since, now, Language::English),
            ),
            None => (
                "why the window ends then:",
                explain(&window.deadline, window.opened_at, Language::English),
            ),
        };
        lines.push(title.to_owned());
        lines.extend(sentences.iter().map(|sentence| format!("  {}", plain(sentence))));
    }
    lines.join("\n")
}

/// What was asked for.
fn facts(claim: &Claim) -> Vec<(&'static str, String)> {
    let submission = &claim.submission;
    let customer = &submission.customer;
    let items: Vec<String> = submission.items.iter().map(cpor::claim::item::Item::key).collect();
    vec![
        ("status", words::status(claim.status()).to_owned()),
        ("name", submission.name.as_str().to_owned()),
        ("source", format!("{}, key {}", submission.source, submission.idempotency_key)),
        ("partner", submission.partner.mpn_id.as_str().to_owned()),
        ("customer", format!("{}, tenant {}", customer.domain.unicode(), customer.tenant_id)),
        ("items", items.join(", ")),
        ("submitted", words::utc(claim.submitted_at)),
        ("trace", cpor::telemetry::trace_id(claim.id).to_string()),
    ]
}

/// What has come of it.
fn course(dossier: &Dossier, now: DateTime<Utc>) -> Vec<(&'static str, String)> {
    let (state, paused_at) = (&dossier.claim.state, dossier.claim.paused_at());
    let mut course = Vec::new();
    if let Some(window) = dossier.window() {
        course.push(("notified", words::utc(window.opened_at)));
        let end = closing_moment(&window.deadline, Language::English);
        course.push(match paused_at {
            Some(since) => ("paused", format!("since {}", words::utc(since))),
            None => ("closes", end),
        });
        if let Some(window) = dossier.claim.open_window() {
            course.push(("counted", passed(&window.account(now, paused_at))));
        }
    }
    course.extend(dossier.imported().map(|imported| {
        let (origin, ends_on) = (imported.origin.as_str(), imported.ends_on);
        ("imported", format!("from {origin}, until {ends_on} or its subscription's end"))
    }));
    course.extend(dossier.decided_at().map(|at| ("decided", words::utc(at))));
    course.extend(words::reason(state).map(|reason| ("reason", reason)));
    if let State::Ended { detail: Some(detail), .. } = state {
        course.push(("detail", detail.clone()));
    }
    course.extend(dossier.claim.customer_choice().map(|choice| ("customer", chose(choice))));
    course.extend(words::waits_for(state).map(|what| ("waits for", what)));
    if let Some(entry) = &dossier.stuck {
        let error = &entry.letter.error;
        course.push(("stuck", format!("{}: {error}", entry.job)));
        course.push(("remedy", retry_command(entry)));
    }
    course
}

/// What the customer has said in a contest.
fn chose(choice: &CustomerChoice) -> String {
    let Some(chosen) = &choice.chosen else {
        let asked = match (choice.ask_at, choice.unreached) {
            (Some(_), _) => "is being asked which partner it chooses",
            (None, false) => "was asked which partner it chooses",
            (None, true) => "could not be asked which partner it chooses: the mail was refused",
        };
        return asked.to_owned();
    };
    let comment = chosen.comment.as_ref().map(|comment| format!(": {}", comment.as_str()));
    let (what, at) = (chose_in_words(chosen.choice), words::utc(chosen.at));
    format!("{what} at {at}{}", comment.unwrap_or_default())
}

/// How many business days of a window are over.
fn passed(account: &Account) -> String {
    let (passed, all) = (account.business_days_passed, account.business_days());
    let (days, have) =
        (if all == 1 { "day" } else { "days" }, if passed == 1 { "has" } else { "have" });
    format!("{passed} of {all} business {days} {have} passed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use cpor::claim::choice::{Choice, Chosen, CustomerSay};
    use cpor::claim::identity::Comment;

    #[test]
    fn what_the_customer_said_in_a_contest_is_one_line() {
        let at: DateTime<Utc> = "2026-11-30T08:00:00Z".parse().unwrap();
        let begun = CustomerChoice::begun(2, CustomerSay::Advises, at);
        let asked = CustomerChoice { ask_at: None, ..begun.clone() };
        let unreached = CustomerChoice { unreached: true, ..asked.clone() };
        let with = |comment: Option<&str>| {
            let comment = comment.map(|words| Comment::parse(words).unwrap());
            let chosen = Some(Chosen { choice: Choice::Incumbent, comment, at, times: 1 });
            CustomerChoice { chosen, ..asked.clone() }
        };
        for (choice, expected) in [
            (&begun, "is being asked which partner it chooses"),
            (&asked, "was asked which partner it chooses"),
            (&unreached, "could not be asked which partner it chooses: the mail was refused"),
            (&with(None), "chose the partner that has the items at 2026-11-30T08:00:00Z"),
            (
                &with(Some("They did it.")),
                "chose the partner that has the items at 2026-11-30T08:00:00Z: They did it.",
            ),
        ] {
            assert_eq!(chose(choice), expected);
        }
    }
}
