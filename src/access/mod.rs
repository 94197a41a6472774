//! Who may do what: callers of the HTTP API, and the credentials that make them so; and whose an
//! entry on the intake list is.
//!
//! A caller's identity comes from its credential alone, never from the request. What a role may
//! do is said route by route where the routes are; which claims a caller sees is said here.

mod caller;
mod intake;
mod role;

pub use caller::{Authority, Caller};
pub use intake::{IntakeDoor, IntakeSettings, Unproven, source_key};
pub use role::{Role, UnknownRole};
