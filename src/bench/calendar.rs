//! A holiday that is declared late: previewed over many open windows, and applied to them.
//!
//! Besides the times it prints what it has checked: that nothing had moved before it was applied,
//! and that every window is what a fresh computation gives after it was.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bench::stats::rate;
use crate::bench::{BenchError, Deployment};
use crate::claim::identity::{Comment, Line};
use crate::editions::{Publication, Scope};
use crate::store::Store;
use crate::store::open_windows::OpenWindows;

/// What the design allows for 100,000 open windows, in seconds.
const PREVIEW_BUDGET_S: f64 = 2.0;
const APPLY_BUDGET_S: f64 = 30.0;
/// The late holiday, in every window.
const HOLIDAY: &str =
    "days = [{ date = \"2026-11-25\", kind = \"holiday\", name = \"Declared late\" }]";

pub(super) async fn run(windows: usize) -> Result<Value, BenchError> {
    let name = format!("cpor-bench-calendars-{}", uuid::Uuid::new_v4().simple());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).map_err(BenchError::because)?;
    let measured = measure(windows, &folder).await;
    std::fs::remove_dir_all(&folder).map_err(BenchError::because)?;
    measured
}

async fn measure(windows: usize, folder: &Path) -> Result<Value, BenchError> {
    let path = folder.display().to_string();
    let overrides =
        [("window.reminder_business_days", "0"), ("calendars.overrides_directory", path.as_str())];
    let mut deployment = Deployment::open(windows, "virtual", &overrides).await?;
    deployment.work()?;
    deployment.submit("calendar", windows).await?;
    deployment.settle().await?;
    // The mails about it are not part of what is measured.
    deployment.rest().await?;
    let store = deployment.ledger().store().clone();
    let before = ends(&store).await?;
    std::fs::write(folder.join("TR.toml"), HOLIDAY).map_err(BenchError::because)?;
    let editions = deployment.editions();
    let begun = Instant::now();
    let candidate = editions.candidate().map_err(BenchError::because)?;
    let preview = editions.preview(&candidate, 100).await.map_err(BenchError::because)?;
    let previewing = begun.elapsed();
    let nothing_moved_before = ends(&store).await? == before;
    let publication = Publication {
        author: Line::parse("bench").map_err(|finding| BenchError::because(finding.message))?,
        reason: Comment::parse("bench").map_err(|finding| BenchError::because(finding.message))?,
        scope: Scope::OpenWindows,
    };
    let begun = Instant::now();
    let published = editions.publish(&candidate, &preview, publication).await;
    published.map_err(BenchError::because)?;
    editions.sweep_pending("bench", &|_, _| {}).await.map_err(BenchError::because)?;
    let applying = begun.elapsed();
    let begun = Instant::now();
    let again = editions.preview(&candidate, 100).await.map_err(BenchError::because)?;
    let previewing_again = begun.elapsed();
    let after = ends(&store).await?;
    deployment.close().await?;
    let equal_after = again.windows.looked_at == windows as u64
        && again.windows.would_move + again.windows.would_stay + again.windows.cannot == 0;
    Ok(json!({
        "windows": windows,
        "would_move": preview.windows.would_move,
        "preview_seconds": previewing.as_secs_f64(),
        "preview_budget_seconds": PREVIEW_BUDGET_S,
        "apply_seconds": applying.as_secs_f64(),
        "apply_budget_seconds": APPLY_BUDGET_S,
        "applied_per_second": rate(windows, applying),
        "preview_of_nothing_seconds": previewing_again.as_secs_f64(),
        "nothing_moved_before": nothing_moved_before,
        "equal_to_a_fresh_computation_after": equal_after,
        "ends_before": before,
        "ends_after": after,
    }))
}

/// How many open windows end when, as the claims say it.
async fn ends(store: &Store) -> Result<BTreeMap<DateTime<Utc>, usize>, BenchError> {
    #[derive(Deserialize)]
    struct Look {
        state: State,
    }
    #[derive(Deserialize)]
    struct State {
        window: Window,
    }
    #[derive(Deserialize)]
    struct Window {
        deadline: Deadline,
    }
    #[derive(Deserialize)]
    struct Deadline {
        closes_at: DateTime<Utc>,
    }
    let mut ends = BTreeMap::new();
    for partition in 0..store.keys().partitions() {
        let mut cursor = Some(0);
        while let Some(from) = cursor {
            let page = store.open_windows(partition, OpenWindows::Running, from).await;
            let page = page.map_err(BenchError::because)?;
            cursor = page.next;
            for (_, snapshot) in &page.snapshots {
                let look: Look = serde_json::from_slice(snapshot).map_err(BenchError::because)?;
                *ends.entry(look.state.window.deadline.closes_at).or_default() += 1;
            }
        }
    }
    Ok(ends)
}
