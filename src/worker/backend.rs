//! The agenda as an apalis backend.
//!
//! `Ephemeral`: entries arrive typed, because what cannot be read becomes a dead letter before it
//! gets here. The error type is [`Infallible`]: what passes is retried inside, so nothing that
//! happens to Redis ends a worker. The layer sees each final result, after time-out and
//! catch-panic, and turns it into an acknowledgement, a retry or a dead letter.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, ready};

use apalis_core::backend::finalize::Ephemeral;
use apalis_core::backend::{Backend, BackendConfig};
use apalis_core::error::BoxDynError;
use apalis_core::task::Task;
use apalis_core::task::task_id::RandomId;
use apalis_core::worker::context::WorkerContext;
use tokio::sync::mpsc::UnboundedReceiver;
use tower::{Layer, Service};

use crate::store::agenda::Outcome;
use crate::worker::desk::{Delivery, Desk};
use crate::worker::settle::Settler;
use crate::worker::{Done, JobError};

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The backend of one job's worker.
pub struct AgendaBackend {
    deliveries: UnboundedReceiver<Delivery>,
    desk: Arc<Desk>,
    settler: Settler,
    closing: Option<BoxFuture<()>>,
}

impl AgendaBackend {
    /// A backend that takes from `desk` what the taker puts there.
    #[must_use]
    pub const fn new(
        deliveries: UnboundedReceiver<Delivery>,
        desk: Arc<Desk>,
        settler: Settler,
    ) -> Self {
        Self { deliveries, desk, settler, closing: None }
    }

    /// Gives back what no handler has begun.
    fn give_back(&mut self) -> BoxFuture<()> {
        self.deliveries.close();
        let mut left = Vec::new();
        while let Ok(delivery) = self.deliveries.try_recv() {
            left.push(delivery.lease);
        }
        left.extend(self.desk.take_waiting());
        let (desk, settler) = (Arc::clone(&self.desk), self.settler.clone());
        Box::pin(async move {
            for lease in left {
                settler.settle(&lease, &Outcome::GivenBack).await;
                desk.clear(&lease);
            }
        })
    }
}

impl Backend for AgendaBackend {
    type Task = Task<Delivery>;
    type Error = Infallible;

    fn poll_ready(
        &mut self,
        _: &mut TaskContext<'_>,
        _: &WorkerContext,
    ) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn poll_next(
        &mut self,
        cx: &mut TaskContext<'_>,
        _: &WorkerContext,
    ) -> Poll<Option<Result<Self::Task, Infallible>>> {
        self.deliveries.poll_recv(cx).map(|delivery| delivery.map(|d| Ok(Task::new(d))))
    }

    fn poll_close(
        &mut self,
        cx: &mut TaskContext<'_>,
        _: &WorkerContext,
    ) -> Poll<Result<(), Infallible>> {
        let mut closing = match self.closing.take() {
            Some(closing) => closing,
            None => self.give_back(),
        };
        if closing.as_mut().poll(cx).is_pending() {
            self.closing = Some(closing);
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }
}

impl BackendConfig for AgendaBackend {
    type Args = Delivery;
    type Id = RandomId;
    type Kind = Ephemeral;
    type Config = ();
    type Layer = SettleLayer;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> SettleLayer {
        SettleLayer { desk: Arc::clone(&self.desk), settler: self.settler.clone() }
    }
}

/// Turns the result of every handler into what becomes of its entry.
#[derive(Clone)]
pub struct SettleLayer {
    desk: Arc<Desk>,
    settler: Settler,
}

impl<S> Layer<S> for SettleLayer {
    type Service = SettleService<S>;

    fn layer(&self, service: S) -> SettleService<S> {
        SettleService { service, desk: Arc::clone(&self.desk), settler: self.settler.clone() }
    }
}

/// The service that [`SettleLayer`] makes.
#[derive(Clone)]
pub struct SettleService<S> {
    service: S,
    desk: Arc<Desk>,
    settler: Settler,
}

impl<S> Service<Task<Delivery>> for SettleService<S>
where
    S: Service<Task<Delivery>, Response = Done>,
    S::Error: Into<BoxDynError>,
    S::Future: Send + 'static,
{
    type Response = ();
    type Error = BoxDynError;
    type Future = BoxFuture<Result<(), BoxDynError>>;

    fn poll_ready(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<(), BoxDynError>> {
        Poll::Ready(ready!(self.service.poll_ready(cx)).map_err(Into::into))
    }

    fn call(&mut self, task: Task<Delivery>) -> Self::Future {
        let lease = task.args.lease.clone();
        let (desk, settler) = (Arc::clone(&self.desk), self.settler.clone());
        let hand = desk.begin(lease.entry(), settler.real());
        let work = self.service.call(task);
        Box::pin(async move {
            let _hand = hand;
            let result = work.await.map_err(|error| JobError::from_any(error.into()));
            settler.conclude(&lease, result).await;
            desk.clear(&lease);
            Ok(())
        })
    }
}
