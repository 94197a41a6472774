//! `cpor`: a durable claim worker.
//!
//! A partner claims to be the *Claiming Partner of Record* for a customer's cloud workloads or
//! subscriptions. The claim is validated, the customer is told by mail and has five business days
//! to reject, and silence makes the association official and opens the usage data of exactly those
//! items to the partner. The promise: *every accepted claim ends in exactly one outcome, at the
//! right instant, and anyone can see why.*
//!
//! # How it is built
//!
//! ```text
//! cpor-jobs <- claim, calendar <- store <- ledger <- worker, cli <- main
//! ```
//!
//! - [`claim`] is pure: `decide(state, command, now) -> events`, `evolve(state, event) -> state`,
//!   and [`claim::react`], which says what happens next, and when.
//! - [`calendar`] is pure: business calendars, zones, the rule of the window, its explanation.
//! - [`ledger`] is the one door: nothing changes a claim but `Ledger::apply`.
//! - [`store`] is Redis and nothing but Redis. A commit is one script that writes the state,
//!   appends the history, takes or frees items, acknowledges the job that caused it and puts the
//!   next jobs on the agenda. There is no instant at which a claim's state and its jobs disagree.
//! - [`worker`] runs one apalis worker per job over the agenda, which is the queue: entries
//!   *(due, job, claim)* taken under leases.
//! - [`http`] is the API and the customer's pages, made from one table of routes; [`access`] says
//!   who a caller is, and [`usage_access`] who sees which usage data, and why not; [`usage`] is the
//!   data itself.
//! - [`drafts`] is what a partner's people prepare before there is a claim.
//! - [`webhook`] tells others: a relay brings every committed event from the feed to the agenda.
//! - [`notifications`] is what a partner's people are told, and how: an inbox, mails, digests.
//! - [`editions`] is which calendars are in force, and what a change of them does to open windows.
//! - [`travel`] moves a virtual clock from one due moment to the next; [`sandbox`] gives testers
//!   namespaces of their own, for an hour.
//! - [`operations`] is what operators see of running processes and queues, and what they do to
//!   them.
//! - [`alarms`] says what needs a person, and what to do about it.
//! - [`archive`] is where closed claims go after their retention; personal data is erased there
//!   and in Redis.
//! - [`proofs`] takes in documents that prove the work, looks into them, and serves them;
//!   [`objects`] is where they and the archive lie.
//! - [`evidence`] writes what happened to a claim into a signed bundle that anybody can check.
//! - [`coverage`] says how long calendars and time zone data still cover what is in use.
//! - [`mail`] and [`directory`] are leaves used by the worker, [`outbound`] is how other servers
//!   are asked; [`clock`] is the only place that reads the time.
//!
//! # What always holds
//!
//! - A handler that runs twice commits once: every commit is fenced by the claim's revision and by
//!   the lease of its job.
//! - A rejection wins if and only if it was received before the window closed, however late anyone
//!   was.
//! - A window only ever becomes longer, whatever happens to it or to its calendar, and one that has
//!   ended is never opened again.
//! - At most one active association per workload or subscription, under any concurrency: the items
//!   of a tenant share one hash slot with its claims.
//! - Nothing accepted is lost: an entry leaves the intake after the commit that made it a claim, or
//!   for the dead letters with a reason.
//! - Nothing in [`claim`] or [`calendar`] awaits, reads the time, logs or fails for a technical
//!   reason.
//!
//! # Features
//!
//! - `demo` (default): `cpor demo`.
//! - `testkit`: what tests are written with, of this crate and of systems that submit to it: a
//!   deployment per test on a virtual clock, in a few lines. See `cpor::testkit`; it needs a
//!   `redis-server` or `valkey-server` on the `PATH`.

pub mod access;
pub mod alarms;
pub mod app;
pub mod archive;
pub mod backup;
pub mod bench;
pub mod calendar;
pub mod check;
pub mod claim;
pub mod clock;
pub mod coverage;
pub mod directory;
pub mod drafts;
pub mod editions;
pub mod evidence;
pub mod http;
mod json;
pub mod ledger;
pub mod link;
pub mod mail;
pub mod metrics;
pub mod notifications;
pub mod objects;
pub mod operations;
pub mod outbound;
pub mod proofs;
pub mod sandbox;
pub mod secrets;
pub mod settings;
pub mod store;
pub mod table;
pub mod telemetry;
#[cfg(feature = "testkit")]
pub mod testkit;
pub mod travel;
pub mod usage;
pub mod usage_access;
pub mod view;
pub mod webhook;
pub mod worker;

/// The examples of the README, so that they keep working.
#[cfg(all(doctest, feature = "testkit"))]
#[doc = include_str!("../README.md")]
struct Readme;
