//! Answering an action required with a file.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use cpor_jobs::limits::SUBMISSION_BYTES_MAX;

use cpor::app::App;
use cpor::claim::{ClaimId, Command};

use super::answer::{Answer, ask};

/// Amends the claim with the submission in a file.
pub async fn amend(app: &App, id: ClaimId, file: &Path, actor: &str) -> Result<Answer> {
    let raw = read(file).with_context(|| format!("could not read {}", file.display()))?;
    let now = app.ledger.clock().now().await?;
    match app.ledger.parse(&raw, now) {
        Ok(submission) => ask(&app.ledger, id, &Command::Amend(Arc::new(submission)), actor).await,
        Err(findings) => Ok(Answer::unreadable(id, now, findings)),
    }
}

/// Reads no more than the parser needs in order to say that it is too much.
fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let most = SUBMISSION_BYTES_MAX as u64 + 1;
    let mut raw = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().take(most).read_to_end(&mut raw)?;
    } else {
        std::fs::File::open(file)?.take(most).read_to_end(&mut raw)?;
    }
    Ok(raw)
}
