//! Opens the object store that a setting names.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use object_store::RetryConfig;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;

use super::http::Connector;
use super::{Objects, ObjectsError};
use crate::settings::S3Settings;

/// An object store that is in trouble is asked again, but not for longer than this.
const RETRY_LIMIT: Duration = Duration::from_secs(60);

/// Where a setting says that objects are.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The section of the settings, such as `archive`.
    pub section: &'static str,
    /// The key in it, such as `store`.
    pub key: &'static str,
    /// What it says: a folder, `file:///…`, `s3://BUCKET/PREFIX`, or nothing.
    pub value: &'a str,
    /// How S3 is reached, where it is S3.
    pub s3: &'a S3Settings,
    /// The folder when it says nothing.
    pub default: &'a Path,
}

impl Objects {
    /// Opens the object store; with S3, connects to nothing yet.
    ///
    /// # Errors
    ///
    /// When a setting does not fit, or the folder cannot be made.
    pub fn open(setting: &Setting<'_>) -> Result<Self, ObjectsError> {
        let value = setting.value;
        if let Some(bucket) = value.strip_prefix("s3://") {
            let (bucket, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
            if bucket.is_empty() {
                return Err(setting.unusable("has no bucket; write s3://BUCKET/PREFIX"));
            }
            let bucket = s3(bucket, setting)?;
            let store = Arc::new(PrefixStore::new(bucket, prefix.trim_matches('/')));
            let place = Arc::from(value.trim_end_matches('/'));
            return Ok(Self { store, place, folder: None });
        }
        if value.contains("://") && !value.starts_with("file://") {
            return Err(
                setting.unusable("is neither a folder nor file:///… nor s3://BUCKET/PREFIX")
            );
        }
        let folder = value.strip_prefix("file://").unwrap_or(value);
        if value.starts_with("file://") && !folder.starts_with('/') {
            return Err(
                setting.unusable("names a host; a file URL has three slashes: file:///var/archive")
            );
        }
        if folder.is_empty() { folder_at(setting.default) } else { folder_at(folder.as_ref()) }
    }
}

impl Setting<'_> {
    fn unusable(&self, problem: &str) -> ObjectsError {
        let key = format!("{}.{}", self.section, self.key);
        ObjectsError::Setting { key, problem: problem.to_owned() }
    }
}

/// A folder that nobody else can look into: there is personal data in it.
fn folder_at(path: &Path) -> Result<Objects, ObjectsError> {
    let folder = |source| ObjectsError::Folder { path: path.display().to_string(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(folder)?;
    let store = LocalFileSystem::new_with_prefix(path)
        .map_err(ObjectsError::doing(format!("open the folder {}", path.display())))?
        .with_fsync(true);
    let place = Arc::from(path.display().to_string());
    Ok(Objects { store: Arc::new(store), place, folder: Some(Arc::from(path)) })
}

fn s3(bucket: &str, setting: &Setting<'_>) -> Result<AmazonS3, ObjectsError> {
    let settings = setting.s3;
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
            let variables = format!("CPOR_{}__S3__", setting.section.to_uppercase());
            return Err(ObjectsError::Setting {
                key: format!("{}.s3", setting.section),
                problem: format!(
                    "has one half of the credentials: set both {variables}ACCESS_KEY_ID and \
                     {variables}SECRET_ACCESS_KEY, or neither"
                ),
            });
        }
    }
    builder.build().map_err(ObjectsError::doing(format!("set up the bucket {bucket}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn open(overrides: &[(&str, &str)], data: &Path) -> Result<String, String> {
        let settings = Settings::built_in(overrides).unwrap().archive;
        let opened = Objects::open(&Setting {
            section: "archive",
            key: "store",
            value: &settings.store,
            s3: &settings.s3,
            default: &data.join("archive"),
        });
        opened.map(|objects| objects.place().to_owned()).map_err(|error| error.to_string())
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
