//! The table of figures: every figure there is, with its name, its labels and what it says.
//!
//! Names follow the conventions of Prometheus: base units (`_seconds`, `_bytes`), `_total` for
//! what only grows. A label is never called `job` or `instance`, because Prometheus gives those
//! names to what it reads from; the queue of a job has the job's name.

/// One figure: its name, its type, its labels, and what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// The name, as queries have it; of a histogram without `_bucket`, `_sum` and `_count`.
    pub name: &'static str,
    /// `counter`, `gauge`, `histogram` or `info`.
    pub kind: &'static str,
    /// The labels.
    pub labels: &'static [&'static str],
    /// What it says, as a sentence without its full stop.
    pub help: &'static str,
}

type Names = &'static [&'static str];

const fn counter(name: &'static str, labels: Names, help: &'static str) -> Figure {
    Figure { name, kind: "counter", labels, help }
}

const fn gauge(name: &'static str, labels: Names, help: &'static str) -> Figure {
    Figure { name, kind: "gauge", labels, help }
}

const fn histogram(name: &'static str, labels: Names, help: &'static str) -> Figure {
    Figure { name, kind: "histogram", labels, help }
}

const fn info(name: &'static str, labels: Names, help: &'static str) -> Figure {
    Figure { name, kind: "info", labels, help }
}

/// Figures of this process: what it is, and what it has done since it started.
pub(super) mod own {
    use super::{Figure, counter, gauge, histogram, info};

    pub const BUILD: Figure =
        info("cpor_build_info", &["version"], "The version of cpor that answers");
    pub const TZDB: Figure =
        info("cpor_tzdb_info", &["version"], "The release of the time zone database built into it");
    pub const READY: Figure =
        gauge("cpor_ready", &[], "1 when /readyz says that this process can do its work");
    pub const CONCURRENCY: Figure = gauge(
        "cpor_worker_concurrency",
        &["queue"],
        "Handlers that this process runs at once; 0 for queues that it does not work",
    );
    pub const TRANSITIONS: Figure = counter(
        "cpor_claim_transitions_total",
        &["status"],
        "Commits of this process that brought a claim to this status",
    );
    pub const STAGES: Figure = histogram(
        "cpor_claim_stage_duration_seconds",
        &["stage"],
        "Time from one status to the next, on the deployment's clock",
    );
    pub const WINDOW_DAYS: Figure =
        histogram("cpor_window_business_days", &[], "Business days of each window that opened");
    pub const WINDOW_SECONDS: Figure = histogram(
        "cpor_window_duration_seconds",
        &[],
        "Time from the opening of each window to its end, as announced when it opened",
    );
    pub const SUBMISSIONS: Figure = counter(
        "cpor_submissions_total",
        &["way", "outcome"],
        "Submissions by the way they came in; failed: Redis could not be asked",
    );
    pub const SUBMISSION_SECONDS: Figure = histogram(
        "cpor_submission_duration_seconds",
        &["way"],
        "Time from having read a submission to its answer",
    );
    pub const JOBS: Figure = counter(
        "cpor_jobs_total",
        &["queue", "outcome"],
        "Handlers that ended; nothing_to_do is also a job that ends without a commit of its own",
    );
    pub const JOB_SECONDS: Figure =
        histogram("cpor_job_duration_seconds", &["queue"], "Time that handlers took");
    pub const LATENESS: Figure = histogram(
        "cpor_job_lateness_seconds",
        &["queue"],
        "Time from the moment an entry was due to the moment it was taken",
    );
    pub const LEASES_LOST: Figure = counter(
        "cpor_leases_lost_total",
        &["queue"],
        "Entries that this process took over because the lease of whoever had them had run out",
    );
    pub const POISON: Figure = counter(
        "cpor_poison_entries_total",
        &["queue"],
        "Entries left to a person without asking a handler: delivered too often, or unreadable",
    );
    pub const COMMITS: Figure = counter(
        "cpor_commits_total",
        &["outcome"],
        "Commits; conflict: somebody else was faster, and the change was decided anew",
    );
    pub const REDIS_SECONDS: Figure = histogram(
        "cpor_redis_duration_seconds",
        &["operation"],
        "Time that Redis took for a commit, a take from the agenda, or one from the intake",
    );
    pub const MAILS: Figure = counter(
        "cpor_mails_total",
        &["kind", "outcome"],
        "Attempts to hand over a mail; unknown: nobody knows whether the server took it",
    );
    pub const MAIL_FAILURES: Figure = counter(
        "cpor_mail_failures_total",
        &["phase", "code"],
        "Mails that were not accepted, by how far they came and the class of the reply's code",
    );
    pub const MAIL_SECONDS: Figure =
        histogram("cpor_mail_duration_seconds", &[], "Time that attempts to hand over a mail took");
    pub const WEBHOOKS: Figure = counter(
        "cpor_webhook_deliveries_total",
        &["outcome"],
        "Attempts to deliver to a webhook; unreachable: there was no answer",
    );
    pub const WEBHOOK_SECONDS: Figure = histogram(
        "cpor_webhook_duration_seconds",
        &[],
        "Time that attempts to deliver to a webhook took",
    );
    pub const USAGE_FIGURES: Figure =
        counter("cpor_usage_figures_total", &[], "Usage figures that came in and were kept");
    pub const USAGE_READS: Figure = counter(
        "cpor_usage_reads_total",
        &["outcome"],
        "Times that usage figures were asked for: shown, or not shown for want of a grant",
    );
    pub const REQUESTS: Figure = counter(
        "cpor_http_requests_total",
        &["method", "route", "status"],
        "Requests by the template of their route and the class of their status",
    );
    pub const REQUEST_SECONDS: Figure = histogram(
        "cpor_http_request_duration_seconds",
        &["method", "route"],
        "Time from the head of a request to the head of its answer",
    );
}

