//! Starts one apalis worker per job, feeds them, and stops gracefully.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use apalis::layers::WorkerBuilderExt;
use apalis::layers::catch_panic::CatchPanicLayer;
use apalis::layers::tracing::TraceLayer;
use apalis_core::error::{BoxDynError, WorkerError};
use apalis_core::task::Task;
use apalis_core::task::data::Data;
use apalis_core::worker::builder::WorkerBuilder;
use apalis_core::worker::ext::parallelize::ParallelizeExt;
use cpor_jobs::Job;
use futures_util::future::join_all;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::{Span, error, info, warn};
use uuid::Uuid;

use crate::operations::CONCURRENCY_MAX;
use crate::store::StoreError;
use crate::store::agenda::Outcome;
use crate::store::wake::{Wake, listen};
use crate::worker::archive::keep_archive;
use crate::worker::attempt::{panicked, span};
use crate::worker::backend::AgendaBackend;
use crate::worker::calendars::{keep_calendars, keeper};
use crate::worker::desk::{Delivery, Desk};
use crate::worker::documents::keep_documents;
use crate::worker::drafts::keep_drafts;
use crate::worker::error::with_causes;
use crate::worker::flags::Flags;
use crate::worker::mail_watch::keep_looking;
use crate::worker::pulse::Pulse;
use crate::worker::relay::relay;
use crate::worker::settle::Settler;
use crate::worker::taker::Taker;
use crate::worker::{
    Context, Done, JobError, ask_customer, check_subscription, deliver_webhook, escalate_review,
    expire_claim, finalize_association, notify_customer, notify_partner, remind_customer,
    remind_partner, scan_document, send_correction, send_notification, send_receipt, submit_claim,
    tend_subscription, validate_claim,
};

/// How often leases are renewed when the settings say nothing that could be.
const RENEW_EVERY: Duration = Duration::from_secs(2);

type WorkerTask = JoinHandle<Result<(), WorkerError>>;

/// Works the agenda until `stop` is cancelled, then finishes or gives back what is running.
///
/// # Errors
///
/// When Redis cannot be reached at the start; later troubles are waited out.
pub async fn run(cx: Arc<Context>, stop: CancellationToken) -> Result<(), StoreError> {
    let stop = stop.child_token();
    let token = Uuid::new_v4().simple().to_string();
    let name = format!("{}-{}", std::process::id(), &token[..8]);
    let store = cx.ledger.store().clone();
    let flags = Arc::new(Flags::new(store.keys().partitions()));
    cx.progress.works(&cx.settings.jobs);
    let (clock, limits) = (cx.ledger.clock().clone(), cx.settings.limits.clone());
    let settler = Settler::new(store.clone(), clock, limits, cx.progress.clone());
    let (desks, workers) = start_workers(&cx, &name, &settler, &flags, &stop);
    let set = Arc::new(Notify::new());
    let pulse = Arc::new(Pulse::of(&cx, &name, (desks.clone(), settler.clone()), &set));
    if let Err(error) = pulse.beat().await {
        stop.cancel();
        return Err(error);
    }
    let taker = Taker {
        store: store.clone(),
        clock: cx.ledger.clock().clone(),
        desks: desks.clone(),
        flags: Arc::clone(&flags),
        token,
        lease: cx.settings.lease,
        deliveries_max: cx.settings.deliveries_max,
        entry_bytes_max: cpor_jobs::limits::ENTRY_BYTES_MAX,
        settler: settler.clone(),
    };
    info!(worker.name = name, "worker {name} has started");
    let (keys, url) = (store.keys().clone(), store.url().to_owned());
    let background = CancellationToken::new();
    let changed = Arc::new(Notify::new());
    let relay = relay(Arc::clone(&cx), Arc::clone(&changed));
    let (clock, beats) = (Arc::clone(&cx), Arc::clone(&pulse));
    let mail = keep_looking(Arc::clone(&cx));
    let calendars = Arc::new(Notify::new());
    // A namespace that is this process's alone has the calendars of its server.
    let keeper = match store.changed() {
        None => Some(keeper(&cx, &name, &calendars).await),
        Some(_) => None,
    };
    let on_wake = move |wake| {
        match wake {
            Wake::Everything => {
                changed.notify_one();
                calendars.notify_one();
            }
            Wake::Calendars => calendars.notify_one(),
            Wake::Queues => set.notify_one(),
            Wake::Agenda | Wake::Partition(_) | Wake::Intake => {}
        }
        flags.raise(wake);
    };
    let chores = [
        chore(&background, relay),
        chore(&background, keep_calendars(keeper.clone())),
        chore(&background, keep_archive(Arc::clone(&cx))),
        chore(&background, keep_drafts(Arc::clone(&cx))),
        chore(&background, keep_documents(Arc::clone(&cx), name.clone())),
        chore(&background, keep_leases(Arc::clone(&cx), desks.clone())),
        match store.changed() {
            // The namespace is this process's alone: nobody else wakes it or looks for it, and its
            // clock is another one's.
            Some(changed) => chore(&background, hear(Arc::clone(changed), on_wake)),
            None => chore(&background, async move {
                tokio::join!(listen(url, keys, on_wake), keep_clock(clock), beats.run(), mail);
            }),
        },
    ];
    taker.run(&stop).await;
    info!(worker.name = name, "worker {name} takes nothing more and finishes what is running");
    finish(&cx, workers, &desks, &settler).await;
    for desk in &desks {
        store.metrics().works(desk.job(), 0);
    }
    background.cancel();
    join_all(chores).await;
    if let Some(keeper) = keeper {
        keeper.stop().await;
    }
    cx.mailer.close().await;
    if let Err(error) = pulse.goodbye().await {
        warn!(error = with_causes(&error), "going without saying so");
    }
    info!(worker.name = name, "worker {name} has stopped");
    Ok(())
}

