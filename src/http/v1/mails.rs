//! The mails of a sandbox, which are kept instead of being sent.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::access::Role;
use crate::http::problem::Problem;
use crate::http::route::{Place, Route};
use crate::http::{Mails, Web};
use crate::mail::KeptMail;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/mails", "list_mails", "The mails of this sandbox", list)
            .roles(&Role::ALL)
            .only(Place::Sandbox)
            .says(
                "Exists only in a sandbox, where mails are kept instead of being sent: the newest \
                 100. Every role sees them all; nobody in a sandbox is real.",
            )
            .gives::<MailList>(StatusCode::OK, "The mails, the oldest first."),
    ]
}

/// Mails that were kept.
#[derive(Debug, Serialize, JsonSchema)]
struct MailList {
    /// The oldest first.
    mails: Vec<MailView>,
}

/// A mail as it would have been sent.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Mail")]
struct MailView {
    /// To whom.
    to: String,
    /// What it is about.
    subject: String,
    /// What it is for: `notice`, `reminder`, `partner_result` or `receipt`.
    kind: &'static str,
    /// What it says, as text.
    text: String,
    /// The addresses in the text; the page of a notice has `/r/` in it.
    links: Vec<String>,
    /// When it was sent, on the sandbox's clock.
    at: DateTime<Utc>,
}

async fn list(State(web): State<Web>) -> Result<Answer<MailList>, Problem> {
    let Mails::Kept(outbox) = &web.mails else { return Err(Problem::not_found("resource")) };
    let mails = outbox.all().into_iter().map(MailView::from).collect();
    Ok(Answer(MailList { mails }))
}

impl From<KeptMail> for MailView {
    fn from(mail: KeptMail) -> Self {
        let KeptMail { to, subject, kind, text, links, at, .. } = mail;
        Self { to, subject, kind, text, links, at }
    }
}
