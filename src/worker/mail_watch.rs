//! Looks at the mail server while no mail is on its way, so that one that is down is known before
//! the next notice waits for it.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use cpor_jobs::Job;
use tokio::time::timeout;

use crate::mail::Phase;
use crate::worker::Context;

/// The server is looked at when nothing was heard of it for so long.
const QUIET: Duration = Duration::from_secs(4);
/// Time for one look.
const LOOK_TIMEOUT: Duration = Duration::from_secs(2);

/// Looks for as long as it is polled; a process that sends no mail has nothing to look at.
pub(super) async fn keep_looking(cx: Arc<Context>) {
    if !cx.mailer.has_server() || !cx.settings.jobs.iter().any(|job| sends_mail(*job)) {
        return;
    }
    let quiet = TimeDelta::from_std(QUIET).unwrap_or_default();
    loop {
        tokio::time::sleep(QUIET / 2).await;
        let (watch, real) = (&cx.mail_watch, cx.ledger.clock().real());
        if watch.heard_at().is_some_and(|heard_at| real - heard_at < quiet) {
            continue;
        }
        let trouble = match timeout(LOOK_TIMEOUT, cx.mailer.probe()).await {
            Ok(Ok(_)) => None,
            Ok(Err(failure)) => Some((failure.phase, failure.code)),
            Err(_) => Some((Phase::Connect, None)),
        };
        watch.note_look(trouble, cx.ledger.clock().real());
    }
}

const fn sends_mail(job: Job) -> bool {
    match job {
        Job::NotifyCustomer
        | Job::RemindCustomer
        | Job::NotifyPartner
        | Job::SendReceipt
        | Job::SendCorrection
        | Job::RemindPartner
        | Job::CheckSubscription
        | Job::EscalateReview
        | Job::SendNotification
        | Job::TendSubscription
        | Job::AskCustomer => true,
        Job::SubmitClaim
        | Job::ValidateClaim
        | Job::FinalizeAssociation
        | Job::ExpireClaim
        | Job::DeliverWebhook
        | Job::ScanDocument => false,
    }
}
