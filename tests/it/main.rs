//! Tests through the public surface, against real servers.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod access;
mod alarms;
mod archive;
mod arrows;
mod backup;
mod browser;
mod check;
mod cli;
mod cluster;
mod crash;
mod door;
mod drafts;
mod editions;
mod evidence;
mod faults;
mod http;
mod journey;
mod kit;
mod lasting;
mod notifications;
mod ops;
mod page;
mod partner;
mod rejection_window;
mod sandbox;
mod store;
mod telemetry;
mod upstream;
mod webhooks;
mod worker;
