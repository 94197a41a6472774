//! Instants, ids and events in few words.
//!
//! The fields of an event say what they are, so an event that is added to a claim's life needs no
//! line here.

use chrono::{DateTime, SubsecRound as _, Utc};
use serde_json::Value;

use crate::calendar::Zone;
use crate::claim::{ClaimId, Event, Finding};

/// Characters of somebody's words that are shown.
const WORDS_MAX: usize = 80;
/// Fields that say nothing about how a claim goes on, or that stand elsewhere in the table.
const SILENT: [&str; 8] =
    ["event", "submission", "message_id", "link_key", "receipt", "reply", "contact", "mail_sha256"];

/// An instant in UTC; milliseconds only where there are some.
pub fn utc(at: DateTime<Utc>) -> String {
    let whole = at.trunc_subsecs(0) == at;
    at.format(if whole { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M:%S%.3f" }).to_string()
}

/// An instant in UTC, and what a customer's clock shows then.
pub fn moment(at: DateTime<Utc>, zone: Option<&Zone>) -> String {
    let local = zone.map(|zone| format!(", {} in {zone}", zone.local(at).format("%a %d %b %H:%M")));
    format!("{} UTC{}", utc(at), local.unwrap_or_default())
}

/// The end of an id, which tells the claims of one test apart.
pub fn short_id(id: ClaimId) -> String {
    let id = id.to_string();
    format!("…{}", &id[id.len() - 6..])
}

/// Where findings are, and what they are.
pub fn codes(findings: &[Finding]) -> String {
    let each = findings.iter().map(|finding| format!("{} {}", finding.field, finding.code));
    each.collect::<Vec<_>>().join(", ")
}

/// What an event says beyond its name.
pub fn details(event: &Event) -> String {
    let Ok(Value::Object(fields)) = serde_json::to_value(event) else { return String::new() };
    let details = fields.iter().filter_map(|(name, value)| detail(name, value));
    details.collect::<Vec<_>>().join(", ")
}

fn detail(name: &str, value: &Value) -> Option<String> {
    let spaced = name.replace('_', " ");
    match (name, value) {
        _ if SILENT.contains(&name) => None,
        ("window", window) => {
            let closes_at = serde_json::from_value(window["deadline"]["closes_at"].clone());
            closes_at.ok().map(|at| format!("open until {}", utc(at)))
        }
        ("findings", findings) => {
            let findings: Vec<Finding> = serde_json::from_value(findings.clone()).ok()?;
            Some(codes(&findings))
        }
        ("holders", Value::Array(holders)) => {
            let partners = holders.iter().filter_map(|holder| holder["mpn_id"].as_str());
            Some(format!("held by partner {}", partners.collect::<Vec<_>>().join(", ")))
        }
        ("delivered", Value::Bool(delivered)) => (!delivered).then(|| "not delivered".to_owned()),
        (_, Value::String(text)) => Some(match text.parse() {
            Ok(at) => format!("{spaced} {}", utc(at)),
            Err(_) => format!("{spaced} {}", shortened(text)),
        }),
        (_, Value::Number(number)) => Some(format!("{spaced} {number}")),
        (_, Value::Bool(true)) => Some(spaced),
        (_, Value::Bool(false) | Value::Null | Value::Array(_) | Value::Object(_)) => None,
    }
}

/// Text from anywhere on one line, cut where it gets long.
pub fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    if line.chars().count() <= WORDS_MAX {
        return line.chars().map(plain).collect();
    }
    line.chars().take(WORDS_MAX).map(plain).chain(['…']).collect()
}
