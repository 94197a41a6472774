//! Jobs, events and lengths of time in words, for the people who run and test a deployment.

use chrono::TimeDelta;
use cpor_jobs::Job;

/// What is done when an entry of this job falls due.
pub(super) const fn of_job(job: Job) -> &'static str {
    match job {
        Job::SubmitClaim => "A submission is taken in",
        Job::ValidateClaim => "The claim is validated",
        Job::NotifyCustomer => "The notice is sent to the customer",
        Job::RemindCustomer => "The customer is reminded",
        Job::FinalizeAssociation => "The window ends: silence makes the association official",
        Job::NotifyPartner => "The partner is told the result",
        Job::ExpireClaim => "The partner's time ends",
        Job::DeliverWebhook => "A webhook is called",
        Job::SendReceipt => "The customer's receipt is sent",
        Job::SendCorrection => "The customer is told that the time to answer has changed",
        Job::RemindPartner => "The partner is reminded of what it has to put right",
        Job::EscalateReview => "Reviewers are told that the claim waits for them",
        Job::ScanDocument => "An uploaded document is scanned",
        Job::CheckSubscription => "The end of the subscriptions is looked for",
        Job::SendNotification => "The partner's people are told of an event",
        Job::TendSubscription => {
            "A subscription of a partner gets its digest, or is to be confirmed"
        }
        Job::AskCustomer => "A customer is asked to acknowledge a statement of work",
    }
}

/// What is lost when a dead entry of this job is forgotten.
pub(super) const fn when_dropped(job: Job) -> &'static str {
    match job {
        Job::SubmitClaim => {
            "What was pushed never becomes a claim, and nobody tells its source, which can send \
             it again."
        }
        Job::ValidateClaim => {
            "The claim stays submitted, and nothing validates it any more, until somebody \
             requeues it or its partner withdraws it."
        }
        Job::NotifyCustomer => {
            "The claim stays validated: the customer is not told and no window opens, until \
             somebody requeues it or its partner withdraws it."
        }
        Job::RemindCustomer => {
            "The customer gets no reminder. The claim goes on, and its window ends as it would."
        }
        Job::FinalizeAssociation => {
            "The claim stays notified although its window has ended, and keeps its items from \
             others, until somebody requeues it."
        }
        Job::NotifyPartner => {
            "The partner is not told the result by mail. The claim itself stays as decided."
        }
        Job::ExpireClaim => {
            "The claim stays with its partner to answer, without an end, and keeps its items \
             from others."
        }
        Job::DeliverWebhook => {
            "The endpoint misses this event, unless its owner replays. The claim is not touched."
        }
        Job::SendReceipt => {
            "The customer gets no receipt by mail. The answer counts as it was given."
        }
        Job::CheckSubscription => {
            "Nobody is warned of the end of the subscriptions, and the association does not end \
             with them, until somebody requeues it or ends it."
        }
        Job::SendCorrection => {
            "The customer is not told that the time to answer has changed. It has changed."
        }
        Job::RemindPartner => "The partner gets no reminder. Its time to answer ends as it would.",
        Job::EscalateReview => {
            "Reviewers are not told by mail. The claim waits for their decision all the same."
        }
        Job::ScanDocument => {
            "The document counts for nothing until it is scanned, which is planned again within an \
             hour."
        }
        Job::SendNotification => {
            "One address of the partner is not told of this event. It is in the partner's inbox."
        }
        Job::TendSubscription => {
            "The address gets no digest any more, or is not asked to confirm, until its \
             subscription is changed. What happens is in the partner's inbox."
        }
        Job::AskCustomer => {
            "The customer is not asked to acknowledge the statement, which counts for nothing."
        }
    }
}

/// An event by its name, such as `customer_notified`.
pub(super) fn of_event(name: &str) -> String {
    let words = match name {
        "claim_submitted" => "The claim was submitted",
        "claim_validated" => "The claim was found right",
        "action_requested" => "The partner was asked for more",
        "claim_disqualified" => "The claim was disqualified",
        "claim_contested" => "Another partner has the item: a person decides",
        "notice_sending" => "The notice is on its way",
        "customer_notified" => "The customer was notified, and the window opened",
        "customer_reminded" => "The customer was reminded",
        "claim_rejected" => "The customer rejected the claim",
        "late_rejection_received" => "A rejection came too late",
        "claim_confirmed" => "The customer agreed",
        "association_finalized" => "The association became official",
        "association_ended" => "The association ended",
        "partner_notified" => "The partner was told the result",
        "window_paused" => "The window was paused",
        "window_resumed" => "The window goes on",
        "window_extended" => "The window was extended",
        "correction_sent" => "The customer was told of the new time",
        "receipt_sent" => "The customer's receipt was sent",
        "claim_withdrawn" => "The partner took the claim back",
        "review_requested" => "A reviewer looks at the proof",
        "review_approved" => "A reviewer approved the proof",
        "claim_refused" => "The claim was refused",
        "claim_disputed" => "The partner disputes the refusal",
        "dispute_decided" => "The dispute was decided",
        "claim_reactivated" => "The partner reactivated the claim",
        "items_contested" => "Another partner claims its items",
        "contest_answered" => "The partner answered the contest",
        "contest_won" => "The contest was decided for the claim",
        "contest_closed" => "A contest of its items is over",
        "partner_reminded" => "The partner was reminded",
        "reviewers_told" => "Reviewers were told that it waits",
        other => return sentence_of(other),
    };
    words.to_owned()
}

fn sentence_of(name: &str) -> String {
    let mut words = name.replace('_', " ");
    if let Some(first) = words.get(..1).map(str::to_uppercase) {
        words.replace_range(..1, &first);
    }
    words
}

/// How long from now, in at most two units.
pub(super) fn from_now(length: TimeDelta) -> String {
    let words = in_units(length);
    if words.is_empty() { "at once".to_owned() } else { format!("in {words}") }
}

/// A length of time in at most two units; nothing when it is less than a second.
pub(super) fn in_units(length: TimeDelta) -> String {
    let units = [("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1_000)];
    let mut left_ms = length.num_milliseconds();
    let mut words = Vec::new();
    for (unit, ms) in units {
        let count = left_ms / ms;
        left_ms %= ms;
        if count > 0 && words.len() < 2 {
            words.push(format!("{count} {unit}{}", if count == 1 { "" } else { "s" }));
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_in_two_units() {
        let check = |ms: i64, expected: &str| {
            assert_eq!(from_now(TimeDelta::milliseconds(ms)), expected);
        };
        check(0, "at once");
        check(1_000, "in 1 second");
        check(3_661_000, "in 1 hour 1 minute");
        check(5 * 86_400_000 + 6 * 3_600_000 + 1, "in 5 days 6 hours");
    }

    #[test]
    fn an_event_that_has_no_words_is_its_name() {
        assert_eq!(of_event("verdict_deferred"), "Verdict deferred");
        assert_eq!(of_event("customer_reminded"), "The customer was reminded");
    }
}
