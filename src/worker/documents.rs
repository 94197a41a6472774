//! Documents that nothing needs any more are removed beside the work: at the start, and then every
//! hour of real time.

use std::sync::Arc;
use std::time::Duration;

use tracing::{info, warn};

use crate::worker::Context;
use crate::worker::error::with_causes;

/// Pause between two sweeps.
const PAUSE: Duration = Duration::from_hours(1);

pub(super) async fn keep_documents(cx: Arc<Context>, name: String) {
    loop {
        match cx.documents.sweep(&name).await {
            Ok(Some(swept)) if swept.documents + swept.strays > 0 => {
                let (documents, strays) = (swept.documents, swept.strays);
                info!(
                    documents.removed = documents,
                    documents.strays = strays,
                    "{documents} documents that nothing needs were removed"
                );
            }
            Ok(_) => {}
            Err(error) => {
                warn!(error = with_causes(&error), "documents cannot be swept; trying again later");
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}
