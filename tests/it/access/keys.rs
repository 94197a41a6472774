//! API keys: made, presented, expired, rotated, revoked; with Redis away; made up in floods.

use std::os::unix::fs::PermissionsExt as _;

use chrono::TimeDelta;
use cpor::access::{
    ApiKey, ApiKeyError, ApiKeyRefusal, ApiKeys, AuthError, Authority, NewApiKey,
    ensure_development_keys,
};
use cpor::app::App;
use cpor::claim::identity::{Line, Source};
use futures_util::future::join_all;
use tempfile::TempDir;

use super::{app, at, bearer};

fn keys(app: &App) -> ApiKeys {
    ApiKeys::new(app.ledger.store().clone())
}

fn crm() -> Authority {
    Authority::UpstreamSource(Source::parse("crm-emea").unwrap())
}

fn new(label: &str) -> NewApiKey {
    NewApiKey { authority: crm(), label: Line::parse(label).unwrap(), expires_at: None }
}

#[tokio::test]
async fn a_key_makes_its_caller_at_once() {
    let app = app(&[]).await;
    let authenticator = app.authenticator().unwrap();
    let never = ApiKey::random().reveal();
    assert_eq!(bearer(&authenticator, &never, at(0)).await, Err(AuthError::Invalid));
    let issued = keys(&app).create(&new("CRM"), at(1)).await.unwrap();
    let caller = bearer(&authenticator, &issued.key.reveal(), at(1)).await.unwrap();
    assert_eq!(caller.authority, crm());
    assert_eq!(caller.name, format!("key:{}", issued.record.id));
}

#[tokio::test]
async fn everything_else_is_refused_alike() {
    let app = app(&[]).await;
    let authenticator = app.authenticator().unwrap();
    let issued = keys(&app).create(&new("CRM"), at(0)).await.unwrap();
    let key = issued.key.reveal();
    assert_eq!(authenticator.authenticate(None, at(0)).await, Err(AuthError::Missing));
    for header in [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        key.clone(),
        format!("Basic {key}"),
        format!("Bearer {}", &key[..62]),
        format!("Bearer {key}x"),
        format!("Bearer {}", ApiKey::random().reveal()),
        "Bearer eyJhbGciOiJub25lIn0.e30.".to_owned(),
    ] {
        let found = authenticator.authenticate(Some(&header), at(0)).await;
        assert_eq!(found, Err(AuthError::Invalid), "{header}");
    }
    let found = authenticator.authenticate(Some(&format!("bearer   {key}")), at(0)).await;
    assert!(found.is_ok());
}

#[tokio::test]
async fn the_right_id_with_another_secret_is_refused() {
    let (one, other) = (app(&[]).await, app(&[]).await);
    let issued = keys(&one).create(&new("CRM"), at(0)).await.unwrap();
    // The other deployment has a key of this id, and another secret.
    let mut stored = one.ledger.store().api_keys().await.unwrap();
    let secret = keys(&other).create(&new("CRM"), at(0)).await.unwrap();
    let (ours, theirs) = (String::from(issued.record.sha256), String::from(secret.record.sha256));
    let record = stored.records.remove(issued.record.id.as_str()).unwrap().replace(&ours, &theirs);
    let written = [(issued.record.id.to_string(), record)];
    let store = other.ledger.store();
    let revision = store.api_keys_revision().await.unwrap();
    assert!(store.write_api_keys(revision, &written, &[]).await.unwrap());
    let authenticator = other.authenticator().unwrap();
    let found = bearer(&authenticator, &issued.key.reveal(), at(0)).await;
    assert_eq!(found, Err(AuthError::Invalid));
}

#[tokio::test]
async fn a_revoked_key_is_refused_within_five_seconds() {
    let app = app(&[]).await;
    let authenticator = app.authenticator().unwrap();
    let issued = keys(&app).create(&new("CRM"), at(0)).await.unwrap();
    let key = issued.key.reveal();
    assert!(bearer(&authenticator, &key, at(0)).await.is_ok());
    assert!(keys(&app).revoke(&issued.record.id, at(0)).await.unwrap());
    assert!(!keys(&app).revoke(&issued.record.id, at(1)).await.unwrap());
    assert_eq!(bearer(&authenticator, &key, at(4)).await, Err(AuthError::Invalid));
}

