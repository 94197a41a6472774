//! What operators see of a running deployment, and what they do to it: records and the few
//! functions that write them. No rule about claims is here; the claims go on as they are.
//!
//! | file | holds |
//! |---|---|
//! | `process.rs` | what a process says of itself every two seconds |
//! | `presence.rs` | who says it |
//! | `mail_health.rs` | what became of the mails that a process sent lately |
//! | `controls.rs` | pausing a job, resuming it, and how many handlers of it run at once |
//! | `dead.rs` | trying dead letters again and forgetting them, on record |
//! | `hasten.rs` | not waiting for what is planned for later, on record |
//! | `action.rs` | the log of what operators did |
//! | `rates.rs` | how many claims came into each status lately |
//! | `overview.rs` | everything that one page shows |
//!
//! All times here are Redis's own, also under a virtual clock: operators live in real time.

mod action;
mod controls;
mod dead;
mod hasten;
mod mail_health;
mod overview;
mod presence;
mod process;
mod rates;

pub use action::{Action, OperatorAction};
pub use controls::{
    CONCURRENCY_MAX, ConcurrencyRefused, Pause, QueueSetting, QueueSettings, pause, resume,
    set_concurrency, settings,
};
pub use dead::{drop_dead, retry_dead};
pub use hasten::hasten;
pub use mail_health::{MailCount, MailHealth, MailOutcome, MailTrouble, MailWatch};
pub use overview::{Overview, QueueView, StatusCount};
pub use presence::Presence;
pub use process::{
    CalendarsDiffer, HANDLERS_SHOWN, Handler, Process, ProcessKind, SILENCE, Working,
};
pub use rates::{Rate, RateCounters};
