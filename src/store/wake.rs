//! Waking takers at once, without asking Redis again and again.
//!
//! A connection of its own speaks RESP3 and gets two kinds of pushes: messages on the wake channel
//! when something falls due soon, and an invalidation when anybody pushes to the intake, in any
//! language (Redis's client tracking of the list's key).

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo,
    ProtocolVersion, PushInfo, PushKind, RedisError, Value,
};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tracing::warn;

use crate::store::Keys;

/// Pause before connecting again.
const RECONNECT_PAUSE: Duration = Duration::from_millis(200);
/// The message that wakes everything: the clock was moved.
pub const WAKE_ALL: &str = "all";

/// The message that says that other calendars are in force, or windows are to be swept.
pub const WAKE_CALENDARS: &str = "calendars";

/// The message that says that operators have set something on queues.
pub const WAKE_QUEUES: &str = "queues";

/// What to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// Everything: the connection is new, or the clock was moved.
    Everything,
    /// All partitions of the agenda: a job has room again.
    Agenda,
    /// One partition of the agenda.
    Partition(u16),
    /// The intake.
    Intake,
    /// The edition of the calendars in force.
    Calendars,
    /// What operators have set on queues.
    Queues,
}

/// Calls `on_wake` whenever there may be something to take, for as long as it is polled.
pub async fn listen(url: String, keys: Keys, on_wake: impl Fn(Wake) + Send) {
    let mut node: Option<ConnectionAddr> = None;
    loop {
        match connect(&url, &keys, node.as_ref()).await {
            Ok((mut connection, mut pushes)) => {
                on_wake(Wake::Everything);
                receive(&mut connection, &keys, &mut pushes, &on_wake).await;
            }
            Err(error) => match error.redirect_node().and_then(|(node, _)| address(node)) {
                // In a cluster, the node that has the intake is the one to listen to.
                Some(owner) => {
                    node = Some(owner);
                    continue;
                }
                None => {
                    node = None;
                    warn!(error = %error, "cannot listen for wake-ups; looking again soon");
                }
            },
        }
        tokio::time::sleep(RECONNECT_PAUSE).await;
    }
}

type Pushes = UnboundedReceiver<PushInfo>;

async fn connect(
    url: &str,
    keys: &Keys,
    node: Option<&ConnectionAddr>,
) -> Result<(MultiplexedConnection, Pushes), RedisError> {
    let first = url.split(',').next().unwrap_or(url).trim();
    let mut info: ConnectionInfo = first.into_connection_info()?;
    let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    info = info.set_redis_settings(settings);
    if let Some(node) = node {
        info = info.set_addr(node.clone());
    }
    let (sender, pushes) = unbounded_channel();
    let config = AsyncConnectionConfig::new()
        .set_push_sender(sender)
        .set_connection_timeout(Some(Duration::from_secs(5)))
        .set_response_timeout(Some(Duration::from_secs(10)));
    let client = Client::open(info)?;
    let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
    connection.subscribe(keys.wake_channel()).await?;
    let () = redis::cmd("CLIENT").arg("TRACKING").arg("ON").query_async(&mut connection).await?;
    watch_intake(&mut connection, keys).await?;
    Ok((connection, pushes))
}

/// Reading the list's length makes Redis tell us once when the list changes.
async fn watch_intake(
    connection: &mut MultiplexedConnection,
    keys: &Keys,
) -> Result<u64, RedisError> {
    redis::cmd("LLEN").arg(keys.intake()).query_async(connection).await
}

/// Ends when the connection does.
async fn receive(
    connection: &mut MultiplexedConnection,
    keys: &Keys,
    pushes: &mut Pushes,
    on_wake: &(impl Fn(Wake) + Send),
) {
    while let Some(push) = pushes.recv().await {
        match push.kind {
            PushKind::Disconnection => return,
            PushKind::Message => on_wake(wake(&push.data)),
            PushKind::Invalidate => {
                on_wake(Wake::Intake);
                if watch_intake(connection, keys).await.is_err() {
                    return;
                }
            }
            _ => {}
        }
    }
}

/// The message is a partition's number, or names calendars or queues; anything else wakes
/// everything.
fn wake(data: &[Value]) -> Wake {
    let Some(Value::BulkString(message)) = data.get(1) else { return Wake::Everything };
    if message == WAKE_CALENDARS.as_bytes() {
        return Wake::Calendars;
    }
    if message == WAKE_QUEUES.as_bytes() {
        return Wake::Queues;
    }
    std::str::from_utf8(message)
        .ok()
        .and_then(|text| text.parse().ok())
        .map_or(Wake::Everything, Wake::Partition)
}

fn address(node: &str) -> Option<ConnectionAddr> {
    let (host, port) = node.rsplit_once(':')?;
    Some(ConnectionAddr::Tcp(host.to_owned(), port.parse().ok()?))
}
