//! Webhooks of partners and sources: make, list, pause, replay, delete.

mod forms;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{Method, StatusCode};

use crate::access::{Caller, Role};
use crate::claim::Finding;
use crate::http::Web;
use crate::http::extract::{Json, Path};
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::Route;
use crate::webhook::{
    EventFilter, Replay, Replayed, Webhook, WebhookError, WebhookId, WebhookOwner, WebhookView,
};
use forms::{
    Create, Created, List, PauseRequest, ReplayRequest, ReplayView, SecretView, Shown, WebhookPath,
};

/// Who has webhooks.
const OWNERS: &[Role] = &[Role::IncentivesAdmin, Role::UpstreamSource];
/// Who looks after webhooks, its own or everybody's.
const KEEPERS: &[Role] =
    &[Role::IncentivesAdmin, Role::UpstreamSource, Role::Reviewer, Role::Operator];

const ALL: &str = "/v1/webhooks";
const ONE: &str = "/v1/webhooks/{webhook_id}";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::POST, ALL, "create_webhook", "Have events sent to an address", create)
            .roles(OWNERS)
            .says(
                "Each event of a claim that is yours is sent by POST as JSON, signed as Standard \
                 Webhooks (https://www.standardwebhooks.com) have it, until it is answered with \
                 2xx, for three days. Only https, and no address of a private network.",
            )
            .takes::<Create>("Where to, and which events.")
            .gives::<Created>(StatusCode::CREATED, "The webhook, and the secret to verify with.")
            .problem(ProblemType::FindingsReported),
        Route::new(Method::GET, ALL, "list_webhooks", "List webhooks", list)
            .roles(KEEPERS)
            .gives::<List>(StatusCode::OK, "Your webhooks, oldest first."),
        one(Method::GET, ONE, "show_webhook", "Show a webhook and its latest deliveries", show)
            .roles(KEEPERS)
            .gives::<Shown>(StatusCode::OK, "The webhook."),
        one(Method::DELETE, ONE, "delete_webhook", "Delete a webhook", delete)
            .roles(OWNERS)
            .gives_as(StatusCode::NO_CONTENT, None, None, "It is gone, and all on its way to it."),
        one(
            Method::GET,
            "/v1/webhooks/{webhook_id}/secret",
            "show_webhook_secret",
            "Show the secret that deliveries are verified with",
            secret,
        )
        .roles(OWNERS)
        .gives::<SecretView>(StatusCode::OK, "The secret."),
        one(
            Method::POST,
            "/v1/webhooks/{webhook_id}/pause",
            "pause_webhook",
            "Send nothing until it is resumed",
            pause,
        )
        .roles(KEEPERS)
        .takes::<PauseRequest>("Why.")
        .gives::<WebhookView>(StatusCode::OK, "The webhook.")
        .problem(ProblemType::FindingsReported),
        one(
            Method::POST,
            "/v1/webhooks/{webhook_id}/resume",
            "resume_webhook",
            "Send again what happens from now on",
            resume,
        )
        .roles(KEEPERS)
        .gives::<WebhookView>(StatusCode::OK, "The webhook."),
        one(
            Method::POST,
            "/v1/webhooks/{webhook_id}/replay",
            "replay_webhook",
            "Send again what was sent or missed",
            replay,
        )
        .roles(KEEPERS)
        .takes::<ReplayRequest>("Since when, or which delivery.")
        .gives::<ReplayView>(StatusCode::ACCEPTED, "What is being sent again.")
        .problem(ProblemType::ClaimConflict)
        .problem(ProblemType::FindingsReported),
    ]
}

fn one<H, T>(
    method: Method,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    handler: H,
) -> Route
where
    H: axum::handler::Handler<T, Web>,
    T: 'static,
{
    Route::new(method, path, id, summary, handler).path::<WebhookPath>()
}

async fn create(
    State(web): State<Web>,
    caller: Caller,
    Json(request): Json<Create>,
) -> Result<(StatusCode, Answer<Created>), Problem> {
    let refuse = |field: &str, code, message: String| {
        Problem::findings("create the webhook", vec![Finding::new(field, code, message)])
    };
    let owner = WebhookOwner::of(&caller.authority).ok_or_else(Problem::internal)?;
    let events = EventFilter::parse(&request.events)
        .map_err(|error| refuse("events", "event_unknown", error.to_string()))?;
    let created = web.webhooks.create(owner, &request.url, events).await;
    let webhook = created.map_err(|error| match error {
        WebhookError::Address(why) => refuse("url", "address_refused", why),
        WebhookError::TooMany { .. } => refuse(Finding::WHOLE, "too_many", error.to_string()),
        other => problem(other),
    })?;
    let secret = web.webhooks.secret(webhook.id).reveal().to_owned();
    Ok((StatusCode::CREATED, Answer(Created { webhook: WebhookView::from(&webhook), secret })))
}

