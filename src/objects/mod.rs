//! Object stores: a folder, or a bucket of S3, as a setting names it.
//!
//! The archive and uploaded documents lie in one each. What is in an object, and when one is
//! written or removed, is the business of whoever opens the store.
//!
//! | file | holds |
//! |---|---|
//! | `place.rs` | opens the object store that is set |
//! | `http.rs` | how S3 is talked to |

mod http;
mod place;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use object_store::ObjectStore;

pub use place::Setting;

/// How long one exchange with the object store may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// Where objects lie; cheap to clone.
#[derive(Debug, Clone)]
pub struct Objects {
    pub(crate) store: Arc<dyn ObjectStore>,
    place: Arc<str>,
    folder: Option<Arc<Path>>,
}

/// Something about an object store did not work.
#[derive(Debug, thiserror::Error)]
pub enum ObjectsError {
    /// A setting does not fit.
    #[error("the setting {key} {problem}")]
    Setting {
        /// Its key.
        key: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The folder cannot be made.
    #[error("could not make the folder {path}")]
    Folder {
        /// Which.
        path: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The object store did not do what it was asked.
    #[error("could not {doing}")]
    Object {
        /// What was attempted, and on which object.
        doing: String,
        /// What it said.
        #[source]
        source: object_store::Error,
    },
    /// The object store has not answered.
    #[error("could not {doing}: no answer within {} s", PATIENCE.as_secs())]
    Silent {
        /// What was attempted, and on which object.
        doing: String,
    },
}

impl ObjectsError {
    pub(crate) fn doing(doing: impl Into<String>) -> impl FnOnce(object_store::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Object { doing, source }
    }
}

impl Objects {
    /// Where it is, for people.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The folder, when it is one.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }
}

/// The outcome of an exchange with the object store, which must not take for ever.
pub(crate) async fn within<T>(
    doing: String,
    exchange: impl Future<Output = object_store::Result<T>> + Send,
) -> Result<T, ObjectsError> {
    match tokio::time::timeout(PATIENCE, exchange).await {
        Ok(done) => done.map_err(ObjectsError::doing(doing)),
        Err(_) => Err(ObjectsError::Silent { doing }),
    }
}
