//! `/n/<token>`: where whoever reads an address says whether it may be told of a partner's claims,
//! and where it leaves. Opening it changes nothing; mail programs leave by one POST (RFC 8058).

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde::Serialize;

use super::form::FieldError;
use super::pages::Page;
use super::reject::token;
use super::reply::{Trouble, back};
use crate::calendar::Language;
use crate::http::Web;
use crate::http::form::Fields;
use crate::http::language::{Wanted, tag};
use crate::link::{SubscriptionDoor, SubscriptionLink};
use crate::notifications::{NotificationsError, Standing, Subscription, kind_name, language_tag};

/// What a mail program sends for whoever presses its button.
const ONE_CLICK: (&str, &str) = ("List-Unsubscribe", "One-Click");
/// What `?after=` may say.
const BANNERS: [&str; 3] = ["told", "left", "stays"];
/// The choice that is missing.
const UNCHOSEN: FieldError = FieldError { field: "answer", text: "answer", target: "answer-yes" };

/// The page, as its template reads it.
#[derive(Serialize)]
struct SubscriptionView {
    /// Whether the mail that asks has led here.
    is_asked: bool,
    /// How the subscription stands.
    standing: &'static str,
    address: String,
    partner: String,
    kinds: Vec<&'static str>,
    is_daily: bool,
    banner: Option<&'static str>,
    here: String,
}

/// Somebody with a link to a subscription.
struct Reader<'a> {
    web: &'a Web,
    link: SubscriptionLink,
    door: SubscriptionDoor,
    subscription: Subscription,
    language: Language,
}

/// Shows how the subscription stands.
pub(super) async fn show(State(web): State<Web>, uri: Uri, headers: HeaderMap) -> Response {
    let query = Fields::of_query(&uri);
    let wanted = Wanted::of(&query, &headers);
    match Reader::begin(&web, token(&uri), wanted).await {
        Ok(reader) => {
            let after = query.choice("after");
            let banner = BANNERS.into_iter().find(|banner| after == Some(banner));
            reader.page(StatusCode::OK, banner, &[])
        }
        Err(trouble) => web.pages.trouble_for(trouble, wanted),
    }
}

/// Takes what the reader has chosen.
pub(super) async fn answer(State(web): State<Web>, request: Request) -> Response {
    let uri = request.uri().clone();
    let wanted = Wanted::of_request(&uri, request.headers());
    let answered = async {
        web.links.read_subscription(token(&uri)).ok_or(Trouble::Missing)?;
        let fields = Fields::of_body(request, &web).await.map_err(Trouble::Unreadable)?;
        Reader::begin(&web, token(&uri), wanted).await?.choose(&fields).await
    };
    answered.await.unwrap_or_else(|trouble: Trouble| web.pages.trouble_for(trouble, wanted))
}

impl<'a> Reader<'a> {
    async fn begin(web: &'a Web, token: &str, wanted: Wanted) -> Result<Self, Trouble> {
        let (link, door) = web.links.read_subscription(token).ok_or(Trouble::Missing)?;
        let found = web.notifications.of_link(&link).await.map_err(trouble)?;
        let subscription = found.ok_or(Trouble::Missing)?;
        let own = language_tag(subscription.language);
        let language = wanted.language(Some(own), web.pages.default_language);
        Ok(Self { web, link, door, subscription, language })
    }

    async fn choose(&self, fields: &Fields) -> Result<Response, Trouble> {
        let one_click = fields.choice(ONE_CLICK.0) == Some(ONE_CLICK.1);
        let notifications = &self.web.notifications;
        match (fields.choice("answer"), self.door) {
            _ if one_click => {
                notifications.leave(&self.link).await.map_err(trouble)?;
                Ok(self.page(StatusCode::OK, Some("left"), &[]))
            }
            (Some("yes"), SubscriptionDoor::Confirm) => {
                let confirmed = notifications.confirm(&self.link).await.map_err(trouble)?;
                Ok(self.back(if confirmed.is_some() { "told" } else { "stays" }))
            }
            (Some("no"), _) => {
                notifications.leave(&self.link).await.map_err(trouble)?;
                Ok(self.back("left"))
            }
            (Some("yes"), SubscriptionDoor::Leave) => Ok(self.back("stays")),
            (Some(_) | None, _) => {
                Ok(self.page(StatusCode::UNPROCESSABLE_ENTITY, None, &[UNCHOSEN]))
            }
        }
    }

    fn page(
        &self,
        status: StatusCode,
        banner: Option<&'static str>,
        errors: &[FieldError],
    ) -> Response {
        let Subscription { standing, email, mpn_id, kinds, .. } = &self.subscription;
        let standing = match (banner, standing) {
            (Some("left"), _) | (_, Standing::Left) => "left",
            (_, Standing::Unconfirmed) => "unconfirmed",
            (_, Standing::Active) => "active",
            (_, Standing::Suspended { .. }) => "suspended",
        };
        let values = SubscriptionView {
            is_asked: self.door == SubscriptionDoor::Confirm,
            standing,
            address: email.as_str().to_owned(),
            partner: mpn_id.to_string(),
            kinds: kinds.iter().map(|kind| kind_name(*kind, self.language)).collect(),
            is_daily: self.subscription.delivery != crate::notifications::Delivery::AtOnce,
            banner,
            here: format!("?lang={}", tag(self.language)),
        };
        let (template, language) = ("subscription.html", self.language);
        let page = Page { template, language, values, errors, can_switch: errors.is_empty() };
        self.web.pages.reply(status, &page)
    }

    fn back(&self, after: &str) -> Response {
        back(self.language, &[("after", after)])
    }
}

fn trouble(error: NotificationsError) -> Trouble {
    match error {
        NotificationsError::Store(error) => error.into(),
        NotificationsError::NotThere(_) | NotificationsError::Findings(_) => Trouble::Missing,
    }
}
