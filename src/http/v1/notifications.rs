//! What a partner's people are told: the inbox, and the addresses that are told by mail.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{Authority, Caller, Role};
use crate::calendar::Language;
use crate::claim::Finding;
use crate::claim::identity::MpnId;
use crate::http::Web;
use crate::http::extract::{Json, Path, Query};
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::notifications::{
    Inbox, NotificationView, NotificationsError, Read, Subscription, SubscriptionId,
    SubscriptionView, Wish,
};

/// Who has notifications: a partner's people.
const PARTNERS: &[Role] = &[Role::IncentivesAdmin];
const ALL: &str = "/v1/notifications/subscriptions";
const ONE: &str = "/v1/notifications/subscriptions/{subscription_id}";
/// Entries on one page of the inbox, unless asked for otherwise, and at most.
const PAGE: usize = 50;
const PAGE_MAX: usize = 200;
/// What a cursor looks like; which of them means anything is not said here.
const CURSOR: &str = "^[0-9]+~[0-9a-z:_-]+$";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/v1/notifications",
            "read_notifications",
            "Read what concerns your company's people",
            inbox,
        )
        .roles(PARTNERS)
        .says(
            "Everything that is told by mail is here, whoever is told of it: claims that need \
             your action, that were decided, answered, contested or ended, and addresses of yours \
             that refuse mail. Newest first; kept for a time that the deployment sets. What is new \
             to you is what comes after the `cursor` of the newest entry you have seen: give it as \
             `since`.",
        )
        .query::<InboxQuery>()
        .gives::<InboxView>(StatusCode::OK, "A page of the inbox.")
        .problem(ProblemType::FindingsReported),
        Route::new(
            Method::GET,
            ALL,
            "list_subscriptions",
            "List the addresses that are told by mail",
            list,
        )
        .roles(PARTNERS)
        .gives::<List>(StatusCode::OK, "Your subscriptions, oldest first."),
        Route::new(
            Method::POST,
            ALL,
            "create_subscription",
            "Have an address told by mail",
            create,
        )
        .roles(PARTNERS)
        .says(
            "A person's address or a group's. It is sent one mail that asks whether it may be \
             told, and nothing else before somebody who reads it has said yes. Every mail after \
             that has a way out.",
        )
        .takes::<Wish>("Which address, of what, and how.")
        .gives::<SubscriptionView>(StatusCode::CREATED, "The subscription, not confirmed yet.")
        .problem(ProblemType::FindingsReported),
        Route::new(Method::PUT, ONE, "change_subscription", "Change a subscription", change)
            .roles(PARTNERS)
            .path::<SubscriptionPath>()
            .says(
                "Another address has to be confirmed like a new one. One that was not confirmed, \
                 that has left, or that was suspended is asked again.",
            )
            .takes::<Wish>("What it is to be.")
            .gives::<SubscriptionView>(StatusCode::OK, "The subscription.")
            .problem(ProblemType::FindingsReported),
        Route::new(Method::DELETE, ONE, "delete_subscription", "Delete a subscription", delete)
            .roles(PARTNERS)
            .path::<SubscriptionPath>()
            .gives_as(StatusCode::NO_CONTENT, None, None, "It is gone, and all on its way to it."),
    ]
}

