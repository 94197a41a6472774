//! Ready keys for a developer's machine, so that the first request needs no preparation.
//!
//! They are made at the first start, kept in a file that only its owner can read, and printed at
//! every start as what they are. They exist only where the settings say so and the server listens
//! on this machine alone, and they expire a month after the last start.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};

use crate::access::api_key::ApiKey;
use crate::access::api_keys::{ApiKeyError, ApiKeys};
use crate::access::key_record::NewApiKey;
use crate::access::{AccessSetupError, Authority, Caller, DevelopmentUserSettings};
use crate::claim::identity::{Line, MpnId, Source};
use crate::secrets::kept_in_file;

/// The file in the data folder.
const FILE: &str = "development.keys";
/// The source whose claims a developer submits first.
const SOURCE: &str = "crm-emea";
/// How long the keys live after a start, in days.
const LIFE_DAYS: i64 = 30;

/// A key that is ready for use on this machine.
#[derive(Debug, Clone)]
pub struct DevelopmentKey {
    /// What it may do.
    pub authority: Authority,
    /// The key, secret included.
    pub key: ApiKey,
}

/// There are no keys for development.
#[derive(Debug, thiserror::Error)]
pub enum DevelopmentKeyError {
    /// Their file cannot be read or written.
    #[error("could not keep the development keys in {path}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Their file has something else in it.
    #[error("{0} does not hold the development keys; delete it, and the next start makes new ones")]
    Malformed(PathBuf),
    /// Redis does not take them.
    #[error("could not make the development keys")]
    Keys(#[from] ApiKeyError),
}

/// Makes the development keys, or finds those of an earlier start: one for the source `crm-emea`,
/// one for a reviewer and one for an operator. A key that was revoked is left out. None on a server
/// that others reach.
pub async fn ensure_development_keys(
    keys: &ApiKeys,
    directory: &Path,
    listen: SocketAddr,
    now: DateTime<Utc>,
) -> Result<Vec<DevelopmentKey>, DevelopmentKeyError> {
    if !listen.ip().is_loopback() {
        return Ok(Vec::new());
    }
    let path = directory.join(FILE);
    let text = kept_in_file(directory, FILE, fresh_file)
        .map_err(|source| DevelopmentKeyError::File { path: path.clone(), source })?;
    let found = read(&text).ok_or(DevelopmentKeyError::Malformed(path))?;
    let mut ready = Vec::new();
    for DevelopmentKey { authority, key } in found {
        // A label of its own, so that keys of deleted files stand in nobody's way.
        let label = Line::parse(&format!("development key {}", key.id()));
        let label = label.map_err(|_| DevelopmentKeyError::Malformed(directory.join(FILE)))?;
        let expires_at = Some(now + TimeDelta::days(LIFE_DAYS));
        let new = NewApiKey { authority: authority.clone(), label, expires_at };
        if keys.adopt(&key, &new, now).await?.is_some() {
            ready.push(DevelopmentKey { authority, key });
        }
    }
    Ok(ready)
}

fn fresh_file() -> String {
    let [source, reviewer, operator] = std::array::from_fn(|_| ApiKey::random().reveal());
    format!(
        "# Development keys of cpor, for this machine only. Delete this file to get new ones.\n\
         upstream_source {SOURCE} {source}\nreviewer {reviewer}\noperator {operator}\n"
    )
}

fn read(text: &str) -> Option<Vec<DevelopmentKey>> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(read_line).collect()
}

fn read_line(line: &str) -> Option<DevelopmentKey> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (authority, key) = match words[..] {
        ["upstream_source", source, key] => {
            (Authority::UpstreamSource(Source::parse(source).ok()?), key)
        }
        ["reviewer", key] => (Authority::Reviewer, key),
        ["operator", key] => (Authority::Operator, key),
        _ => return None,
    };
    Some(DevelopmentKey { authority, key: ApiKey::parse(key)? })
}

/// What the name of the caller is that somebody has who signed in by pressing a button.
const USER: &str = "development:user";

/// A person of a partner who signs in by pressing a button; on a developer's machine only.
#[derive(Debug, Clone)]
pub struct DevelopmentUser {
    /// The person's name.
    pub name: Line,
    /// Who that is.
    pub caller: Caller,
}

impl DevelopmentUser {
    /// The person of the settings, if one is set.
    ///
    /// # Errors
    ///
    /// When the name or the partner's id cannot be used.
    pub fn of(settings: &DevelopmentUserSettings) -> Result<Option<Self>, AccessSetupError> {
        if settings.name.is_empty() {
            return Ok(None);
        }
        let wrong = |key, problem| AccessSetupError::Setting { key, problem };
        let name = Line::parse(&settings.name)
            .map_err(|_| wrong("access.development_user.name", "it is no name on one line"))?;
        let mpn_id = MpnId::parse(&settings.mpn_id)
            .map_err(|_| wrong("access.development_user.mpn_id", "it is no MPN ID"))?;
        let authority = Authority::IncentivesAdmin(mpn_id);
        Ok(Some(Self { name, caller: Caller { name: USER.to_owned(), authority } }))
    }
}

impl Caller {
    /// Whether this is nobody but the person of the settings of a developer's machine.
    #[must_use]
    pub fn is_development_user(&self) -> bool {
        self.name == USER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_file_has_a_source_a_reviewer_and_an_operator() {
        let keys = read(&fresh_file()).unwrap();
        let authorities: Vec<_> = keys.iter().map(|key| key.authority.clone()).collect();
        let crm = Authority::UpstreamSource(Source::parse("crm-emea").unwrap());
        assert_eq!(authorities, [crm, Authority::Reviewer, Authority::Operator]);
    }

    #[test]
    fn anything_else_is_no_file_of_ours() {
        let key = ApiKey::random().reveal();
        for text in [format!("observer {key}"), format!("reviewer {key}x"), key] {
            assert!(read(&text).is_none(), "{text}");
        }
    }
}
