//! The Redis server: a setting that throws claims away, and memory that fills up.

use cpor::alarms::{AlarmCode, Severity};
use cpor::store::server::PrivateServer;
use cpor::testkit::World;
use redis::aio::MultiplexedConnection;
use tempfile::TempDir;

use super::{FRIDAY, alarm, is_on_the_overview, until_gone};

/// A server of its own, whose settings a test may change.
async fn own_server() -> (TempDir, PrivateServer, World, MultiplexedConnection) {
    let folder = TempDir::with_prefix("cpor-redis-").unwrap();
    let server = PrivateServer::open(folder.path()).await.unwrap();
    let world = World::configured(FRIDAY, &[("redis.url", server.url())]).await;
    let client = redis::Client::open(server.url()).unwrap();
    let connection = client.get_multiplexed_async_connection().await.unwrap();
    (folder, server, world, connection)
}

async fn set(connection: &mut MultiplexedConnection, name: &str, value: impl ToString) {
    let mut command = redis::cmd("CONFIG");
    command.arg("SET").arg(name).arg(value.to_string());
    let () = command.query_async(connection).await.unwrap();
}

#[tokio::test]
async fn a_wrong_eviction_policy_is_an_alarm_that_names_the_command() {
    let (_folder, _server, mut world, mut connection) = own_server().await;
    set(&mut connection, "maxmemory-policy", "allkeys-lru").await;
    let found = alarm(&world, AlarmCode::RedisUnfit).await;
    assert_eq!(found.severity, Severity::Critical);
    assert!(found.says.contains("allkeys-lru"), "{found:?}");
    assert!(found.remedy.contains("CONFIG SET maxmemory-policy noeviction"), "{found:?}");
    is_on_the_overview(&world, &found).await;
    set(&mut connection, "maxmemory-policy", "noeviction").await;
    until_gone(&world, AlarmCode::RedisUnfit).await;
    world.stop_worker().await;
}

#[tokio::test]
async fn memory_that_fills_up_is_an_alarm_before_and_when_it_is_full() {
    let (_folder, _server, mut world, mut connection) = own_server().await;
    // Enough that nothing else makes a difference.
    let mut fill = redis::cmd("SETRANGE");
    let _: u64 =
        fill.arg("filler").arg(32 << 20).arg("x").query_async(&mut connection).await.unwrap();
    let info: redis::InfoDict =
        redis::cmd("INFO").arg("memory").query_async(&mut connection).await.unwrap();
    let used: u64 = info.get("used_memory").unwrap();
    set(&mut connection, "maxmemory", used * 100 / 80).await;
    let found = alarm(&world, AlarmCode::RedisMemory).await;
    assert_eq!(found.severity, Severity::Warning, "{found:?}");
    set(&mut connection, "maxmemory", used / 2).await;
    let found = alarm(&world, AlarmCode::RedisRefusesWrites).await;
    assert_eq!(found.severity, Severity::Critical);
    assert!(found.remedy.contains("maxmemory"), "{found:?}");
    set(&mut connection, "maxmemory", 0).await;
    until_gone(&world, AlarmCode::RedisRefusesWrites).await;
    world.stop_worker().await;
}
