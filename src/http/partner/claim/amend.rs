//! Putting right what was found: a form with the fields of the submission that may be changed, each
//! with what was found about it beside it. What is sent back is read by the one parser.
//!
//! The fields are those of the submission's JSON, by their paths, so that a finding and its field
//! meet without a table of both.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;

use crate::claim::{Claim, Command, Finding, State, Submission, may_change};
use crate::http::extract::Path;
use crate::http::form::Fields;
use crate::http::partner::PEOPLE;
use crate::http::partner::finding::Told;
use crate::http::partner::frame::{Act, Page, Visit};
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::signed::see_other;
use crate::http::v1::ClaimPath;

use super::acts::apply;
use super::{path_of, section_of};

/// What may be changed and is always there: paths in the submission, and whether they may be empty.
const FIELDS: [(&str, bool); 12] = [
    ("name", false),
    ("customer.domain", false),
    ("customer.country", false),
    ("customer.subdivision", true),
    ("customer.time_zone", true),
    ("customer.contact.name", false),
    ("customer.contact.title", false),
    ("customer.contact.email", false),
    ("customer.contact.language", true),
    ("partner.contact.name", false),
    ("partner.contact.email", false),
    ("comment", true),
];
/// What may be changed in an element of a list, or where it is given at all.
const PARTS: [&str; 12] = [
    "workload",
    "product",
    "subscription_id",
    "sha256",
    "location",
    "name",
    "title",
    "email",
    "solution_seller",
    "customer_name",
    "isv_solution",
    "document_id",
];

pub(super) fn routes() -> Vec<Route> {
    let path = "/partner/claims/{claim_id}/amend";
    vec![
        Route::new(Method::GET, path, "ask_partner_amend", "What has to be put right", ask),
        Route::new(Method::POST, path, "partner_amend", "Put it right", amend),
    ]
    .into_iter()
    .map(|route| route.signed_in(PEOPLE))
    .collect()
}

/// One field of the form.
#[derive(Serialize)]
struct Field {
    /// Its path, which is its name in the form.
    path: String,
    /// The key of its words in the table `amendable`.
    words: String,
    /// Which element of a list it belongs to, from 1.
    number: Option<usize>,
    value: String,
    may_be_empty: bool,
    findings: Vec<Told>,
}

#[derive(Serialize)]
struct View<'a> {
    path: String,
    name: &'a str,
    revision: u64,
    /// What has to be put right, by field.
    found: Vec<Field>,
    /// What else may be changed.
    others: Vec<Field>,
    /// What belongs to no field that may be changed.
    elsewhere: Vec<Told>,
    /// Items that can be left out: path and label, when there is more than one.
    items: Vec<(String, String)>,
    /// Whether this is the form again, because something is still wrong.
    is_again: bool,
}

async fn ask(visit: Visit, Path(path): Path<ClaimPath>) -> Result<Response, Problem> {
    let claim = path.claim(&visit.web, &visit.session.caller).await?;
    let State::ActionRequired { findings, .. } = &claim.state else {
        return Ok(see_other(&format!("{}?done=not_offered", path_of(claim.id))));
    };
    let json = json_of(&claim.submission)?;
    form(&visit, &claim, &json, (findings, findings), false)
}

async fn amend(Path(path): Path<ClaimPath>, act: Act) -> Result<Response, Problem> {
    let visit = &act.visit;
    let claim = path.claim(&visit.web, &visit.session.caller).await?;
    let State::ActionRequired { findings: asked, .. } = &claim.state else {
        return Ok(act.done(&path_of(claim.id), "changed"));
    };
    if act.fields.text("revision") != claim.revision.to_string() {
        return Ok(act.done(&path_of(claim.id), "changed"));
    }
    let mut json = json_of(&claim.submission)?;
    change(&mut json, &act.fields, asked);
    let now = visit.web.ledger.clock().now().await?;
    let bytes = serde_json::to_vec(&json).map_err(|_| Problem::internal())?;
    match visit.web.ledger.parse(&bytes, now) {
        Ok(submission) => apply(&act, &claim, &Command::Amend(Arc::new(submission)), "amend").await,
        Err(findings) => form(visit, &claim, &json, (asked, &findings), true),
    }
}

fn json_of(submission: &Submission) -> Result<Value, Problem> {
    serde_json::to_value(submission).map_err(|_| Problem::internal())
}

