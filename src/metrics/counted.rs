//! What this process counts, where it happens.
//!
//! Labels are words of a closed set ([`words`](super::words)), jobs, statuses and templates of
//! routes: nothing that somebody outside can choose. How it is written down is not here.

use std::time::Duration;

use chrono::TimeDelta;
use cpor_jobs::Job;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

use crate::claim::Status;
use crate::claim::window::Window;
use crate::mail::{Delivery, MailKind, Phase};
use crate::metrics::Labels;
use crate::metrics::words::{
    Committing, Ending, Operation, Reached, Seeing, Stage, Submitting, Way,
};

pub(super) type Word = &'static str;
type Counters<const N: usize> = Family<[(Word, Word); N], Counter>;
type Histograms<const N: usize> = Family<[(Word, Word); N], Histogram, fn() -> Histogram>;

/// Within a process and to Redis: 0.5 ms to 10 s.
const QUICK: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// To servers of others, and waiting: 5 ms to an hour.
const PATIENT: [f64; 14] =
    [0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 900.0, 1_800.0, 3_600.0];
const HOUR: f64 = 3_600.0;
/// Stages of a claim: 10 ms to 10 days.
const STAGE: [f64; 12] = [
    0.01,
    0.1,
    1.0,
    10.0,
    60.0,
    600.0,
    HOUR,
    6.0 * HOUR,
    24.0 * HOUR,
    72.0 * HOUR,
    120.0 * HOUR,
    240.0 * HOUR,
];
/// Windows: five business days are five to fourteen days on the wall.
const WINDOW_DAYS: [f64; 8] = [1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 20.0];
const WINDOW_HOURS: [f64; 9] = [24.0, 72.0, 120.0, 144.0, 168.0, 192.0, 240.0, 336.0, 672.0];

/// What has happened in this process since it started; cheap to share.
#[derive(Debug)]
pub struct Metrics {
    pub(super) concurrency: Family<[(Word, Word); 1], Gauge>,
    pub(super) transitions: Counters<1>,
    pub(super) stages: Histograms<1>,
    pub(super) window_days: Histogram,
    pub(super) window_seconds: Histogram,
    pub(super) submissions: Counters<2>,
    pub(super) submission_seconds: Histograms<1>,
    pub(super) jobs: Counters<2>,
    pub(super) job_seconds: Histograms<1>,
    pub(super) lateness: Histograms<1>,
    pub(super) leases_lost: Counters<1>,
    pub(super) poison: Counters<1>,
    pub(super) commits: Counters<1>,
    pub(super) redis_seconds: Histograms<1>,
    pub(super) mails: Counters<2>,
    pub(super) mail_failures: Counters<2>,
    pub(super) mail_seconds: Histogram,
    pub(super) webhooks: Counters<1>,
    pub(super) webhook_seconds: Histogram,
    pub(super) usage_figures: Counter,
    pub(super) usage_reads: Counters<1>,
    pub(super) requests: Family<Labels, Counter>,
    pub(super) request_seconds: Family<Labels, Histogram, fn() -> Histogram>,
}

fn quick() -> Histogram {
    Histogram::new(QUICK)
}

fn patient() -> Histogram {
    Histogram::new(PATIENT)
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            concurrency: Family::default(),
            transitions: Family::default(),
            stages: Family::new_with_constructor(|| Histogram::new(STAGE)),
            window_days: Histogram::new(WINDOW_DAYS),
            window_seconds: Histogram::new(WINDOW_HOURS.map(|hours| hours * HOUR)),
            submissions: Family::default(),
            submission_seconds: Family::new_with_constructor(quick),
            jobs: Family::default(),
            job_seconds: Family::new_with_constructor(patient),
            lateness: Family::new_with_constructor(patient),
            leases_lost: Family::default(),
            poison: Family::default(),
            commits: Family::default(),
            redis_seconds: Family::new_with_constructor(quick),
            mails: Family::default(),
            mail_failures: Family::default(),
            mail_seconds: patient(),
            webhooks: Family::default(),
            webhook_seconds: patient(),
            usage_figures: Counter::default(),
            usage_reads: Family::default(),
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(quick),
        }
    }
}

impl Metrics {
    /// So many handlers of this job may run at once; 0 when they do not any more.
    pub fn works(&self, job: Job, concurrency: usize) {
        let concurrency = i64::try_from(concurrency).unwrap_or(i64::MAX);
        self.concurrency.get_or_create(&[("queue", job.as_str())]).set(concurrency);
    }

    /// A claim has come to this status.
    pub fn moved(&self, status: Status) {
        self.transitions.get_or_create(&[("status", status.as_str())]).inc();
    }