/// The subscription in a path.
#[derive(Debug, Deserialize, JsonSchema)]
struct SubscriptionPath {
    /// The subscription's id.
    #[schemars(with = "Uuid")]
    subscription_id: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct InboxQuery {
    /// Only what comes after this entry: its `cursor`.
    #[schemars(regex(pattern = CURSOR), length(max = 200))]
    since: Option<String>,
    /// Only what comes before this entry, the next page: the `next` of the page before.
    #[schemars(regex(pattern = CURSOR), length(max = 200))]
    before: Option<String>,
    /// Entries on one page, 1 to 200; 50 unless given.
    #[schemars(with = "Option<u16>", range(min = 1, max = 200))]
    limit: Option<String>,
    /// The language of `text`: `en` unless given, or `tr`.
    #[schemars(with = "Option<Language>")]
    language: Option<String>,
}

/// A page of an inbox.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "NotificationPage")]
struct InboxView {
    /// The entries, newest first.
    notifications: Vec<NotificationView>,
    /// Where to go on, as `before`; null at the end.
    next: Option<String>,
}

/// A partner's subscriptions.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionList")]
struct List {
    /// The subscriptions, oldest first.
    subscriptions: Vec<SubscriptionView>,
}

impl InboxQuery {
    fn read(&self) -> Result<(Read, Language), Vec<Finding>> {
        let mut findings = Vec::new();
        let mut place = |field: &str, raw: &Option<String>| {
            let parsed = raw.as_deref().map(str::parse).transpose();
            parsed.unwrap_or_else(|error| {
                let message = format!("{error}; give the `cursor` of one, whole.");
                findings.push(Finding::new(field, "malformed", message));
                None
            })
        };
        let (since, before) = (place("since", &self.since), place("before", &self.before));
        let limit = self.limit.as_deref().map_or(Ok(PAGE), str::parse).unwrap_or_default();
        if !(1..=PAGE_MAX).contains(&limit) {
            let message = format!("Give a number from 1 to {PAGE_MAX}.");
            findings.push(Finding::new("limit", "out_of_range", message));
        }
        let language = match self.language.as_deref() {
            None | Some("en") => Language::English,
            Some("tr") => Language::Turkish,
            Some(_) => {
                findings.push(Finding::new("language", "language_unknown", "Give `en` or `tr`."));
                Language::English
            }
        };
        if findings.is_empty() {
            Ok((Read { before, since, limit }, language))
        } else {
            Err(findings)
        }
    }
}

async fn inbox(
    State(web): State<Web>,
    caller: Caller,
    Query(query): Query<InboxQuery>,
) -> Result<Answer<InboxView>, Problem> {
    let (read, language) =
        query.read().map_err(|findings| Problem::findings("read the inbox", findings))?;
    let read = web.notifications.inbox(partner(&caller)?, &read, language).await;
    let Inbox { notifications, more } = read.map_err(|error| problem("read the inbox", error))?;
    let last = notifications.last().filter(|_| more);
    let next = last.map(|notification| notification.cursor.clone());
    Ok(Answer(InboxView { notifications, next }))
}

async fn list(State(web): State<Web>, caller: Caller) -> Result<Answer<List>, Problem> {
    let found = web.notifications.list(Some(partner(&caller)?)).await;
    let found = found.map_err(|error| problem("list the subscriptions", error))?;
    Ok(Answer(List { subscriptions: found.iter().map(SubscriptionView::from).collect() }))
}

async fn create(
    State(web): State<Web>,
    caller: Caller,
    Json(wish): Json<Wish>,
) -> Result<(StatusCode, Answer<SubscriptionView>), Problem> {
    let created = web.notifications.create(partner(&caller)?.clone(), &wish).await;
    let created = created.map_err(|error| problem("make the subscription", error))?;
    Ok((StatusCode::CREATED, Answer(SubscriptionView::from(&created))))
}

async fn change(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<SubscriptionPath>,
    Json(wish): Json<Wish>,
) -> Result<Answer<SubscriptionView>, Problem> {
    let id = path.subscription(&web, &caller).await?.id;
    let changed = web.notifications.change(id, &wish).await;
    let changed = changed.map_err(|error| problem("change the subscription", error))?;
    Ok(Answer(SubscriptionView::from(&changed)))
}

async fn delete(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<SubscriptionPath>,
) -> Result<StatusCode, Problem> {
    let id = path.subscription(&web, &caller).await?.id;
    let removed = web.notifications.remove(id).await;
    removed.map_err(|error| problem("delete the subscription", error))?;
    Ok(StatusCode::NO_CONTENT)
}

impl SubscriptionPath {
    /// The subscription, if it exists and is the caller's.
    async fn subscription(&self, web: &Web, caller: &Caller) -> Result<Subscription, Problem> {
        let missing = || Problem::not_found("such subscription");
        let id = SubscriptionId::parse(&self.subscription_id).ok_or_else(missing)?;
        let found = web.notifications.find(id).await;
        let found = found.map_err(|error| problem("find the subscription", error))?;
        if found.mpn_id == *partner(caller)? { Ok(found) } else { Err(missing()) }
    }
}

/// The partner whose people the caller is one of; the table of routes lets nobody else in.
fn partner(caller: &Caller) -> Result<&MpnId, Problem> {
    match &caller.authority {
        Authority::IncentivesAdmin(mpn_id) => Ok(mpn_id),
        Authority::UpstreamSource(_)
        | Authority::Reviewer
        | Authority::Operator
        | Authority::Observer
        | Authority::UsageDataService => Err(Problem::internal()),
    }
}

fn problem(doing: &str, error: NotificationsError) -> Problem {
    match error {
        NotificationsError::NotThere(_) => Problem::not_found("such subscription"),
        NotificationsError::Findings(findings) => Problem::findings(doing, findings),
        NotificationsError::Store(error) => error.into(),
    }
}
