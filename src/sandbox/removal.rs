//! Removing sandboxes. Their keys are found by walking over all keys, so one walk removes as many
//! sandboxes as there are to remove; who asks for a removal waits for the walk that began after.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{Sandbox, Server};
use crate::store::StoreError;
use crate::worker::with_causes;

/// How often is looked for sandboxes that are over or idle.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Sandboxes whose keys are to be removed.
#[derive(Default)]
pub(super) struct Doomed {
    namespaces: Mutex<HashSet<String>>,
    /// One walk at a time.
    walking: tokio::sync::Mutex<()>,
}

impl Server {
    /// Nobody finds the sandbox any more; its keys go with the next walk.
    pub(super) fn discard(&self, id: &str) -> Option<Arc<Sandbox>> {
        let found = self.all.lock().remove(id);
        self.doomed.namespaces.lock().insert(id.to_owned());
        self.remove.notify_one();
        found
    }

    /// Removes the keys of all that are doomed.
    async fn walk(&self) -> Result<(), StoreError> {
        let _walking = self.doomed.walking.lock().await;
        let gone = self.doomed.namespaces.lock().clone();
        if gone.is_empty() {
            return Ok(());
        }
        let keys = self.ledger().store().remove_sandboxes(&gone).await?;
        for namespace in &gone {
            if let Err(error) = self.equipment.depot().erase_namespace(namespace).await {
                warn!(
                    sandbox.id = namespace,
                    error = with_causes(&error),
                    "documents of a sandbox are left behind"
                );
            }
        }
        info!(sandbox.count = gone.len(), redis.keys = keys, "removed {} sandboxes", gone.len());
        self.doomed.namespaces.lock().retain(|namespace| !gone.contains(namespace));
        Ok(())
    }
}

/// Ends what is under way in a sandbox, so that nobody writes its keys any more.
async fn end(sandbox: &Sandbox) {
    sandbox.over().cancel();
    sandbox.sleep(|_| true).await;
}

pub(super) async fn remove(server: &Server, id: &str) -> Result<(), StoreError> {
    let Some(sandbox) = server.all.lock().remove(id) else { return Ok(()) };
    end(&sandbox).await;
    server.discard(id);
    // The next walk begins after this, and has all of the keys.
    server.walk().await
}

pub(super) async fn left_behind(server: &Server) -> Result<usize, StoreError> {
    let left = server.ledger().store().registered_sandboxes().await?;
    let own = server.all.lock().keys().cloned().collect::<HashSet<_>>();
    let left: HashSet<String> = left.into_iter().filter(|id| !own.contains(id)).collect();
    if left.is_empty() {
        return Ok(0);
    }
    server.doomed.namespaces.lock().extend(left.iter().cloned());
    server.walk().await?;
    Ok(left.len())
}

pub(super) async fn keep(server: &Server, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => {}
            () = server.remove.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        look(server, server.ledger().clock().real()).await;
    }
    let all: Vec<Arc<Sandbox>> = server.all.lock().drain().map(|(_, sandbox)| sandbox).collect();
    join_all(all.iter().map(|sandbox| end(sandbox))).await;
    let names = all.iter().map(|sandbox| sandbox.id().to_owned());
    server.doomed.namespaces.lock().extend(names);
    try_to_walk(server).await;
}

/// Removes what is over, and puts to sleep what is idle.
pub(super) async fn look(server: &Server, real: DateTime<Utc>) {
    let idle = TimeDelta::seconds(server.host.settings.sandbox.idle_seconds.into());
    let all: Vec<Arc<Sandbox>> = server.all.lock().values().map(Arc::clone).collect();
    let (over, living): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|sandbox| sandbox.expires_at() <= real);
    let ends = over.iter().map(async |sandbox| {
        server.all.lock().remove(sandbox.id());
        end(sandbox).await;
        server.doomed.namespaces.lock().insert(sandbox.id().to_owned());
    });
    join_all(ends).await;
    let idlers = living.iter().filter(|sandbox| sandbox.is_idle(real, idle));
    join_all(idlers.map(|sandbox| sandbox.sleep(|sandbox| sandbox.is_idle(real, idle)))).await;
    try_to_walk(server).await;
}

async fn try_to_walk(server: &Server) {
    if let Err(error) = server.walk().await {
        let error = with_causes(&error);
        warn!(error, "sandboxes could not be removed; trying again soon");
    }
}
