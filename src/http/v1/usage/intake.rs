//! Figures as they come in: read as a stream, in bounded memory, and then written all at once.

use axum::Json as Answer;
use axum::extract::{FromRequest as _, Request, State};
use axum::http::header;
use futures_util::StreamExt as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::claim::Finding;
use crate::http::Web;
use crate::http::extract::{Query, RawJson};
use crate::http::problem::{Problem, ProblemType};
use crate::http::v1::ndjson::{NDJSON, body_lines};
use crate::http::v1::search::CSV;
use crate::usage::{Batch, Month, Usage};

const PUT: &str = "take the figures";

/// How figures are sent.
enum Kind {
    Lines,
    Csv,
    Array,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PutQuery {
    /// Says what would be taken, and changes nothing.
    #[serde(default)]
    dry_run: bool,
}

/// What was taken.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "UsageTaken")]
pub(super) struct Taken {
    /// Figures of one tenant, item and month each.
    figures: usize,
    /// Different tenants.
    tenants: usize,
    /// The first month.
    #[schemars(with = "String")]
    from: Option<Month>,
    /// The last month.
    #[schemars(with = "String")]
    to: Option<Month>,
    /// Whether they were only looked at.
    dry_run: bool,
}

pub(super) async fn put(
    State(web): State<Web>,
    Query(query): Query<PutQuery>,
    request: Request,
) -> Result<Answer<Taken>, Problem> {
    let now = web.ledger.clock().now().await?;
    let all = parse(&web, request, now).await?;
    if !query.dry_run {
        web.ledger.store().write_usage(&all, &web.usage, Month::of(now)).await?;
    }
    // They are in the order of tenants.
    let tenants = all.chunk_by(|one, other| one.tenant_id == other.tenant_id).count();
    let months = || all.iter().map(|usage: &Usage| usage.month);
    let (from, to) = (months().min(), months().max());
    Ok(Answer(Taken { figures: all.len(), tenants, from, to, dry_run: query.dry_run }))
}

async fn parse(
    web: &Web,
    request: Request,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Vec<Usage>, Problem> {
    let kind = kind(&request)?;
    let mut batch = Batch::new(&web.ledger.rules().catalog, web.usage, now);
    if let Kind::Array = kind {
        let RawJson(body) = RawJson::from_request(request, web).await?;
        batch.json_array(&body);
    } else {
        let mut lines = std::pin::pin!(body_lines(web, request));
        while let Some(line) = lines.next().await {
            match (line.text, &kind) {
                (Ok(text), Kind::Csv) => batch.csv_line(line.number, &text),
                (Ok(text), _) => batch.json_line(line.number, &text),
                (Err(finding), _) if line.broken => return Err(broken(&finding)),
                (Err(finding), _) => batch.wrong(line.number, finding),
            }
            if batch.is_full() {
                break;
            }
        }
    }
    batch.finish().map_err(|findings| Problem::findings(PUT, findings))
}

/// What broke off was not taken at all.
fn broken(finding: &Finding) -> Problem {
    Problem::malformed(format!("Nothing was taken. {}", finding.message))
}

fn kind(request: &Request) -> Result<Kind, Problem> {
    let given = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = given.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    match essence.to_ascii_lowercase().as_str() {
        NDJSON => Ok(Kind::Lines),
        CSV => Ok(Kind::Csv),
        "application/json" => Ok(Kind::Array),
        _ => Err(Problem::new(
            ProblemType::MediaTypeNotSupported,
            "Figures are not taken in this media type.",
            format!("Send `Content-Type: {NDJSON}`, `{CSV}` or `application/json`."),
        )),
    }
}