#[tokio::test]
async fn a_key_expires_to_the_millisecond_also_in_memory() {
    let app = app(&[]).await;
    let authenticator = app.authenticator().unwrap();
    let expiring = NewApiKey { expires_at: Some(at(3)), ..new("CRM") };
    let issued = keys(&app).create(&expiring, at(0)).await.unwrap();
    let key = issued.key.reveal();
    let last = at(3) - TimeDelta::milliseconds(1);
    assert!(bearer(&authenticator, &key, last).await.is_ok());
    assert_eq!(bearer(&authenticator, &key, at(3)).await, Err(AuthError::Invalid));
}

#[tokio::test]
async fn a_rotated_key_and_its_successor_work_side_by_side() {
    let app = app(&[]).await;
    let authenticator = app.authenticator().unwrap();
    let old = keys(&app).create(&new("CRM"), at(0)).await.unwrap();
    let rotated = keys(&app).rotate(&old.record.id, TimeDelta::days(7), at(10)).await;
    let (next, ended) = rotated.unwrap();
    assert_eq!(ended.expires_at, Some(at(10) + TimeDelta::days(7)));
    let (old, next) = (old.key.reveal(), next.key.reveal());
    for key in [&old, &next] {
        assert_eq!(bearer(&authenticator, key, at(20)).await.unwrap().authority, crm());
    }
    let week = at(10) + TimeDelta::days(7);
    assert_eq!(bearer(&authenticator, &old, week).await, Err(AuthError::Invalid));
    assert!(bearer(&authenticator, &next, week).await.is_ok());
}

#[tokio::test]
async fn who_rotates_at_one_time_does_not_end_with_three() {
    let app = app(&[]).await;
    let keys = keys(&app);
    let old = keys.create(&new("CRM"), at(0)).await.unwrap();
    let rotate = || keys.rotate(&old.record.id, TimeDelta::days(7), at(1));
    let outcomes = join_all((0..8).map(|_| rotate())).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for outcome in outcomes {
        let refused =
            |error| matches!(error, ApiKeyError::Refused(ApiKeyRefusal::TooManyLive { .. }));
        assert!(outcome.map_or_else(refused, |_| true));
    }
    assert_eq!(keys.list().await.unwrap().len(), 2);
}

#[tokio::test]
async fn known_keys_work_for_a_minute_while_redis_is_away() {
    let folder = TempDir::with_prefix("cpor-access-").unwrap();
    let directory = folder.path().display().to_string();
    let app = app(&[("redis.url", ""), ("data.directory", &directory)]).await;
    let authenticator = app.authenticator().unwrap();
    let key = keys(&app).create(&new("CRM"), at(0)).await.unwrap().key.reveal();
    assert!(bearer(&authenticator, &key, at(0)).await.is_ok());
    app.close().await.unwrap();
    assert!(bearer(&authenticator, &key, at(4)).await.is_ok());
    assert!(bearer(&authenticator, &key, at(59)).await.is_ok());
    let unknown = ApiKey::random().reveal();
    assert_eq!(bearer(&authenticator, &unknown, at(59)).await, Err(AuthError::Invalid));
    assert_eq!(bearer(&authenticator, &key, at(60)).await, Err(AuthError::Unavailable));
}

#[tokio::test]
async fn a_flood_of_made_up_keys_looks_once_per_quarter_of_a_second() {
    let app = app(&[]).await;
    let authenticator = app.authenticator().unwrap();
    let flood = async |now| {
        for _ in 0..1_000 {
            let made_up = ApiKey::random().reveal();
            assert_eq!(bearer(&authenticator, &made_up, now).await, Err(AuthError::Invalid));
        }
    };
    flood(at(0)).await;
    // Whoever looked in Redis now would find this key.
    let key = keys(&app).create(&new("CRM"), at(0)).await.unwrap().key.reveal();
    let later = at(0) + TimeDelta::milliseconds(249);
    flood(later).await;
    assert_eq!(bearer(&authenticator, &key, later).await, Err(AuthError::Invalid));
    assert!(bearer(&authenticator, &key, at(0) + TimeDelta::milliseconds(250)).await.is_ok());
    flood(at(1)).await;
    assert!(bearer(&authenticator, &key, at(1)).await.is_ok());
}

