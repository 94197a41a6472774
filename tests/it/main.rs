//! Tests through the public surface, against real servers.

mod cli;
mod journey;
