//! What the demo says: before the week, while it passes, claim by claim, and at the end.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, Timelike as _, Utc};
use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};

use cpor::calendar::{Language, Zone, explain};
use cpor::claim::{Claim, Event, Recorded, Window};

use super::Actor;
use super::played::{Played, since};
use super::script::{Scene, Turn};
use super::stage::{claims_file, config_file};
use super::terminal::{COLUMNS, Paint, hanging};
use crate::cli::words;

/// Before anything happens.
pub fn opening(paint: Paint, folder: &Path) -> String {
    let about = "A partner claims to be a customer's partner of record. The customer gets a mail \
                 and has five business days to reject; silence is consent. The week ahead has a \
                 half day and a public holiday in Turkey (28 and 29 October), a weekend, and the \
                 end of summer time in the United States. The clock is virtual; Redis, the \
                 workers and the mail server are real.";
    format!(
        "{}\n\n{}\n\nEverything is in {}\n",
        paint.bold("cpor demo: a week in the life of fifteen claims"),
        hanging(about, 0),
        folder.display()
    )
}

/// After the file has been submitted.
pub fn submitted(actors: &[Actor], at: DateTime<Utc>) -> String {
    let accepted = actors.iter().filter(|actor| actor.id().is_some()).count();
    let refused = actors.len() - accepted;
    format!("{}  claims.jsonl is submitted: {accepted} accepted, {refused} refused", utc(at))
}

/// Somebody has done something.
pub fn turn(paint: Paint, scene: &Scene, claim: &Claim, at: DateTime<Utc>) -> String {
    let what = match scene.turn {
        Turn::Silence => "nothing happens",
        Turn::RejectsInTheLastSecond | Turn::RejectsAtTheEnd => "the customer rejects",
        Turn::ConfirmsAt(_) => "the customer agrees",
        Turn::CorrectsDomainAt(..) => "the partner corrects the customer's domain",
        Turn::WithdrawsAt(_) => "the partner takes the claim back",
    };
    let status = paint.status(claim.status());
    format!("{}  {} {what}: {status}", utc(at), paint.bold(scene.key))
}

/// The week is over.
pub fn week_over(paint: Paint, at: DateTime<Utc>) -> String {
    format!("{}  {}", utc(at), paint.dim("every window has closed"))
}

/// Claim by claim, then the summary; and whether all went as the script says.
pub fn closing(
    paint: Paint,
    played: &[Played],
    folder: &Path,
    (mail, mails): &(PathBuf, usize),
) -> (String, bool) {
    let mut text = String::new();
    let mut explained = Explained::new();
    for one in played {
        told(&mut text, paint, one, &mut explained);
    }
    summary(&mut text, paint, played);
    let _ = write!(text, "\n{} mails were accepted and lie in\n  {}\n", mails, mail.display());
    let unexpected: Vec<&str> =
        played.iter().filter(|one| !one.as_expected()).map(|one| one.scene().key).collect();
    if unexpected.is_empty() {
        text.push_str("\nEvery claim ended as it should.\n");
    } else {
        let line = format!("Not as it should be: {}", unexpected.join(", "));
        let _ = write!(text, "\n{}\n", paint.alarm(&line));
    }
    next_steps(&mut text, paint, played, folder);
    text.truncate(text.trim_end().len());
    (text, unexpected.is_empty())
}

/// The explanations given so far, and for which claim: the same words are not said twice.
type Explained = HashMap<Vec<String>, &'static str>;

fn told(text: &mut String, paint: Paint, one: &Played, explained: &mut Explained) {
    let scene = one.scene();
    let _ = write!(text, "\n{}\n", paint.dim(&"─".repeat(COLUMNS)));
    match one {
        Played::Refused { findings, .. } => {
            let _ = writeln!(text, "{}  {}", paint.bold(scene.key), paint.alarm("refused"));
            let _ = writeln!(text, "{}\n", hanging(scene.shows, 0));
            for finding in findings {
                let sentence = format!("{}: {} [{}]", finding.field, finding.message, finding.code);
                let _ = writeln!(text, "  - {}", hanging(&sentence, 4));
            }
        }
        Played::Claim { dossier, items, zone, .. } => {
            headline(text, paint, &dossier.claim, items, (scene, zone));
            chronicle(text, &dossier.history, zone);
            deadline(text, paint, dossier.window(), scene.key, explained);
        }
    }
}

fn headline(
    text: &mut String,
    paint: Paint,
    claim: &Claim,
    items: &str,
    (scene, zone): (&Scene, &Zone),
) {
    let submission = &claim.submission;
    let contact = &submission.customer.contact;
    let key = paint.bold(scene.key);
    let id = paint.dim(&format!("claim {}", claim.id));
    let _ = writeln!(text, "{key}  {}  {id}", paint.status(claim.status()));
    let _ = writeln!(text, "{}", paint.bold(&hanging(scene.shows, 0)));
    let about = format!(
        "{items}; partner {}; customer {}, {} at {}; times of {zone}",
        submission.partner.mpn_id,
        contact.name.as_str(),
        contact.title.as_str(),
        submission.customer.domain.unicode(),
    );
    let _ = writeln!(text, "{}\n", hanging(&about, 0));
}

