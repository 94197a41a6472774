//! Other calendars in a running deployment: previewed, put in force, and followed by open windows.

mod applying;
mod cases;
mod killed;
mod outages;
mod refusing;

use chrono::{DateTime, Utc};
use cpor::claim::ClaimId;
use cpor::claim::identity::{Comment, Line};
use cpor::editions::{Edition, Preview, Publication, PublishError, Scope};
use cpor::testkit::{World, a_claim};
use tempfile::TempDir;

const FRIDAY: &str = "2026-11-20T15:00:00Z";
/// A Wednesday in the window of a claim of Friday, declared a holiday.
const WEDNESDAY: &str =
    "days = [{ date = \"2026-11-25\", kind = \"holiday\", name = \"Declared late\" }]";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A world whose operator edits files in a folder.
struct Office {
    world: World,
    folder: TempDir,
}

impl Office {
    async fn starting(at: &str) -> Self {
        Self::configured(at, &[]).await
    }

    async fn configured(at: &str, more: &[(&str, &str)]) -> Self {
        let folder = TempDir::with_prefix("cpor-calendars-").unwrap();
        let path = folder.path().display().to_string();
        let mut all = vec![("calendars.overrides_directory", path.as_str())];
        all.extend_from_slice(more);
        let world = World::configured(at, &all).await;
        Self { world, folder }
    }

    /// The operator saves a file.
    fn write(&self, id: &str, text: &str) {
        std::fs::write(self.folder.path().join(format!("{id}.toml")), text).unwrap();
    }

    async fn preview(&self) -> Preview {
        let editions = self.world.app().editions();
        let candidate = editions.candidate().unwrap();
        editions.preview(&candidate, 100).await.unwrap()
    }

    async fn try_reload(&self, scope: Scope) -> Result<Edition, PublishError> {
        let editions = self.world.app().editions();
        let candidate = editions.candidate().unwrap();
        let preview = editions.preview(&candidate, 100).await?;
        let edition = editions.publish(&candidate, &preview, publication(scope)).await;
        self.world.settle().await;
        edition
    }

    async fn reload(&self, scope: Scope) -> Edition {
        self.try_reload(scope).await.unwrap()
    }

    /// A claim of the customer in Istanbul, whose window ends with Friday of the week after.
    async fn notified(&self) -> ClaimId {
        let claim = self.world.submit(a_claim()).await;
        assert_eq!(self.world.closes_at(claim).await, at("2026-11-27T21:00:00Z"));
        claim
    }
}

fn publication(scope: Scope) -> Publication {
    let author = Line::parse("ayse").unwrap();
    let reason = Comment::parse("The government has declared it.").unwrap();
    Publication { author, reason, scope }
}
