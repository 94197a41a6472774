//! `cpor window explain`: when a rejection window ends, and why. Needs calendars and nothing else.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::{Map, Value};

use cpor::app;
use cpor::calendar::{
    Adjustments, BusinessDays, CalendarError, CalendarId, Calendars, Deadline, ExplainedWindow,
    HalfDays, Language, WindowAnswer, WindowQuestion, WindowTerms, Zone, answer,
};
use cpor::settings::WindowSettings;

use crate::cli::exit::{Exit, Refused};
use crate::cli::lines::Lines;
use crate::cli::output::Output;
use crate::cli::{Globals, values};

/// Longest question read, in bytes.
const QUESTION_BYTES_MAX: usize = 64 * 1024;
/// What a single question is called in its answer.
const SINGLE: &str = "window";

/// Ask about rejection windows, without any claim and without Redis.
#[derive(Debug, Args)]
pub struct WindowArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Explain(ExplainArgs),
}

/// Explain when a rejection window ends: which days count, which do not, and why.
///
/// The end is exclusive: what is received at that very instant is late.
#[derive(Debug, Args)]
#[command(after_help = "With --batch, every line of standard input is a question: id, calendar, \
zone, notified_at, and if given business_days and half_days. Every line of output is its answer: \
id, last_day, deadline_utc, deadline_local, skipped, calendar_version, tzdb; or id, error, and \
then the exit code is 1. With --full the answer is the whole explanation, as the API and the \
customer's page give it; --json prints the same for one question, and docs/verify_window.py \
computes it again.

Examples:
  cpor window explain --calendar TR --zone Europe/Istanbul --at 2026-11-20T15:00:00Z
  cpor window explain --calendar GB-SCT --zone Europe/London --at 2026-12-23T10:00Z --language tr
  cpor window explain --batch --calendars ./calendars < questions.jsonl > answers.jsonl
  cpor window explain --batch --full < questions.jsonl | docs/verify_window.py")]