/// The paths that may be changed by who answers these findings, in the order of the form, and
/// whether they may be empty.
fn paths(json: &Value, asked: &[Finding]) -> Vec<(String, bool)> {
    let fixed = FIELDS.iter().map(|(path, optional)| ((*path).to_owned(), *optional));
    let mut paths: Vec<(String, bool)> = fixed.collect();
    for list in ["items", "proof_of_execution"] {
        for (index, element) in json[list].as_array().into_iter().flatten().enumerate() {
            paths.extend(parts_of(element, &format!("{list}[{index}]")));
        }
    }
    paths.extend(parts_of(&json["customer"]["technical_contact"], "customer.technical_contact"));
    paths.extend(parts_of(&json["revenue"], "revenue"));
    paths.retain(|(path, _)| may_change(asked, path));
    paths
}

fn parts_of(object: &Value, path: &str) -> Vec<(String, bool)> {
    let there = PARTS.iter().filter(|part| object.get(**part).is_some());
    there.map(|part| (format!("{path}.{part}"), false)).collect()
}

/// `items[0].workload` as a pointer into JSON (RFC 6901).
fn pointer(path: &str) -> String {
    format!("/{}", path.replace('[', ".").replace(']', "").replace('.', "/"))
}

/// Writes what the form says into the submission.
fn change(json: &mut Value, fields: &Fields, asked: &[Finding]) {
    for (path, may_be_empty) in paths(json, asked) {
        let Some(written) = fields.given(&path) else { continue };
        let (parent, name) = path.rsplit_once('.').unwrap_or(("", &path));
        let parent = if parent.is_empty() { String::new() } else { pointer(parent) };
        let Some(Value::Object(object)) = json.pointer_mut(&parent) else { continue };
        if written.is_empty() && may_be_empty {
            object.remove(name);
        } else {
            object.insert(name.to_owned(), Value::String(written));
        }
    }
    if !may_change(asked, "items") {
        return;
    }
    if let Some(Value::Array(items)) = json.get_mut("items") {
        let mut index = 0;
        items.retain(|_| {
            index += 1;
            fields.choice(&format!("leave_out[{}]", index - 1)).is_none()
        });
    }
}

/// Whether a finding is about the field at this path, or about what the field is a part of.
fn is_about(finding: &Finding, path: &str) -> bool {
    let rest = path.strip_prefix(finding.field.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn form(
    visit: &Visit,
    claim: &Claim,
    json: &Value,
    (asked, findings): (&[Finding], &[Finding]),
    is_again: bool,
) -> Result<Response, Problem> {
    let (words, catalog) = (visit.words()?, &visit.web.ledger.rules().catalog);
    let told = |finding: &Finding| Told::of(finding, words, visit.language);
    let (mut found, mut others) = (Vec::new(), Vec::new());
    let mut met = vec![false; findings.len()];
    for (path, may_be_empty) in paths(json, asked) {
        let about = findings.iter().enumerate().filter(|(_, finding)| is_about(finding, &path));
        let about: Vec<usize> = about.map(|(index, _)| index).collect();
        // What is said about a whole contact is said once, above its first field.
        let new = about.iter().filter(|index| !met[**index]).map(|index| told(&findings[*index]));
        let field = field(json, &path, may_be_empty, new.collect());
        let is_concerned = !about.is_empty();
        for index in about {
            met[index] = true;
        }
        if is_concerned { found.push(field) } else { others.push(field) }
    }
    let elsewhere = findings.iter().zip(&met).filter(|(_, met)| !**met).map(|(f, _)| told(f));
    let can_leave_out = claim.submission.items.len() > 1 && may_change(asked, "items");
    let items = claim.submission.items.iter().enumerate().map(|(index, item)| {
        let code = item.code().as_str();
        (format!("leave_out[{index}]"), catalog.item_name(code).unwrap_or(code).to_owned())
    });
    let view = View {
        path: path_of(claim.id),
        name: claim.submission.name.as_str(),
        revision: claim.revision,
        found,
        others,
        elsewhere: elsewhere.collect(),
        items: if can_leave_out { items.collect() } else { Vec::new() },
        is_again,
    };
    let status = if is_again { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    visit.reply_as(status, &Page { file: "amend.html", section: section_of(claim), view })
}

fn field(json: &Value, path: &str, may_be_empty: bool, findings: Vec<Told>) -> Field {
    let number = path.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
    let number = number.and_then(|(index, _)| index.parse::<usize>().ok());
    let without: String = match number {
        Some(index) => path.replace(&format!("[{index}]"), ""),
        None => path.to_owned(),
    };
    Field {
        words: without.replace('.', "_"),
        number: number.map(|index| index + 1),
        value: json.pointer(&pointer(path)).and_then(Value::as_str).unwrap_or_default().to_owned(),
        path: path.to_owned(),
        may_be_empty,
        findings,
    }
}
