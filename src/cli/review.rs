//! `cpor review`: what people decide about claims beside their customers: reviews, disputes,
//! comments, and what partners answer. Contests are decided by `cpor claim arbitrate`.

mod list;

use anyhow::{Result, anyhow};
use clap::{Args, Subcommand, ValueEnum};

use cpor::app::App;
use cpor::claim::command::{Dispute, DisputeDecision, ReviewOutcome, Reviewed, Terms};
use cpor::claim::identity::Comment;
use cpor::claim::review::Side;
use cpor::claim::submission::ProofOfExecution;
use cpor::claim::{ClaimId, Command, Finding, ItemKey};
use cpor::proofs::document_findings;

use crate::cli::claim::ask;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::{Globals, values};

/// See what waits for a decision, and decide it.
///
/// Commands that ask something print the outcome; exit code 0 when it took effect, 1 when not.
#[derive(Debug, Args)]
#[command(after_help = "With --json, `list` prints claim_id, status, mpn_id, tenant_id, items, \
decide_by and overdue; the others print claim_id, outcome, at and status, and with an outcome that \
took no effect also code and message.

Examples:
  cpor review list
  cpor review approve ID --drop workload:exchange --actor ayse
  cpor review refuse ID --code dates_missing_or_old --message \"It was signed in 2023.\"
  cpor review decide-dispute ID --for claimant --reason \"The signature is on page 3.\"")]
pub struct ReviewArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List what waits for a decision, what is due first coming first.
    List,
    /// Approve a claim under review, with or without all its items.
    Approve {
        #[command(flatten)]
        asked: Asked,
        /// An item that the proof does not cover, such as workload:teams; may be repeated.
        #[arg(long, value_name = "ITEM", value_parser = values::item)]
        drop: Vec<ItemKey>,
        /// In the reviewer's words; at most 4,000 characters.
        #[arg(long, value_parser = values::words)]
        comment: Option<String>,
    },
    /// Ask the partner of a claim under review for more.
    Ask {
        #[command(flatten)]
        asked: Asked,
        #[command(flatten)]
        reason: Reason,
    },
    /// Refuse a claim under review.
    Refuse {
        #[command(flatten)]
        asked: Asked,
        #[command(flatten)]
        reason: Reason,
    },
    /// Decide a dispute; somebody else than who refused the claim has to.
    DecideDispute {
        #[command(flatten)]
        asked: Asked,
        /// Who is right.
        #[arg(long = "for", value_enum)]
        winner: Winner,
        /// Why; at most 4,000 characters.
        #[arg(long, value_parser = values::words)]
        reason: String,
    },
    /// Say something about a claim.
    Comment {
        #[command(flatten)]
        asked: Asked,
        /// For whom it is said.
        #[arg(long, value_enum, default_value = "reviewer")]
        from: From,
        /// What; at most 4,000 characters.
        #[arg(value_parser = values::words)]
        text: String,
    },
    /// Add newer proof for the partner: a document that was uploaded before.
    AddProof {
        #[command(flatten)]
        asked: Asked,
        /// The document's id.
        #[arg(value_name = "DOCUMENT_ID", value_parser = uploaded)]
        document: ProofOfExecution,
    },
    /// Answer, for the partner, another partner's claim on its items.
    AnswerContest {
        #[command(flatten)]
        asked: Asked,
        /// The number of the contest, as `cpor claim show --json` has it.
        #[arg(long)]
        contest: u64,
        /// Whether the partner keeps its claim on the items.
        #[arg(long, value_enum)]
        answer: Keeps,
        /// In its words; at most 4,000 characters.
        #[arg(long, value_parser = values::words)]
        comment: Option<String>,
    },
    /// Dispute a refusal for the partner, once.
    Dispute {
        #[command(flatten)]
        asked: Asked,
        /// Why the refusal is wrong; at most 4,000 characters.
        #[arg(long, value_parser = values::words)]
        justification: String,
        /// New proof: a document that was uploaded before; may be repeated.
        #[arg(long = "proof", value_name = "DOCUMENT_ID", value_parser = uploaded)]
        proof_of_execution: Vec<ProofOfExecution>,
    },
    /// Go on, for the partner, with a claim that was not answered in time, once.
    Reactivate {
        #[command(flatten)]
        asked: Asked,
        /// Why it was not answered; at most 4,000 characters.
        #[arg(long, value_parser = values::words)]
        reason: String,
    },
}

#[derive(Debug, Args)]
struct Asked {
    /// The claim's id.
    #[arg(value_parser = values::claim_id)]
    id: ClaimId,
    /// Who asks, as the history shows it; at most 64 characters.
    #[arg(long, default_value = "operator", value_parser = values::actor)]
    actor: String,
}

#[derive(Debug, Args)]
struct Reason {
    /// What is wrong.
    #[arg(long, value_enum)]
    code: Code,
    /// In the reviewer's words; the partner reads them.
    #[arg(long, value_parser = values::words)]
    message: String,
    /// The field it concerns.
    #[arg(long, default_value = "proof_of_execution")]
    field: String,
}

