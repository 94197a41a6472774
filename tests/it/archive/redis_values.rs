//! Everything that Redis holds of a world, as text.

use cpor::testkit::World;
use redis::Value;

/// Every key of the namespace with all that is in it.
pub async fn values(world: &World) -> Vec<(String, String)> {
    let mut connection = world.redis().await;
    let pattern = format!("*{}*", world.namespace());
    let keys: Vec<String> =
        redis::cmd("KEYS").arg(pattern).query_async(&mut connection).await.unwrap();
    assert!(keys.len() > 5, "{keys:?}");
    let mut all = Vec::new();
    for key in keys {
        let kind: String = redis::cmd("TYPE").arg(&key).query_async(&mut connection).await.unwrap();
        let read: &[&str] = match kind.as_str() {
            "string" => &["GET"],
            "hash" => &["HGETALL"],
            "list" => &["LRANGE", "0", "-1"],
            "zset" => &["ZRANGE", "0", "-1", "WITHSCORES"],
            "stream" => &["XRANGE", "-", "+"],
            "none" => continue,
            other => panic!("{key} is a {other}"),
        };
        let mut command = redis::cmd(read[0]);
        command.arg(&key).arg(&read[1..]);
        let value: Value = command.query_async(&mut connection).await.unwrap();
        let mut text = String::new();
        write(&value, &mut text);
        all.push((key, text));
    }
    all
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::BulkString(bytes) => text.push_str(&String::from_utf8_lossy(bytes)),
        Value::Array(values) | Value::Set(values) => values.iter().for_each(|v| write(v, text)),
        Value::Map(pairs) => pairs.iter().for_each(|(key, value)| {
            write(key, text);
            write(value, text);
        }),
        other => text.push_str(&format!("{other:?}")),
    }
    text.push('\n');
}

/// The feed is as long as is set, whatever becomes of the claims that it names.
pub fn without_feed(values: Vec<(String, String)>) -> Vec<(String, String)> {
    values.into_iter().filter(|(key, _)| !key.ends_with(":feed")).collect()
}
