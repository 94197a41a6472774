//! The program as scripts and people use it: real processes on a deployment of their own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod adjust;
mod answers;
mod archive;
mod backup;
mod calendar;
mod claims;
mod dead;
pub mod deployment;
mod doctor;
mod drafts;
mod key;
mod notifications;
mod private_server;
mod queues;
mod serve;
mod source;
mod submit;
mod usage;
mod usage_import;
mod webhook;
mod window;
mod work;
