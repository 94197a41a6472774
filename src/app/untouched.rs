//! A namespace that nobody opens: for a restore, which needs one that is empty.

use crate::app::{connect, server};
use crate::settings::Settings;
use crate::store::server::PrivateServer;
use crate::store::{Store, StoreError};

/// A namespace that nothing is done to: neither made nor looked at.
#[derive(Debug)]
pub struct Untouched {
    /// The way to it.
    pub store: Store,
    server: Option<PrivateServer>,
}

impl Untouched {
    /// Connects to Redis, or to the private server, and checks that it is fit for use.
    ///
    /// # Errors
    ///
    /// When it cannot be reached, or is not.
    pub async fn open(settings: &Settings) -> Result<Self, StoreError> {
        let (server, url) = server(settings).await?;
        let (connection, keys) = connect(settings, &url).await?;
        let store = Store::new(connection, &url, keys, settings.bounds());
        Ok(Self { store, server })
    }

    /// Stops the private server if this process started it.
    ///
    /// # Errors
    ///
    /// When the server cannot be stopped.
    pub async fn close(self) -> Result<(), StoreError> {
        match self.server {
            Some(server) => server.close().await,
            None => Ok(()),
        }
    }
}
