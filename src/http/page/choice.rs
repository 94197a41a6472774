//! `/w/<token>`: which partner of a contest the customer chooses. Opening it changes nothing; a
//! choice can be changed until the contest is decided.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use chrono::{DateTime, Utc};

use super::CUSTOMER;
use super::answer::comment;
use super::choice_view::{ChoiceView, chosen, parties};
use super::confirm::{AGAIN, Confirmation, UNCONFIRMED};
use super::facts::{ClaimFacts, Teller};
use super::form::{FieldError, Values};
use super::pages::Page;
use super::reject::token;
use super::reply::{Trouble, back};
use super::step::Given;
use crate::calendar::Language;
use crate::claim::choice::{Choice, CustomerChoice, CustomerSay};
use crate::claim::command::{Command, CustomerWord, Terms};
use crate::claim::event::Recorded;
use crate::claim::identity::Comment;
use crate::claim::{Claim, Status};
use crate::http::Web;
use crate::http::form::Fields;
use crate::http::language::{Wanted, tag};
use crate::link::ChoiceLink;
use crate::telemetry;

/// What `?after=` may say.
const BANNERS: [&str; 3] = ["recorded", "already", "stopped"];
/// The choice that is missing.
const UNCHOSEN: FieldError = FieldError { field: "answer", text: "answer", target: "answer-first" };

/// A contest as the customer's contact sees it.
struct Chooser<'a> {
    web: &'a Web,
    token: &'a str,
    link: ChoiceLink,
    claim: Claim,
    history: Vec<Recorded>,
    now: DateTime<Utc>,
    language: Language,
}

/// What was filled in before, and what is to be said about it.
#[derive(Default)]
struct Filled<'a> {
    banner: Option<&'static str>,
    picked: Option<Choice>,
    values: Values,
    /// What ties the second step to the first, on the page that asks again.
    step: Option<String>,
    errors: &'a [FieldError],
}

/// Shows the contest, and what was chosen.
pub(super) async fn show(State(web): State<Web>, uri: Uri, headers: HeaderMap) -> Response {
    let query = Fields::of_query(&uri);
    let wanted = Wanted::of(&query, &headers);
    let banner = BANNERS.into_iter().find(|known| query.choice("after") == Some(known));
    let shown = async {
        let chooser = Chooser::begin(&web, token(&uri), wanted).await?;
        chooser.page(&Filled { banner, ..Filled::default() }).await
    };
    shown.await.unwrap_or_else(|trouble: Trouble| web.pages.trouble_for(trouble, wanted))
}

/// Takes a choice, in one of its two steps.
pub(super) async fn answer(State(web): State<Web>, request: Request) -> Response {
    let uri = request.uri().clone();
    let wanted = Wanted::of_request(&uri, request.headers());
    let answered = async {
        // A forged link is answered without a look at what came with it.
        web.links.read_choice(token(&uri)).ok_or(Trouble::Missing)?;
        let fields = Fields::of_body(request, &web).await.map_err(Trouble::Unreadable)?;
        let chooser = Chooser::begin(&web, token(&uri), wanted).await?;
        let answered = chooser.answer(&fields).await;
        Ok(answered.unwrap_or_else(|trouble| web.pages.trouble(trouble, chooser.language)))
    };
    answered.await.unwrap_or_else(|trouble: Trouble| web.pages.trouble_for(trouble, wanted))
}

impl<'a> Chooser<'a> {
    async fn begin(web: &'a Web, token: &'a str, wanted: Wanted) -> Result<Self, Trouble> {
        let link = web.links.read_choice(token).ok_or(Trouble::Missing)?;
        telemetry::about(link.claim_id);
        let now = web.ledger.clock().now().await?;
        let store = web.ledger.store();
        let claim = store.claim(link.claim_id).await?.ok_or(Trouble::Missing)?;
        let history = store.history(link.claim_id).await?;
        let contact = claim.submission.customer.contact.language.as_ref();
        let contact = contact.map(|language| language.as_str());
        let language = wanted.language(contact, web.pages.default_language);
        Ok(Self { web, token, link, claim, history, now, language })
    }

