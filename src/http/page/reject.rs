//! `/r/<token>`: how a claim stands for who has the link of a notice, and that person's answer.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::CUSTOMER;
use super::answer::{Answer, Choice};
use super::confirm::{AGAIN, ConfirmView, Confirmation, UNCONFIRMED, confirm};
use super::facts::{ClaimFacts, Teller, WindowFacts};
use super::form::{FieldError, Values};
use super::pages::Page;
use super::reply::{Trouble, back};
use super::standing::{Seen, Standing};
use super::step::Given;
use super::told::{ReceiptFacts, Told};
use crate::calendar::{Language, closing_moment};
use crate::claim::event::Recorded;
use crate::claim::{Claim, Window};
use crate::http::Web;
use crate::http::form::Fields;
use crate::http::language::{Wanted, tag};
use crate::link::{NoticeLink, TenantLink};
use crate::telemetry;

/// What `?after=` may say.
const BANNERS: [&str; 3] = ["recorded", "already", "stopped"];

/// The page of a notice, as its template reads it.
#[derive(Serialize)]
struct NoticeView<'a> {
    claim: ClaimFacts,
    standing: Told,
    window: Option<WindowFacts>,
    late_rejection: Option<ReceiptFacts>,
    banner: Option<&'static str>,
    /// The address of the window as data.
    window_data: String,
    /// The address of the tenant's own view.
    own_view: String,
    /// Where the form goes.
    here: String,
    values: &'a Values,
    /// What was chosen, where something else about the answer was wrong.
    chosen: Option<&'static str>,
    contact_is_wrong: bool,
}

/// What was filled in before, and what is to be said about it.
#[derive(Default)]
struct Filled<'a> {
    banner: Option<&'static str>,
    chosen: Option<Choice>,
    values: Values,
    errors: &'a [FieldError],
}

/// A claim as who has the link sees it.
pub(super) struct Visit<'a> {
    web: &'a Web,
    token: &'a str,
    link: NoticeLink,
    pub(super) claim: Claim,
    history: Vec<Recorded>,
    pub(super) now: DateTime<Utc>,
    pub(super) language: Language,
}

/// Shows the page; changes nothing.
pub(super) async fn show(State(web): State<Web>, uri: Uri, headers: HeaderMap) -> Response {
    let query = Fields::of_query(&uri);
    let wanted = Wanted::of(&query, &headers);
    let banner = BANNERS.into_iter().find(|known| query.choice("after") == Some(known));
    match Visit::begin(&web, token(&uri), wanted).await {
        Ok(visit) => visit.page(&Filled { banner, ..Filled::default() }),
        Err(trouble) => web.pages.trouble_for(trouble, wanted),
    }
}

/// Takes an answer, in one of its two steps.
pub(super) async fn answer(State(web): State<Web>, request: Request) -> Response {
    let (uri, wanted) =
        (request.uri().clone(), Wanted::of_request(request.uri(), request.headers()));
    let answered = async {
        // A forged link is answered without a look at what came with it.
        web.links.read_notice(token(&uri)).ok_or(Trouble::Missing)?;
        let fields = Fields::of_body(request, &web).await.map_err(Trouble::Unreadable)?;
        let visit = Visit::begin(&web, token(&uri), wanted).await?;
        let answered = visit.answer(&fields).await;
        Ok(answered.unwrap_or_else(|trouble| web.pages.trouble(trouble, visit.language)))
    };
    answered.await.unwrap_or_else(|trouble: Trouble| web.pages.trouble_for(trouble, wanted))
}

/// The last part of the path. A token has no character that a browser would have to escape.
pub(super) fn token(uri: &Uri) -> &str {
    uri.path().rsplit('/').next().unwrap_or_default()
}

impl<'a> Visit<'a> {
    pub(super) async fn begin(
        web: &'a Web,
        token: &'a str,
        wanted: Wanted,
    ) -> Result<Self, Trouble> {
        let link = web.links.read_notice(token).ok_or(Trouble::Missing)?;
        telemetry::about(link.claim_id);
        let now = web.ledger.clock().now().await?;
        let store = web.ledger.store();
        let claim = store.claim(link.claim_id).await?.ok_or(Trouble::Missing)?;
        let history = store.history(link.claim_id).await?;
        let seen = Seen { claim: &claim, history: &history, notice: link.notice };
        let contact = seen.contact().language.as_ref().map(|language| language.as_str());
        let language = wanted.language(contact, web.pages.default_language);
        Ok(Self { web, token, link, claim, history, now, language })
    }

