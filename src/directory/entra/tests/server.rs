//! A real HTTP server on this machine that replies from a script.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with one request; `None` reads it and never replies.
pub(super) type Reply = Option<String>;

/// A server that gives one reply per connection, in the order of its script.
pub(super) struct Server {
    pub(super) base_url: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(super) async fn start(script: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(serve(listener, script, Arc::clone(&heads)));
        Self { base_url, heads }
    }

    /// A server that is no longer there.
    pub(super) async fn gone() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        Self { base_url, heads: Arc::default() }
    }

    /// The requests so far, each from its first line to its last header.
    pub(super) fn requests(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

async fn serve(listener: TcpListener, script: Vec<Reply>, heads: Arc<Mutex<Vec<String>>>) {
    let mut hanging = Vec::new();
    for reply in script {
        let (mut stream, head) = next_request(&listener).await;
        heads.lock().unwrap().push(head);
        match reply {
            // A client that has had enough may hang up before the end.
            Some(reply) => drop(stream.write_all(reply.as_bytes()).await),
            None => hanging.push(stream),
        }
    }
    std::future::pending::<()>().await;
}

/// A client that was dropped leaves a connection without a request; that is not counted.
async fn next_request(listener: &TcpListener) -> (TcpStream, String) {
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        if let Some(head) = read_head(&mut stream).await {
            return (stream, head);
        }
    }
}

async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}
