//! Tests through the public surface, against real servers.

mod journey;
mod rejection_window;
mod store;
mod upstream;
mod worker;
