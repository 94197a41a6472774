//! Asking something of a claim, and the answer as programs and people read it.

use anyhow::Result;
use chrono::{DateTime, Utc};
use serde::Serialize;

use cpor::claim::{ClaimId, Command, Finding, Status};
use cpor::ledger::{Applied, Ledger, LedgerError};
use cpor::view::outcome_of;

use crate::cli::exit::Exit;
use crate::cli::output::{Output, plain};
use crate::cli::words;

/// What became of a wish. The names of fields and outcomes are relied on by scripts.
#[derive(Debug, Serialize)]
pub struct Answer {
    claim_id: ClaimId,
    outcome: &'static str,
    at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Finding>,
    #[serde(skip)]
    took_effect: bool,
}

/// Applies a command; a refusal is an answer.
pub async fn ask(ledger: &Ledger, id: ClaimId, command: &Command, actor: &str) -> Result<Answer> {
    match ledger.apply(id, command, actor).await {
        Ok(applied) => Ok(Answer::of(&applied)),
        Err(error) => refusal(ledger, id, error).await,
    }
}

/// A refusal is an answer; what failed for a technical reason is none.
pub async fn refusal(ledger: &Ledger, id: ClaimId, error: LedgerError) -> Result<Answer> {
    let (status, code) = match &error {
        LedgerError::NoClaim(_) => (None, "no_such_claim"),
        LedgerError::Refused { refusal, .. } => (Some(refusal.status), refusal.why.code()),
        LedgerError::Calendar { .. } => (None, "calendar_unusable"),
        LedgerError::LeaseLost(_) | LedgerError::Contended { .. } | LedgerError::Store(_) => {
            return Err(error.into());
        }
    };
    let at = ledger.clock().now().await?;
    let message = error.to_string();
    Ok(Answer { status, ..Answer::refused(id, at, code, message, Vec::new()) })
}

impl Answer {
    /// The answer to what took effect, or had nothing to do.
    pub fn of(applied: &Applied) -> Self {
        let claim = &applied.claim;
        let (outcome, took_effect) = outcome_of(&applied.events);
        let message = match (outcome, claim.window()) {
            ("too_late", Some(window)) => {
                Some(format!("the window closed at {}", words::utc(window.closes_at())))
            }
            _ => None,
        };
        Self {
            claim_id: claim.id,
            outcome,
            at: applied.at,
            status: Some(claim.status()),
            code: None,
            message,
            findings: Vec::new(),
            took_effect,
        }
    }

    /// The answer to what cannot be asked.
    pub fn refused(
        claim_id: ClaimId,
        at: DateTime<Utc>,
        code: &'static str,
        message: String,
        findings: Vec<Finding>,
    ) -> Self {
        let (code, message) = (Some(code), Some(message));
        let outcome = "refused";
        Self { claim_id, outcome, at, status: None, code, message, findings, took_effect: false }
    }

    /// The answer to a submission that is none.
    pub fn unreadable(claim_id: ClaimId, at: DateTime<Utc>, findings: Vec<Finding>) -> Self {
        let sentences: Vec<String> = findings.iter().map(ToString::to_string).collect();
        Self::refused(claim_id, at, "findings", sentences.join("\n"), findings)
    }

    /// Prints the answer; it decides the exit code.
    pub fn print(&self, output: Output) -> Result<Exit> {
        if output.is_json() {
            output.object(self)?;
        } else {
            output.text(self.sentence())?;
        }
        Ok(Exit::done_if(self.took_effect))
    }

    fn sentence(&self) -> String {
        let (id, at) = (self.claim_id, words::utc(self.at));
        let status = self.status.map_or("unchanged", words::status);
        let message = self.message.as_deref().unwrap_or_default();
        let message = message.lines().map(plain).collect::<Vec<_>>().join("\n");
        match self.outcome {
            "refused" => format!("refused: {message}"),
            "too_late" => format!("too late: {message}; claim {id} is {status}"),
            "already_decided" => format!("nothing to do: claim {id} is {status}"),
            outcome => format!("{outcome}: claim {id} is {status} since {at}"),
        }
    }
}
