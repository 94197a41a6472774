//! What tests of cpor, and of systems that depend on it, are written with.
//!
//! It is the feature `testkit` of this crate, and meant for `dev-dependencies`:
//!
//! ```toml
//! [dev-dependencies]
//! cpor = { version = "0.1", features = ["testkit"] }
//! cpor-jobs = "0.1"
//! tokio = { version = "1", features = ["macros", "rt"] }
//! ```
//!
//! # What a world is
//!
//! A [`World`] is a whole deployment of its own: a namespace on a throw-away Redis server that all
//! worlds of a test process share, workers, a mail server that misbehaves on request, a tenant
//! directory, and a virtual clock that stands where the test begins. Nothing is simulated but the
//! time: claims go through the same queues, commits and mails as in production.
//!
//! # A first test
//!
//! ```
//! use cpor::testkit::{World, a_claim};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let world = World::starting("2026-11-20T15:00:00Z").await; // A Friday.
//! let claim = world.submit(a_claim()).await;
//! world.expect(claim).notified_until("2026-11-27T21:00:00Z").await; // Midnight in Istanbul.
//! world.travel_to("2026-11-27T20:59:59.999Z").await;
//! world.expect(claim).notified().sees_no_usage_data().await;
//! world.travel_to("2026-11-27T21:00:00Z").await;
//! world.expect(claim).associated_at("2026-11-27T21:00:00Z").sees_usage_data().await;
//! # world.finish().await;
//! # }
//! ```
//!
//! [`a_claim`] passes every check; so do [`a_claim_on`] another workload, [`a_dynamics_claim`],
//! and [`a_claim_of`] another partner where no rival is in its way. What they return has public
//! fields, so a test changes only what it is about:
//!
//! ```
//! use cpor::testkit::{World, a_claim, a_claim_of};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let world = World::starting("2026-11-20T15:00:00Z").await;
//! let mut claim = a_claim();
//! claim.customer.domain = "unknown.example".to_owned();
//! let claim = world.submit(claim).await;
//! world.expect(claim).action_required_for("customer.domain").await;
//!
//! world.submit(a_claim()).await;
//! let rival = world.submit(a_claim_of("7654321")).await;
//! world.expect(rival).contested().await;
//! # world.finish().await;
//! # }
//! ```
//!
//! # Travelling
//!
//! Nothing sleeps, and no test waits. [`World::travel_to`] and its siblings move the clock from one
//! due moment to the next and stop at each until the world has *settled*: nothing is due and
//! nothing is running. Whatever changes something, such as [`World::submit`] or [`World::reject`],
//! settles as well before it returns.
//!
//! ```
//! use chrono::TimeDelta;
//! use cpor::testkit::{World, a_claim};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! // The Friday before Republic Day, which is a Thursday.
//! let world = World::starting("2026-10-23T09:00:00Z").await;
//! let claim = world.submit(a_claim()).await;
//! world.travel_for(TimeDelta::days(1)).await;
//! assert_eq!(world.travel_to_next().await.to_string(), "2026-10-29 21:00:00 UTC");
//! world.expect(claim).has_been_mailed("reminder").await;
//! world.travel_business_days(1, claim).await;
//! world.expect(claim).associated_at("2026-11-02T21:00:00Z").await;
//! # world.finish().await;
//! # }
//! ```
//!
//! What has to happen while nobody works is tried with [`World::stop_worker`],
//! `world.ledger().clock().set(…)`, which moves the clock without stopping on the way, and
//! [`World::start_worker`].
//!
//! # Expectations
//!
//! [`World::expect`] begins a sentence about a claim; [`Expectation`] lists the words. One `.await`
//! at its end checks all of it. What has no word is looked at directly: [`World::claim`],
//! [`World::history`], [`World::grants`], [`World::dead_letters`].
//!
//! # Mails, and faults of the mail server
//!
//! Each world has a mail server of its own. [`World::mails`] are those it has accepted, each with
//! the virtual time at which it came in. The part of an address before the `@` can ask for a
//! [`Fault`](smtp::Fault):
//!
//! ```
//! use cpor::testkit::{World, a_claim};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let world = World::starting("2026-11-20T15:00:00Z").await;
//! let mut claim = a_claim();
//! claim.customer.contact.email = "greylisted@anadoluelektrik.com.tr".to_owned();
//! claim.customer.contact.language = Some("en".to_owned());
//! let claim = world.submit(claim).await;
//! world.expect(claim).validated().mails_to("greylisted@anadoluelektrik.com.tr", 0).await;
//! world.travel_to("2026-11-20T16:00:00Z").await;
//! world.expect(claim).notified().has_event_times("notice_deferred", 2).await;
//! let mail = &world.mails()[0];
//! assert!(mail.subject().starts_with("Notice: "), "{}", mail.subject());
//! assert!(mail.text().contains("IF YOU DO NOTHING, YOU AGREE."), "{}", mail.text());
//! assert!(mail.received_at > Some("2026-11-20T15:05:00Z".parse().unwrap()));
//! # world.finish().await;
//! # }
//! ```
//!
//! # HTTP
//!
//! [`World::serve`] serves the API and the customer's pages on a free port; what it returns is also
//! a client that follows no redirect and keeps no cookie:
//!
//! ```
//! use cpor::testkit::{World, a_claim};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let world = World::starting("2026-11-20T15:00:00Z").await;
//! let http = world.serve().await;
//! let claim = world.submit(a_claim()).await;
//! let page = world.link_in_latest_mail_to("mert.kaya@anadoluelektrik.com.tr");
//! let (_, path) = page.split_once("/r/").unwrap();
//! let answer = http.get(&format!("/r/{path}")).await;
//! assert_eq!(answer.status, 200);
//! assert!(answer.text().contains("1234567"), "the page names the partner");
//! # world.expect(claim).notified().await;
//! # world.finish().await;
//! # }
//! ```
//!
//! Who calls back is played by [`receiver`], which is a receiver of webhooks, and by [`issuer`],
//! which signs in a partner's people.
//!
//! # Many tests at once
//!
//! Worlds know nothing of each other: each has its own namespace, clock, mails and tenants.
//! Hundreds run beside each other on one Redis server, which is started with the first and stopped
//! when the test process ends, however it ends. [`World::configured`] gives a world settings of
//! its own.
//!
//! A world that is dropped while something is due, running or dead fails its test: a claim that
//! nobody finishes is a fault that a test should see. A test that wants dead letters looks at them
//! and says so, with [`World::drop_dead_letters`].
//!
//! # When a test fails
#![doc = include_str!("failure.md")]
//! [`World::timeline`] is the same table, for looking at a world that does what it should.
//!
//! # What it needs
//!
//! A `redis-server` (7.0 or newer) or a `valkey-server` on the `PATH`, nothing else: no network, no
//! container, no port that has to be free. Without one, the first world panics and says that
//! neither is on the `PATH`. The setting `redis.url` of [`World::configured`] takes any other
//! server that is fit for production.

mod builders;
mod expectation;
pub mod http;
pub mod issuer;
pub mod receiver;
pub mod redis;
pub mod smtp;
mod timeline;
mod world;

pub use builders::{
    CUSTOMER_TENANT, SALES_SUBSCRIPTION, a_claim, a_claim_of, a_claim_on, a_dynamics_claim,
};
pub use expectation::Expectation;
pub use http::{Answer, HttpServer};
pub use timeline::Timeline;
pub use world::World;
