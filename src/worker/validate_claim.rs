//! `validate_claim`: asks the tenant directory and records the verdict.

use std::sync::Arc;

use apalis_core::task::data::Data;

use crate::claim::command::{Command, Verdict};
use crate::claim::item::Item;
use crate::claim::{Claim, State};
use crate::worker::desk::{Delivery, Work};
use crate::worker::error::with_causes;
use crate::worker::verdict::{contact_findings, directory_findings};
use crate::worker::{Context, Done, JobError};

pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let Work::Claim(claim) = delivery.work else { return Ok(Done::NothingToDo) };
    if !matches!(claim.state, State::Submitted { .. }) {
        return Ok(Done::NothingToDo);
    }
    let verdict = examine(&claim, &cx).await?;
    let command = Command::RecordVerdict(verdict);
    Ok(cx.ledger.apply_and_acknowledge(*claim, &command, &delivery.lease).await?.into())
}

async fn examine(claim: &Claim, cx: &Context) -> Result<Verdict, JobError> {
    let submission = &claim.submission;
    let customer = &submission.customer;
    let subscriptions: Vec<_> = submission
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Subscription { subscription_id, .. } => Some(subscription_id.as_uuid()),
            Item::Workload { .. } => None,
        })
        .collect();
    let tenant_id = customer.tenant_id.as_uuid();
    let answer = cx.directory.look_up(customer.domain.ascii(), tenant_id, &subscriptions).await?;
    let now = cx.ledger.clock().working_instant().now;
    let mut findings = contact_findings(submission, answer.domains.as_deref());
    let mut provisioning = Vec::new();
    directory_findings(submission, &answer, now.date_naive(), &mut findings, &mut provisioning);
    let answer_by = cx
        .ledger
        .rules()
        .window
        .answer_by(submission, now)
        .map_err(|error| JobError::GiveUp(with_causes(&error)))?
        .closes_at;
    Ok(Verdict { findings, provisioning, holders: Vec::new(), answer_by })
}
