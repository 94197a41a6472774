//! The scanner: clamd's protocol (`INSTREAM`, `VERSION`), over TCP or a Unix socket. A client of
//! our own, because that is one command and four bytes before each piece.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio_util::either::Either;

/// What is sent at once.
const PIECE: usize = 64 * 1_024;
/// An answer is never longer.
const ANSWER_MAX: u64 = 4_096;

/// A clamd.
#[derive(Debug, Clone)]
pub struct Scanner {
    address: Address,
    patience: Duration,
}

#[derive(Debug, Clone)]
enum Address {
    Tcp(String),
    Unix(PathBuf),
}

/// Why it is not known whether there is anything in a document.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The scanner cannot be talked to.
    #[error("could not talk to the scanner at {address}")]
    Away {
        /// Where it should be.
        address: String,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// It has not answered.
    #[error("the scanner at {address} did not answer within {seconds} s")]
    Silent {
        /// Where it is.
        address: String,
        /// For how long.
        seconds: u64,
    },
    /// It answered something else than an outcome.
    #[error("the scanner at {address} answered `{said}`")]
    Odd {
        /// Where it is.
        address: String,
        /// What it said.
        said: String,
    },
}

impl Scanner {
    /// Reads the setting: `tcp://HOST:PORT`, `unix:///PATH`, or empty for none.
    pub(super) fn parse(text: &str, patience: Duration) -> Result<Option<Self>, String> {
        let address = if let Some(path) = text.strip_prefix("unix://") {
            Address::Unix(PathBuf::from(path))
        } else if let Some(host) = text.strip_prefix("tcp://").filter(|host| host.contains(':')) {
            Address::Tcp(host.to_owned())
        } else if text.is_empty() {
            return Ok(None);
        } else {
            return Err(format!("is `{text}`; write tcp://HOST:PORT, unix:///PATH, or nothing"));
        };
        Ok(Some(Self { address, patience }))
    }

    /// Where it is, for people.
    #[must_use]
    pub fn address(&self) -> String {
        match &self.address {
            Address::Tcp(host) => format!("tcp://{host}"),
            Address::Unix(path) => format!("unix://{}", path.display()),
        }
    }

    /// What is found in the bytes; nothing when they are clean.
    ///
    /// # Errors
    ///
    /// When that is not known.
    pub async fn scan(
        &self,
        content: impl AsyncRead + Send + Unpin,
    ) -> Result<Option<String>, ScanError> {
        let said = self.within_time(self.instream(content)).await?;
        if let Some(found) = said.strip_prefix("stream: ").and_then(|s| s.strip_suffix(" FOUND")) {
            return Ok(Some(found.chars().filter(|c| !c.is_control()).take(200).collect()));
        }
        if said == "stream: OK" {
            return Ok(None);
        }
        Err(ScanError::Odd { address: self.address(), said: said.chars().take(200).collect() })
    }

    /// Which scanner it is, and how old what it knows is.
    ///
    /// # Errors
    ///
    /// When it does not answer.
    pub async fn version(&self) -> Result<String, ScanError> {
        let asked = async {
            let mut stream = self.connect().await?;
            stream.write_all(b"zVERSION\0").await?;
            answer(&mut stream).await
        };
        self.within_time(asked).await
    }

    async fn within_time(
        &self,
        exchange: impl Future<Output = io::Result<String>> + Send,
    ) -> Result<String, ScanError> {
        let address = || self.address();
        match tokio::time::timeout(self.patience, exchange).await {
            Ok(said) => said.map_err(|source| ScanError::Away { address: address(), source }),
            Err(_) => {
                Err(ScanError::Silent { address: address(), seconds: self.patience.as_secs() })
            }
        }
    }

    async fn connect(&self) -> io::Result<Either<TcpStream, UnixStream>> {
        Ok(match &self.address {
            Address::Tcp(host) => Either::Left(TcpStream::connect(host).await?),
            Address::Unix(path) => Either::Right(UnixStream::connect(path).await?),
        })
    }

    async fn instream(&self, mut content: impl AsyncRead + Send + Unpin) -> io::Result<String> {
        let mut stream = self.connect().await?;
        stream.write_all(b"zINSTREAM\0").await?;
        let mut piece = vec![0; PIECE];
        loop {
            let read = content.read(&mut piece).await?;
            let length = u32::try_from(read).unwrap_or_default().to_be_bytes();
            let sent = async {
                stream.write_all(&length).await?;
                stream.write_all(&piece[..read]).await
            };
            // Of more than it takes it says so, and closes.
            if sent.await.is_err() || read == 0 {
                return answer(&mut stream).await;
            }
        }
    }
}

async fn answer(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut said = Vec::new();
    stream.take(ANSWER_MAX).read_to_end(&mut said).await?;
    Ok(String::from_utf8_lossy(&said).trim_matches(['\0', '\n', ' ']).to_owned())
}
