//! Carries one delivery to its receiver: signed, bounded in time and size, to permitted addresses
//! only, without ever following a redirect. It deliberately does not retry; the agenda does.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue, InvalidHeaderValue};
use tracing::field::Empty;
use tracing::{Instrument as _, Span, info_span};

use crate::outbound::{Limits, Outbound, OutboundError, Reach, Target};
use crate::secrets::Secrets;
use crate::webhook::lanes::{Lanes, Pass};
use crate::webhook::{Webhook, WebhookId, WebhookSettings, signature};

/// What a receiver says beside its status is of no use; this much lets a connection be used again.
const BODY_BYTES_MAX: usize = 16 * 1_024;

/// Carries deliveries; cheap to clone.
#[derive(Debug, Clone)]
pub struct Courier {
    outbound: Outbound,
    secrets: Secrets,
    reach: Reach,
    lanes: Arc<Lanes>,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status, if there was one.
    pub status: Option<u16>,
    /// What it means.
    pub answer: Answer,
}

/// What a receiver said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It has the delivery.
    Delivered,
    /// It is gone for good and wants nothing more.
    Gone,
    /// It does not have the delivery; why, in a sentence.
    Failed(String),
}

impl Courier {
    /// A courier as configured; connects to nothing yet.
    ///
    /// # Errors
    ///
    /// When the TLS library refuses its own defaults.
    pub fn new(settings: &WebhookSettings, secrets: Secrets) -> Result<Self, rustls::Error> {
        let timeout = Duration::from_secs(settings.timeout_seconds.into());
        let outbound = Outbound::new(Limits { timeout, body_bytes_max: BODY_BYTES_MAX })?;
        let at_once = usize::try_from(settings.deliveries_at_once).unwrap_or(usize::MAX);
        let lanes = Arc::new(Lanes::new(at_once));
        Ok(Self { outbound, secrets, reach: reach(settings), lanes })
    }

    /// Waits until few enough deliveries of this webhook are under way.
    pub async fn enter(&self, id: WebhookId) -> Pass {
        self.lanes.enter(id).await
    }

    /// Makes one attempt at `now`.
    pub async fn deliver(
        &self,
        webhook: &Webhook,
        delivery_id: &str,
        body: Vec<u8>,
        now: DateTime<Utc>,
    ) -> Reply {
        let failed = |why: String| Reply { status: None, answer: Answer::Failed(why) };
        let target = match target(&webhook.url, self.reach) {
            Ok(target) => target,
            Err(problem) => return failed(format!("the address must not be used: {problem}")),
        };
        let signature = signature(&self.secrets, webhook.id, delivery_id, now, &body);
        let headers = match headers(delivery_id, now, &signature) {
            Ok(headers) => headers,
            Err(error) => return failed(error.to_string()),
        };
        let span = info_span!("webhook", webhook.id = %webhook.id, webhook.delivery = delivery_id,
            http.request.method = "POST", server.address = target.host(),
            http.response.status_code = Empty, error.type = Empty);
        let posting = self.outbound.post(&target, headers, Bytes::from(body));
        let reply = match posting.instrument(span.clone()).await {
            Ok(reply) => answered(reply.status),
            Err(OutboundError::TooLarge { status, .. }) => answered(status),
            Err(error) => failed(with_causes(&error)),
        };
        reply.record(&span);
        reply
    }
}

impl Reply {
    fn record(&self, span: &Span) {
        span.record("http.response.status_code", self.status);
        if self.answer != Answer::Delivered {
            let error = self.status.map_or_else(|| "no_reply".to_owned(), |s| s.to_string());
            span.record("error.type", error);
        }
    }
}

/// What a status means (<https://www.standardwebhooks.com>): 2xx alone is a success.
fn answered(status: u16) -> Reply {
    let answer = match status {
        200..=299 => Answer::Delivered,
        410 => Answer::Gone,
        300..=399 => Answer::Failed(format!(
            "the receiver answered {status}, and redirects are not followed"
        )),
        _ => Answer::Failed(format!("the receiver answered {status}")),
    };
    Reply { status: Some(status), answer }
}

fn headers(
    delivery_id: &str,
    now: DateTime<Utc>,
    signature: &str,
) -> Result<HeaderMap, InvalidHeaderValue> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("webhook-id", HeaderValue::from_str(delivery_id)?);
    headers.insert("webhook-timestamp", HeaderValue::from(now.timestamp()));
    headers.insert("webhook-signature", HeaderValue::from_str(signature)?);
    Ok(headers)
}

/// How far addresses may lead.
pub(super) const fn reach(settings: &WebhookSettings) -> Reach {
    if settings.allow_loopback_http { Reach::PublicOrLoopback } else { Reach::Public }
}

/// An address as others give it to us, with the limits of section 6 of `reliability.md`.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn target(url: &str, reach: Reach) -> Result<Target, String> {
    const URL_MAX: usize = 2_000;
    if url.len() > URL_MAX {
        return Err(format!("it is longer than {URL_MAX} characters"));
    }
    let target = Target::parse(url, reach).map_err(|problem| problem.to_string())?;
    let port = url.parse::<hyper::Uri>().ok().and_then(|uri| uri.port_u16());
    match port {
        None | Some(443 | 1_024..) => Ok(target),
        Some(port) => Err(format!("its port {port} is neither 443 nor above 1023")),
    }
}

/// The error and what is behind it, on one line.
fn with_causes(error: &OutboundError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text.chars().take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_success_is_a_delivery() {
        let check = |status: u16, delivered: bool| {
            assert_eq!(answered(status).answer == Answer::Delivered, delivered, "{status}");
        };
        check(200, true);
        check(202, true);
        check(204, true);
        check(301, false);
        check(307, false);
        check(404, false);
        check(410, false);
        check(500, false);
    }

    #[test]
    fn an_address_has_an_ordinary_port() {
        let check = |url: &str, expected: bool| {
            assert_eq!(target(url, Reach::Public).is_ok(), expected, "{url}");
        };
        check("https://hooks.partner.example/cpor", true);
        check("https://hooks.partner.example:443/cpor", true);
        check("https://hooks.partner.example:1024/cpor", true);
        check("https://hooks.partner.example:8443/cpor", true);
        check("https://hooks.partner.example:25/", false);
        check("https://hooks.partner.example:1023/", false);
        check("https://hooks.partner.example:0/", false);
        check("http://hooks.partner.example/", false);
        check("https://169.254.169.254/latest/meta-data", false);
        check("https://[::ffff:10.0.0.1]/", false);
        check("https://user@hooks.partner.example/", false);
        check(&format!("https://hooks.partner.example/{}", "a".repeat(2_000)), false);
    }
}