    fn seen(&self) -> Seen<'_> {
        Seen { claim: &self.claim, history: &self.history, notice: self.link.notice }
    }

    pub(super) fn standing(&self) -> Standing {
        self.seen().standing(&self.web.ledger.rules().window(), self.now)
    }

    fn facts(&self) -> ClaimFacts {
        let rules = self.web.ledger.rules();
        ClaimFacts::of(self.claim.id, &self.claim.submission, &rules.catalog)
    }

    fn here(&self) -> String {
        format!("?lang={}", tag(self.language))
    }

    fn page(&self, filled: &Filled<'_>) -> Response {
        let (seen, standing) = (self.seen(), self.standing());
        let teller = Teller::of(&self.claim, &self.web.ledger.rules().window(), self.language);
        let receipt = |answered| ReceiptFacts::of(answered, self.claim.id, &teller);
        let errors = filled.errors;
        let values = NoticeView {
            claim: self.facts(),
            standing: Told::of(&seen, &standing, &teller),
            window: standing.window_facts(&teller),
            late_rejection: seen.late_rejection().map(receipt),
            banner: filled.banner,
            window_data: format!("{}/window.json{}", self.token, self.here()),
            own_view: self.own_view(),
            here: self.here(),
            values: &filled.values,
            chosen: filled.chosen.map(Choice::as_str),
            contact_is_wrong: errors.iter().any(FieldError::is_of_contact),
        };
        let (language, can_switch) = (self.language, errors.is_empty());
        let page = Page { template: "notice.html", language, values, errors, can_switch };
        let status =
            if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        self.web.pages.reply(status, &page)
    }

    /// Relative, so that it leads to the server that the browser already trusts.
    fn own_view(&self) -> String {
        let tenant_id = self.claim.submission.customer.tenant_id;
        let link = TenantLink { tenant_id, received: self.link };
        let url = self.web.links.tenant_url(link, self.web.links.current_key());
        let token = url.rsplit('/').next().unwrap_or_default();
        format!("../c/{token}?lang={}", tag(self.language))
    }

    async fn answer(&self, fields: &Fields) -> Result<Response, Trouble> {
        let values = Values::of(fields);
        let Some(choice) = Choice::parse(fields.choice("answer")) else {
            let error = FieldError { field: "answer", text: "answer", target: "answer-reject" };
            return Ok(self.wrong(None, values, &[error]));
        };
        let answer = match Answer::read(choice, &values, &self.claim) {
            Ok(answer) => answer,
            Err(errors) => return Ok(self.wrong(Some(choice), values, &errors)),
        };
        let step = fields.choice("step");
        if !self.takes(choice, step.is_some()) {
            return Ok(self.back("already"));
        }
        let signed = [&[choice.as_str()][..], &values.all()].concat();
        let given = Given { link: self.token, fields: &signed };
        let received_at = step.and_then(|step| given.open(&self.web.secrets, step, self.now));
        let (Some(step), Some(received_at)) = (step, received_at) else {
            let error = step.map(|_| AGAIN);
            let step = given.seal(&self.web.secrets, self.now);
            return Ok(self.confirm(choice, &values, step, self.now, error));
        };
        match Confirmation::parse(fields.choice("confirm")) {
            Some(Confirmation::Yes) => self.record(answer, received_at).await,
            Some(Confirmation::Back) => Ok(self.page(&Filled { values, ..Filled::default() })),
            Some(Confirmation::Stop) => Ok(self.back("stopped")),
            None => {
                let (step, error) = (step.to_owned(), Some(UNCONFIRMED));
                Ok(self.confirm(choice, &values, step, received_at, error))
            }
        }
    }

    /// Whether the claim may still take this answer; the ledger has the last word. A rejection is
    /// taken after the end too: it is recorded, and answered honestly.
    fn takes(&self, choice: Choice, confirming: bool) -> bool {
        match self.standing() {
            Standing::Open { .. } => true,
            Standing::Late(_) | Standing::Official { .. } | Standing::Agreed { .. } => {
                // What was given in time and is confirmed only now is the ledger's to judge.
                choice == Choice::Reject || confirming
            }
            Standing::Rejected(_)
            | Standing::Ended { .. }
            | Standing::PassedOn { .. }
            | Standing::OldNotice
            | Standing::Withdrawn
            | Standing::Disqualified
            | Standing::Preparing => false,
        }
    }

    async fn record(
        &self,
        answer: Answer,
        received_at: DateTime<Utc>,
    ) -> Result<Response, Trouble> {
        let ledger = &self.web.ledger;
        let answer_by = ledger.rules().window().answer_by(&self.claim.submission, self.now);
        let answer_by = answer_by.map_err(|error| {
            tracing::error!(%error, "no time could be given to a partner to confirm a contact");
            Trouble::Broken
        })?;
        let command = answer.command(self.link.notice, received_at, answer_by.closes_at);
        match ledger.apply(self.claim.id, &command, CUSTOMER).await {
            Ok(applied) if applied.events.is_empty() => Ok(self.back("already")),
            Ok(_) => Ok(self.back("recorded")),
            Err(error) => Trouble::of_apply(error).map_or_else(|| Ok(self.back("already")), Err),
        }
    }

    fn wrong(&self, chosen: Option<Choice>, values: Values, errors: &[FieldError]) -> Response {
        match self.standing() {
            Standing::Open { .. } => self.page(&Filled { banner: None, chosen, values, errors }),
            // There is no form any more on which anything could be put right.
            _ => self.back("already"),
        }
    }

    fn back(&self, after: &str) -> Response {
        back(self.language, &[("after", after)])
    }

    fn confirm(
        &self,
        choice: Choice,
        values: &Values,
        step: String,
        received_at: DateTime<Utc>,
        error: Option<FieldError>,
    ) -> Response {
        let standing = self.standing();
        let late = |window: &Window| !window.admits(received_at);
        let view = ConfirmView {
            claim: self.facts(),
            answer: choice.as_str(),
            association: None,
            is_late: standing.window().is_some_and(late),
            closes: standing.window().map(|window| closing_moment(&window.deadline, self.language)),
            here: self.here(),
            values,
            step,
        };
        confirm(self.web, self.language, &view, error)
    }
}
