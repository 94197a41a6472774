//! What systemd is told of a service (`Type=notify`): that it is ready, that it stops, and that it
//! is alive. Without systemd there is nobody to tell.

use std::ffi::OsString;
use std::future::pending;
use std::io;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// The service does its work from now on.
pub fn ready() {
    tell("READY=1");
}

/// The service is told to stop, and does.
pub fn stopping() {
    tell("STOPPING=1");
}

/// Says that the event loop runs, twice as often as systemd wants to hear it, for as long as it is
/// polled.
pub async fn alive() {
    let usec = std::env::var("WATCHDOG_USEC").ok().and_then(|text| text.parse::<u64>().ok());
    let Some(usec) = usec.filter(|usec| *usec > 0) else { return pending().await };
    let mut ticks = tokio::time::interval(Duration::from_micros(usec / 2));
    loop {
        ticks.tick().await;
        tell("WATCHDOG=1");
    }
}

/// Nothing depends on whether it is heard.
fn tell(state: &str) {
    let Some(socket) = std::env::var_os("NOTIFY_SOCKET") else { return };
    if let Err(error) = send(&socket, state) {
        tracing::warn!(%error, "systemd could not be told {state}");
    }
}

/// A name that begins with `@` is in the abstract namespace.
fn send(socket: &OsString, state: &str) -> io::Result<()> {
    let address = match socket.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(socket)?,
    };
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address).map(drop)
}