async fn list(State(web): State<Web>, caller: Caller) -> Result<Answer<List>, Problem> {
    let all = web.webhooks.list().await.map_err(problem)?;
    let seen = all.iter().filter(|webhook| webhook.owner.seen_by(&caller.authority));
    Ok(Answer(List { webhooks: seen.map(WebhookView::from).collect() }))
}

async fn show(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<WebhookPath>,
) -> Result<Answer<Shown>, Problem> {
    let webhook = path.webhook(&web, &caller).await?;
    let missed = web.webhooks.missed(webhook.id).await.map_err(problem)?;
    let deliveries = web.webhooks.deliveries(webhook.id).await.map_err(problem)?;
    Ok(Answer(Shown { webhook: WebhookView::from(&webhook), missed, deliveries }))
}

async fn delete(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<WebhookPath>,
) -> Result<StatusCode, Problem> {
    let id = path.webhook(&web, &caller).await?.id;
    web.webhooks.delete(id).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn secret(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<WebhookPath>,
) -> Result<Answer<SecretView>, Problem> {
    let id = path.webhook(&web, &caller).await?.id;
    Ok(Answer(SecretView { secret: web.webhooks.secret(id).reveal().to_owned() }))
}

async fn pause(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<WebhookPath>,
    Json(request): Json<PauseRequest>,
) -> Result<Answer<WebhookView>, Problem> {
    let id = path.webhook(&web, &caller).await?.id;
    let reason = request.reason.trim();
    if reason.is_empty() || reason.chars().count() > 500 {
        let message = "Write 1 to 500 characters.";
        let finding = Finding::new("reason", "malformed", message);
        return Err(Problem::findings("pause the webhook", vec![finding]));
    }
    let paused = web.webhooks.pause(id, reason).await.map_err(problem)?;
    Ok(Answer(WebhookView::from(&paused)))
}

async fn resume(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<WebhookPath>,
) -> Result<Answer<WebhookView>, Problem> {
    let id = path.webhook(&web, &caller).await?.id;
    let resumed = web.webhooks.resume(id).await.map_err(problem)?;
    Ok(Answer(WebhookView::from(&resumed)))
}

async fn replay(
    State(web): State<Web>,
    caller: Caller,
    Path(path): Path<WebhookPath>,
    Json(request): Json<ReplayRequest>,
) -> Result<(StatusCode, Answer<ReplayView>), Problem> {
    let id = path.webhook(&web, &caller).await?.id;
    let refuse = |field: &str, code, message: String| {
        Problem::findings("replay the webhook", vec![Finding::new(field, code, message)])
    };
    let replay = match (request.since, request.delivery_id) {
        (Some(since), None) => Replay::Since(since),
        (None, Some(delivery)) => Replay::Delivery(delivery),
        (Some(_), Some(_)) | (None, None) => {
            let message = "Give either `since` or `delivery_id`.".to_owned();
            return Err(refuse(Finding::WHOLE, "either_or", message));
        }
    };
    let replayed = web.webhooks.replay(id, &replay).await.map_err(|error| match error {
        WebhookError::NoDelivery(_) => refuse("delivery_id", "delivery_unknown", error.to_string()),
        other => problem(other),
    })?;
    let Replayed { deliveries, incomplete } = replayed;
    Ok((StatusCode::ACCEPTED, Answer(ReplayView { deliveries, incomplete })))
}

impl WebhookPath {
    /// The webhook, if it exists and is there for the caller.
    async fn webhook(&self, web: &Web, caller: &Caller) -> Result<Webhook, Problem> {
        let missing = || Problem::not_found("such webhook");
        let id = WebhookId::parse(&self.webhook_id).ok_or_else(missing)?;
        let webhook = web.webhooks.find(id).await.map_err(problem)?;
        if webhook.owner.seen_by(&caller.authority) { Ok(webhook) } else { Err(missing()) }
    }
}

fn problem(error: WebhookError) -> Problem {
    match error {
        WebhookError::NotThere(_) => Problem::not_found("such webhook"),
        WebhookError::Paused(_) => Problem::new(
            ProblemType::ClaimConflict,
            format!("Could not do that: {error}."),
            "Resume the webhook, and ask again.",
        )
        .coded("paused"),
        WebhookError::Address(_) | WebhookError::TooMany { .. } | WebhookError::NoDelivery(_) => {
            Problem::malformed(error.to_string())
        }
        WebhookError::Store(error) => error.into(),
    }
}
