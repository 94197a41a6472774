//! Credentials below HTTP: API keys over a real Redis, tokens of a real issuer.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod keys;
mod tokens;

use chrono::{DateTime, TimeDelta, Utc};
use cpor::access::{AuthError, Authenticator, Caller};
use cpor::app::App;
use cpor::settings::Settings;
use cpor::testkit::redis::shared_redis;
use uuid::Uuid;

/// A namespace of its own, in which nobody works.
async fn app(overrides: &[(&str, &str)]) -> App {
    let namespace = format!("access-{}", Uuid::new_v4().simple());
    let mut all = vec![
        ("redis.url", shared_redis().await),
        ("redis.namespace", &namespace),
        ("redis.partitions", "1"),
        ("calendars.overrides_directory", ""),
    ];
    // Secret keys are made in memory; nothing is written beside the tests.
    all.push(("secrets.keys", "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"));
    all.extend_from_slice(overrides);
    App::open(Settings::built_in(&all).unwrap()).await.unwrap()
}

/// Some seconds after an instant that never changes.
fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::seconds(seconds)
}

async fn bearer(
    authenticator: &Authenticator,
    credential: &str,
    now: DateTime<Utc>,
) -> Result<Caller, AuthError> {
    authenticator.authenticate(Some(&format!("Bearer {credential}")), now).await
}
