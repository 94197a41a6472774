//! The customer's pages in a real browser, as customers use them.
//!
//! Each story leaves pictures in `target/screenshots`.

mod choice;
mod chromium;
mod clock;
mod colleague;
mod driver;
mod figures;
mod harness;
mod lives;
mod operator;
mod ops;
mod partner;
mod paused;
mod proof;
mod reader;
mod reviews;
mod stories;
mod told;
mod wizard;
