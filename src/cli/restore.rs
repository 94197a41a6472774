//! `cpor restore`: a backup into an empty namespace.

use std::fs::File;
use std::io::{self, BufReader, Seek as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Error, Result};
use clap::Args;
use serde::Serialize;

use cpor::app::Untouched;
use cpor::backup::{RestoreError, Restored, restore};
use cpor::secrets::Secrets;
use cpor::settings::Settings;

use crate::cli::Globals;
use crate::cli::backup::{bar, show};
use crate::cli::exit::{Exit, Refused};

/// Restore a backup into an empty namespace.
///
/// The whole file is looked at before anything is written. A restore that was cut off goes on when
/// it is given the same file again; until it is done, no other command works in the namespace. Read
/// docs/backup.md before workers are started: what happened after the backup, such as a customer's
/// rejection, is not known any more.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  cpor restore cpor-2026-11-20.jsonl
  zstd -dc cpor-2026-11-20.jsonl.zst | cpor restore -
  CPOR_REDIS__NAMESPACE=rehearsal cpor restore cpor-2026-11-20.jsonl

Exit code 1: refused, and nothing was changed; or some claims could not be read before either.")]
pub struct RestoreArgs {
    /// File that `cpor backup` wrote; - for standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    claims: u64,
    at: chrono::DateTime<chrono::Utc>,
    unreadable: &'a [cpor::claim::ClaimId],
    missing_secret_keys: Vec<String>,
}

/// Restores.
pub async fn run(args: RestoreArgs, globals: &Globals) -> Result<Exit> {
    let settings = globals.settings()?;
    globals.log(&settings.log)?;
    let file = open(&args.file, &settings)?;
    let untouched = Untouched::open(&settings).await?;
    let bar = bar("lines");
    let mut told = |progress| show(&bar, progress);
    let mode = settings.clock.mode;
    let restored = restore(&untouched.store, mode, BufReader::new(file), &mut told).await;
    bar.finish_and_clear();
    untouched.close().await?;
    let restored = restored.map_err(refused)?;
    let missing = missing_keys(&settings, &restored);
    let output = globals.output();
    output.text(sentences(&restored, &missing, &settings))?;
    output.object(&Report {
        claims: restored.claims,
        at: restored.header.at,
        unreadable: &restored.unreadable,
        missing_secret_keys: missing,
    })?;
    Ok(Exit::done_if(restored.unreadable.is_empty()))
}

/// A no that is about the file or the namespace, and not about Redis.
fn refused(error: RestoreError) -> Error {
    match error {
        RestoreError::Store(_) | RestoreError::File(_) => error.into(),
        RestoreError::Problem(_)
        | RestoreError::NotEmpty { .. }
        | RestoreError::HalfRestored { .. }
        | RestoreError::Settings { .. } => Refused::error(error),
    }
}

/// The file; what comes in by standard input is kept in the data folder, without a name, because it
/// is read twice.
fn open(file: &Path, settings: &Settings) -> Result<File> {
    if file != Path::new("-") {
        return File::open(file).with_context(|| format!("could not read {}", file.display()));
    }
    let folder = &settings.data.directory;
    let path = folder.join(format!("restore-{}", std::process::id()));
    let failed = || format!("could not keep standard input in {}", folder.display());
    std::fs::create_dir_all(folder).with_context(failed)?;
    let mut options = File::options();
    let kept = options.read(true).write(true).create_new(true).mode(0o600).open(&path);
    let mut kept = kept.with_context(failed)?;
    std::fs::remove_file(&path).with_context(failed)?;
    io::copy(&mut io::stdin().lock(), &mut kept).with_context(failed)?;
    kept.rewind().with_context(failed)?;
    Ok(kept)
}

/// Numbers of the secret keys that the deployment had and that are not here. None is made here:
/// one that is needed is brought.
fn missing_keys(settings: &Settings, restored: &Restored) -> Vec<String> {
    let here = Secrets::existing(&settings.secrets, &settings.data.directory);
    let here: Vec<_> = here.ok().flatten().iter().flat_map(|keys| keys.ids()).collect();
    let missing = restored.header.secret_keys.iter().filter(|id| !here.contains(id));
    missing.map(ToString::to_string).collect()
}

fn sentences(restored: &Restored, missing: &[String], settings: &Settings) -> String {
    let Restored { header, claims, unreadable } = restored;
    let mut text = format!(
        "{claims} claims of {} are back in the namespace `{}`, as they were at {}\n",
        header.namespace, settings.redis.namespace, header.at
    );
    for id in unreadable {
        text += &format!("claim {id} cannot be read, and could not be before (`cpor check`)\n");
    }
    if !missing.is_empty() {
        text += &format!(
            "secret key {} of the deployment is not here: links in mails that were sent cannot be \
             verified without it; set CPOR_SECRETS__KEYS as it was, or bring the file secret.keys \
             of its data folder to {}\n",
            missing.join(", "),
            settings.data.directory.display()
        );
    }
    text += &format!(
        "before workers are started:\n  cpor check\n  cpor outage record --from {} --to NOW \
         --reason TEXT, if customers could answer since\n  docs/backup.md says why",
        header.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    );
    text
}
