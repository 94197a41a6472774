//! Ending an association as the customer, from the tenant's own view: form, confirmation, end.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::CUSTOMER;
use super::answer::comment;
use super::confirm::{AGAIN, ConfirmView, Confirmation, UNCONFIRMED, confirm};
use super::facts::ClaimFacts;
use super::form::{FieldError, Values};
use super::own_view::OwnVisit;
use super::pages::Page;
use super::reject::token;
use super::reply::{Trouble, back};
use super::step::Given;
use crate::claim::Claim;
use crate::claim::command::Command;
use crate::claim::identity::Comment;
use crate::claim::state::{EndReason, State as ClaimState};
use crate::http::Web;
use crate::http::form::Fields;
use crate::http::language::{Wanted, tag};

/// The page on which an association is ended, as its template reads it.
#[derive(Serialize)]
struct EndView<'a> {
    claim: ClaimFacts,
    since: String,
    /// The claim whose association is to end.
    association: String,
    /// Where the form goes, and the list of all partners.
    here: String,
    list: String,
    values: &'a Values,
}

/// Takes the end of an association, in one of its two steps.
pub(super) async fn answer(State(web): State<Web>, request: Request) -> Response {
    let (uri, wanted) =
        (request.uri().clone(), Wanted::of_request(request.uri(), request.headers()));
    let answered = async {
        web.links.read_tenant(token(&uri)).ok_or(Trouble::Missing)?;
        let fields = Fields::of_body(request, &web).await.map_err(Trouble::Unreadable)?;
        let visit = OwnVisit::begin(&web, token(&uri), wanted).await?;
        let answered = visit.answer(&fields).await;
        Ok(answered.unwrap_or_else(|trouble| web.pages.trouble(trouble, visit.language)))
    };
    answered.await.unwrap_or_else(|trouble: Trouble| web.pages.trouble_for(trouble, wanted))
}

impl OwnVisit<'_> {
    /// The page on which an association is ended.
    pub async fn end_form(&self, claim_id: &str) -> Result<Response, Trouble> {
        Ok(match self.association(claim_id).await? {
            Some(claim) => self.form(&claim, StatusCode::OK, &Values::default(), &[]),
            None => self.back("already"),
        })
    }

    async fn answer(&self, fields: &Fields) -> Result<Response, Trouble> {
        let claim_id = fields.choice("end").unwrap_or_default();
        let Some(claim) = self.association(claim_id).await? else {
            return Ok(self.back("already"));
        };
        let values = Values::of(fields);
        let wrong = |error| self.form(&claim, StatusCode::UNPROCESSABLE_ENTITY, &values, &[error]);
        match fields.choice("answer") {
            Some("end") => match comment(&values) {
                Ok(comment) => self.step(fields, &claim, &values, comment).await,
                Err(error) => Ok(wrong(error)),
            },
            Some("keep") => Ok(self.back("kept")),
            Some(_) | None => {
                Ok(wrong(FieldError { field: "answer", text: "answer", target: "answer-end" }))
            }
        }
    }

    /// Asks whether the association is really to end, or ends it.
    async fn step(
        &self,
        fields: &Fields,
        claim: &Claim,
        values: &Values,
        comment: Option<Comment>,
    ) -> Result<Response, Trouble> {
        let claim_id = claim.id.to_string();
        let signed = [&["end", claim_id.as_str()][..], &values.all()].concat();
        let given = Given { link: self.token, fields: &signed };
        let step = fields.choice("step");
        let received_at = step.and_then(|step| given.open(&self.web.secrets, step, self.now));
        let (Some(step), Some(_)) = (step, received_at) else {
            let error = step.map(|_| AGAIN);
            let step = given.seal(&self.web.secrets, self.now);
            return Ok(self.confirm(claim, values, step, error));
        };
        match Confirmation::parse(fields.choice("confirm")) {
            Some(Confirmation::Yes) => self.end(claim, comment).await,
            Some(Confirmation::Back) => Ok(self.form(claim, StatusCode::OK, values, &[])),
            Some(Confirmation::Stop) => Ok(self.back("kept")),
            None => Ok(self.confirm(claim, values, step.to_owned(), Some(UNCONFIRMED))),
        }
    }

    async fn end(&self, claim: &Claim, comment: Option<Comment>) -> Result<Response, Trouble> {
        let detail = comment.map(|comment| comment.as_str().to_owned());
        let command = Command::End { reason: EndReason::CustomerWithdrew, detail };
        match self.web.ledger.apply(claim.id, &command, CUSTOMER).await {
            Ok(applied) if applied.events.is_empty() => Ok(self.back("already")),
            Ok(_) => {
                let claim_id = claim.id.to_string();
                Ok(back(self.language, &[("after", "ended"), ("claim", &claim_id)]))
            }
            Err(error) => Trouble::of_apply(error).map_or_else(|| Ok(self.back("already")), Err),
        }
    }

    /// An association of this tenant that this visitor may end.
    async fn association(&self, claim_id: &str) -> Result<Option<Claim>, Trouble> {
        let claim = if self.may_end { self.claim(claim_id).await? } else { None };
        Ok(claim.filter(|claim| matches!(claim.state, ClaimState::Associated { .. })))
    }

    fn form(
        &self,
        claim: &Claim,
        status: StatusCode,
        values: &Values,
        errors: &[FieldError],
    ) -> Response {
        let since = match &claim.state {
            ClaimState::Associated { association } => association.since,
            _ => claim.changed_at,
        };
        let values = EndView {
            claim: self.facts(claim),
            since: self.teller(claim).moment(since),
            association: claim.id.to_string(),
            here: self.here(),
            list: self.here(),
            values,
        };
        let (template, language) = ("end.html", self.language);
        let page = Page { template, language, values, errors, can_switch: false };
        self.web.pages.reply(status, &page)
    }

    fn confirm(
        &self,
        claim: &Claim,
        values: &Values,
        step: String,
        error: Option<FieldError>,
    ) -> Response {
        let view = ConfirmView {
            claim: self.facts(claim),
            answer: "end",
            association: Some(claim.id.to_string()),
            is_late: false,
            closes: None,
            here: self.here(),
            values,
            step,
        };
        confirm(self.web, self.language, &view, error)
    }

    fn here(&self) -> String {
        format!("?lang={}", tag(self.language))
    }

    pub(super) fn back(&self, after: &str) -> Response {
        back(self.language, &[("after", after)])
    }
}
