//! `cpor claim`: one claim, what has happened to it, and what people ask of it.

mod adjust;
mod amend;
mod answer;
mod arbitrate;
mod contact;
mod link;
mod show;

use std::path::PathBuf;

use anyhow::Result;
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand, ValueEnum};

use cpor::app::App;
use cpor::claim::state::EndReason;
use cpor::claim::{ClaimId, Command};

use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::{Globals, values};
pub use answer::ask;

/// Show one claim, or ask something of it.
///
/// Commands that ask something print the outcome; exit code 0 when it took effect, 1 when not.
#[derive(Debug, Args)]
#[command(after_help = "With --json, commands that ask something print claim_id, outcome, at and \
status, and with an outcome that took no effect also code and message. Outcomes: rejected, \
too_late, confirmed, contact_proposed, contact_confirmed, withdrawn, ended, amended, validated, \
claim_refused, window_paused, window_resumed, window_extended, already_decided, refused.

Examples:
  cpor claim show ID
  cpor claim deadline ID --json | docs/verify_window.py
  cpor claim reject ID --received-at 2026-11-27T20:59:59Z --reason \"We never met them.\"
  cpor claim end ID --reason customer_withdrew
  cpor claim pause ID --reason \"A court looks at the contract.\"
  cpor claim extend ID --business-days 2 --reason \"The contact was away.\" --dry-run
  cpor claim arbitrate ID --for claimant --reason \"Signed statement of work.\"")]
pub struct ClaimArgs {
    #[command(subcommand)]
    action: Action,
}

/// What the commands about an open window print.
const JSON_OF_A_WINDOW: &str = "With --json, one object: claim_id, outcome, preview, at, status, \
revision, closes_at_before, closes_at, paused_at, time and sentences.

Example:
  cpor claim extend ID --business-days 2 --reason \"The contact was away.\" --dry-run";

#[derive(Debug, Subcommand)]
enum Action {
    /// Show a claim, what it waits for, and why its window ends when it does.
    Show(show::Which),
    /// Explain when the customer's window ends: which days count, which do not, and why.
    Deadline {
        #[command(flatten)]
        claim: WhichClaim,
        /// Language of the sentences.
        #[arg(long, value_enum, default_value = "en")]
        language: values::Tongue,
    },
    /// Show everything that has happened to a claim, oldest first.
    History(show::Which),
    /// Record the customer's no; it is in time if it was received before the window closed.
    Reject {
        #[command(flatten)]
        claim: WhichClaim,
        #[command(flatten)]
        received: Received,
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        by: By,
    },
    /// Print the addresses of the customer's pages, as the newest mail has them.
    ///
    /// Whoever has them can answer for the customer: give them to the customer's contact only.
    Link {
        #[command(flatten)]
        claim: WhichClaim,
    },
    /// Record that the customer agrees, which makes the association official at once.
    Confirm {
        #[command(flatten)]
        claim: WhichClaim,
        #[command(flatten)]
        received: Received,
        #[command(flatten)]
        by: By,
    },
    /// Record that the customer's contact is not the right person and has named somebody else.
    ///
    /// The window is void. Once the partner has confirmed the contact, the new contact gets a
    /// notice and the whole time.
    ProposeContact {
        #[command(flatten)]
        claim: WhichClaim,
        #[command(flatten)]
        contact: contact::Named,
        #[command(flatten)]
        received: Received,
        #[command(flatten)]
        by: By,
    },
    /// Agree, for the partner, that the contact whom the customer has named gets a notice.
    ConfirmContact {
        #[command(flatten)]
        claim: WhichClaim,
        #[command(flatten)]
        by: By,
    },
    /// Take a claim back for its partner, before it is official.
    Withdraw {
        #[command(flatten)]
        claim: WhichClaim,
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        by: By,
    },
    /// End an association and revoke its grant.
    End {
        #[command(flatten)]
        claim: WhichClaim,
        /// Why it ends.
        #[arg(long, value_enum)]
        reason: End,
        /// In somebody's words; at most 4,000 characters. A partner has to say why.
        #[arg(long, value_parser = values::words, required_if_eq("reason", "partner_withdrew"))]
        detail: Option<String>,
        #[command(flatten)]
        by: By,
    },
    /// Stop the time of an open window, for a dispute or a legal matter.
    ///
    /// The customer gets a mail with the reason, and can go on answering. Nothing becomes official
    /// by itself until the window is resumed.
    #[command(after_help = JSON_OF_A_WINDOW)]
    Pause(adjust::Change),
    /// Let the time of a paused window go on.
    ///
    /// Days on which it stood still are not counted, and no fewer business days are left than when
    /// it stopped. The customer gets a mail with the new end.
    #[command(after_help = JSON_OF_A_WINDOW)]
    Resume(adjust::Change),
    /// Grant the customer more business days.
    ///
    /// Shows the old and the new end; the customer gets a mail with both. Asked twice, the days are
    /// granted twice.
    #[command(after_help = JSON_OF_A_WINDOW)]
    Extend(adjust::Extension),
    /// Answer an action required with a corrected submission.
    Amend {
        #[command(flatten)]
        claim: WhichClaim,
        /// File with the whole corrected submission as JSON, or `-` for standard input.
        #[arg(value_name = "FILE|-")]
        file: PathBuf,
        #[command(flatten)]
        by: By,
    },
    /// Decide a contest between partners.
    ///
    /// For the claimant: what other partners have of its items ends in the same commit. That waits
    /// for their answers, or for the end of their time to answer.
    Arbitrate {
        #[command(flatten)]
        claim: WhichClaim,
        /// Who wins: the claim, or who holds its items.
        #[arg(long = "for", value_enum)]
        winner: arbitrate::Winner,
        /// Why, in the arbiter's words; at most 4,000 characters.
        #[arg(long, value_parser = values::words)]
        reason: String,
        #[command(flatten)]
        by: By,
    },
}

