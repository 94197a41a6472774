//! I12 of a window that was changed: it is the window that its notice opened, plus what the history
//! says was done to it since.

use chrono::{DateTime, Utc};

use crate::calendar::{Adjustments, Deadline, Span};
use crate::check::Invariant::I12;
use crate::check::report::Looks;
use crate::claim::{Event, ExtensionCause, Recorded, Window};

pub(super) fn judge(history: &[Recorded], looks: &mut Looks) {
    let mut before: Option<&Window> = None;
    let mut paused_at = None;
    for recorded in history {
        if let Event::WindowPaused { paused_at: since, .. } = &recorded.event {
            paused_at = Some(*since);
        }
        let Some(after) = recorded.event.window() else { continue };
        if let Some(before) = before.filter(|_| !is_opening(&recorded.event)) {
            let holds = same_but_for_adjustments(before, after)
                && is_what_the_event_says(recorded, before, after, paused_at);
            let revision = recorded.revision;
            looks.look(I12, holds, || {
                format!("event {revision} says something else than it did to the window")
            });
        }
        before = Some(after);
    }
}

const fn is_opening(event: &Event) -> bool {
    matches!(event, Event::CustomerNotified { .. })
}

fn same_but_for_adjustments(before: &Window, after: &Window) -> bool {
    let terms = |of: &Deadline| (of.zone.clone(), of.calendar.clone(), of.business_days);
    before.opened_at == after.opened_at && terms(&before.deadline) == terms(&after.deadline)
}

fn is_what_the_event_says(
    recorded: &Recorded,
    before: &Window,
    after: &Window,
    paused_at: Option<DateTime<Utc>>,
) -> bool {
    let (before, after) = (&before.deadline.adjustments, &after.deadline.adjustments);
    let granted = after.extra_business_days.checked_sub(before.extra_business_days);
    let same_pauses = before.pauses == after.pauses;
    let same_outages = before.outages == after.outages;
    match &recorded.event {
        Event::WindowResumed { .. } => {
            let pause = paused_at.map(|from| Span { from, to: recorded.at });
            // Days are granted where the calendar has lost holidays since.
            same_outages && granted.is_some() && added(before, after) == pause
        }
        Event::WindowExtended { cause, .. } => match cause {
            ExtensionCause::Reviewer { business_days, .. } => {
                same_pauses && same_outages && granted == Some(*business_days)
            }
            ExtensionCause::Outage { .. } => {
                let kept = before.outages.iter().all(|outage| after.outages.contains(outage));
                same_pauses && kept && granted == Some(0)
            }
            ExtensionCause::Calendar { .. } | ExtensionCause::TimeZones { .. } => before == after,
        },
        _ => true,
    }
}

/// The one pause that came after all that were there.
fn added(before: &Adjustments, after: &Adjustments) -> Option<Span> {
    let [earlier @ .., newest] = after.pauses.as_slice() else { return None };
    (earlier == before.pauses).then_some(*newest)
}