    /// What the customer is asked, as long as this very contest goes on.
    fn asked(&self) -> Option<&CustomerChoice> {
        self.claim.customer_choice().filter(|choice| choice.contest == self.link.contest)
    }

    async fn page(&self, filled: &Filled<'_>) -> Result<Response, Trouble> {
        let rules = self.web.ledger.rules();
        let teller = Teller::of(&self.claim, &rules.window(), self.language);
        let asked = self.asked();
        let incumbents = match asked {
            Some(_) => parties(self.web, &self.claim, &teller).await?,
            None => Vec::new(),
        };
        let values = ChoiceView {
            claim: ClaimFacts::of(self.claim.id, &self.claim.submission, &rules.catalog),
            incumbents,
            is_open: asked.is_some(),
            is_withdrawn: self.claim.status() == Status::Withdrawn,
            decides: asked.is_some_and(|asked| asked.say == CustomerSay::Decides),
            chosen: chosen(&self.claim, &self.history, self.link.contest, &teller),
            banner: filled.banner,
            here: format!("?lang={}", tag(self.language)),
            values: &filled.values,
            picked: filled.picked.map(Choice::as_str),
            step: filled.step.as_deref(),
        };
        let template = if filled.step.is_some() { "choice_confirm.html" } else { "choice.html" };
        let (language, errors) = (self.language, filled.errors);
        let can_switch = errors.is_empty() && filled.step.is_none();
        let page = Page { template, language, values, errors, can_switch };
        let status =
            if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        Ok(self.web.pages.reply(status, &page))
    }

    async fn answer(&self, fields: &Fields) -> Result<Response, Trouble> {
        if self.asked().is_none() {
            return Ok(self.back("already"));
        }
        let values = Values::of(fields);
        let picked = fields.choice("answer");
        let picked = Choice::ALL.into_iter().find(|choice| picked == Some(choice.as_str()));
        match (picked, comment(&values)) {
            (Some(choice), Ok(words)) => self.step(fields, choice, values, words).await,
            (picked, words) => {
                let unchosen = picked.is_none().then_some(UNCHOSEN);
                let errors: Vec<_> = unchosen.into_iter().chain(words.err()).collect();
                let errors = errors.as_slice();
                self.page(&Filled { picked, values, errors, ..Filled::default() }).await
            }
        }
    }

    /// Asks whether this is really the choice, or records it.
    async fn step(
        &self,
        fields: &Fields,
        choice: Choice,
        values: Values,
        words: Option<Comment>,
    ) -> Result<Response, Trouble> {
        let given = Given { link: self.token, fields: &[choice.as_str(), &values.comment] };
        let step = fields.choice("step");
        let given_at = step.and_then(|step| given.open(&self.web.secrets, step, self.now));
        let (step, error) = match (step, given_at) {
            (Some(step), Some(_)) => match Confirmation::parse(fields.choice("confirm")) {
                Some(Confirmation::Yes) => return self.record(choice, words).await,
                Some(Confirmation::Back) => {
                    let filled = Filled { picked: Some(choice), values, ..Filled::default() };
                    return self.page(&filled).await;
                }
                Some(Confirmation::Stop) => return Ok(self.back("stopped")),
                None => (step.to_owned(), Some(UNCONFIRMED)),
            },
            (step, _) => (given.seal(&self.web.secrets, self.now), step.map(|_| AGAIN)),
        };
        let (picked, step, errors) = (Some(choice), Some(step), error.as_slice());
        self.page(&Filled { banner: None, picked, values, step, errors }).await
    }

    async fn record(&self, choice: Choice, comment: Option<Comment>) -> Result<Response, Trouble> {
        let (holders, terms) = (Vec::new(), Terms::default());
        let contest = self.link.contest;
        let word = CustomerWord { contest, choice, comment, holders, terms };
        match self.web.ledger.apply(self.claim.id, &Command::Choose(word), CUSTOMER).await {
            // The same choice once more is on record as well.
            Ok(_) => Ok(self.back("recorded")),
            Err(error) => Trouble::of_apply(error).map_or_else(|| Ok(self.back("already")), Err),
        }
    }

    fn back(&self, after: &str) -> Response {
        back(self.language, &[("after", after)])
    }
}
