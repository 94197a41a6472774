//! The customer's pages in a real browser.

mod chromium;
mod driver;
mod harness;
