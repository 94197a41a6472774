//! Why a claim is sent back or refused, thing by thing: a row of the form for each thing, with the
//! five coded reasons to choose from and a sentence.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::claim::item::Item;
use crate::claim::submission::ProofOfExecution;
use crate::claim::{Claim, Finding};
use crate::http::form::Fields;
use crate::http::ops::frame::Visit;
use crate::http::v1::reviews::{Reason, ReasonCode};

/// The path of the proof as a whole.
const PROOF: &str = "proof_of_execution";

/// What is wrong with a form, by the name of the field.
pub(super) type Wrong = BTreeMap<String, String>;

/// A reason, as the form offers it.
#[derive(Serialize)]
pub(super) struct Choice {
    value: &'static str,
    words: &'static str,
    is_chosen: bool,
}

/// The reasons of one thing.
#[derive(Serialize)]
pub(super) struct Row {
    /// Its path in the submission.
    #[serde(skip)]
    path: String,
    label: String,
    /// The names of the fields for the code and the sentence.
    code: String,
    said: String,
    choices: Vec<Choice>,
    /// What was written.
    written: String,
}

/// A reason in words.
const fn words(code: ReasonCode) -> &'static str {
    match code {
        ReasonCode::ProofMissing => "Proof is missing, or cannot be read",
        ReasonCode::AcknowledgementMissing => "The customer's acknowledgement is missing",
        ReasonCode::DatesMissingOrOld => "Dates are missing, or older than twelve months",
        ReasonCode::PartnerWorkNotDescribed => "It does not say what the partner did",
        ReasonCode::ProductsNotCovered => "It does not cover the claimed products",
    }
}

/// A row for each reason of the proof as a whole, then one for each document and each item.
pub(super) fn rows(visit: &Visit, claim: &Claim, fields: &Fields) -> Vec<Row> {
    let whole = ReasonCode::ALL.map(|code| {
        let mut row = row(fields, PROOF.to_owned(), words(code).to_owned(), code.as_str());
        row.choices.retain(|choice| choice.value == code.as_str());
        row
    });
    let submission = &claim.submission;
    let proofs = submission.proof_of_execution.iter().enumerate().map(|(index, proof)| {
        let name = match proof {
            ProofOfExecution::Document { name, .. } => name.as_str().to_owned(),
            ProofOfExecution::Uploaded { document_id } => document_id.to_string(),
        };
        (format!("{PROOF}[{index}]"), format!("Document {}: {name}", index + 1))
    });
    let catalog = &visit.web.ledger.rules().catalog;
    let items = submission.items.iter().enumerate().map(|(index, item): (usize, &Item)| {
        let code = item.code().as_str();
        (format!("items[{index}]"), catalog.item_name(code).unwrap_or(code).to_owned())
    });
    let things = proofs.chain(items).map(|(path, label)| row(fields, path, label, ""));
    whole.into_iter().chain(things).collect()
}

/// `apart` tells rows of the same thing apart.
fn row(fields: &Fields, path: String, label: String, apart: &str) -> Row {
    let (code, said) = (format!("code:{path}:{apart}"), format!("said:{path}:{apart}"));
    let chosen = fields.text(&code);
    let choices = ReasonCode::ALL.map(|one| Choice {
        value: one.as_str(),
        words: words(one),
        is_chosen: one.as_str() == chosen,
    });
    let written = fields.text(&said);
    Row { path, label, code, said, choices: choices.into(), written }
}

/// The reasons that were given; or what is wrong with them, by the name of the field.
pub(super) fn read(rows: &[Row]) -> Result<(Vec<Reason>, Vec<String>), Wrong> {
    let (mut reasons, mut names, mut wrong) = (Vec::new(), Vec::new(), Wrong::new());
    for row in rows {
        let chosen = row.choices.iter().find(|choice| choice.is_chosen);
        let code = ReasonCode::ALL
            .into_iter()
            .find(|code| chosen.is_some_and(|c| c.value == code.as_str()));
        match code {
            Some(_) if row.written.is_empty() => {
                let message = "Say it in a sentence: the partner reads it.";
                wrong.insert(row.said.clone(), message.to_owned());
            }
            Some(code) => {
                let (field, message) = (Some(row.path.clone()), row.written.clone());
                reasons.push(Reason { code, field, message });
                names.push(row.said.clone());
            }
            None if !row.written.is_empty() => {
                let message = "Choose the reason that this sentence is about.";
                wrong.insert(row.code.clone(), message.to_owned());
            }
            None => {}
        }
    }
    if reasons.is_empty() && wrong.is_empty() {
        let message = "Choose at least one reason, and say it in a sentence.";
        wrong.insert("findings".to_owned(), message.to_owned());
    }
    if wrong.is_empty() { Ok((reasons, names)) } else { Err(wrong) }
}

/// What the parser of decisions found, by the name of the field; `names` are those of the reasons.
pub(super) fn located(findings: Vec<Finding>, names: &[String]) -> Wrong {
    let place = |finding: Finding| {
        let index = finding.field.strip_prefix("findings[");
        let index = index.and_then(|rest| rest.split_once(']')?.0.parse::<usize>().ok());
        let name = index.and_then(|index| names.get(index));
        (name.cloned().unwrap_or(finding.field), finding.message)
    };
    findings.into_iter().map(place).collect()
}
