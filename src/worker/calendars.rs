//! A worker in step with the calendars in force.

use std::sync::Arc;

use tokio::sync::Notify;
use tracing::warn;

use crate::editions::Keeper;
use crate::worker::Context;
use crate::worker::error::with_causes;

/// Before the first window is opened, this process is in step with the calendars in force; where
/// that cannot be, it goes on trying.
pub(super) async fn keeper(cx: &Context, name: &str, calendars: &Arc<Notify>) -> Arc<Keeper> {
    let keeper = Keeper::new(cx.editions.clone(), name.to_owned(), Arc::clone(calendars));
    if let Err(error) = keeper.follow().await {
        warn!(error = with_causes(&error), "cannot follow the calendars in force");
    }
    Arc::new(keeper)
}

pub(super) async fn keep_calendars(keeper: Option<Arc<Keeper>>) {
    if let Some(keeper) = keeper {
        keeper.run().await;
    }
}