/// Everything that happened, oldest first; a look at a subscription that repeats itself every six
/// hours is told once with its number.
fn chronicle(text: &mut String, history: &[Recorded], zone: &Zone) {
    let deferred = |event: &Event| matches!(event, Event::VerdictDeferred { .. });
    let mut last = String::new();
    for run in history.chunk_by(|a, b| deferred(&a.event) && deferred(&b.event)) {
        let [first, rest @ ..] = run else { continue };
        let mut told = words::event_in(&first.event, &|at| spoken(at, zone));
        if let Some(again) = rest.last() {
            let at = spoken(again.at, zone);
            let _ = write!(told, " So {} more times, the last on {at}.", rest.len());
        }
        let time = short(zone.local(first.at));
        let shown = if time == last { " ".repeat(time.len()) } else { time.clone() };
        let _ = writeln!(text, "  {shown}  {}", hanging(&told, 20));
        last = time;
    }
}

fn deadline(
    text: &mut String,
    paint: Paint,
    window: Option<&Window>,
    key: &'static str,
    explained: &mut Explained,
) {
    let Some(window) = window else { return };
    let title = paint.bold("Why the window ends when it does");
    let sentences = explain(&window.deadline, window.opened_at, Language::English);
    if let Some(twin) = explained.get(&sentences) {
        let _ = writeln!(text, "\n  {title}: word for word as for {twin}");
        return;
    }
    let _ = writeln!(text, "\n  {title}");
    for sentence in &sentences {
        let _ = writeln!(text, "  - {}", hanging(sentence, 4));
    }
    explained.insert(sentences, key);
}

fn summary(text: &mut String, paint: Paint, played: &[Played]) {
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(COLUMNS).unwrap_or(u16::MAX))
        .force_no_tty()
        .set_header(["claim", "outcome", "customer's time", "why"]);
    for one in played {
        let scene = one.scene();
        table.add_row(match one {
            Played::Refused { .. } => {
                [scene.key, "refused", "at the door", scene.shows].map(str::to_owned)
            }
            Played::Claim { dossier, zone, .. } => [
                scene.key.to_owned(),
                dossier.claim.status().to_string(),
                since(dossier).map(|at| seconds(zone.local(at))).unwrap_or_default(),
                scene.shows.to_owned(),
            ],
        });
    }
    let _ = write!(text, "\n{}\n\n{}\n", paint.bold("Summary"), table.trim_fmt());
}

fn next_steps(text: &mut String, paint: Paint, played: &[Played], folder: &Path) {
    let program = std::env::args().next().unwrap_or_else(|| "cpor".to_owned());
    let folder = from_here(folder);
    let cpor = format!("  {program} --config {}", config_file(&folder).display());
    let claim = played.iter().find_map(|one| match one {
        Played::Claim { dossier, .. } => Some(dossier.claim.id),
        Played::Refused { .. } => None,
    });
    let _ = writeln!(text, "\n{}", paint.bold("What to type next"));
    let _ = writeln!(text, "{cpor} claims");
    if let Some(id) = claim {
        let _ = writeln!(text, "{cpor} claim history {id}");
    }
    let _ = writeln!(text, "{cpor} check");
    let again = claims_file(&folder);
    let _ = writeln!(text, "{cpor} submit {}   # nothing is doubled", again.display());
    let _ = writeln!(text, "  rm -r {}   # when you have seen enough", folder.display());
}

/// The path as it can be typed where the command was, if it is shorter.
fn from_here(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).to_owned()
}

/// `Tue 27 Oct 14:00:00 UTC`, always as wide.
fn utc(at: DateTime<Utc>) -> String {
    at.format("%a %e %b %H:%M:%S UTC").to_string()
}

/// An instant in the customer's zone, which the headline names; seconds where there are any.
fn spoken(at: DateTime<Utc>, zone: &Zone) -> String {
    let local = zone.local(at);
    let format = if local.second() == 0 { "%A %-d %B, %H:%M" } else { "%A %-d %B, %H:%M:%S" };
    local.format(format).to_string()
}

/// `Tue 27 Oct 17:00`, always as wide.
fn short(local: DateTime<FixedOffset>) -> String {
    local.format("%a %e %b %H:%M").to_string()
}

/// Where a second decides.
fn seconds(local: DateTime<FixedOffset>) -> String {
    local.format("%a %e %b %H:%M:%S").to_string()
}
