//! `validate_claim`: asks the tenant directory, looks at uploaded documents, and records the
//! verdict. While a document waits for the scan there is none.

use std::sync::Arc;

use apalis_core::task::data::Data;
use chrono::TimeDelta;

use crate::claim::command::{Command, Verdict};
use crate::claim::item::Item;
use crate::claim::{Claim, State, Submission};
use crate::directory::{DirectoryAnswer, DomainAnswer};
use crate::proofs::{Standing, document_findings};
use crate::worker::desk::{Delivery, Work};
use crate::worker::error::with_causes;
use crate::worker::verdict::{contact_findings, directory_findings, partner_finding};
use crate::worker::{Context, Done, JobError};

/// How often it is seen whether the scanner has answered.
const SCAN_PAUSE: TimeDelta = TimeDelta::minutes(1);

pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let Work::Claim(claim) = delivery.work else { return Ok(Done::NothingToDo) };
    if !matches!(claim.state, State::Submitted { .. }) {
        return Ok(Done::NothingToDo);
    }
    let proofs = &claim.submission.proof_of_execution;
    let documents = cx.documents.standings(claim.id, &claim.submission, proofs).await?;
    if documents.iter().any(|(_, standing)| *standing == Standing::Waiting) {
        let due_at = cx.ledger.clock().working_instant().now + SCAN_PAUSE;
        return Ok(Done::Postponed { due_at });
    }
    let verdict = examine(&claim, &documents, &cx).await?;
    let command = Command::RecordVerdict(verdict);
    Ok(cx.ledger.apply_and_acknowledge(*claim, &command, &delivery.lease).await?.into())
}

async fn examine(
    claim: &Claim,
    documents: &[(usize, Standing)],
    cx: &Context,
) -> Result<Verdict, JobError> {
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
    let is_foreign = has_foreign_contact(submission, &answer, cx).await?;
    let mut findings = contact_findings(submission, is_foreign);
    findings.extend(document_findings(documents));
    let registered = cx.directory.registered(&submission.partner.mpn_id).await;
    findings.extend(partner_finding(submission, &registered));
    let mut provisioning = Vec::new();
    directory_findings(submission, &answer, now.date_naive(), &mut findings, &mut provisioning);
    let answer_by = cx
        .ledger
        .rules()
        .window()
        .answer_by(submission, now)
        .map_err(|error| JobError::GiveUp(with_causes(&error)))?
        .closes_at;
    Ok(Verdict { findings, provisioning, answer_by, ..Verdict::default() })
}

/// Whether the contact's address is at a domain that is not the tenant's. A provider that cannot
/// list the domains of a tenant is asked whose this one is.
async fn has_foreign_contact(
    submission: &Submission,
    answer: &DirectoryAnswer,
    cx: &Context,
) -> Result<bool, JobError> {
    let customer = &submission.customer;
    let contact = customer.contact.email.domain().ascii();
    if contact.eq_ignore_ascii_case(customer.domain.ascii()) {
        return Ok(false);
    }
    let Some(domains) = &answer.domains else {
        let whose = cx.directory.look_up(contact, customer.tenant_id.as_uuid(), &[]).await?;
        return Ok(whose.domain != DomainAnswer::BelongsToTenant);
    };
    let is_known = domains.iter().any(|domain| domain.eq_ignore_ascii_case(contact));
    // Of a tenant that is not known nothing is, and that is a finding of its own.
    Ok(!is_known && !domains.is_empty())
}