/// Runs beside the worker until it has stopped.
fn chore(
    background: &CancellationToken,
    work: impl Future<Output = ()> + Send + 'static,
) -> JoinHandle<()> {
    let background = background.clone();
    tokio::spawn(async move {
        tokio::select! {
            () = background.cancelled() => {}
            () = work => {}
        }
    })
}

/// Wakes the taker at every change of a namespace that only this process changes.
async fn hear(changed: Arc<Notify>, on_wake: impl Fn(Wake) + Send) {
    loop {
        changed.notified().await;
        on_wake(Wake::Everything);
    }
}

async fn keep_clock(cx: Arc<Context>) {
    cx.ledger.clock().keep().await;
}

/// Renews the leases of handlers that take long.
async fn keep_leases(cx: Arc<Context>, desks: Vec<Arc<Desk>>) {
    let lease = cx.settings.lease;
    let pause = (lease / 3).to_std().unwrap_or(RENEW_EVERY);
    loop {
        tokio::time::sleep(pause).await;
        let Ok(at) = cx.ledger.clock().instant().await else { continue };
        for desk in &desks {
            for held in desk.leases() {
                match cx.ledger.store().extend(&held, at.real + lease, at).await {
                    Ok(true) => {}
                    Ok(false) => desk.clear(&held),
                    Err(error) => {
                        warn!(error = with_causes(&error), "a lease could not be renewed");
                    }
                }
            }
        }
    }
}

/// Waits for running handlers as long as allowed, then gives back what they had.
async fn finish(cx: &Context, workers: Vec<WorkerTask>, desks: &[Arc<Desk>], settler: &Settler) {
    let aborts: Vec<_> = workers.iter().map(JoinHandle::abort_handle).collect();
    match tokio::time::timeout(cx.settings.shutdown_timeout, join_all(workers)).await {
        Ok(ended) => {
            for result in ended {
                if let Ok(Err(error)) = result {
                    error!(error = with_causes(&error), "a worker ended with an error");
                }
            }
        }
        Err(_) => aborts.iter().for_each(tokio::task::AbortHandle::abort),
    }
    for desk in desks {
        for lease in desk.leases() {
            warn!(job.name = %lease.job(), job.entry = lease.entry(),
                claim.id = lease.claim_id().map(display), "given back unfinished");
            settler.settle(&lease, &Outcome::GivenBack).await;
        }
    }
}

