//! Opens the object store that the settings name.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, RetryConfig};

use super::http::Connector;
use super::{Archive, ArchiveError};
use crate::settings::{ArchiveSettings, S3Settings};

const KEY: &str = "archive.store";
/// An object store that is in trouble is asked again, but not for longer than this.
const RETRY_LIMIT: Duration = Duration::from_secs(60);

impl Archive {
    /// Opens the archive; with S3, connects to nothing yet. `data` is where it is by default.
    ///
    /// # Errors
    ///
    /// When a setting does not fit, or the folder cannot be made.
    pub fn open(settings: &ArchiveSettings, data: &Path) -> Result<Self, ArchiveError> {
        let store = settings.store.as_str();
        if let Some(bucket) = store.strip_prefix("s3://") {
            let (bucket, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
            if bucket.is_empty() {
                return Err(unusable("has no bucket; write s3://BUCKET/PREFIX"));
            }
            let bucket = s3(bucket, &settings.s3)?;
            let objects = Arc::new(PrefixStore::new(bucket, prefix.trim_matches('/')));
            return Ok(Self { objects, place: Arc::from(store.trim_end_matches('/')) });
        }
        if store.contains("://") && !store.starts_with("file://") {
            return Err(unusable("is neither a folder nor file:///… nor s3://BUCKET/PREFIX"));
        }
        let folder = store.strip_prefix("file://").unwrap_or(store);
        if store.starts_with("file://") && !folder.starts_with('/') {
            return Err(unusable(
                "names a host; a file URL has three slashes: file:///var/archive",
            ));
        }
        if folder.is_empty() {
            folder_at(&data.join("archive"))
        } else {
            folder_at(folder.as_ref())
        }
    }
}

fn unusable(problem: &str) -> ArchiveError {
    ArchiveError::Setting { key: KEY, problem: problem.to_owned() }
}

/// A folder that nobody else can look into: there is personal data in it.
fn folder_at(path: &Path) -> Result<Archive, ArchiveError> {
    let folder = |source| ArchiveError::Folder { path: path.display().to_string(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(folder)?;
    let objects = LocalFileSystem::new_with_prefix(path)
        .map_err(ArchiveError::doing(format!("open the folder {}", path.display())))?
        .with_fsync(true);
    let objects: Arc<dyn ObjectStore> = Arc::new(objects);
    Ok(Archive { objects, place: Arc::from(path.display().to_string()) })
}

fn s3(bucket: &str, settings: &S3Settings) -> Result<AmazonS3, ArchiveError> {
    let retry =
        RetryConfig { max_retries: 5, retry_timeout: RETRY_LIMIT, ..RetryConfig::default() };
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        .with_region(&settings.region)
        .with_virtual_hosted_style_request(!settings.path_style)
        .with_retry(retry)
        .with_http_connector(Connector);
    if !settings.endpoint.is_empty() {
        builder = builder
            .with_endpoint(settings.endpoint.trim_end_matches('/'))
            .with_allow_http(settings.endpoint.starts_with("http://"));
    }
    match (&settings.access_key_id, &settings.secret_access_key) {
        (Some(id), Some(secret)) => {
            builder = builder.with_access_key_id(id.reveal());
            builder = builder.with_secret_access_key(secret.reveal());
        }
        (None, None) => {}
        (Some(_), None) | (None, Some(_)) => {
            return Err(ArchiveError::Setting {
                key: "archive.s3",
                problem: "has one half of the credentials: set both \
                          CPOR_ARCHIVE__S3__ACCESS_KEY_ID and \
                          CPOR_ARCHIVE__S3__SECRET_ACCESS_KEY, or neither"
                    .to_owned(),
            });
        }
    }
    builder.build().map_err(ArchiveError::doing(format!("set up the bucket {bucket}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn open(overrides: &[(&str, &str)], data: &Path) -> Result<String, String> {
        let settings = Settings::built_in(overrides).unwrap();
        let opened = Archive::open(&settings.archive, data);
        opened.map(|archive| archive.place().to_owned()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_folder_or_a_bucket_is_opened_as_it_is_written() {
        let data = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        let other = other.path().join("a/b");
        let url = format!("file://{}", other.display());
        let check = |store: &str, expected: &str| {
            assert_eq!(open(&[("archive.store", store)], data.path()).as_deref(), Ok(expected));
        };
        check("", &data.path().join("archive").display().to_string());
        check(&url, &other.display().to_string());
        check(&other.display().to_string(), &other.display().to_string());
        check("s3://claims/of/cpor/", "s3://claims/of/cpor");
    }

    #[test]
    fn what_cannot_be_meant_names_its_key() {
        let data = tempfile::tempdir().unwrap();
        let check = |overrides: &[(&str, &str)], key: &str| {
            let error = open(overrides, data.path()).unwrap_err();
            assert!(error.contains(key), "{error}");
        };
        check(&[("archive.store", "s3://")], "archive.store");
        check(&[("archive.store", "file://host/folder")], "archive.store");
        check(&[("archive.store", "gs://bucket")], "archive.store");
        let half = [("archive.store", "s3://b"), ("archive.s3.access_key_id", "AKIA")];
        check(&half, "archive.s3");
    }
}
