//! Claims in words, for people at the command line; most words are those of every way in.

use chrono::{DateTime, Utc};

use cpor::claim::event::Event;
use cpor::view::Told;
pub use cpor::view::{reason, status_in_words as status, utc, waits_for};

/// What has happened, in a sentence without its end; instants in UTC.
pub fn event(event: &Event) -> String {
    event_in(event, &utc)
}

/// What has happened, in a sentence without its end; instants as `moment` writes them.
pub fn event_in(event: &Event, moment: &dyn Fn(DateTime<Utc>) -> String) -> String {
    Told { moment, with_words: true }.event(event)
}
