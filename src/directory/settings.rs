//! The settings of section `directory`, and what can be wrong with them at the start.
//!
//! It checks nothing itself: each provider checks its own values when it is made.

use std::path::PathBuf;

use serde::Deserialize;

use super::FileProblem;

/// Section `directory` of the settings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DirectorySettings {
    /// Who is asked.
    pub provider: DirectoryProvider,
    /// The file of the static provider; without one (or with an empty value) it knows nobody.
    /// Beside Entra, only its partners are read.
    pub file: Option<PathBuf>,
    /// The settings of the Entra provider.
    pub entra: EntraSettings,
}

/// Who is asked about tenants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectoryProvider {
    /// A file kept by the operator.
    #[default]
    Static,
    /// Microsoft Entra.
    Entra,
    /// The customers of the demo, built in, unless a file is set; for a developer's first claim.
    Demo,
}

/// Section `directory.entra` of the settings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EntraSettings {
    /// Where Entra is; `https`, unless the host is loopback. National clouds have their own.
    pub base_url: String,
    /// Limit of one attempt, from resolving the name to the last byte; 1 to 60,000.
    pub timeout_ms: u64,
    /// Attempts of one look-up; 1 to 10. The job that asked has its own retries above these.
    pub attempts_max: u32,
    /// How long an answer is kept; 0 to 86,400, and 0 keeps none.
    pub cache_seconds: u64,
}

impl Default for EntraSettings {
    fn default() -> Self {
        Self {
            base_url: "https://login.microsoftonline.com".to_owned(),
            timeout_ms: 5_000,
            attempts_max: 3,
            cache_seconds: 600,
        }
    }
}

/// Why no directory could be made of the settings. It stops the start.
#[derive(Debug, thiserror::Error)]
pub enum DirectorySetupError {
    /// A value is out of its range or of the wrong form.
    #[error("setting {key} cannot be used: {problem}")]
    Setting {
        /// The full name of the key.
        key: &'static str,
        /// What is wrong, and what is accepted.
        problem: String,
    },
    /// The file cannot be used.
    #[error("setting directory.file cannot be used: could not load {}", path.display())]
    File {
        /// The file, as it is set.
        path: PathBuf,
        /// What is wrong with it, and where.
        #[source]
        source: FileProblem,
    },
    /// The TLS library refused its own defaults.
    #[error("could not prepare TLS for directory.entra.base_url")]
    Tls(#[source] rustls::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(given: &str, expected: Result<DirectorySettings, &str>) {
        let parsed = toml::from_str::<DirectorySettings>(given);
        match (parsed, expected) {
            (Err(error), Err(part)) => assert!(error.message().contains(part), "{error}"),
            (parsed, expected) => assert_eq!(parsed.ok(), expected.ok(), "{given}"),
        }
    }

    #[test]
    fn what_is_not_set_has_its_default() {
        let default = DirectorySettings::default();
        check("", Ok(default.clone()));
        let entra = EntraSettings { attempts_max: 5, ..EntraSettings::default() };
        let provider = DirectoryProvider::Entra;
        check(
            "provider = \"entra\"\n[entra]\nattempts_max = 5",
            Ok(DirectorySettings { provider, entra, ..default.clone() }),
        );
        let file = Some(PathBuf::from("/etc/cpor/directory.toml"));
        check(
            "provider = \"static\"\nfile = \"/etc/cpor/directory.toml\"",
            Ok(DirectorySettings { file, ..default }),
        );
    }

    #[test]
    fn an_unknown_key_or_provider_names_itself() {
        check("files = \"a\"", Err("unknown field `files`"));
        check("[entra]\nurl = \"a\"", Err("unknown field `url`"));
        check("provider = \"azure\"", Err("unknown variant `azure`"));
    }
}
