//! Making and removing sandboxes, on a server that was started for that.

use std::collections::BTreeMap;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::{Role, is_partner_source};
use crate::claim::Finding;
use crate::claim::identity::{MpnId, Source};
use crate::http::Web;
use crate::http::door::gone;
use crate::http::extract::{Json, Path};
use crate::http::problem::{Problem, ProblemType};
use crate::http::route::{Place, Route};
use crate::sandbox::{Made, Sandbox, SandboxError, Sandboxes, Wish};

const MAKE: &str = "make the sandbox";
const ALL: &str = "/v1/sandboxes";
const ONE: &str = "/v1/sandboxes/{sandbox_id}";
/// Whose keys a sandbox has unless its maker says otherwise: those of the examples.
const SOURCE: &str = "crm-emea";
const MPN_ID: &str = "1234567";
const MINUTES_MAX: u32 = 7 * 24 * 60;

pub(super) fn routes() -> Vec<Route> {
    let all = vec![
        Route::new(Method::POST, ALL, "make_sandbox", "Make a sandbox", make)
            .says(
                "A namespace of its own, with a virtual clock, for one test or many. Exists only \
                 on a server that was started with `cpor serve --sandbox`; where only this machine \
                 reaches it, no credential is needed. The tenant directory is the server's.",
            )
            .takes::<SandboxBody>("What the sandbox is to be like; `{}` will do.")
            .gives::<MadeView>(StatusCode::CREATED, "The sandbox, with keys that are shown once.")
            .problem(ProblemType::FindingsReported),
        Route::new(Method::GET, ONE, "show_sandbox", "Show a sandbox", show)
            .path::<SandboxPath>()
            .gives::<SandboxView>(StatusCode::OK, "The sandbox."),
        Route::new(Method::DELETE, ONE, "remove_sandbox", "Remove a sandbox at once", remove)
            .says("Answers when none of its keys is left.")
            .path::<SandboxPath>()
            .gives_as(StatusCode::NO_CONTENT, None, None, "It is gone."),
    ];
    all.into_iter().map(|route| route.local(&Role::ALL).only(Place::SandboxHost)).collect()
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "NewSandbox")]
#[serde(deny_unknown_fields)]
struct SandboxBody {
    /// Where its clock starts; now unless given.
    starts_at: Option<DateTime<Utc>>,
    /// How long it lives, if less than the server's setting.
    #[schemars(range(min = 1, max = MINUTES_MAX))]
    lifetime_minutes: Option<u32>,
    /// The source of its key for upstream systems; `crm-emea` unless given.
    #[schemars(length(min = 1, max = 64))]
    source: Option<String>,
    /// The MPN ID of its key for a partner's people; `1234567` unless given.
    #[schemars(length(min = 1, max = 10))]
    mpn_id: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct SandboxPath {
    /// The sandbox's id.
    sandbox_id: String,
}

/// A sandbox.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Sandbox")]
struct SandboxView {
    /// Its id, by which it can be removed.
    sandbox_id: String,
    /// All of its HTTP is below: `<base_url>/v1/claims`, and so on.
    base_url: String,
    /// A page for people who travel by hand.
    clock_page: String,
    /// When it is removed, in real time.
    expires_at: DateTime<Utc>,
}

/// A sandbox that was just made.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "NewSandboxMade")]
struct MadeView {
    #[serde(flatten)]
    sandbox: SandboxView,
    /// Where its clock stands.
    now: DateTime<Utc>,
    /// Role to API key, which works in this sandbox alone and is not shown again.
    keys: BTreeMap<String, String>,
}

async fn make(State(web): State<Web>, Json(body): Json<SandboxBody>) -> Result<Response, Problem> {
    let wish = body.wish().map_err(|findings| Problem::findings(MAKE, findings))?;
    let made = match sandboxes(&web)?.make(wish).await {
        Ok(made) => made,
        Err(error @ SandboxError::Full { free_at, .. }) => {
            let left = (free_at - web.ledger.clock().real()).num_seconds().clamp(1, 3_600);
            let seconds = u64::try_from(left).unwrap_or(1);
            let detail = format!("Could not {MAKE}: {error}.");
            return Err(Problem::unavailable(detail).after(seconds));
        }
        Err(error) => return Err(error.into()),
    };
    let location = HeaderValue::try_from(format!("{ALL}/{}", made.sandbox.id()));
    let mut response = (StatusCode::CREATED, Answer(MadeView::from(made))).into_response();
    if let Ok(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

async fn show(
    State(web): State<Web>,
    Path(path): Path<SandboxPath>,
) -> Result<Answer<SandboxView>, Problem> {
    let sandbox = sandboxes(&web)?.find(&path.sandbox_id).ok_or_else(gone)?;
    Ok(Answer(SandboxView::of(&sandbox)))
}

async fn remove(
    State(web): State<Web>,
    Path(path): Path<SandboxPath>,
) -> Result<StatusCode, Problem> {
    let sandboxes = sandboxes(&web)?;
    let sandbox = sandboxes.find(&path.sandbox_id).ok_or_else(gone)?;
    sandboxes.remove(sandbox.id()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn sandboxes(web: &Web) -> Result<&Sandboxes, Problem> {
    web.sandboxes.as_ref().ok_or_else(|| Problem::not_found("resource"))
}

impl SandboxBody {
    fn wish(&self) -> Result<Wish, Vec<Finding>> {
        let mut findings = Vec::new();
        let source = Source::parse(self.source.as_deref().unwrap_or(SOURCE));
        let mpn_id = MpnId::parse(self.mpn_id.as_deref().unwrap_or(MPN_ID));
        if let Some(0 | MINUTES_MORE..) = self.lifetime_minutes {
            let message = format!("A sandbox lives 1 to {MINUTES_MAX} minutes.");
            findings.push(Finding::new("lifetime_minutes", "out_of_range", message));
        }
        if source.as_ref().is_ok_and(is_partner_source) {
            let message = "Sources that begin with `mpn-` are for partners' own people.";
            findings.push(Finding::new("source", "source_reserved", message));
        }
        match (source, mpn_id) {
            (Ok(source), Ok(mpn_id)) if findings.is_empty() => Ok(Wish {
                starts_at: self.starts_at,
                lifetime: self.lifetime_minutes.map(|minutes| TimeDelta::minutes(minutes.into())),
                source,
                mpn_id,
            }),
            (source, mpn_id) => {
                findings.extend(source.err().map(|finding| finding.at("source")));
                findings.extend(mpn_id.err().map(|finding| finding.at("mpn_id")));
                Err(findings)
            }
        }
    }
}

const MINUTES_MORE: u32 = MINUTES_MAX + 1;

impl SandboxView {
    fn of(sandbox: &Sandbox) -> Self {
        Self {
            sandbox_id: sandbox.id().to_owned(),
            base_url: sandbox.base_url().to_owned(),
            clock_page: format!("{}/clock", sandbox.base_url()),
            expires_at: sandbox.expires_at(),
        }
    }
}

impl From<Made> for MadeView {
    fn from(made: Made) -> Self {
        let keys = made
            .keys
            .iter()
            .map(|(authority, key)| (authority.role().as_str().to_owned(), key.reveal()));
        Self { sandbox: SandboxView::of(&made.sandbox), now: made.now, keys: keys.collect() }
    }
}
