//! Who may do what: callers of the HTTP API, and the credentials that make them so.
//!
//! A caller's identity comes from its credential alone, never from the request. What a role may
//! do is said route by route where the routes are; which claims a caller sees is said here.

mod authenticator;
mod caller;
mod role;

pub use authenticator::{AuthError, Authenticator};
pub use caller::{Authority, Caller};
pub use role::{Role, UnknownRole};