fn start_workers(
    cx: &Arc<Context>,
    name: &str,
    settler: &Settler,
    flags: &Arc<Flags>,
    stop: &CancellationToken,
) -> (Vec<Arc<Desk>>, Vec<WorkerTask>) {
    let mut desks = Vec::new();
    let mut workers = Vec::new();
    for &job in &cx.settings.jobs {
        let concurrency = cx.settings.limits.of(job).concurrency;
        cx.ledger.store().metrics().works(job, concurrency);
        let (desk, deliveries) = Desk::new(job, concurrency, Arc::clone(flags));
        let backend = AgendaBackend::new(deliveries, Arc::clone(&desk), settler.clone());
        desks.push(desk);
        let name = format!("{job}-{name}");
        workers.push(match job {
            Job::SubmitClaim => start(cx, job, name, backend, stop, submit_claim::run),
            Job::ValidateClaim => start(cx, job, name, backend, stop, validate_claim::run),
            Job::NotifyCustomer => start(cx, job, name, backend, stop, notify_customer::run),
            Job::RemindCustomer => start(cx, job, name, backend, stop, remind_customer::run),
            Job::FinalizeAssociation => {
                start(cx, job, name, backend, stop, finalize_association::run)
            }
            Job::NotifyPartner => start(cx, job, name, backend, stop, notify_partner::run),
            Job::ExpireClaim => start(cx, job, name, backend, stop, expire_claim::run),
            Job::DeliverWebhook => start(cx, job, name, backend, stop, deliver_webhook::run),
            Job::SendCorrection => start(cx, job, name, backend, stop, send_correction::run),
            Job::RemindPartner => start(cx, job, name, backend, stop, remind_partner::run),
            Job::EscalateReview => start(cx, job, name, backend, stop, escalate_review::run),
            Job::CheckSubscription => start(cx, job, name, backend, stop, check_subscription::run),
            Job::SendReceipt => start(cx, job, name, backend, stop, send_receipt::run),
            Job::ScanDocument => start(cx, job, name, backend, stop, scan_document::run),
            Job::SendNotification => start(cx, job, name, backend, stop, send_notification::run),
            Job::TendSubscription => start(cx, job, name, backend, stop, tend_subscription::run),
            Job::AskCustomer => start(cx, job, name, backend, stop, ask_customer::run),
        });
    }
    (desks, workers)
}

/// One apalis worker: tracing, concurrency, time-out and catch-panic around one handler.
fn start<F, Fut>(
    cx: &Arc<Context>,
    job: Job,
    name: String,
    backend: AgendaBackend,
    stop: &CancellationToken,
    handler: F,
) -> WorkerTask
where
    F: Fn(Delivery, Data<Arc<Context>>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Done, JobError>> + Send + 'static,
{
    let limits = cx.settings.limits.of(job);
    let worker = WorkerBuilder::new(name)
        .backend(backend)
        // The desk hands on no more than may run at once; this is the most that can ever be set.
        .concurrency(limits.concurrency.max(CONCURRENCY_MAX))
        .parallelize(tokio::spawn)
        .timeout(limits.timeout)
        .layer(
            TraceLayer::new()
                .make_span_with(span)
                .on_request(|_: &Task<Delivery>, _: &Span| {})
                .on_response(|done: &Done, _: Duration, span: &Span| {
                    span.record("job.outcome", done.as_str());
                })
                .on_failure(|error: &BoxDynError, _: Duration, span: &Span| {
                    span.record("error.type", JobError::kind_of(error));
                }),
        )
        .layer(CatchPanicLayer::with_panic_handler(panicked))
        .data(Arc::clone(cx))
        .build(handler);
    let stop = stop.clone();
    tokio::spawn(worker.run_until(async move {
        stop.cancelled().await;
        Ok::<(), WorkerError>(())
    }))
}
