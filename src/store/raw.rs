//! Keys as they are, for a backup: going through all of a namespace, reading any of them page by
//! page whatever its type, and writing it again. What a key means is not known here.

use redis::cluster_routing::{RoutingInfo, SingleNodeRoutingInfo};
use redis::{FromRedisValue, Pipeline, Value};

use crate::backup::line::{KeyLine, Text, Values};
use crate::store::backup::pairs;
use crate::store::scan::{Node, Page};
use crate::store::{Connection, Keys, Store, StoreError};

/// Elements of one page.
const PAGE: usize = 200;

/// Where to read on in a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// At the beginning.
    Start,
    /// At a place of a list, or a cursor of a set or hash.
    Number(u64),
    /// After an entry of a stream.
    Entry(String),
}

impl Keys {
    /// A key's name with `*` in place of the namespace; nothing when it is not of the namespace.
    #[must_use]
    pub fn general(&self, key: &str) -> Option<String> {
        let (tag, rest) = key.strip_prefix('{').map_or(("", key), |rest| ("{", rest));
        let rest = rest.strip_prefix(self.namespace())?.strip_prefix(':')?;
        Some(format!("{tag}*:{rest}"))
    }

    /// The key of this namespace that has such a name.
    #[must_use]
    pub fn particular(&self, name: &str) -> Option<String> {
        let (tag, rest) = name.strip_prefix('{').map_or(("", name), |rest| ("{", rest));
        let rest = rest.strip_prefix("*:")?;
        Some(format!("{tag}{}:{rest}", self.namespace()))
    }
}

impl Store {
    /// A page of all keys of the namespace on one server, from `cursor` (0 at first).
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn all_keys(&self, node: &Node, cursor: u64) -> Result<Page<String>, StoreError> {
        let doing = "go through all keys of the namespace";
        let mut command = redis::cmd("SCAN");
        let pattern = format!("*{}:*", self.keys().namespace());
        command.arg(cursor).arg("MATCH").arg(pattern).arg("COUNT").arg(1_000);
        let reply = match (self.connection(), node) {
            (Connection::Cluster(cluster), Node::Master { host, port }) => {
                let address = SingleNodeRoutingInfo::ByAddress { host: host.clone(), port: *port };
                cluster.route(command, RoutingInfo::SingleNode(address)).await
            }
            (mut connection, _) => command.query_async(&mut connection).await,
        };
        let reply: Value = reply.map_err(StoreError::doing(doing))?;
        let (next, mut found): (u64, Vec<String>) =
            redis::from_redis_value(reply).map_err(|e| StoreError::malformed(doing, e))?;
        found.retain(|key| self.keys().general(key).is_some());
        Ok(Page { found, next: (next != 0).then_some(next) })
    }

