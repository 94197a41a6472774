//! `cpor demo`: a virtual week in the life of fifteen claims, played for real.
//!
//! A private Redis server, real workers, real SMTP; only the clock is virtual. The customers'
//! parts are played from a script, and the command fails if any claim does not end as the script
//! says. Nothing is simulated here: what is shown is read back from the claims.

mod played;
mod report;
mod script;
mod stage;
mod terminal;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::Value;

use cpor::claim::{Claim, ClaimId, Command, Finding, Submission};
use cpor::ledger::Submitted;

use self::played::Played;
use self::script::{ENDS_AT, SCENES, Scene, Turn};
use self::stage::{CLAIMS, Stage, new_folder};
use self::terminal::Paint;
use crate::cli::Globals;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use cpor::view::Dossier;

/// Play a virtual week in the life of fifteen claims.
///
/// Starts a private Redis server, workers and a mail server in a new folder, submits claims of
/// Turkish, German and American customers, plays the customers' answers at their moments, and
/// tells what became of every claim, when and why. Takes about a second and touches nothing else.
#[derive(Debug, Args)]
#[command(after_help = "Exit code 1 when a claim did not end as it should.")]
pub struct DemoArgs {
    /// Folder for claims, settings and mails; must not exist [default: `data/demo/<number>`].
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

/// Plays the demo.
pub async fn run(args: DemoArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    let folder = new_folder(args.folder.as_deref())?;
    let paint = Paint::for_people(output);
    output.text(report::opening(paint, &folder))?;
    let (stage, mut session) = Stage::set_up(&folder, globals).await?;
    let result = tokio::select! {
        result = show(&stage, &folder, paint, output) => result,
        name = session.signals.next() => Err(anyhow!("stopped by {name}")),
    };
    stage.strike(session, result).await
}

async fn show(stage: &Stage, folder: &Path, paint: Paint, output: Output) -> Result<Exit> {
    let played = play(stage, paint, output).await;
    // Whatever happened, the mails that left are there to be looked at.
    let mails = stage.write_mails();
    let played = played?;
    if output.is_json() {
        for one in &played {
            one.print(output)?;
        }
    }
    let (text, as_expected) = report::closing(paint, &played, folder, &mails?);
    output.text(text)?;
    Ok(Exit::done_if(as_expected))
}

/// A claim on its way, with its part in the story.
struct Actor {
    scene: &'static Scene,
    raw: &'static str,
    submitted: Submitted,
}

impl Actor {
    /// The claim, unless the submission was refused.
    fn id(&self) -> Option<ClaimId> {
        self.submitted.claim_id().ok()
    }

    /// Everything that is wrong with a refused submission.
    fn findings(&self) -> Vec<Finding> {
        self.submitted.claim_id().err().unwrap_or_default()
    }
}

async fn play(stage: &Stage, paint: Paint, output: Output) -> Result<Vec<Played>> {
    let mut actors = Vec::new();
    for (scene, raw) in SCENES.iter().zip(CLAIMS.lines()) {
        let submitted = stage.ledger().submit(raw.as_bytes()).await?;
        // One after the other, so that the first of two rivals is the first every time.
        stage.settle().await?;
        actors.push(Actor { scene, raw, submitted });
    }
    let now = stage.ledger().clock().now().await?;
    output.text(report::submitted(&actors, now))?;
    for (at, actor, id) in turns(stage, &actors).await? {
        stage.travel_to(at).await?;
        let Some(command) = command(stage, actor, at)? else { continue };
        let applied = stage.ledger().apply(id, &command, actor.scene.turn.who()).await?;
        output.text(report::turn(paint, actor.scene, &applied.claim, at))?;
        stage.settle().await?;
    }
    let end = ENDS_AT.parse().context("the script's end is an instant")?;
    stage.travel_to(end).await?;
    output.text(report::week_over(paint, end))?;
    let mut played = Vec::new();
    for actor in &actors {
        played.push(looked_up(stage, actor).await?);
    }
    Ok(played)
}

/// Who does something, in the order of the clock.
async fn turns<'a>(
    stage: &Stage,
    actors: &'a [Actor],
) -> Result<Vec<(DateTime<Utc>, &'a Actor, ClaimId)>> {
    let mut turns = Vec::new();
    for actor in actors {
        let Some(id) = actor.id() else { continue };
        let claim = read(stage, id).await?;
        if let Some(at) = actor.scene.turn.moment(claim.window()) {
            turns.push((at, actor, id));
        }
    }
    turns.sort_by_key(|(at, _, _)| *at);
    Ok(turns)
}

/// What an actor does when the moment has come.
fn command(stage: &Stage, actor: &Actor, at: DateTime<Utc>) -> Result<Option<Command>> {
    let received_at = at;
    Ok(match actor.scene.turn {
        Turn::Silence => None,
        Turn::ConfirmsAt(_) => Some(Command::Confirm { received_at }),
        Turn::RejectsInTheLastSecond | Turn::RejectsAtTheEnd => {
            let reason = Some("We run this with our own people.".to_owned());
            Some(Command::Reject { received_at, reason })
        }
        Turn::WithdrawsAt(_) => {
            let reason = Some("The customer has postponed the project.".to_owned());
            Some(Command::Withdraw { reason })
        }
        Turn::CorrectsDomainAt(_, domain) => {
            let submission = corrected(stage, actor.raw, domain, at)?;
            Some(Command::Amend(Arc::new(submission)))
        }
    })
}

/// The submission with another domain, through the same parser as every submission.
fn corrected(stage: &Stage, raw: &str, domain: &str, at: DateTime<Utc>) -> Result<Submission> {
    let mut json: Value = serde_json::from_str(raw).context("a claim of the demo is JSON")?;
    json["customer"]["domain"] = Value::from(domain);
    let parsed = stage.ledger().parse(json.to_string().as_bytes(), at);
    parsed.map_err(|findings| anyhow!("the corrected submission was refused: {findings:?}"))
}

async fn looked_up(stage: &Stage, actor: &Actor) -> Result<Played> {
    let Some(id) = actor.id() else {
        let findings = actor.findings();
        return Ok(Played::Refused { scene: actor.scene, findings });
    };
    let claim = read(stage, id).await?;
    let rules = stage.ledger().rules();
    let items = claim.submission.items.iter().map(|item| {
        let code = item.code().as_str();
        rules.catalog.item_name(code).unwrap_or(code).to_owned()
    });
    let items = items.collect::<Vec<_>>().join(", ");
    let window = &rules.window();
    let zone = window.deadline(&claim.submission, claim.submitted_at, window.business_days)?.zone;
    let history = stage.ledger().store().history(id).await?;
    let dossier = Box::new(Dossier { claim, history, stuck: None });
    Ok(Played::Claim { scene: actor.scene, dossier, items, zone })
}

async fn read(stage: &Stage, id: ClaimId) -> Result<Claim> {
    let found = stage.ledger().store().claim(id).await?;
    found.with_context(|| format!("claim {id} is gone"))
}
