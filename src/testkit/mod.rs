//! What tests of cpor, and of systems that depend on it, are written with.
//!
//! A [`World`] is a whole deployment of its own: a namespace on a throw-away Redis server that all
//! worlds of a test process share, a virtual clock that stands where the test begins, workers, and
//! a folder of mails. Hundreds run beside each other. Nothing sleeps: a test travels in time and
//! the world settles.
//!
//! ```
//! use cpor::claim::Status;
//! use cpor::testkit::{World, a_claim};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let world = World::starting("2026-11-20T15:00:00Z").await; // A Friday.
//! let claim = world.submit(a_claim()).await;
//! world.travel_to("2026-11-27T20:59:59.999Z").await;
//! assert_eq!(world.status(claim).await, Status::Notified);
//! world.travel_to("2026-11-27T21:00:00Z").await; // Midnight in Istanbul.
//! assert_eq!(world.status(claim).await, Status::Associated);
//! # world.finish().await;
//! # }
//! ```

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