/// What can be wrong with the proof.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Code {
    /// There is none, or it cannot be read.
    ProofMissing,
    /// The customer's acknowledgement is not in it.
    AcknowledgementMissing,
    /// Its dates are missing, or older than twelve months.
    DatesMissingOrOld,
    /// It does not say what the partner did.
    PartnerWorkNotDescribed,
    /// It does not name the claimed products.
    ProductsNotCovered,
}

/// Who is right in a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Winner {
    /// The claim goes on.
    Claimant,
    /// The refusal stands, for good.
    Refusal,
}

/// For whom a comment is said.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum From {
    /// The partner.
    Partner,
    /// A reviewer.
    Reviewer,
}

/// What an incumbent answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Keeps {
    /// It keeps its claim on the items.
    Keeps,
    /// It gives them up.
    GivesUp,
}

/// Lists, or decides.
pub async fn run(args: ReviewArgs, globals: &Globals) -> Result<Exit> {
    let output = globals.output();
    globals.with_app(async move |app| act(app, args.action, output).await).await
}

async fn act(app: &App, action: Action, output: Output) -> Result<Exit> {
    let terms = Terms::default();
    let (asked, command) = match action {
        Action::List => return list::list(app, output).await,
        Action::Approve { asked, drop: dropped, comment } => {
            let comment = comment.as_deref().map(words).transpose()?;
            let outcome = ReviewOutcome::Approve { dropped, comment };
            (asked, Command::Review(Reviewed { outcome, terms }))
        }
        Action::Ask { asked, reason } => {
            let outcome = ReviewOutcome::AskAction { findings: vec![reason.finding()] };
            (asked, Command::Review(Reviewed { outcome, terms }))
        }
        Action::Refuse { asked, reason } => {
            let outcome = ReviewOutcome::Refuse { findings: vec![reason.finding()] };
            (asked, Command::Review(Reviewed { outcome, terms }))
        }
        Action::DecideDispute { asked, winner, reason } => {
            let (upheld, holders) = (winner == Winner::Claimant, Vec::new());
            let reason = words(&reason)?;
            let decision = DisputeDecision { upheld, reason, holders, terms };
            (asked, Command::DecideDispute(decision))
        }
        Action::Comment { asked, from, text } => {
            let from = match from {
                From::Partner => Side::Partner,
                From::Reviewer => Side::Reviewer,
            };
            (asked, Command::Comment { from, text: words(&text)? })
        }
        Action::AddProof { asked, document } => {
            (asked, Command::AddProof { proof_of_execution: vec![document] })
        }
        Action::AnswerContest { asked, contest, answer, comment } => {
            let comment = comment.as_deref().map(words).transpose()?;
            let keeps = answer == Keeps::Keeps;
            (asked, Command::AnswerContest { contest, keeps, comment })
        }
        Action::Dispute { asked, justification, proof_of_execution } => {
            let justification = words(&justification)?;
            (asked, Command::Dispute(Dispute { justification, proof_of_execution, terms }))
        }
        Action::Reactivate { asked, reason } => {
            (asked, Command::Reactivate { reason: words(&reason)?, terms })
        }
    };
    name_documents(app, asked.id, &command).await?;
    ask(&app.ledger, asked.id, &command, &asked.actor).await?.print(output)
}

/// From now on the claim names the documents that come with a command, so that they stay.
async fn name_documents(app: &App, id: ClaimId, command: &Command) -> Result<()> {
    let proofs = match command {
        Command::AddProof { proof_of_execution } => proof_of_execution,
        Command::Dispute(dispute) => &dispute.proof_of_execution,
        _ => return Ok(()),
    };
    // A claim that is not there is told by the command itself.
    let Some(claim) = app.ledger.store().claim(id).await? else { return Ok(()) };
    let documents = app.documents(app.depot()?);
    let standings = documents.standings(id, &claim.submission, proofs).await?;
    match document_findings(&standings).first() {
        Some(finding) => Err(anyhow!("{}", finding.message)),
        None => Ok(()),
    }
}

impl Reason {
    fn finding(self) -> Finding {
        let code = match self.code {
            Code::ProofMissing => "proof_missing",
            Code::AcknowledgementMissing => "acknowledgement_missing",
            Code::DatesMissingOrOld => "dates_missing_or_old",
            Code::PartnerWorkNotDescribed => "partner_work_not_described",
            Code::ProductsNotCovered => "products_not_covered",
        };
        Finding::new(self.field, code, self.message)
    }
}

fn words(raw: &str) -> Result<Comment> {
    Comment::parse(raw).map_err(|finding| anyhow!(finding.message))
}

fn uploaded(raw: &str) -> Result<ProofOfExecution, String> {
    let document = serde_json::json!({ "document_id": raw });
    serde_json::from_value(document).map_err(|_| format!("`{raw}` is not the id of a document"))
}