#[derive(Debug, Args)]
struct WhichClaim {
    /// The claim's id, as `cpor submit --json` and `cpor claims` print it.
    #[arg(value_parser = values::claim_id)]
    id: ClaimId,
}

#[derive(Debug, Args)]
struct Received {
    /// When the answer entered our system (RFC 3339, with an offset); now unless given.
    #[arg(long, value_name = "INSTANT", value_parser = values::instant)]
    received_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Args)]
struct Why {
    /// Why, in their words; at most 4,000 characters.
    #[arg(long, value_parser = values::words)]
    reason: Option<String>,
}

#[derive(Debug, Args)]
struct By {
    /// Who asks, as the history shows it; at most 64 characters.
    #[arg(long, default_value = "operator", value_parser = values::actor)]
    actor: String,
}

/// Why an association ends, as far as a person can say so.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum End {
    /// The customer took the association back.
    CustomerWithdrew,
    /// The partner gave the association up.
    PartnerWithdrew,
    /// The claimed subscription ended.
    SubscriptionEnded,
    /// Another partner's claim won an arbitration.
    Superseded,
}

impl From<End> for EndReason {
    fn from(end: End) -> Self {
        match end {
            End::CustomerWithdrew => Self::CustomerWithdrew,
            End::PartnerWithdrew => Self::PartnerWithdrew,
            End::SubscriptionEnded => Self::SubscriptionEnded,
            End::Superseded => Self::Superseded,
        }
    }
}

/// Shows a claim, or asks something of it.
pub async fn run(args: ClaimArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    globals.with_app(async move |app| act(app, args.action, output).await).await
}

async fn act(app: &App, action: Action, output: Output) -> Result<Exit> {
    let ledger = &app.ledger;
    let answer = match action {
        Action::Show(which) => return show::show(app, &which, output).await,
        Action::Deadline { claim, language } => {
            return show::deadline(ledger, claim.id, language.into(), output).await;
        }
        Action::History(which) => return show::history(app, &which, output).await,
        Action::Link { claim } => return link::link(app, claim.id, output).await,
        Action::Reject { claim, received, why, by } => {
            let received_at = stamped(app, received).await?;
            let command = Command::Reject { received_at, reason: why.reason };
            ask(ledger, claim.id, &command, &by.actor).await?
        }
        Action::Confirm { claim, received, by } => {
            let command = Command::Confirm { received_at: stamped(app, received).await? };
            ask(ledger, claim.id, &command, &by.actor).await?
        }
        Action::ProposeContact { claim, contact, received, by } => {
            let received_at = stamped(app, received).await?;
            contact::propose(ledger, claim.id, contact, received_at, &by.actor).await?
        }
        Action::ConfirmContact { claim, by } => {
            ask(ledger, claim.id, &Command::ConfirmContact, &by.actor).await?
        }
        Action::Withdraw { claim, why, by } => {
            let command = Command::Withdraw { reason: why.reason };
            ask(ledger, claim.id, &command, &by.actor).await?
        }
        Action::End { claim, reason, detail, by } => {
            let command = Command::End { reason: reason.into(), detail };
            ask(ledger, claim.id, &command, &by.actor).await?
        }
        Action::Pause(change) => return adjust::pause(ledger, &change, output).await,
        Action::Resume(change) => return adjust::resume(ledger, &change, output).await,
        Action::Extend(extension) => return adjust::extend(ledger, &extension, output).await,
        Action::Amend { claim, file, by } => amend::amend(app, claim.id, &file, &by.actor).await?,
        Action::Arbitrate { claim, winner, reason, by } => {
            arbitrate::arbitrate(ledger, claim.id, winner, reason, &by.actor).await?
        }
    };
    answer.print(output)
}

/// An answer without an instant is received now.
async fn stamped(app: &App, received: Received) -> Result<DateTime<Utc>> {
    match received.received_at {
        Some(received_at) => Ok(received_at),
        None => Ok(app.ledger.clock().now().await?),
    }
}
