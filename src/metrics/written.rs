//! Writing down what was counted, also what has not happened yet: a rate that only appears with the
//! first failure hides it.

use cpor_jobs::Job;
use prometheus_client::registry::Registry;

use crate::claim::Status;
use crate::mail::{MailKind, Phase};
use crate::metrics::counted::{Metrics, code_class};
use crate::metrics::register;
use crate::metrics::table::own;
use crate::metrics::words::{
    Committing, Ending, MAILING, Operation, Reached, Seeing, Stage, Submitting, Way,
};

impl Metrics {
    /// Puts everything into a registry.
    pub(super) fn register(&self, registry: &mut Registry) {
        self.start_at_zero();
        register(registry, own::CONCURRENCY, self.concurrency.clone());
        register(registry, own::TRANSITIONS, self.transitions.clone());
        register(registry, own::STAGES, self.stages.clone());
        register(registry, own::WINDOW_DAYS, self.window_days.clone());
        register(registry, own::WINDOW_SECONDS, self.window_seconds.clone());
        register(registry, own::SUBMISSIONS, self.submissions.clone());
        register(registry, own::SUBMISSION_SECONDS, self.submission_seconds.clone());
        register(registry, own::JOBS, self.jobs.clone());
        register(registry, own::JOB_SECONDS, self.job_seconds.clone());
        register(registry, own::LATENESS, self.lateness.clone());
        register(registry, own::LEASES_LOST, self.leases_lost.clone());
        register(registry, own::POISON, self.poison.clone());
        register(registry, own::COMMITS, self.commits.clone());
        register(registry, own::REDIS_SECONDS, self.redis_seconds.clone());
        register(registry, own::MAILS, self.mails.clone());
        register(registry, own::MAIL_FAILURES, self.mail_failures.clone());
        register(registry, own::MAIL_SECONDS, self.mail_seconds.clone());
        register(registry, own::WEBHOOKS, self.webhooks.clone());
        register(registry, own::WEBHOOK_SECONDS, self.webhook_seconds.clone());
        register(registry, own::USAGE_FIGURES, self.usage_figures.clone());
        register(registry, own::USAGE_READS, self.usage_reads.clone());
        register(registry, own::REQUESTS, self.requests.clone());
        register(registry, own::REQUEST_SECONDS, self.request_seconds.clone());
    }

    /// Only whoever is asked for figures pays for those that are 0.
    fn start_at_zero(&self) {
        for queue in Job::ALL.map(|job| ("queue", job.as_str())) {
            for ending in Ending::ALL {
                drop(self.jobs.get_or_create(&[queue, ("outcome", ending.as_str())]));
            }
            drop(self.concurrency.get_or_create(&[queue]));
            drop(self.job_seconds.get_or_create(&[queue]));
            drop(self.lateness.get_or_create(&[queue]));
            drop(self.leases_lost.get_or_create(&[queue]));
            drop(self.poison.get_or_create(&[queue]));
        }
        for status in Status::ALL {
            drop(self.transitions.get_or_create(&[("status", status.as_str())]));
        }
        for stage in Stage::ALL {
            drop(self.stages.get_or_create(&[("stage", stage.as_str())]));
        }
        for way in Way::ALL.map(|way| ("way", way.as_str())) {
            for outcome in Submitting::ALL {
                drop(self.submissions.get_or_create(&[way, ("outcome", outcome.as_str())]));
            }
            drop(self.submission_seconds.get_or_create(&[way]));
        }
        for outcome in Committing::ALL {
            drop(self.commits.get_or_create(&[("outcome", outcome.as_str())]));
        }
        for operation in Operation::ALL {
            drop(self.redis_seconds.get_or_create(&[("operation", operation.as_str())]));
        }
        for kind in MailKind::ALL.map(|kind| ("kind", kind.name())) {
            for outcome in MAILING {
                drop(self.mails.get_or_create(&[kind, ("outcome", outcome)]));
            }
        }
        for phase in Phase::ALL.map(|phase| ("phase", phase.name())) {
            for code in [None, Some(450), Some(550)].map(|code| ("code", code_class(code))) {
                drop(self.mail_failures.get_or_create(&[phase, code]));
            }
        }
        for outcome in Seeing::ALL {
            drop(self.usage_reads.get_or_create(&[("outcome", outcome.as_str())]));
        }
        for reached in Reached::ALL {
            drop(self.webhooks.get_or_create(&[("outcome", reached.as_str())]));
        }
    }
}
