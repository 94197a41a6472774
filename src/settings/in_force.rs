//! What is in force, and where each value comes from.

use std::path::Path;

use config::{Source as _, ValueKind};

use super::{Setting, SettingsError, layers};

/// Every value in force and where it comes from, sorted by key.
///
/// # Errors
///
/// When a source cannot be read.
pub fn in_force(profile: &str, file: Option<&Path>) -> Result<Vec<Setting>, SettingsError> {
    let root = layers(profile, file)?.collect()?;
    let mut all = Vec::new();
    for (key, value) in root {
        flatten(&key, &value, &mut all);
    }
    all.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(all)
}

fn flatten(key: &str, value: &config::Value, all: &mut Vec<Setting>) {
    if let ValueKind::Table(table) = &value.kind {
        for (name, value) in table {
            flatten(&format!("{key}.{name}"), value, all);
        }
        return;
    }
    let secret = ["password", "client_secret"].iter().any(|end| key.ends_with(end))
        || key.contains("access_key")
        || key == "secrets.keys";
    all.push(Setting {
        key: key.to_owned(),
        value: if secret { "********".to_owned() } else { shown(key, value) },
        origin: value.origin().unwrap_or("built in").to_owned(),
    });
}

/// An address may carry a password.
fn shown(key: &str, value: &config::Value) -> String {
    let text = value.to_string();
    if key == "redis.url" && text.contains('@') { crate::store::redacted(&text) } else { text }
}
