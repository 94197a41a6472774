//! The pages of partners' people: who gets in and how, what keeps others out, and what each page
//! shows and does.

mod acts;
mod amend;
mod claim;
mod list;
mod locations;
mod notifications;
pub mod person;
mod remedies;
mod renewal;
mod sign_in;
mod with_issuer;
mod wizard;

pub use person::Person;

const FRIDAY: &str = "2026-11-20T15:00:00Z";
const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
