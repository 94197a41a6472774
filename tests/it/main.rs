//! Tests through the public surface, against real servers.

mod check;
mod journey;
mod rejection_window;
mod store;
mod upstream;
mod worker;