/// Figures of the deployment, which every process reads from Redis.
pub(super) mod shared {
    use super::{Figure, gauge};

    pub const REDIS_UP: Figure = gauge(
        "cpor_redis_up",
        &[],
        "1 when Redis has answered lately; when it is 0, figures that come from Redis are absent",
    );
    pub const CLAIMS: Figure = gauge("cpor_claims", &["status"], "Claims in this status");
    pub const ENTRIES: Figure = gauge(
        "cpor_queue_entries",
        &["queue", "state"],
        "Entries that are due, scheduled for later, with a worker (running) or left to a person \
         (dead)",
    );
    pub const OLDEST: Figure = gauge(
        "cpor_queue_oldest_due_seconds",
        &["queue"],
        "How long the oldest entry has been due; 0 when none is; the intake keeps no such time",
    );
    pub const PROCESSES: Figure =
        gauge("cpor_processes", &[], "Processes that work queues and have been seen lately");
    pub const CLOCK_OFFSET: Figure = gauge(
        "cpor_clock_offset_seconds",
        &[],
        "How far Redis's time is ahead of that of this machine",
    );
    pub const MEMORY_USED: Figure = gauge(
        "cpor_redis_memory_used_bytes",
        &[],
        "Memory that Redis uses; of a cluster, its fullest master",
    );
    pub const MEMORY_MAX: Figure = gauge(
        "cpor_redis_memory_max_bytes",
        &[],
        "Memory that Redis may use: its maxmemory, or all of its machine where that is not set",
    );
    pub const WINDOWS_OPEN: Figure = gauge(
        "cpor_windows_open",
        &["calendar", "tzdb"],
        "Open windows, by the calendar and the time zone data they were computed with",
    );
    pub const WINDOWS_OVERDUE: Figure = gauge(
        "cpor_windows_overdue",
        &[],
        "Windows whose end passed more than 10 minutes ago and that are still open",
    );
    pub const MOST_OVERDUE: Figure = gauge(
        "cpor_window_overdue_seconds",
        &[],
        "How long ago the first end of the open windows has passed; 0 when none has",
    );
    pub const HORIZON: Figure = gauge(
        "cpor_calendar_horizon_seconds",
        &["calendar"],
        "Time until a calendar that open windows use ends, in whole days; negative when it has",
    );
    pub const ALARMS: Figure = gauge(
        "cpor_calendar_alarms",
        &["code"],
        "Alarms about calendars and time zone data, as cpor doctor explains them",
    );
}

/// Every figure there is.
pub const FIGURES: [Figure; 39] = [
    own::BUILD,
    own::TZDB,
    own::READY,
    own::CONCURRENCY,
    own::TRANSITIONS,
    own::STAGES,
    own::WINDOW_DAYS,
    own::WINDOW_SECONDS,
    own::SUBMISSIONS,
    own::SUBMISSION_SECONDS,
    own::JOBS,
    own::JOB_SECONDS,
    own::LATENESS,
    own::LEASES_LOST,
    own::POISON,
    own::COMMITS,
    own::REDIS_SECONDS,
    own::MAILS,
    own::MAIL_FAILURES,
    own::MAIL_SECONDS,
    own::WEBHOOKS,
    own::WEBHOOK_SECONDS,
    own::USAGE_FIGURES,
    own::USAGE_READS,
    own::REQUESTS,
    own::REQUEST_SECONDS,
    shared::REDIS_UP,
    shared::CLAIMS,
    shared::ENTRIES,
    shared::OLDEST,
    shared::PROCESSES,
    shared::CLOCK_OFFSET,
    shared::MEMORY_USED,
    shared::MEMORY_MAX,
    shared::WINDOWS_OPEN,
    shared::WINDOWS_OVERDUE,
    shared::MOST_OVERDUE,
    shared::HORIZON,
    shared::ALARMS,
];

/// The table of figures, as Markdown.
#[must_use]
pub fn describe() -> String {
    let mut text = String::from(include_str!("intro.md"));
    text.push_str("| figure | type | labels | says |\n|---|---|---|---|\n");
    for Figure { name, kind, labels, help } in FIGURES {
        let labels: Vec<String> = labels.iter().map(|label| format!("`{label}`")).collect();
        text.push_str(&format!("| `{name}` | {kind} | {} | {help}. |\n", labels.join(", ")));
    }
    text
}
