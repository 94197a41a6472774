//! Changing a window that is open: the ledger computes the new end with the calendars in force,
//! and the claim decides whether it takes it.

use chrono::{DateTime, Utc};

use crate::calendar::{Adjustments, BusinessDays, Span, changed_days};
use crate::claim::command::{Command, Refusal, Why};
use crate::claim::event::Recorded;
use crate::claim::identity::Comment;
use crate::claim::window_policy::WindowPolicy;
use crate::claim::{Claim, ClaimId, ExtensionCause, State, Window, decide};
use crate::ledger::answer::CONFLICTS_MAX;
use crate::ledger::change::{Changed, recorded};
use crate::ledger::{Applied, Ledger, LedgerError};

/// What is to be done to an open window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Adjustment {
    /// Stop its time.
    Pause {
        /// Why; the customer reads it.
        reason: Comment,
    },
    /// Let its time go on.
    Resume {
        /// Why; the customer reads it.
        reason: Comment,
    },
    /// Grant more business days.
    Extend {
        /// How many.
        business_days: BusinessDays,
        /// Why; the customer reads it.
        reason: Comment,
    },
    /// Make good for an outage of the page on which customers answer.
    Outage {
        /// From when to when.
        outage: Span,
        /// Why, for the history.
        reason: Comment,
    },
    /// Bring it in line with the calendars in force and the time zones of this release.
    Calendars {
        /// The edition of the calendars in force.
        edition: u64,
        /// Why they were changed, for the history.
        reason: Comment,
    },
}

impl Adjustment {
    /// The name of the command that does it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Pause { .. } => "pause",
            Self::Resume { .. } => "resume",
            Self::Extend { .. } => "extend",
            Self::Outage { .. } | Self::Calendars { .. } => "realign",
        }
    }
}

impl Ledger {
    /// Changes an open window; the new end is computed from what the claim is in the moment of the
    /// commit.
    ///
    /// # Errors
    ///
    /// When there is no such claim, it has no open window, the calendar does not reach far enough,
    /// or Redis fails.
    pub async fn adjust(
        &self,
        claim_id: ClaimId,
        adjustment: &Adjustment,
        actor: &str,
    ) -> Result<Applied, LedgerError> {
        self.adjust_at(claim_id, None, adjustment, actor).await
    }

    /// Changes an open window of a claim that is still at the revision at which somebody looked at
    /// it: a request that comes twice grants nothing twice.
    ///
    /// # Errors
    ///
    /// As [`Ledger::adjust`], and when the claim is at another revision.
    pub async fn adjust_at(
        &self,
        claim_id: ClaimId,
        revision: Option<u64>,
        adjustment: &Adjustment,
        actor: &str,
    ) -> Result<Applied, LedgerError> {
        for _ in 0..CONFLICTS_MAX {
            let found = self.store().claim(claim_id).await?;
            let claim = found.ok_or(LedgerError::NoClaim(claim_id))?;
            still_at(&claim, revision, adjustment.name())?;
            let at = self.clock().instant().await?;
            let command = command(&self.rules().window(), &claim, adjustment, at.now)?;
            match self.change(claim_id, Some(claim), &command, actor, None, at).await? {
                Changed::Applied(applied) => return Ok(*applied),
                Changed::Conflict => {}
            }
        }
        Err(LedgerError::Contended { claim_id, command: adjustment.name() })
    }

    /// What the claim would be after the change, without changing anything: so that people see the
    /// new end before they decide.
    ///
    /// # Errors
    ///
    /// As [`Ledger::adjust`].
    pub fn foresee(
        &self,
        claim: &Claim,
        adjustment: &Adjustment,
        now: DateTime<Utc>,
    ) -> Result<Claim, LedgerError> {
        let command = command(&self.rules().window(), claim, adjustment, now)?;
        let events = decide(Some(claim), &command, now).map_err(|why| refused(claim, why))?;
        let history: Vec<Recorded> = recorded(Some(claim), events, "nobody", now);
        Ok(history.iter().fold(claim.clone(), Claim::evolve))
    }
}

