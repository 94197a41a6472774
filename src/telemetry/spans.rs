//! Every span there is. A test compares this table, and every field that the code uses, with
//! `docs/tracing.md`.

use opentelemetry::trace::SpanKind;
use tracing::Metadata;

/// The field that says which claim a span or a log line is about.
pub const CLAIM_ID: &str = "claim.id";
/// When a span began that was not going on in this process, in microseconds since 1970.
pub(super) const STARTED_US: &str = "span.started_us";
/// When it ended.
pub(super) const ENDED_US: &str = "span.ended_us";
/// The revision by which the ids of such spans are made.
pub(super) const REVISION: &str = "claim.revision";
/// The caller's own trace, as a W3C `traceparent`.
pub(super) const CALLER_TRACE: &str = "caller.traceparent";
/// What went wrong, in a word; a span that has it has failed.
pub(super) const ERROR_TYPE: &str = "error.type";

/// One kind of span.
#[derive(Debug)]
pub struct SpanInfo {
    /// Its name in the code and in log lines.
    pub name: &'static str,
    /// Its kind, as OpenTelemetry has it.
    pub kind: SpanKind,
    /// The name it is exported under is made of these, fields in braces.
    pub title: &'static str,
    /// Attributes that are the same for all of them.
    pub fixed: &'static [(&'static str, &'static str)],
    /// How it gets its ids, and its claim.
    pub(super) role: Role,
}

/// How a span gets its place in a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It is something a process did; its claim is its own, or that of the span around it.
    Step,
    /// The same, but its claim may become known only within it.
    Frame,
    /// It is about many claims and belongs to none; what is within it does.
    Many,
    /// It is the claim as a whole.
    Root,
    /// It is a part of the claim's life, which no process was there for from its start to its end.
    Life,
}

/// Every kind of span.
pub const ALL: [SpanInfo; 11] = [
    SpanInfo {
        name: "claim",
        kind: SpanKind::Internal,
        title: "claim",
        fixed: &[],
        role: Role::Root,
    },
    SpanInfo {
        name: "window",
        kind: SpanKind::Internal,
        title: "window",
        fixed: &[],
        role: Role::Life,
    },
    SpanInfo {
        name: "association",
        kind: SpanKind::Internal,
        title: "association",
        fixed: &[],
        role: Role::Life,
    },
    SpanInfo {
        name: "http",
        kind: SpanKind::Server,
        title: "{http.request.method} {http.route}",
        fixed: &[],
        role: Role::Frame,
    },
    SpanInfo {
        name: "http_stream",
        kind: SpanKind::Server,
        title: "{http.request.method} {http.route}",
        fixed: &[],
        role: Role::Many,
    },
    SpanInfo {
        name: "job",
        kind: SpanKind::Consumer,
        title: "process {job.name}",
        fixed: &[
            ("messaging.system", "cpor"),
            ("messaging.operation.name", "process"),
            ("messaging.operation.type", "process"),
        ],
        role: Role::Frame,
    },
    SpanInfo {
        name: "submit",
        kind: SpanKind::Internal,
        title: "submit",
        fixed: &[],
        role: Role::Step,
    },
    SpanInfo {
        name: "commit",
        kind: SpanKind::Client,
        title: "commit {claim.command}",
        fixed: &[("db.system.name", "redis")],
        role: Role::Step,
    },
    SpanInfo {
        name: "mail",
        kind: SpanKind::Client,
        title: "mail {mail.kind}",
        fixed: &[],
        role: Role::Step,
    },
    SpanInfo {
        name: "webhook",
        kind: SpanKind::Client,
        title: "{http.request.method}",
        fixed: &[],
        role: Role::Step,
    },
    SpanInfo {
        name: "directory",
        kind: SpanKind::Client,
        title: "directory",
        fixed: &[],
        role: Role::Step,
    },
];

/// The kind of a span of ours.
pub(super) fn info(metadata: &Metadata<'_>) -> Option<&'static SpanInfo> {
    ALL.iter().find(|info| info.name == metadata.name())
}

/// Whether a span can be one of a claim's trace.
pub(super) fn is_of_a_claim(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && is_ours(metadata) && info(metadata).is_some()
}

/// Whether it was written here and not in a crate below.
pub(super) fn is_ours(metadata: &Metadata<'_>) -> bool {
    let target = metadata.target();
    target == "cpor" || target.starts_with("cpor::")
}
