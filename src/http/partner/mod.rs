//! `/partner`: the pages of partners' people, in English and Turkish.
//!
//! | file | holds |
//! |---|---|
//! | `frame.rs` | what every page has: navigation, who is signed in, the language; reading forms |
//! | `material.rs` | what pages are made of: templates, words, styles, scripts |
//! | `sign_in.rs`, `issuer.rs` | signing in and out: by button, by key, with the issuer |
//! | `speech.rs` | choosing a language |
//! | `locations.rs` | the locations of an organization, and acting for another one |
//! | `claims/` | associations and claims: search, filters, lists, files |
//! | `claim/` | one of them: how it stands, what was, what can be done |
//! | `drafts/` | preparing a customer association step by step |
//! | `uploads.rs` | files that come with a form, and why one was not taken in |
//! | `next.rs` | what comes next for a claim, and when |
//! | `notifications/` | the inbox, and who is told by mail |
//!
//! Whoever is signed in sees the claims of one partner location and nothing else: every look goes
//! through a filter with the session's authority, and what is another partner's is not there (404).
//! Pages work without scripts; with them, an open page follows what happens (`config/ops/ops.js`,
//! the one script of both sites). A GET changes nothing; what acts is a form with the session's
//! token.
//!
//! A page is a template (`config/partner/*.html`) whose words are in `config/partner/en.toml` and
//! `tr.toml`. A new one takes a [`frame::Page`], a [`Section`](frame::Section) of the navigation,
//! and routes here; its entry in the navigation appears with its route.

mod claim;
mod claims;
mod drafts;
mod finding;
mod frame;
mod issuer;
mod locations;
mod material;
mod next;
mod notifications;
mod sign_in;
mod speech;
mod uploads;

use std::time::Duration;

use axum::http::Method;

use crate::access::Role;
use crate::http::route::{Place, Route};
use crate::http::signed;

pub(super) use frame::{Visit, again, outage};

/// Where the pages begin.
pub(super) const HOME: &str = "/partner";
/// Who is at home here.
const PEOPLE: &[Role] = &[Role::IncentivesAdmin];
/// The longest time after which an open page is read again.
const SILENCE: Duration = Duration::from_secs(60);

/// Every page; none is in the description of the API.
pub(super) fn routes() -> Vec<Route> {
    let all = [
        sign_in::routes(),
        issuer::routes(),
        speech::routes(),
        locations::routes(),
        live(),
        claims::routes(),
        claim::routes(),
        drafts::routes(),
        notifications::routes(),
    ];
    all.concat().into_iter().map(|route| route.only(Place::Deployment)).collect()
}

fn live() -> Vec<Route> {
    let follow = async |visit: Visit| signed::live(&visit, SILENCE).await;
    let route =
        Route::new(Method::GET, "/partner/live", "follow_partner", "Follow changes", follow);
    vec![route.signed_in(PEOPLE).streams()]
}
