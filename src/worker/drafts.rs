//! Drafts that nobody has touched for long are removed beside the work: at the start, and then
//! every hour of real time. They are gone for everybody from the moment they expire.

use std::sync::Arc;
use std::time::Duration;

use tracing::{info, warn};

use crate::worker::Context;
use crate::worker::error::with_causes;

/// Pause between two looks.
const PAUSE: Duration = Duration::from_hours(1);

pub(super) async fn keep_drafts(cx: Arc<Context>) {
    loop {
        match cx.drafts.remove_expired().await {
            Ok(0) => {}
            Ok(count) => info!(drafts.removed = count, "{count} expired drafts were removed"),
            Err(error) => warn!(
                error = with_causes(&error),
                "expired drafts cannot be removed; trying again later"
            ),
        }
        tokio::time::sleep(PAUSE).await;
    }
}
