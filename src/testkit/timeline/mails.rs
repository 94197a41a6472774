//! Where in a claim's life each mail belongs.
//!
//! A mail comes in between the commit that announces it, if there is one, and the commit that
//! records what became of it; both have the time of the mail.

use cpor_jobs::Job;

use super::life::Step;
use crate::mail::MailKind;
use crate::testkit::smtp::Received;

/// For each mail of a claim, in the order in which they came, before which step it belongs; the
/// number of steps for one of which nothing is recorded yet.
pub(super) fn places(steps: &[Step], mails: &[&Received]) -> Vec<usize> {
    let mut recorded_until = 0;
    let place = |mail: &&Received| {
        let later = steps.iter().enumerate().skip(recorded_until);
        let mut records = later.filter(|(_, step)| is_record_of(step, mail));
        let Some((place, _)) = records.next() else { return unrecorded(steps, mail) };
        recorded_until = place + 1;
        place
    };
    mails.iter().map(place).collect()
}

/// Whether the step says what became of such a mail.
fn is_record_of(step: &Step, mail: &Received) -> bool {
    let job = mail.kind().map(job_of);
    let announces = step.recorded.event.name().ends_with("_sending");
    step.worked.map(|(job, _)| job) == job
        && job.is_some()
        && !announces
        && mail.received_at.is_none_or(|at| at <= step.recorded.at)
}

/// After everything that had happened when it came in.
fn unrecorded(steps: &[Step], mail: &Received) -> usize {
    let came_later = |step: &Step| mail.received_at.is_some_and(|at| at < step.recorded.at);
    steps.iter().position(came_later).unwrap_or(steps.len())
}

/// The job that sends such a mail.
fn job_of(kind: MailKind) -> Job {
    match kind {
        MailKind::Notice => Job::NotifyCustomer,
        MailKind::Reminder => Job::RemindCustomer,
        MailKind::PartnerResult => Job::NotifyPartner,
        MailKind::Receipt => Job::SendReceipt,
        MailKind::Correction => Job::SendCorrection,
        MailKind::PartnerReminder => Job::RemindPartner,
        MailKind::ContestNotice => Job::NotifyPartner,
        MailKind::ReviewNotice => Job::EscalateReview,
        MailKind::SubscriptionEnding => Job::CheckSubscription,
        MailKind::Notification => Job::SendNotification,
        MailKind::Digest | MailKind::Confirmation => Job::TendSubscription,
        MailKind::Acknowledgement => Job::AskCustomer,
    }
}
