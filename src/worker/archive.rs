//! Claims that were closed long enough ago leave for the archive beside the work: at the start,
//! and then every hour of real time. Before that, what earlier releases have left without a plan
//! gets one.

use std::sync::Arc;
use std::time::Duration;

use tracing::{info, warn};

use crate::archive::SweepEnd;
use crate::worker::Context;
use crate::worker::check_subscription::watch_earlier;
use crate::worker::error::with_causes;

/// Pause between two sweeps.
const PAUSE: Duration = Duration::from_hours(1);
/// When another process was at it, which may have ended in the middle.
const PAUSE_ELSEWHERE: Duration = Duration::from_mins(10);

pub(super) async fn keep_archive(cx: Arc<Context>) {
    watch_earlier(&cx).await;
    let Some(archivist) = &cx.archivist else { return };
    loop {
        let pause = match archivist.sweep(false, &|_, _| {}).await {
            Ok(SweepEnd::Done(report)) => {
                if report.claims > 0 {
                    let (claims, days) = (report.claims, report.days);
                    info!(
                        archive.claims = claims,
                        archive.days = days,
                        "{claims} closed claims of {days} days have left for the archive"
                    );
                }
                PAUSE
            }
            Ok(SweepEnd::Elsewhere) => PAUSE_ELSEWHERE,
            Err(error) => {
                warn!(
                    error = with_causes(&error),
                    "closed claims cannot leave for the archive; trying again later"
                );
                PAUSE_ELSEWHERE
            }
        };
        tokio::time::sleep(pause).await;
    }
}
