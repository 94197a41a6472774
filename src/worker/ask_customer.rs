//! `ask_customer`: asks a customer's contact by mail to acknowledge a statement of work.

use std::sync::Arc;

use apalis_core::task::data::Data;

use crate::claim::identity::DocumentId;
use crate::directory::DomainAnswer;
use crate::proofs::{Acknowledgement, Answer, Document, Sent};
use crate::worker::desk::Delivery;
use crate::worker::texts::acknowledgement_mail;
use crate::worker::{Context, Done, JobError, told};

/// The link goes to an address at the tenant's own domain, and nowhere else.
pub(super) async fn run(delivery: Delivery, cx: Data<Arc<Context>>) -> Result<Done, JobError> {
    let id = DocumentId::parse(delivery.lease.entry())
        .map_err(|finding| JobError::GiveUp(finding.to_string()))?;
    let Some(document) = cx.ledger.store().document(id).await? else {
        return Ok(Done::NothingToDo);
    };
    let now = cx.ledger.clock().working_instant().now;
    let is_waiting = |asked: &&Acknowledgement| asked.answer_at(now) == Answer::Sending;
    let Some(asked) = document.acknowledgement.as_deref().filter(is_waiting) else {
        return Ok(Done::NothingToDo); // Delivered twice, or it is too late to be asked.
    };
    let (answer, sent) = send(&document, asked, &cx).await?;
    let record = |document: &mut Document| {
        let Some(asked) = &mut document.acknowledgement else { return };
        asked.sent.clone_from(&sent);
        // Somebody may have answered before this was written down.
        if asked.answer == Answer::Sending {
            asked.answer = answer.clone();
        }
    };
    cx.ledger.store().change_document(id, record).await?;
    Ok(Done::NothingToDo)
}

async fn send(
    document: &Document,
    asked: &Acknowledgement,
    cx: &Context,
) -> Result<(Answer, Option<Sent>), JobError> {
    let tenant_id = asked.tenant_id.as_uuid();
    let known = cx.directory.look_up(asked.domain.ascii(), tenant_id, &[]).await?;
    let at = cx.ledger.clock().working_instant().now;
    if known.domain != DomainAnswer::BelongsToTenant {
        let reason = "The domain does not belong to the tenant. Ask your customer.".to_owned();
        return Ok((Answer::Undeliverable { at, reason }, None));
    }
    let mail = acknowledgement_mail(&cx.stationery, document, asked)?;
    let told = told(cx.send(&mail).await)?;
    let reason = "The mail server refused the mail for good. Check the address.".to_owned();
    if !told.delivered {
        return Ok((Answer::Undeliverable { at, reason }, None));
    }
    let sent = Sent { at, message_id: mail.message_id.as_str().to_owned() };
    Ok((Answer::Asked { at }, Some(sent)))
}
