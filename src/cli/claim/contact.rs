//! "I am not the right person", as an operator enters it.

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use clap::Args;

use cpor::claim::command::ContactProposal;
use cpor::claim::identity::Comment;
use cpor::claim::submission::{CustomerContact, RawContact};
use cpor::claim::{ClaimId, Command};
use cpor::ledger::{Ledger, LedgerError};

use super::answer::{Answer, ask};
use crate::cli::values;

/// Whom the customer has named.
#[derive(Debug, Args)]
pub struct Named {
    /// The person's name.
    #[arg(long)]
    name: String,
    /// The person's job title.
    #[arg(long)]
    title: String,
    /// The person's address.
    #[arg(long)]
    email: String,
    /// The language of the person's mails (BCP 47); the deployment's unless given.
    #[arg(long)]
    language: Option<String>,
    /// The customer's words for the partner; at most 4,000 characters.
    #[arg(long, value_parser = values::words)]
    comment: Option<String>,
}

/// Answers the newest notice of the claim with another contact.
pub async fn propose(
    ledger: &Ledger,
    id: ClaimId,
    named: Named,
    received_at: DateTime<Utc>,
    actor: &str,
) -> Result<Answer> {
    let now = ledger.clock().now().await?;
    let raw = RawContact {
        name: &named.name,
        title: &named.title,
        email: &named.email,
        language: named.language.as_deref(),
    };
    let contact = match CustomerContact::parse(raw) {
        Ok(contact) => contact,
        Err(findings) => return Ok(Answer::unreadable(id, now, findings)),
    };
    let comment = named.comment.as_deref().map(Comment::parse).transpose()?;
    let Some(claim) = ledger.store().claim(id).await? else {
        let message = LedgerError::NoClaim(id).to_string();
        return Ok(Answer::refused(id, now, "no_such_claim", message, Vec::new()));
    };
    let answer_by = ledger.rules().window().answer_by(&claim.submission, now);
    let answer_by = answer_by.context("could not compute the partner's time to answer")?.closes_at;
    let proposal = ContactProposal {
        notice: claim.notices,
        received_at,
        contact,
        comment,
        answer_by,
        remind_at: None,
    };
    ask(ledger, id, &Command::ProposeContact(Box::new(proposal)), actor).await
}