    /// A key's type as Redis names it, and after how many ms it is gone by itself.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn nature_of(&self, key: &str) -> Result<(String, Option<i64>), StoreError> {
        let mut pipeline = redis::pipe();
        pipeline.cmd("TYPE").arg(key).cmd("PTTL").arg(key);
        let (kind, ttl): (String, i64) = self.ask(&pipeline, key).await?;
        Ok((kind, (ttl > 0).then_some(ttl)))
    }

    /// A page of a key of a type, a stream up to and including an entry, and where to read on.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses, or the key has a type that cpor does not use.
    pub async fn raw_page(
        &self,
        key: &str,
        kind: &str,
        from: &From,
        stream_end: &str,
    ) -> Result<(Values, Option<From>), StoreError> {
        let number = if let From::Number(number) = from { *number } else { 0 };
        let mut pipeline = redis::pipe();
        let command = match kind {
            "hash" => "HSCAN",
            "set" => "SSCAN",
            "zset" => "ZSCAN",
            "list" => "LRANGE",
            "stream" => "XRANGE",
            _ => "GET",
        };
        pipeline.cmd(command).arg(key);
        match kind {
            "hash" | "set" | "zset" => {
                pipeline.arg(number).arg("COUNT").arg(PAGE);
                let (page,): ((u64, Vec<Vec<u8>>),) = self.ask(&pipeline, key).await?;
                let next = (page.0 != 0).then_some(From::Number(page.0));
                Ok((scanned(kind, page.1), next))
            }
            "list" => {
                pipeline.arg(number).arg(number + PAGE as u64 - 1);
                let (page,): (Vec<Vec<u8>>,) = self.ask(&pipeline, key).await?;
                let next = (page.len() == PAGE).then_some(From::Number(number + PAGE as u64));
                Ok((Values::List(page.into_iter().map(Text).collect()), next))
            }
            "stream" => {
                let start = match from {
                    From::Entry(id) => format!("({id}"),
                    From::Start | From::Number(_) => "-".to_owned(),
                };
                pipeline.arg(start).arg(stream_end).arg("COUNT").arg(PAGE);
                let (page,): (Vec<Value>,) = self.ask(&pipeline, key).await?;
                let entries: Vec<_> = page.iter().filter_map(stream_entry).collect();
                let last = entries.last().map(|(id, _)| From::Entry(id.clone()));
                let next = last.filter(|_| page.len() == PAGE);
                Ok((Values::Stream(entries), next))
            }
            "string" => {
                let (value,): (Option<Vec<u8>>,) = self.ask(&pipeline, key).await?;
                Ok((Values::String(Text(value.unwrap_or_default())), None))
            }
            other => {
                let found = format!("it has the type {other}, which cpor does not use");
                Err(StoreError::malformed(format!("read the key {key}"), found))
            }
        }
    }

    async fn ask<T: FromRedisValue>(
        &self,
        pipeline: &Pipeline,
        key: &str,
    ) -> Result<T, StoreError> {
        let mut connection = self.connection();
        let doing = StoreError::doing(format!("read the key {key}"));
        pipeline.query_async(&mut connection).await.map_err(doing)
    }

    /// Writes a part of a key as it was read; the first part replaces what is there.
    ///
    /// # Errors
    ///
    /// When Redis cannot be reached or refuses.
    pub async fn write_raw(&self, key: &str, line: &KeyLine) -> Result<(), StoreError> {
        let mut pipeline = redis::pipe();
        pipeline.atomic();
        if line.first {
            pipeline.cmd("DEL").arg(key).ignore();
        }
        match &line.values {
            Values::String(value) => write(&mut pipeline, "SET", key, [value]),
            Values::Hash(pairs) => {
                write(&mut pipeline, "HSET", key, pairs.iter().flat_map(|(f, v)| [f, v]));
            }
            Values::List(values) => write(&mut pipeline, "RPUSH", key, values),
            Values::Set(values) => write(&mut pipeline, "SADD", key, values),
            Values::Zset(pairs) => {
                for (member, score) in pairs {
                    pipeline.cmd("ZADD").arg(key).arg(*score).arg(&member.0).ignore();
                }
            }
            Values::Stream(entries) => {
                for (id, fields) in entries {
                    pipeline.cmd("XADD").arg(key).arg(id);
                    for field in fields {
                        pipeline.arg(&field.0);
                    }
                    pipeline.ignore();
                }
            }
        }
        if let Some(ms) = line.expires_ms {
            pipeline.cmd("PEXPIRE").arg(key).arg(ms).ignore();
        }
        let mut connection = self.connection();
        let doing = StoreError::doing(format!("write the key {key}"));
        pipeline.query_async(&mut connection).await.map_err(doing)
    }
}

/// One command with all values; none without values, which Redis would refuse.
fn write<'a>(
    pipeline: &mut Pipeline,
    command: &str,
    key: &str,
    values: impl IntoIterator<Item = &'a Text>,
) {
    let mut values = values.into_iter().peekable();
    if values.peek().is_none() {
        return;
    }
    pipeline.cmd(command).arg(key);
    for value in values {
        pipeline.arg(&value.0);
    }
    pipeline.ignore();
}

fn scanned(kind: &str, flat: Vec<Vec<u8>>) -> Values {
    match kind {
        "hash" => Values::Hash(pairs(flat)),
        "zset" => {
            let score = |text: Text| text.lossy().parse().unwrap_or_default();
            Values::Zset(pairs(flat).into_iter().map(|(m, s)| (m, score(s))).collect())
        }
        _ => Values::Set(flat.into_iter().map(Text).collect()),
    }
}

fn stream_entry(value: &Value) -> Option<(String, Vec<Text>)> {
    let (id, fields): (String, Vec<Vec<u8>>) = redis::from_redis_value_ref(value).ok()?;
    Some((id, fields.into_iter().map(Text).collect()))
}
