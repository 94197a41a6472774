//! The bytes between us and the mail server: our own stream under lettre's connection.
//!
//! It exists because lettre's own stream leaves Nagle's algorithm on, which costs 40 ms a mail,
//! and reads a line without a line end for as long as a server cares to send one. It knows
//! nothing of SMTP.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;

/// Most bytes taken from a server between two of our own writes: a long reply, or a handshake
/// with many certificates, several times over.
const UNANSWERED_BYTES_MAX: usize = 256 * 1024;

/// First byte of a TLS handshake; no SMTP command begins with it.
const HANDSHAKE: u8 = 0x16;

/// One connection to a server, plain or encrypted from the first byte.
#[derive(Debug)]
pub(super) struct Wire {
    stream: Stream,
    unanswered: usize,
    /// Whether to read byte by byte, see [`Wire::before_starttls`].
    careful: bool,
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// Connects without encryption. A name may have several addresses; each is tried in turn.
    pub(super) async fn connect(host: &str, port: u16) -> io::Result<Self> {
        let tcp = TcpStream::connect((host, port)).await?;
        tcp.set_nodelay(true)?;
        Ok(Self { stream: Stream::Plain(tcp), unanswered: 0, careful: false })
    }

    /// Never reads ahead until a TLS handshake begins. lettre would keep what it has read ahead and
    /// take it for encrypted answers: somebody on the way could put "accepted" into our ears.
    pub(super) fn before_starttls(self) -> Self {
        Self { careful: true, ..self }
    }

    /// Encrypts the connection before anything has been said on it.
    pub(super) async fn encrypt(
        self,
        connector: &TlsConnector,
        name: ServerName<'static>,
    ) -> io::Result<Self> {
        let Stream::Plain(tcp) = self.stream else {
            return Ok(self);
        };
        let tls = connector.connect(name, tcp).await?;
        Ok(Self { stream: Stream::Tls(Box::new(tls)), unanswered: 0, careful: false })
    }
}

/// A connector that trusts what this machine trusts (`SSL_CERT_FILE` and `SSL_CERT_DIR` are
/// respected), so that a relay with a company's own certificate works.
pub(super) fn connector() -> Result<TlsConnector, rustls::Error> {
    use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn read_byte(
    tcp: Pin<&mut TcpStream>,
    cx: &mut Context<'_>,
    buffer: &mut ReadBuf<'_>,
) -> Poll<io::Result<()>> {
    let mut byte = [0];
    let mut one = ReadBuf::new(&mut byte);
    let read = tcp.poll_read(cx, &mut one);
    buffer.put_slice(one.filled());
    read
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        match &self.stream {
            Stream::Plain(tcp) => tcp.peer_addr(),
            Stream::Tls(tls) => tls.get_ref().0.peer_addr(),
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.unanswered > UNANSWERED_BYTES_MAX {
            return Poll::Ready(Err(io::Error::other("the server sends without an end")));
        }
        let before = buffer.filled().len();
        let careful = self.careful;
        let read = match &mut self.stream {
            Stream::Plain(tcp) if careful => read_byte(Pin::new(tcp), cx, buffer),
            Stream::Plain(tcp) => Pin::new(tcp).poll_read(cx, buffer),
            Stream::Tls(tls) => Pin::new(tls).poll_read(cx, buffer),
        };
        self.unanswered += buffer.filled().len() - before;
        read
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.unanswered = 0;
        if bytes.first() == Some(&HANDSHAKE) {
            self.careful = false;
        }
        match &mut self.stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_write(cx, bytes),
            Stream::Tls(tls) => Pin::new(tls).poll_write(cx, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_flush(cx),
            Stream::Tls(tls) => Pin::new(tls).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Stream::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// A wire to a server that has said something, and the server's end.
    async fn wire_to(words: &[u8]) -> (Wire, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let wire = Wire::connect("127.0.0.1", port).await.unwrap();
        let (mut server, _) = listener.accept().await.unwrap();
        server.write_all(words).await.unwrap();
        (wire, server)
    }

    #[tokio::test]
    async fn nothing_is_read_ahead_before_a_handshake() {
        let (wire, _server) = wire_to(b"220 go\r\n250 injected\r\n").await;
        let mut wire = wire.before_starttls();
        let mut buffer = [0; 64];
        for expected in b"220 go\r\n" {
            assert_eq!((wire.read(&mut buffer).await.unwrap(), buffer[0]), (1, *expected));
        }
        wire.write_all(&[HANDSHAKE, 3, 1]).await.unwrap();
        assert_eq!(wire.read(&mut buffer).await.unwrap(), b"250 injected\r\n".len());
    }

    #[tokio::test]
    async fn a_server_that_does_not_stop_talking_is_cut_off() {
        let (mut wire, mut server) = wire_to(b"2").await;
        let talking =
            tokio::spawn(async move { while server.write_all(&[b'x'; 4096]).await.is_ok() {} });
        let mut heard = Vec::new();
        let error = wire.read_to_end(&mut heard).await.unwrap_err();
        assert_eq!(error.to_string(), "the server sends without an end");
        drop(wire);
        talking.await.unwrap();
    }
}
