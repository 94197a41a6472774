//! Tests through the public surface, against real servers.

mod check;
mod faults;
mod journey;
mod rejection_window;
