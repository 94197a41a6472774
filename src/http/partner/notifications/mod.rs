//! What the partner's people are told: the inbox, and the addresses that are told by mail.

mod form;
mod row;

use axum::http::{Method, StatusCode, Uri};
use axum::response::Response;
use serde::Serialize;

use crate::access::Authority;
use crate::claim::Finding;
use crate::claim::identity::MpnId;
use crate::http::form::Fields;
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::signed::see_other;
use crate::notifications::{
    Inbox, Kind, NotificationsError, Read, Subscription, SubscriptionId, kind_name,
};

use super::PEOPLE;
use super::frame::{Act, Page, Section, Visit};
use form::Form;
use row::{EntryRow, SubscriptionRow};

const PATH: &str = "/partner/notifications";
/// Entries on one page.
const ENTRIES: usize = 25;
/// What `?done=` may say.
const DONE: [&str; 4] = ["added", "changed", "asked", "removed"];

pub(super) fn routes() -> Vec<Route> {
    let (show_id, act_id) = ("show_partner_notifications", "act_on_partner_notifications");
    vec![
        Route::new(Method::GET, PATH, show_id, "What a partner's people are told", show),
        Route::new(Method::POST, PATH, act_id, "Change who of a partner is told", act),
    ]
    .into_iter()
    .map(|route| route.signed_in(PEOPLE))
    .collect()
}

#[derive(Serialize)]
struct View {
    done: Option<&'static str>,
    entries: Vec<EntryRow>,
    next: Option<String>,
    first: Option<&'static str>,
    subscriptions: Vec<SubscriptionRow>,
    /// Every kind with its name in words.
    kinds: Vec<(&'static str, &'static str)>,
    /// The form with which an address is added.
    adding: Form,
}

/// What was sent and cannot be done: the form as it was, and whose it is.
struct Refused {
    form: Form,
    id: Option<SubscriptionId>,
}

async fn show(visit: Visit, uri: Uri) -> Result<Response, Problem> {
    page(&visit, &Fields::of_query(&uri), None).await
}

async fn act(act: Act) -> Result<Response, Problem> {
    let Act { visit, fields } = act;
    let (mpn_id, notifications) = (partner(&visit)?.clone(), &visit.web.notifications);
    let id = match fields.choice("id") {
        Some(raw) => Some(own(&visit, raw).await?.id),
        None => None,
    };
    let form = Form::of(&fields, visit.language);
    let done = match (fields.choice("act"), id) {
        (Some("add"), None) => match form.wish() {
            Ok(wish) => notifications.create(mpn_id, &wish).await.map(|_| "added"),
            Err(findings) => Err(NotificationsError::Findings(findings)),
        },
        (Some("change"), Some(id)) => match form.wish() {
            Ok(wish) => notifications.change(id, &wish).await.map(|after| changed(&after)),
            Err(findings) => Err(NotificationsError::Findings(findings)),
        },
        (Some("remove"), Some(id)) => notifications.remove(id).await.map(|()| "removed"),
        _ => return Err(Problem::malformed("The form does not say what is to be done")),
    };
    match done {
        Ok(done) => Ok(see_other(&format!("{PATH}?done={done}"))),
        Err(NotificationsError::Findings(findings)) => {
            let refused = Refused { form: form.with(&findings), id };
            page(&visit, &Fields::default(), Some(refused)).await
        }
        Err(error) => Err(problem(error)),
    }
}

/// What was done to a subscription that is now like this.
fn changed(after: &Subscription) -> &'static str {
    if after.standing == crate::notifications::Standing::Active { "changed" } else { "asked" }
}

async fn page(
    visit: &Visit,
    query: &Fields,
    refused: Option<Refused>,
) -> Result<Response, Problem> {
    let (mpn_id, notifications) = (partner(visit)?, &visit.web.notifications);
    // A place that cannot be read is the beginning.
    let before = query.choice("before").and_then(|raw| raw.parse().ok());
    let is_first = before.is_none();
    let read = Read { before, since: None, limit: ENTRIES };
    let inbox = notifications.inbox(mpn_id, &read, visit.language).await.map_err(problem)?;
    let subscriptions = notifications.list(Some(mpn_id)).await.map_err(problem)?;
    let Inbox { notifications: entries, more } = inbox;
    let last = entries.last().filter(|_| more);
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (adding, changing) = match refused {
        Some(Refused { form, id: None }) => (form, None),
        Some(Refused { form, id: Some(id) }) => (Form::empty(visit.language), Some((id, form))),
        None => (Form::empty(visit.language), None),
    };
    let row = |subscription: &Subscription| {
        let sent = changing.as_ref().filter(|(id, _)| *id == subscription.id);
        SubscriptionRow::of(subscription, sent.map(|(_, form)| form.clone()), visit.language)
    };
    let view = View {
        done: DONE.into_iter().find(|done| query.choice("done") == Some(done)),
        next: last.map(|entry| format!("{PATH}?before={}", entry.cursor)),
        first: (!is_first).then_some(PATH),
        entries: entries.iter().map(|entry| EntryRow::of(entry, visit.language)).collect(),
        subscriptions: subscriptions.iter().map(row).collect(),
        kinds: Kind::ALL.map(|kind| (kind.as_str(), kind_name(kind, visit.language))).into(),
        adding,
    };
    let page = Page { file: "notifications.html", section: Section::Notifications, view };
    visit.reply_as(status, &page)
}

/// A subscription of the visitor's partner; another's is not there.
async fn own(visit: &Visit, raw: &str) -> Result<Subscription, Problem> {
    let missing = || Problem::not_found("such subscription");
    let id = SubscriptionId::parse(raw).ok_or_else(missing)?;
    let found = visit.web.notifications.find(id).await.map_err(problem)?;
    if found.mpn_id == *partner(visit)? { Ok(found) } else { Err(missing()) }
}

/// Nobody else gets through the gate.
fn partner(visit: &Visit) -> Result<&MpnId, Problem> {
    match &visit.session.caller.authority {
        Authority::IncentivesAdmin(mpn_id) => Ok(mpn_id),
        _ => Err(Problem::internal()),
    }
}

fn problem(error: NotificationsError) -> Problem {
    match error {
        NotificationsError::NotThere(_) => Problem::not_found("such subscription"),
        NotificationsError::Findings(findings) => {
            let findings: Vec<Finding> = findings;
            Problem::findings("change who is told", findings)
        }
        NotificationsError::Store(error) => error.into(),
    }
}
