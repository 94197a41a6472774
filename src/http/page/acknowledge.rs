//! `/a/<token>`: the customer's contact acknowledges a statement of work, or says that it is not
//! right. In two steps like every answer; opening the page changes nothing.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::confirm::{AGAIN, Confirmation, UNCONFIRMED};
use super::form::FieldError;

use super::pages::Page;
use super::reject::token;
use super::reply::{Trouble, back};
use super::step::Given;
use crate::calendar::{Language, moment};
use crate::http::Web;
use crate::http::form::Fields;
use crate::http::language::{Wanted, tag};
use crate::proofs::{Acknowledgement, Answer, Document, Proved};
use crate::secrets::KeyId;
use crate::worker::with_causes;

/// Nothing was chosen.
const UNCHOSEN: FieldError =
    FieldError { field: "answer", text: "answer", target: "answer-acknowledge" };

/// The page, as its template reads it.
#[derive(Serialize)]
struct View<'a> {
    /// `open`, `confirm`, `acknowledged`, `declined`, `expired` or `closed`.
    mode: &'a str,
    partner: String,
    mpn_id: &'a str,
    statement: &'a str,
    digest: &'a str,
    reference: String,
    /// When it was answered, or until when it can be.
    at: String,
    here: String,
    /// The choice of the first step, and what ties the second step to it.
    answer: &'a str,
    step: &'a str,
}

/// A question as who has the link sees it.
struct Visit<'a> {
    web: &'a Web,
    token: &'a str,
    document: Document,
    key: KeyId,
    language: Language,
    now: DateTime<Utc>,
}

/// Shows the statement; changes nothing.
pub(super) async fn show(State(web): State<Web>, uri: Uri, headers: HeaderMap) -> Response {
    let wanted = Wanted::of_request(&uri, &headers);
    match Visit::begin(&web, token(&uri), wanted).await {
        Ok(visit) => visit.page("", "", None),
        Err(trouble) => web.pages.trouble_for(trouble, wanted),
    }
}

/// Takes the answer, in one of its two steps.
pub(super) async fn answer(State(web): State<Web>, request: Request) -> Response {
    let (uri, wanted) =
        (request.uri().clone(), Wanted::of_request(request.uri(), request.headers()));
    let answered = async {
        web.links.read_acknowledgement(token(&uri)).ok_or(Trouble::Missing)?;
        let fields = Fields::of_body(request, &web).await.map_err(Trouble::Unreadable)?;
        let visit = Visit::begin(&web, token(&uri), wanted).await?;
        let answered = visit.answer(&fields).await;
        Ok(answered.unwrap_or_else(|trouble| web.pages.trouble(trouble, visit.language)))
    };
    answered.await.unwrap_or_else(|trouble: Trouble| web.pages.trouble_for(trouble, wanted))
}

impl<'a> Visit<'a> {
    async fn begin(web: &'a Web, token: &'a str, wanted: Wanted) -> Result<Self, Trouble> {
        let (id, key) = web.links.read_acknowledgement(token).ok_or(Trouble::Missing)?;
        let now = web.ledger.clock().now().await?;
        let document = web.ledger.store().document(id).await?.ok_or(Trouble::Missing)?;
        let asked = document.acknowledgement.as_ref().ok_or(Trouble::Missing)?;
        let contact = asked.language.as_ref().map(|language| language.as_str());
        let language = wanted.language(contact, web.pages.default_language);
        Ok(Self { web, token, document, key, language, now })
    }

    async fn answer(&self, fields: &Fields) -> Result<Response, Trouble> {
        let asked = self.document.acknowledgement.as_ref().ok_or(Trouble::Missing)?;
        let choice = match fields.choice("answer") {
            _ if !asked.is_open(self.now) => return Ok(self.back()),
            Some(choice @ ("acknowledge" | "decline")) => choice,
            Some(_) | None => return Ok(self.page("", "", Some(UNCHOSEN))),
        };
        let signed = [choice];
        let given = Given { link: self.token, fields: &signed };
        let step = fields.choice("step");
        let received_at = step.and_then(|step| given.open(&self.web.secrets, step, self.now));
        let (Some(step), Some(chosen_at)) = (step, received_at) else {
            let sealed = given.seal(&self.web.secrets, self.now);
            return Ok(self.page(choice, &sealed, step.map(|_| AGAIN)));
        };
        match Confirmation::parse(fields.choice("confirm")) {
            Some(Confirmation::Yes) => {
                let proved = Proved { key: self.key, chosen_at };
                self.record(choice == "acknowledge", proved).await
            }
            Some(Confirmation::Back | Confirmation::Stop) => Ok(self.back()),
            None => Ok(self.page(choice, step, Some(UNCONFIRMED))),
        }
    }

    async fn record(&self, is_right: bool, proved: Proved) -> Result<Response, Trouble> {
        match self.web.documents.answer(self.document.id, is_right, proved).await {
            Ok(Some(_)) => Ok(self.back()),
            Ok(None) => Err(Trouble::Missing),
            Err(error) => {
                tracing::error!(error = with_causes(&error), "an acknowledgement was not recorded");
                Err(Trouble::Unavailable)
            }
        }
    }

    fn back(&self) -> Response {
        back(self.language, &[])
    }

    /// The page of the question as it stands, or of the choice that is to be confirmed.
    fn page(&self, answer: &str, step: &str, error: Option<FieldError>) -> Response {
        let Some(asked) = &self.document.acknowledgement else {
            return self.web.pages.trouble(Trouble::Missing, self.language);
        };
        let (mode, at) = mode(asked, answer, self.now);
        let values = View {
            mode,
            partner: asked.partner_email.domain().unicode().to_owned(),
            mpn_id: self.document.mpn_id.as_str(),
            statement: asked.statement.as_str(),
            digest: asked.statement_sha256.as_str(),
            reference: self.document.id.to_string(),
            at: moment(at, &asked.zone, self.language),
            here: format!("?lang={}", tag(self.language)),
            answer,
            step,
        };
        let errors = error.as_slice();
        let status =
            if error.is_none() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let (template, language, can_switch) = ("acknowledge.html", self.language, step.is_empty());
        let page = Page { template, language, values, errors, can_switch };
        self.web.pages.reply(status, &page)
    }
}

/// Which page it is, and the instant that it names.
fn mode(
    asked: &Acknowledgement,
    answer: &str,
    now: DateTime<Utc>,
) -> (&'static str, DateTime<Utc>) {
    match asked.answer_at(now) {
        Answer::Acknowledged { at } => ("acknowledged", at),
        Answer::Declined { at } => ("declined", at),
        Answer::Expired { at } => ("expired", at),
        Answer::Undeliverable { at, .. } => ("closed", at),
        Answer::Sending | Answer::Asked { .. } if answer.is_empty() => ("open", asked.open_until),
        Answer::Sending | Answer::Asked { .. } => ("confirm", asked.open_until),
    }
}