struct ExplainArgs {
    /// The customer's calendar: a country, or a country and a subdivision (TR, GB-SCT).
    #[arg(long, value_name = "ID", required_unless_present = "batch", conflicts_with = "batch")]
    calendar: Option<String>,
    /// The customer's time zone (IANA name).
    #[arg(long, value_name = "ZONE", required_unless_present = "batch", conflicts_with = "batch")]
    zone: Option<String>,
    /// When the mail server accepted the notice: date and time with an offset (RFC 3339).
    #[arg(long, value_name = "INSTANT", value_parser = values::instant)]
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    at: Option<DateTime<Utc>>,
    /// Length of the window in business days, 1 to 260; as configured unless given.
    #[arg(long, value_name = "N", conflicts_with = "batch")]
    business_days: Option<u32>,
    /// Whether half days are business days; as configured unless given.
    #[arg(long, value_enum, conflicts_with = "batch")]
    half_days: Option<Half>,
    /// Language of the sentences.
    #[arg(long, value_enum, default_value = "en")]
    language: values::Tongue,
    /// Answer questions from standard input, one JSON object per line.
    #[arg(long)]
    batch: bool,
    /// With --batch: answer with the whole explanation, every day and the sentences included.
    #[arg(long, requires = "batch")]
    full: bool,
    /// Read the calendars from this folder and nowhere else; as configured unless given.
    #[arg(long, value_name = "DIR")]
    calendars: Option<PathBuf>,
    /// Lay the own entries in this folder over the calendars; as configured unless given.
    #[arg(long, value_name = "DIR")]
    overrides: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Half {
    /// A half day is a business day.
    Count,
    /// A half day is not a business day.
    Skip,
}

/// Answers questions about windows.
pub fn run(args: WindowArgs, globals: &Globals) -> Result<Exit> {
    let Action::Explain(args) = args.action;
    let settings = globals.settings()?;
    globals.log(&settings.log)?;
    let configured = Some(settings.calendars.directory.as_path());
    let configured = configured.filter(|directory| !directory.as_os_str().is_empty());
    let calendars = match (args.calendars.as_deref(), args.overrides.as_deref()) {
        (None, None) => app::calendars(&settings),
        (directory, overrides) => Calendars::load(directory.or(configured), overrides),
    };
    let calendars = calendars.context("could not load the calendars")?;
    if args.batch {
        let answers = args.full.then(|| args.language.into());
        return batch(&calendars, &settings.window, answers);
    }
    let deadline = deadline(&calendars, &args, &settings.window).map_err(Refused::error);
    single(&deadline?, &args, globals.output())
}

fn deadline(
    calendars: &Calendars,
    args: &ExplainArgs,
    defaults: &WindowSettings,
) -> Result<Deadline, CalendarError> {
    let terms = WindowTerms {
        notified_at: args.at.unwrap_or_default(),
        zone: Zone::parse(args.zone.as_deref().unwrap_or_default())?,
        calendar: calendars
            .get(&CalendarId::parse(args.calendar.as_deref().unwrap_or_default())?)?
            .clone(),
        business_days: args.business_days.map_or(Ok(defaults.business_days), BusinessDays::new)?,
        half_days: args.half_days.map_or(defaults.half_days, HalfDays::from),
        adjustments: Adjustments::default(),
    };
    terms.deadline()
}

#[derive(Serialize)]
struct Explained {
    #[serde(flatten)]
    window: ExplainedWindow,
    /// The sentences once more, under the name that scripts have known them by.
    explanation: Vec<String>,
}

fn single(deadline: &Deadline, args: &ExplainArgs, output: Output) -> Result<Exit> {
    let notified_at = args.at.unwrap_or_default();
    let language = args.language.into();
    let window = ExplainedWindow::of(SINGLE.to_owned(), deadline, notified_at, language);
    let explanation = window.explanation.sentences.clone();
    if output.is_json() {
        output.object(&Explained { window, explanation })?;
    } else {
        output.text(explanation.join("\n"))?;
    }
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Unanswered {
    id: Value,
    error: String,
}

/// What a line is answered with.
#[derive(Serialize)]
#[serde(untagged)]
enum Answered {
    Short(WindowAnswer),
    Full(Box<ExplainedWindow>),
}

/// Answers line by line, in order, with whole explanations where a language for them is given; a
/// question that cannot be answered does not stop the others.
fn batch(
    calendars: &Calendars,
    defaults: &WindowSettings,
    explained: Option<Language>,
) -> Result<Exit> {
    let output = Output::new(true);
    let (mut lines, _) = Lines::open(Path::new("-"), QUESTION_BYTES_MAX)?;
    let mut exit = Exit::Done;
    while let Some(line) = lines.next().context("could not read standard input")? {
        let place = format!("line {}", line.number);
        let answered = match line.text {
            Ok(text) => question(defaults, &text, &place),
            Err(bytes) => {
                let error = format!("{place} has {bytes} bytes; the limit is {QUESTION_BYTES_MAX}");
                Err(Unanswered { id: Value::Null, error })
            }
        };
        let answered = answered.and_then(|question| {
            let unanswered = |error: CalendarError| Unanswered {
                id: question.id.clone().into(),
                error: error.to_string(),
            };
            match explained {
                Some(language) => {
                    question.explain(calendars, language).map(Box::new).map(Answered::Full)
                }
                None => answer(calendars, &question).map(Answered::Short),
            }
            .map_err(unanswered)
        });
        match answered {
            Ok(answer) => output.object(&answer)?,
            Err(unanswered) => {
                output.object(&unanswered)?;
                exit = Exit::Refused;
            }
        }
    }
    Ok(exit)
}

fn question(
    defaults: &WindowSettings,
    text: &[u8],
    place: &str,
) -> Result<WindowQuestion, Unanswered> {
    let unreadable = |id: Value, error: serde_json::Error| {
        let error = format!("{place} is not a question: {error}");
        Unanswered { id, error }
    };
    let mut fields: Map<String, Value> =
        serde_json::from_slice(text).map_err(|error| unreadable(Value::Null, error))?;
    let id = fields.get("id").cloned().unwrap_or_default();
    fields.entry("business_days").or_insert_with(|| defaults.business_days.get().into());
    if !fields.contains_key("half_days")
        && let Ok(half_days) = serde_json::to_value(defaults.half_days)
    {
        fields.insert("half_days".to_owned(), half_days);
    }
    serde_json::from_value(Value::Object(fields)).map_err(|error| unreadable(id, error))
}

impl From<Half> for HalfDays {
    fn from(half: Half) -> Self {
        match half {
            Half::Count => Self::Count,
            Half::Skip => Self::Skip,
        }
    }
}
