//! The small listener at `telemetry.listen`, for whoever watches this process.

use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use tokio_util::sync::CancellationToken;

use cpor::app::App;
use cpor::http::server::Server;
use cpor::http::telemetry_router;
use cpor::settings::HttpSettings;

/// Time for what is being answered when the process stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(1);

/// The listener, where there is one.
pub struct Watched {
    served: Option<(Server, Router)>,
    over: CancellationToken,
}

impl Watched {
    /// Listens where the settings say.
    pub async fn listen(app: &App) -> Result<Self> {
        let over = CancellationToken::new();
        let Some(listen) = app.settings.telemetry.listen else {
            return Ok(Self { served: None, over });
        };
        let settings = HttpSettings { listen, ..app.settings.http.clone() };
        let server = Server::listen(&settings, STOP_TIMEOUT).await.with_context(|| {
            format!(
                "could not listen on {listen}; set telemetry.listen to an address that is free, \
                 or to nothing"
            )
        })?;
        let address = server.address().context("could not read the address listened on")?;
        tracing::info!(http.address = %address, "figures at http://{address}/metrics");
        let router = telemetry_router(app, over.clone())?;
        Ok(Self { served: Some((server, router)), over })
    }

    /// Serves for as long as the process works, and until it has stopped working.
    pub async fn during<T>(self, work: impl Future<Output = T>) -> T {
        let Self { served, over } = self;
        let serving = async {
            if let Some((server, router)) = served {
                server.run(router, over.clone()).await;
            }
        };
        let working = async {
            let ended = work.await;
            over.cancel();
            ended
        };
        tokio::join!(working, serving).0
    }
}
