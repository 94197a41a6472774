//! What the doctor says about what is kept: by Redis on its disk and in memory, and by this machine
//! in the data folder, with the secrets in it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::Result;

use cpor::app::App;
use cpor::secrets::Secrets;
use cpor::settings::Settings;

use super::Diagnosis;

/// Above this share of `maxmemory` somebody should act, in percent.
const MEMORY_PERCENT: u64 = 70;
/// Below this share of its disk a folder is nearly full, in percent.
const FREE_PERCENT: u64 = 10;
/// The same, in bytes.
const FREE_BYTES: u64 = 1024 * 1024 * 1024;

/// Whether Redis writes what it is given, and has room for more. A cluster answers for no server.
pub async fn redis(app: &App) -> Result<Vec<Diagnosis>> {
    let Ok(info) = app.ledger.store().info().await else { return Ok(Vec::new()) };
    let text = |name: &str| info.get::<String>(name).unwrap_or_default();
    let number = |name: &str| text(name).parse::<u64>().unwrap_or_default();
    Ok(persistence(&text).into_iter().chain([memory(number)]).collect())
}

fn persistence(text: &impl Fn(&str) -> String) -> Vec<Diagnosis> {
    let check = "persistence";
    let remedy = "look at the free space of its disk and at its log, then `redis-cli INFO \
                  persistence`";
    let failed = [
        ("aof_last_write_status", "the last write of the append-only file failed"),
        ("aof_last_bgrewrite_status", "the last rewrite of the append-only file failed"),
        ("rdb_last_bgsave_status", "the last snapshot failed"),
    ];
    let found: Vec<_> = failed
        .iter()
        .filter(|(name, _)| text(name) == "err")
        .map(|(name, what)| Diagnosis::found(check, format!("{what} ({name})"), remedy))
        .collect();
    if !found.is_empty() {
        return found;
    }
    if text("aof_enabled") != "1" {
        return Vec::new(); // That is what the check of the server says.
    }
    vec![Diagnosis::fine(check, "the append-only file is written without failures")]
}

fn memory(number: impl Fn(&str) -> u64) -> Diagnosis {
    let (used, most) = (number("used_memory"), number("maxmemory"));
    let used_mib = used / 1024 / 1024;
    let host = number("total_system_memory");
    let (most, of) = if most > 0 { (most, "maxmemory") } else { (host, "the host's memory") };
    let percent = (used * 100).checked_div(most).unwrap_or_default();
    let finding = format!("Redis uses {used_mib} MiB, {percent} % of {of}");
    if percent < MEMORY_PERCENT {
        return Diagnosis::fine("memory", finding);
    }
    let remedy = "give it more (`CONFIG SET maxmemory`), or let closed claims be archived sooner; \
                  when it is full, submissions are refused with 503";
    Diagnosis::found("memory", finding, remedy)
}

/// Space in the data folder, and who can read the secrets in it.
pub fn here(settings: &Settings) -> Vec<Diagnosis> {
    let folder = &settings.data.directory;
    let mut checks = Vec::from_iter(space(folder));
    checks.extend(secrets(settings));
    checks
}

fn space(folder: &Path) -> Option<Diagnosis> {
    let stat = rustix::fs::statvfs(folder).ok()?; // A folder that is not there has nothing in it.
    let (free, all) = (stat.f_bavail * stat.f_frsize, stat.f_blocks * stat.f_frsize);
    let percent = (free * 100).checked_div(all).unwrap_or_default();
    let (free_mib, place) = (free / 1024 / 1024, folder.display());
    let finding = format!("{free_mib} MiB are free for {place}, {percent} % of its disk");
    if free >= FREE_BYTES || percent >= FREE_PERCENT {
        return Some(Diagnosis::fine("disk", finding));
    }
    let remedy = "free some, or set data.directory to a larger disk: a private Redis stops taking \
                  anything when it is full";
    Some(Diagnosis::found("disk", finding, remedy))
}

fn secrets(settings: &Settings) -> Vec<Diagnosis> {
    let check = "secrets";
    let file = settings.data.directory.join("secret.keys");
    if settings.secrets.keys.is_some() {
        return vec![Diagnosis::fine(check, "secret keys are set, and not made by this machine")];
    }
    let mut checks = Vec::new();
    if let Ok(about) = std::fs::metadata(&file) {
        let mode = about.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            let finding = format!("{} can be read by others (mode {mode:o})", file.display());
            let remedy = format!("chmod 600 {}, and rotate the keys", file.display());
            checks.push(Diagnosis::found(check, finding, remedy));
        }
    }
    match Secrets::existing(&settings.secrets, &settings.data.directory) {
        Ok(Some(_)) => checks.push(Diagnosis::fine(
            check,
            format!("the only copy is {}; no backup has it", file.display()),
        )),
        Ok(None) => {}
        Err(error) => checks.push(Diagnosis::found(
            check,
            error.to_string(),
            "bring them from where they are kept, or see `cpor secret new`",
        )),
    }
    checks
}
