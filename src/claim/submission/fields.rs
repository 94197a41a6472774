//! Reading the fields of a JSON object, with a finding for everything that is not as it should be.
//!
//! A reading function returns nothing when it has reported a finding, so that its caller reads on:
//! all findings are reported, never only the first. A field that is `null` counts as left out.

use std::borrow::Cow;

use super::Submission;
use super::json::Json;
use super::suggest::did_you_mean;
use crate::claim::finding::Finding;
use crate::claim::identity::shown;

/// Everything found wrong so far; bounded, because 64 KiB have room for thousands of mistakes.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub fn push(&mut self, finding: Finding) {
        if self.0.len() + 1 < Submission::FINDINGS_MAX {
            self.0.push(finding);
        } else if self.0.len() < Submission::FINDINGS_MAX {
            let message = "There are more findings than are reported. Put these right first.";
            self.0.push(Finding::new(Finding::WHOLE, "too_many_findings", message));
        }
    }

    pub fn add(&mut self, field: String, code: &'static str, message: impl Into<String>) {
        self.push(Finding::new(field, code, message));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether nothing more will be reported.
    pub fn is_full(&self) -> bool {
        self.0.len() == Submission::FINDINGS_MAX
    }

    pub fn into_vec(self) -> Vec<Finding> {
        self.0
    }
}

/// The fields of one object, and where it stands.
pub(super) struct Fields<'j> {
    path: String,
    fields: &'j [(Cow<'j, str>, Json<'j>)],
}

impl<'j> Fields<'j> {
    /// The fields of the object at this path, which is empty for the whole submission. Reports
    /// fields that are not known here, and repeated ones.
    pub fn of(
        json: &'j Json<'j>,
        path: String,
        known: &[&'static str],
        findings: &mut Findings,
    ) -> Option<Self> {
        let Json::Object(fields) = json else {
            let path = if path.is_empty() { Finding::WHOLE.to_owned() } else { path };
            wrong_type(path, json, "an object in braces", findings);
            return None;
        };
        let fields = Self { path, fields };
        fields.check_names(known, findings);
        Some(fields)
    }

    fn check_names(&self, known: &[&'static str], findings: &mut Findings) {
        for (index, (name, _)) in self.fields.iter().enumerate() {
            if findings.is_full() {
                return; // Comparing thousands of unknown names would take its time.
            }
            let is_known = known.contains(&&**name);
            if !is_known {
                let name = shown(name);
                let hint = did_you_mean(&name, known.iter().copied());
                let message =
                    format!("There is no field \"{name}\" here.{hint} Leave it out or correct it.");
                findings.add(self.path(&name), "unknown_field", message);
            } else if self.fields[..index].iter().any(|(earlier, _)| earlier == name) {
                let message = "The field is given twice. Leave one out.";
                findings.add(self.path(name), "duplicate_field", message);
            }
        }
    }

    /// The path of a field of this object.
    pub fn path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// Whether the field is given.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The field's value, if it is given.
    pub fn get(&self, name: &str) -> Option<&'j Json<'j>> {
        let found = self.fields.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value).filter(|value| **value != Json::Null)
    }

    /// The field's value; reports that it is missing.
    pub fn needed(&self, name: &str, findings: &mut Findings) -> Option<&'j Json<'j>> {
        let value = self.get(name);
        if value.is_none() {
            let message = "The field is missing. It is required here.";
            findings.add(self.path(name), "missing", message);
        }
        value
    }

    /// A field that must be given, as text.
    pub fn text(&self, name: &str, findings: &mut Findings) -> Option<&'j str> {
        let value = self.needed(name, findings)?;
        text(value, || self.path(name), findings)
    }

    /// A field that must be given, read by the one constructor of its type.
    pub fn required<T>(
        &self,
        name: &str,
        parse: fn(&str) -> Result<T, Finding>,
        findings: &mut Findings,
    ) -> Option<T> {
        let text = self.text(name, findings)?;
        parse(text).map_err(|finding| findings.push(finding.at(self.path(name)))).ok()
    }

    /// A field that may be left out. The outer option is empty when something was reported.
    pub fn optional<T>(
        &self,
        name: &str,
        parse: fn(&str) -> Result<T, Finding>,
        findings: &mut Findings,
    ) -> Option<Option<T>> {
        if self.has(name) { self.required(name, parse, findings).map(Some) } else { Some(None) }
    }

    /// A field that must be given, as an object.
    pub fn object(
        &self,
        name: &str,
        known: &[&'static str],
        findings: &mut Findings,
    ) -> Option<Self> {
        let value = self.needed(name, findings)?;
        Fields::of(value, self.path(name), known, findings)
    }

    /// A field that must be given, as a list of one to so many elements; each with its path. Of a
    /// list that is too long, the first elements are returned.
    pub fn list(
        &self,
        name: &str,
        elements_max: usize,
        findings: &mut Findings,
    ) -> Option<impl Iterator<Item = (String, &'j Json<'j>)> + use<'j>> {
        let value = self.needed(name, findings)?;
        let path = self.path(name);
        let Json::List(list) = value else {
            wrong_type(path, value, "a list in brackets", findings);
            return None;
        };
        if list.is_empty() {
            findings.add(path.clone(), "too_few", "The list is empty. Give at least one.");
        }
        if list.len() > elements_max {
            let message = format!(
                "The list has {} elements and the limit is {elements_max}. Shorten it.",
                list.len()
            );
            findings.add(path.clone(), "too_many", message);
        }
        let elements = list.iter().take(elements_max).enumerate();
        Some(elements.map(move |(index, element)| (format!("{path}[{index}]"), element)))
    }
}

/// The value as text; reports that it is something else.
pub(super) fn text<'j>(
    json: &'j Json<'j>,
    path: impl FnOnce() -> String,
    findings: &mut Findings,
) -> Option<&'j str> {
    if let Json::Text(text) = json {
        return Some(text);
    }
    wrong_type(path(), json, "text in quotation marks", findings);
    None
}

fn wrong_type(path: String, json: &Json<'_>, expected: &str, findings: &mut Findings) {
    let message = format!("This is {}. Give {expected}.", json.kind());
    findings.add(path, "wrong_type", message);
}
