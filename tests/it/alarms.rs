//! Alarms: each cause is brought about for real, and its alarm is there in time, with its
//! sentence and its remedy.

mod controls;
mod http;
mod processes;
mod server;
mod work;

use std::sync::Arc;
use std::time::Duration;

use cpor::access::Authority;
use cpor::alarms::{Alarm, AlarmCode, facts, judge};
use cpor::testkit::World;
use cpor::worker;
use cpor_jobs::Job;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use crate::ops::{get, signed_in};

const FRIDAY: &str = "2026-11-20T15:00:00Z";
/// Whatever happens is to be seen within so long; the rest is for a machine that is busy.
const IN_TIME: Duration = Duration::from_secs(10 + 10);
/// The most submissions that may wait.
const INTAKE_MAX: usize = 10;

async fn alarms(world: &World) -> Vec<Alarm> {
    judge(&facts(world.ledger(), INTAKE_MAX).await.unwrap())
}

/// Looks until what is asked for is so.
async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let found = tokio::time::timeout(IN_TIME, async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            ticks.tick().await;
        }
    });
    found.await.unwrap_or_else(|_| panic!("not in time: {what}"))
}

/// The alarm of this kind, as soon as it is there.
async fn alarm(world: &World, code: AlarmCode) -> Alarm {
    let is_it = |alarm: &Alarm| alarm.code == code;
    let found = until(code.as_str(), async || alarms(world).await.into_iter().find(is_it)).await;
    assert!(found.says.ends_with('.') && found.says.len() > 20, "{found:?}");
    assert!(found.remedy.ends_with('.') && found.remedy.len() > 10, "{found:?}");
    found
}

/// The alarm is on the first page that an operator opens, in time, with its sentence and remedy.
async fn is_on_the_overview(world: &World, found: &Alarm) {
    let http = world.serve().await;
    let cookie = signed_in(world, &http, Authority::Operator).await;
    let is_it = |alarm: &Alarm| alarm.code == found.code && alarm.about == found.about;
    until(&format!("{} on the overview", found.code), async || {
        // What it says may count seconds, so it is asked for beside the page.
        let says = alarms(world).await.into_iter().find(is_it)?.says;
        let page = get(&http, &cookie, "/ops").await.text();
        let plain = as_read(&page);
        (plain.contains(&says) && plain.contains(&found.remedy)).then_some(())
    })
    .await;
}

/// The text of a page as people read it, as far as alarms need it.
fn as_read(page: &str) -> String {
    let signs = [("&#x27;", "'"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&#x2f;", "/")];
    let text = signs.iter().fold(page.to_owned(), |text, (code, sign)| text.replace(code, sign));
    text.replace("&amp;", "&")
}

/// Waits until there is no alarm of this kind any more.
async fn until_gone(world: &World, code: AlarmCode) {
    let gone = async || alarms(world).await.iter().all(|alarm| alarm.code != code).then_some(());
    until(&format!("no {code} any more"), gone).await;
}

/// A worker that can end without a word, with all of its tasks.
struct Mortal {
    runtime: Option<Runtime>,
}

impl Mortal {
    fn start(world: &World, jobs: Vec<Job>) -> Self {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().unwrap();
        let context = Arc::new(world.app().context(jobs).unwrap());
        runtime.spawn(worker::run(context, CancellationToken::new()));
        Self { runtime: Some(runtime) }
    }

    /// As `kill -9` would.
    fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Mortal {
    fn drop(&mut self) {
        self.kill();
    }
}
