//! The customer's pages: `/r/<token>`, the page of a notice, and `/c/<token>`, the tenant's own
//! view; `/n/<token>`, where an address of a partner's people is confirmed or left;
//! and `/a/<token>`, a statement of work to acknowledge. HTML for
//! people, without scripts, cookies, or anything from elsewhere.
//!
//! | file | holds |
//! |---|---|
//! | `reject.rs` | the page of a notice: how the claim stands, and the customer's answer |
//! | `data.rs` | the window of that page as data |
//! | `acknowledge.rs` | `/a/<token>`: acknowledging a statement of work |
//! | `own_view.rs`, `end.rs` | all partners of a tenant; ending an association |
//! | `figures.rs` | the figures that a partner is shown, and who has looked at them |
//! | `standing.rs`, `told.rs` | how a claim stands for who has the link; the same in words |
//! | `facts.rs`, `partners.rs` | what a claim, a window and a list of partners say in words |
//! | `form.rs`, `answer.rs` | reading a form; what it asks of the claim |
//! | `clock/` | the developer's page of a virtual clock, which is not the customer's |
//! | `subscription.rs` | the page of an address that is told of a partner's claims |
//! | `confirm.rs` | the second step of every answer |
//! | `step.rs` | what ties the second step of an answer to the first |
//! | `pages.rs`, `reply.rs` | templates, words (`config/page/*`), answers with headers |
//!
//! # Why an answer takes two steps
//!
//! Mail scanners open links; some fill in forms and press every button. None of them may decide.
//! A GET changes nothing. An answer needs two posts, each with a choice that is not preselected:
//! *reject*, *agree* or *I am not the right person* first, and on the next page, which says what
//! will happen, whether that is confirmed. What confirms stands between two choices that do not,
//! so whoever sends what is preselected, the first or the last choice of each group, or all
//! of them at once, has never decided. A group of which several values arrive counts as not
//! chosen.
//!
//! For people that costs one more page, on which they see what they are about to do; it needs no
//! typing, and works with a keyboard, a screen reader and without scripts.
//!
//! The first post stamps the answer: who presses *reject* in the last second and confirms a minute
//! later is in time. The instant travels in the second form under a MAC that also covers the link
//! and the whole answer (`step.rs`), for one hour; nothing is stored until the second post.
//! Afterwards the browser is sent back to the same link, so that a reload repeats nothing.
//!
//! # What protects the forms
//!
//! The link is the only credential. There is no cookie and nothing else that a browser would add by
//! itself, so a foreign page can only forge a post if it knows the link, and then it needs no
//! browser of the customer's: `Origin` and `Sec-Fetch-Site` would keep nobody out, and a form that
//! is opened in a mail program, which sends neither, would stop working. A token that is wrong in
//! any way gets one answer, made at the start, before any look at Redis or at the body.

mod acknowledge;
mod answer;
mod clock;
mod confirm;
mod data;
mod end;
mod facts;
mod figures;
mod form;
mod own_view;
mod pages;
mod partners;
mod reject;
mod reply;
mod standing;
mod step;
mod subscription;
mod told;

use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;

use crate::http::Web;
use crate::http::form::Fields;
use crate::http::language::Wanted;
use crate::http::route::Route;
pub(super) use pages::Pages;
use reply::Trouble;

/// Who acts when a customer answers on a page.
const CUSTOMER: &str = "customer";

/// What is not a page, though it begins like one, looks like every link that is not ours.
pub(super) fn nothing_here(web: &Web, uri: &Uri, headers: &HeaderMap) -> Response {
    let wanted = Wanted::of(&Fields::of_query(uri), headers);
    web.pages.trouble_for(Trouble::Missing, wanted)
}

/// The pages; none of them is in the description of the API.
pub(super) fn routes() -> Vec<Route> {
    let (notice, partners) = ("/r/{token}", "/c/{token}");
    let (window, told) = ("/r/{token}/window.json", "/n/{token}");
    vec![
        Route::new(Method::GET, notice, "show_notice", "The page of a notice", reject::show),
        Route::new(Method::POST, notice, "answer_notice", "Answer a notice", reject::answer),
        Route::new(Method::GET, "/a/{token}", "show_statement", "A statement", acknowledge::show),
        Route::new(
            Method::POST,
            "/a/{token}",
            "answer_statement",
            "Acknowledge a statement of work",
            acknowledge::answer,
        ),
        Route::new(Method::GET, window, "show_window", "The window as data", data::window),
        Route::new(
            Method::GET,
            partners,
            "show_partners",
            "The customer's partners",
            own_view::show,
        ),
        Route::new(Method::POST, partners, "end_as_customer", "End an association", end::answer),
        Route::new(
            Method::GET,
            told,
            "show_subscription_page",
            "The page of an address that is told of a partner's claims",
            subscription::show,
        ),
        Route::new(
            Method::POST,
            told,
            "answer_subscription",
            "Confirm an address, or leave",
            subscription::answer,
        ),
    ]
    .into_iter()
    .map(Route::page)
    .chain(clock::routes())
    .collect()
}
