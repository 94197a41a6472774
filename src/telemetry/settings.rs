//! What can be set about tracing; `config/default.toml` says what every key means.

use hyper::Uri;
use serde::Deserialize;

/// Where spans go, and which.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml describes every key")]
pub struct TracingSettings {
    pub otlp_endpoint: String,
    pub sample_ratio: f64,
    pub service_name: String,
}

impl TracingSettings {
    /// The first key that cannot be used, and what is wrong with it.
    pub(crate) fn problem(&self) -> Option<(&'static str, &'static str)> {
        if !(0.0..=1.0).contains(&self.sample_ratio) {
            return Some(("tracing.sample_ratio", "must be 0 to 1"));
        }
        if self.otlp_endpoint.is_empty() || is_base(&self.otlp_endpoint) {
            return None;
        }
        let problem = "must be empty, or the address of a collector such as \
                       http://127.0.0.1:4318, without user name, query or fragment";
        Some(("tracing.otlp_endpoint", problem))
    }

    /// Where spans are posted to: OTLP has a path of its own below the collector's address.
    pub(super) fn traces_url(&self) -> String {
        const PATH: &str = "/v1/traces";
        let base = self.otlp_endpoint.trim_end_matches('/');
        if base.ends_with(PATH) { base.to_owned() } else { format!("{base}{PATH}") }
    }
}

fn is_base(address: &str) -> bool {
    let Ok(uri) = address.parse::<Uri>() else { return false };
    let has_user = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
    matches!(uri.scheme_str(), Some("http" | "https"))
        && uri.host().is_some_and(|host| !host.is_empty())
        && !has_user
        && uri.query().is_none()
        && !address.contains('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(otlp_endpoint: &str, sample_ratio: f64) -> TracingSettings {
        let (otlp_endpoint, service_name) = (otlp_endpoint.to_owned(), String::new());
        TracingSettings { otlp_endpoint, sample_ratio, service_name }
    }

    #[test]
    fn what_cannot_be_used_names_its_key() {
        let check = |endpoint: &str, ratio: f64, expected: Option<&str>| {
            let problem = settings(endpoint, ratio).problem().map(|(key, _)| key);
            assert_eq!(problem, expected, "{endpoint} {ratio}");
        };
        check("", 1.0, None);
        check("http://127.0.0.1:4318", 0.0, None);
        check("https://collector.internal/otlp/", 0.25, None);
        check("", 1.5, Some("tracing.sample_ratio"));
        check("", -0.1, Some("tracing.sample_ratio"));
        check("", f64::NAN, Some("tracing.sample_ratio"));
        for bad in [
            "collector:4318",
            "/v1/traces",
            "ftp://collector",
            "http://",
            "https://user:secret@collector",
            "https://collector/?key=secret",
            "https://collector/#a",
        ] {
            check(bad, 1.0, Some("tracing.otlp_endpoint"));
        }
    }

    #[test]
    fn spans_go_below_the_address() {
        let check = |endpoint: &str, expected: &str| {
            assert_eq!(settings(endpoint, 1.0).traces_url(), expected);
        };
        check("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces");
        check("http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/traces");
        check("https://collector/otlp/v1/traces", "https://collector/otlp/v1/traces");
    }
}
