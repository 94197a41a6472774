//! Contests and what came of them: does the other side know what this side says?

use chrono::{DateTime, Utc};

use crate::check::CheckError;
use crate::check::Invariant::{I35, I36, I37};
use crate::check::report::Looks;
use crate::check::walk::{Walk, Wrong};
use crate::claim::review::{CONTESTS_MAX, RefusalCause};
use crate::claim::state::EndReason;
use crate::claim::{Claim, ClaimId, Event, Recorded, State, Status};
use crate::store::search::{ClaimFilter, Order, PageSize, Search};

impl Walk<'_> {
    /// What a claim says of others, and of documents. Both sides of a contest change in one commit,
    /// but are read one after the other: what was wrong is looked at again.
    pub(super) async fn beside(
        &self,
        claim: &Claim,
        now: DateTime<Utc>,
        looks: &mut Looks,
    ) -> Result<(), CheckError> {
        let id = claim.id;
        let is_contest = claim.status() == Status::Contested || !claim.file.contests.is_empty();
        if is_contest {
            let wrong = self.twice(|| self.contest(id, now)).await?;
            looks.look(I35, wrong.is_none(), || wrong.unwrap_or_default());
        }
        if may_be_superseded(claim) {
            let wrong = self.twice(|| self.superseded(id, now)).await?;
            looks.look(I36, wrong.is_none(), || wrong.unwrap_or_default());
        }
        for document_id in super::documents::named_by(claim) {
            let wrong = self.twice(|| self.named(id, document_id)).await?;
            looks.look(I37, wrong.is_none(), || wrong.unwrap_or_default());
        }
        Ok(())
    }

    async fn contest(&self, id: ClaimId, now: DateTime<Utc>) -> Wrong {
        let Some(claim) = self.readable(id).await? else { return Ok(None) };
        for contest in &claim.file.contests {
            let by = contest.by;
            let names_it = self.readable(by).await?.is_some_and(|other| {
                matches!(&other.state, State::Contested { holders, .. }
                    if holders.iter().any(|holder| holder.claim_id == id))
            });
            if !names_it {
                return Ok(Some(format!("it is contested by claim {by}, which contests nothing")));
            }
        }
        // Contests of earlier releases had one side only.
        let State::Contested { holders, answer_by: Some(_), .. } = &claim.state else {
            return Ok(None);
        };
        for holder in holders.iter().map(|holder| holder.claim_id) {
            let wrong = self.incumbent(&claim, holder, now).await?;
            if wrong.is_some() {
                return Ok(wrong);
            }
        }
        Ok(None)
    }

    /// What is wrong with one who had an item when it was contested.
    async fn incumbent(&self, claim: &Claim, holder: ClaimId, now: DateTime<Utc>) -> Wrong {
        let Some(other) = self.readable(holder).await? else {
            // It may have ended since, and left for the archive.
            let gone =
                !self.exists(holder).await? && self.patience.still_keeps(claim.submitted_at, now);
            return Ok(gone.then(|| format!("it contests claim {holder}, which does not exist")));
        };
        let knows = other.file.contests.iter().any(|contest| contest.by == claim.id);
        if knows || other.held_items().is_empty() {
            return Ok(None);
        }
        // One that had as many as it can be told of was told of no other.
        let history = self.store().history(holder).await?;
        let told = |recorded: &&Recorded| matches!(recorded.event, Event::ItemsContested(_));
        let full = history.iter().filter(told).count() >= CONTESTS_MAX;
        Ok((!full).then(|| format!("it contests claim {holder}, which does not know of it")))
    }

    async fn superseded(&self, id: ClaimId, now: DateTime<Utc>) -> Wrong {
        let Some(claim) = self.readable(id).await? else { return Ok(None) };
        let lost = defeats(id, &self.store().history(id).await?);
        let wins = self.wins_over(&claim).await?;
        // A winner may have ended since, and left for the archive.
        let fresh = lost.iter().filter(|at| self.patience.still_keeps(**at, now)).count();
        let holds = (fresh..=lost.len()).contains(&wins);
        Ok((!holds).then(|| {
            format!(
                "it was superseded {} times, and other claims have won {wins} times",
                lost.len()
            )
        }))
    }

    /// How often claims of its tenant have won over this one.
    async fn wins_over(&self, claim: &Claim) -> Result<usize, CheckError> {
        let tenant_id = Some(claim.submission.customer.tenant_id);
        let filter = ClaimFilter { tenant_id, ..ClaimFilter::default() };
        let first = Search::new(filter, Order::Oldest, PageSize::MAX);
        let (mut wins, mut search) = (0, Some(first.clone()));
        while let Some(asked) = search {
            let page = self.store().search(&asked).await?;
            for other in page.entries.iter().filter(|other| other.id != claim.id) {
                let history = self.store().history(other.id).await?;
                wins += history.iter().filter(|recorded| is_win(&recorded.event, claim.id)).count();
            }
            search = page.next.and_then(|cursor| first.clone().after(&cursor).ok());
        }
        Ok(wins)
    }
}

fn is_win(event: &Event, over: ClaimId) -> bool {
    matches!(event, Event::ContestWon(won) if won.over.iter().any(|h| h.claim_id == over))
}

/// A contested claim that has lost is refused for the same cause, and was superseded by nobody: its
/// history tells.
fn may_be_superseded(claim: &Claim) -> bool {
    let lost = |cause: RefusalCause| cause == RefusalCause::Arbitration;
    match &claim.state {
        State::Ended { reason, .. } => *reason == EndReason::Superseded,
        State::Refused(refused) => lost(refused.cause),
        State::Disputed(disputed) => lost(disputed.refusal.cause),
        State::Submitted { .. }
        | State::ActionRequired { .. }
        | State::Disqualified { .. }
        | State::Contested { .. }
        | State::UnderReview(_)
        | State::Validated { .. }
        | State::Notified { .. }
        | State::Paused { .. }
        | State::Rejected { .. }
        | State::Associated { .. }
        | State::Withdrawn { .. } => false,
    }
}

/// When another claim has taken its items.
fn defeats(id: ClaimId, history: &[Recorded]) -> Vec<DateTime<Utc>> {
    let lost = |(at, recorded): &(usize, &Recorded)| match &recorded.event {
        Event::AssociationEnded { reason, .. } => *reason == EndReason::Superseded,
        Event::ClaimRefused(refused) if refused.cause == RefusalCause::Arbitration => {
            let before = Claim::replay(id, &history[..*at]);
            before.is_some_and(|before| before.status() != Status::Contested)
        }
        _ => false,
    };
    history.iter().enumerate().filter(lost).map(|(_, recorded)| recorded.at).collect()
}
