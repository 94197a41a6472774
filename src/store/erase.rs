//! Writing the history of a claim anew: the one exception to what is written once.
//!
//! What is replaced by what is decided in `claim::erase`. Everything that follows from the lines of
//! a history has to be written here, in the same step.

use crate::claim::event::Recorded;
use crate::claim::{ChainTip, Claim};
use crate::store::batch::{Answer, Batch};
use crate::store::commit::{write_event, write_head};
use crate::store::{Commit, Instant, Store, StoreError, indexes};

/// A claim and its history before and after personal data was erased.
#[derive(Debug, Clone, Copy)]
pub struct Rewrite<'a> {
    /// The claim as it was read.
    pub before: &'a Claim,
    /// The claim as the new history makes it.
    pub after: &'a Claim,
    /// The new history: the old events, and one more that says what was done.
    pub history: &'a [Recorded],
}

impl Store {
    /// Replaces the history and the state of a claim, and what indexes have of it, in one step:
    /// what the history adds up to then; nothing when it is not as it was read, and nothing was
    /// changed.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn rewrite(
        &self,
        rewrite: Rewrite<'_>,
        at: Instant,
    ) -> Result<Option<ChainTip>, StoreError> {
        let Rewrite { before, after, history } = rewrite;
        let (keys, id) = (self.keys(), after.id);
        let mut batch = Batch::new(keys.waiting(id.partition()));
        batch.guard(keys.claim(id), "revision", &before.revision.to_string());
        let lines = history.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>();
        let lines =
            lines.map_err(|error| StoreError::malformed(format!("write claim {id}"), error))?;
        let chain =
            lines.iter().fold(ChainTip::origin(id), |chain, line| chain.after(line.as_bytes()));
        // The first write has to be one that grows.
        if let Some(erasure) = history.last() {
            write_event(&mut batch, keys, after, (erasure, chain), self.bounds);
        }
        batch.write("DEL", keys.history(id), &[]);
        for line in &lines {
            batch.write("RPUSH", keys.history(id), &[line]);
        }
        write_head(&mut batch, keys, after, chain)?;
        let commit =
            Commit { before: Some(before), after, events: &[], lease: None, companions: &[] };
        indexes::write(&mut batch, keys, &commit);
        let doing = || format!("erase the personal data of claim {id}");
        let at = Instant { skew_ms: None, ..at };
        let done = self.run(&batch, id.partition(), at, doing).await? == Answer::Done;
        Ok(done.then_some(chain))
    }
}
