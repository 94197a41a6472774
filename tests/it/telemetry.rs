//! What processes say about themselves: log lines on standard error, and spans to a collector.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod documented;
mod no_collector;
mod one_trace;
mod personal;
mod stage;
mod trace;