#[tokio::test]
async fn the_last_use_is_noted_once_a_minute() {
    let app = app(&[]).await;
    let authenticator = app.authenticator().unwrap();
    let key = keys(&app).create(&new("CRM"), at(0)).await.unwrap().key.reveal();
    for seconds in [0, 30, 61] {
        assert!(bearer(&authenticator, &key, at(seconds)).await.is_ok());
    }
    let listed = keys(&app).list().await.unwrap();
    assert_eq!(listed[0].last_used_at, Some(at(30)));
}

#[tokio::test]
async fn a_record_that_cannot_be_read_stands_in_nobodys_way() {
    let app = app(&[]).await;
    let authenticator = app.authenticator().unwrap();
    let key = keys(&app).create(&new("CRM"), at(0)).await.unwrap().key.reveal();
    let rubbish = [("k3x9w0ab".to_owned(), "{".to_owned()), ("x".to_owned(), "{}".to_owned())];
    assert!(app.ledger.store().write_api_keys(1, &rubbish, &[]).await.unwrap());
    assert!(bearer(&authenticator, &key, at(0)).await.is_ok());
    assert_eq!(keys(&app).list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn development_keys_stay_the_same_from_start_to_start() {
    let (app, folder) = (app(&[]).await, TempDir::with_prefix("cpor-access-").unwrap());
    let (keys, loopback) = (keys(&app), "127.0.0.1:8080".parse().unwrap());
    let ensure = |days| {
        ensure_development_keys(&keys, folder.path(), loopback, at(0) + TimeDelta::days(days))
    };
    let first = ensure(0).await.unwrap();
    let authorities: Vec<_> = first.iter().map(|ready| ready.authority.clone()).collect();
    assert_eq!(authorities, [crm(), Authority::Reviewer, Authority::Operator]);
    // Long after they expired.
    let again = ensure(365).await.unwrap();
    let revealed = |ready: &cpor::access::DevelopmentKey| ready.key.reveal();
    assert!(first.iter().map(revealed).eq(again.iter().map(revealed)));
    let authenticator = app.authenticator().unwrap();
    let later = at(0) + TimeDelta::days(394);
    assert!(bearer(&authenticator, &revealed(&first[0]), later).await.is_ok());
    keys.revoke(first[0].key.id(), later).await.unwrap();
    let left = ensure(395).await.unwrap();
    assert!(left.iter().map(revealed).eq(first[1..].iter().map(revealed)));
}

#[tokio::test]
async fn a_server_that_others_reach_has_no_development_keys() {
    let (app, folder) = (app(&[]).await, TempDir::with_prefix("cpor-access-").unwrap());
    let anywhere = "0.0.0.0:8080".parse().unwrap();
    let ready = ensure_development_keys(&keys(&app), folder.path(), anywhere, at(0)).await;
    assert!(ready.unwrap().is_empty());
    assert!(keys(&app).list().await.unwrap().is_empty());
}

#[tokio::test]
async fn development_keys_are_made_where_the_settings_say_so_and_only_their_owner_reads_them() {
    let folder = TempDir::with_prefix("cpor-access-").unwrap();
    let directory = folder.path().display().to_string();
    let mut off = app(&[("data.directory", &directory)]).await;
    off.make_development_keys().await.unwrap();
    assert!(off.development_keys.is_empty());
    let on = [("data.directory", directory.as_str()), ("access.development_keys", "true")];
    let mut on = app(&on).await;
    on.make_development_keys().await.unwrap();
    let ready = &on.development_keys;
    let now = on.ledger.clock().real();
    let caller = bearer(&on.authenticator().unwrap(), &ready[1].key.reveal(), now).await;
    assert_eq!(caller.unwrap().authority, Authority::Reviewer);
    let file = std::fs::metadata(folder.path().join("development.keys")).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
}