/// The command that does it, with the new end by the calendars in force.
fn command(
    policy: &WindowPolicy,
    claim: &Claim,
    adjustment: &Adjustment,
    now: DateTime<Utc>,
) -> Result<Command, LedgerError> {
    let Some(window) = claim.open_window() else {
        let (command, status) = (adjustment.name(), claim.status());
        return Err(refused(claim, Refusal { command, status, why: Why::WrongStatus }));
    };
    let adjusted = |adjustments| {
        let adjusted = policy.adjusted(window, adjustments);
        adjusted.map_err(|source| LedgerError::Calendar { claim_id: claim.id, source })
    };
    let adjustments = window.deadline.adjustments.clone();
    Ok(match adjustment {
        Adjustment::Pause { reason } => Command::Pause { reason: reason.clone() },
        Adjustment::Resume { reason } => {
            let window = Box::new(resumed(claim, window, policy, now)?);
            Command::Resume { window, reason: reason.clone() }
        }
        Adjustment::Extend { business_days, reason } => {
            let extra_business_days = adjustments.extra_business_days + business_days.get();
            let window = adjusted(Adjustments { extra_business_days, ..adjustments })?;
            let (business_days, reason) = (*business_days, reason.clone());
            Command::Extend { business_days, window: Box::new(window), reason }
        }
        Adjustment::Outage { outage, reason } => {
            let window = adjusted(with_outage(claim, window, *outage))?;
            let cause = ExtensionCause::Outage { outage: *outage, reason: reason.clone() };
            Command::Realign { window: Box::new(window), cause }
        }
        Adjustment::Calendars { edition, reason } => {
            let realigned = adjusted(adjustments)?;
            let cause = calendar_cause(window, &realigned, *edition, reason);
            Command::Realign { window: Box::new(realigned), cause }
        }
    })
}

/// Refuses to change a claim that is not as it was when somebody looked at it.
///
/// # Errors
///
/// When it is at another revision.
pub fn still_at(
    claim: &Claim,
    revision: Option<u64>,
    command: &'static str,
) -> Result<(), LedgerError> {
    if revision.is_none_or(|revision| revision == claim.revision) {
        return Ok(());
    }
    let why = Why::ClaimChanged { revision: claim.revision };
    let status = claim.status();
    Err(refused(claim, Refusal { command, status, why }))
}

fn refused(claim: &Claim, refusal: Refusal) -> LedgerError {
    LedgerError::Refused { claim_id: claim.id, refusal: Box::new(refusal) }
}

/// The window as it goes on after its pause, with no fewer business days left than when it stopped.
/// Its end is never earlier than it was announced, not even if the calendar has lost a holiday
/// meanwhile.
fn resumed(
    claim: &Claim,
    window: &Window,
    policy: &WindowPolicy,
    now: DateTime<Utc>,
) -> Result<Window, LedgerError> {
    let State::Paused { paused_at, .. } = &claim.state else { return Ok(window.clone()) };
    let now = now.max(claim.changed_at);
    let mut adjustments = window.deadline.adjustments.clone();
    adjustments.pauses.push(Span { from: *paused_at, to: now });
    let left = window.account(now, Some(*paused_at)).business_days_left;
    loop {
        let new = policy.adjusted(window, adjustments.clone());
        let new = new.map_err(|source| LedgerError::Calendar { claim_id: claim.id, source })?;
        let missing = left.saturating_sub(new.account(now, None).business_days_left);
        let granted = missing.max(u32::from(window.is_later(&new)));
        if granted == 0 {
            return Ok(new);
        }
        adjustments.extra_business_days = adjustments.extra_business_days.saturating_add(granted);
    }
}

/// Only what took time from the customer: while the window was open and its time did not stand
/// still, whether that is recorded before the time goes on or after.
fn with_outage(claim: &Claim, window: &Window, outage: Span) -> Adjustments {
    let mut adjustments = window.deadline.adjustments.clone();
    let to = claim.paused_at().unwrap_or(window.closes_at());
    let mut parts = vec![outage.overlap(Span { from: window.opened_at, to })];
    for pause in &adjustments.pauses {
        parts = parts.into_iter().flat_map(|part| part.without(*pause)).collect();
    }
    parts.retain(|part| !part.is_empty() && !adjustments.outages.contains(part));
    adjustments.outages.extend(parts);
    adjustments.outages.sort_unstable_by_key(|span| (span.from, span.to));
    adjustments
}

/// Without a day that is judged otherwise, it is the clocks that have changed.
fn calendar_cause(
    announced: &Window,
    realigned: &Window,
    edition: u64,
    reason: &Comment,
) -> ExtensionCause {
    let days = changed_days(&announced.deadline, &realigned.deadline);
    if days.is_empty() {
        let tzdb_before = announced.deadline.tzdb.clone();
        return ExtensionCause::TimeZones { edition, tzdb_before };
    }
    ExtensionCause::Calendar { edition, days, reason: reason.clone() }
}

#[cfg(test)]
mod tests;
