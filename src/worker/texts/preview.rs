//! The notice that a claim would bring, before there is a claim.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Stationery, beyond_us, notice_text, opened};
use crate::claim::command::Command;
use crate::claim::event::Recorded;
use crate::claim::{Claim, ClaimId, Submission, Window, decide};
use crate::mail::Rendered;
use crate::worker::JobError;

/// What stands where nobody knows yet what will.
const UNKNOWN: &str = "…";

/// The notice to the customer and its window, if the claim were submitted now and the mail server
/// accepted the notice at once. `link` stands in place of the customer's own.
///
/// # Errors
///
/// When the submission could not be a claim, a template fails, or the calendar does not reach far
/// enough.
pub(crate) fn notice_preview(
    cx: &Stationery,
    submission: Submission,
    link: &str,
    now: DateTime<Utc>,
) -> Result<(Rendered, Window), JobError> {
    let id = ClaimId::new(now, 0, [0; 8]);
    let events = decide(None, &Command::Submit(Arc::new(submission)), now)
        .map_err(|refusal| beyond_us(&refusal))?;
    let recorded = |(revision, event)| Recorded { revision, at: now, actor: String::new(), event };
    let history: Vec<Recorded> = (1..).zip(events).map(recorded).collect();
    let unmade = || JobError::GiveUp("the submission makes no claim".to_owned());
    let claim = Claim::replay(id, &history).ok_or_else(unmade)?;
    let window = opened(cx, &claim, now)?;
    let contact = &claim.submission.customer.contact;
    let wanted = contact.language.as_ref().map_or("", |language| language.as_str());
    let mut text = notice_text(cx, &claim, &window, cx.templates.language(wanted));
    UNKNOWN.clone_into(&mut text.reference);
    text.answer_url = Some(link.to_owned());
    text.partners_url = Some(link.to_owned());
    let rendered = cx.templates.notice(&text, wanted).map_err(|error| beyond_us(&error))?;
    Ok((rendered, window))
}