    /// A claim has got through a stage of its life.
    pub fn passed(&self, stage: Stage, took: TimeDelta) {
        self.stages.get_or_create(&[("stage", stage.as_str())]).observe(seconds(took));
    }

    /// A window has opened.
    pub fn opened(&self, window: &Window) {
        self.window_days.observe(window.deadline.business_days.get().into());
        self.window_seconds.observe(seconds(window.closes_at() - window.opened_at));
    }

    /// A submission has its answer.
    pub fn submitted(&self, way: Way, outcome: Submitting, took: Duration) {
        let way = ("way", way.as_str());
        self.submissions.get_or_create(&[way, ("outcome", outcome.as_str())]).inc();
        self.submission_seconds.get_or_create(&[way]).observe(took.as_secs_f64());
    }

    /// A handler has ended.
    pub fn ended(&self, job: Job, ending: Ending, took: Duration) {
        let queue = ("queue", job.as_str());
        self.jobs.get_or_create(&[queue, ("outcome", ending.as_str())]).inc();
        self.job_seconds.get_or_create(&[queue]).observe(took.as_secs_f64());
    }

    /// An entry was taken so long after it was due.
    pub fn taken(&self, job: Job, late: TimeDelta) {
        self.lateness.get_or_create(&[("queue", job.as_str())]).observe(seconds(late));
    }

    /// An entry was taken over, because somebody's lease had run out.
    pub fn taken_over(&self, job: Job) {
        self.leases_lost.get_or_create(&[("queue", job.as_str())]).inc();
    }

    /// An entry was left to a person without asking a handler.
    pub fn poisoned(&self, job: Job) {
        self.poison.get_or_create(&[("queue", job.as_str())]).inc();
    }

    /// A commit has been tried.
    pub fn committed(&self, outcome: Committing, took: Duration) {
        self.commits.get_or_create(&[("outcome", outcome.as_str())]).inc();
        self.asked_redis(Operation::Commit, took);
    }

    /// Redis has answered.
    pub fn asked_redis(&self, operation: Operation, took: Duration) {
        let label = [("operation", operation.as_str())];
        self.redis_seconds.get_or_create(&label).observe(took.as_secs_f64());
    }

    /// An attempt to hand over a mail has ended.
    pub fn mailed(&self, kind: MailKind, delivery: &Delivery, took: Duration) {
        let (outcome, failure) = match delivery {
            Delivery::Accepted { .. } => ("accepted", None),
            Delivery::TryAgain { phase, code, .. } => ("deferred", Some((*phase, *code))),
            Delivery::Refused { phase, code, .. } => ("refused", Some((*phase, *code))),
            Delivery::Unknown { .. } => ("unknown", Some((Phase::FinalDot, None))),
        };
        self.mails.get_or_create(&[("kind", kind.name()), ("outcome", outcome)]).inc();
        if let Some((phase, code)) = failure {
            let labels = [("phase", phase.name()), ("code", code_class(code))];
            self.mail_failures.get_or_create(&labels).inc();
        }
        self.mail_seconds.observe(took.as_secs_f64());
    }

    /// An attempt to deliver to a webhook has ended.
    pub fn told_webhook(&self, reached: Reached, took: Duration) {
        self.webhooks.get_or_create(&[("outcome", reached.as_str())]).inc();
        self.webhook_seconds.observe(took.as_secs_f64());
    }

    /// So many usage figures have come.
    pub fn usage_came(&self, figures: u64) {
        self.usage_figures.inc_by(figures);
    }

    /// Somebody has asked for usage figures.
    pub fn usage_read(&self, outcome: Seeing) {
        self.usage_reads.get_or_create(&[("outcome", outcome.as_str())]).inc();
    }

    /// A request has its answer. The route is a template, never a path.
    pub fn answered(&self, method: Word, route: &str, status: u16, took: Duration) {
        let mut labels = vec![("method", method.to_owned()), ("route", route.to_owned())];
        self.request_seconds.get_or_create(&labels).observe(took.as_secs_f64());
        labels.push(("status", format!("{}xx", status / 100)));
        self.requests.get_or_create(&labels).inc();
    }
}

/// Negative where two clocks disagree, which is no time at all.
fn seconds(duration: TimeDelta) -> f64 {
    duration.as_seconds_f64().max(0.0)
}

pub(super) const fn code_class(code: Option<u16>) -> Word {
    match code {
        None => "none",
        Some(400..=499) => "4xx",
        Some(500..=599) => "5xx",
        Some(_) => "other",
    }
}
