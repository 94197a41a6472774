//! `/metrics`: who may read it, in which format, the page that describes it, and that what is in
//! it is what the page says. What is counted has tests of its own (`figures.rs`).

use std::collections::BTreeSet;

use cpor::calendar::tzdb_version;
use cpor::metrics::{FIGURES, Figure, OPENMETRICS, TEXT, describe};

use super::documents::assert_kept;
use super::readiness::{calendars, site_with};
use super::{Role, Site, assert_problem, somebody};
use cpor::testkit::http::HttpClient;

#[test]
fn the_table_of_figures_is_kept() {
    assert_kept("docs/metrics.md", &describe());
}

#[tokio::test]
async fn only_operators_read_figures_unless_they_are_public() {
    let site = Site::open().await;
    assert_problem(&site.http.get("/metrics").await, 401, "credential_invalid");
    let key = site.key(somebody(Role::Operator)).await;
    let answer = site.http.get_as(&key, "/metrics").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let open = Site::configured(&[("http.metrics_public", "true")]).await;
    let answer = open.http.get("/metrics").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, OPENMETRICS));
    // A credential that is not needed is not looked at either.
    assert_eq!(open.http.get_as("nonsense", "/metrics").await.status, 200);
}

#[tokio::test]
async fn figures_say_what_windows_use_and_what_is_wrong_with_it() {
    let calendars = calendars("2026-12-10", "");
    let site = site_with(&calendars, &[("http.metrics_public", "true")]).await;
    let text = site.http.get("/metrics").await.text();
    let (version, tzdb) = (env!("CARGO_PKG_VERSION"), tzdb_version());
    for line in [
        format!("cpor_build_info{{version=\"{version}\"}} 1"),
        format!("cpor_tzdb_info{{version=\"{tzdb}\"}} 1"),
        "cpor_redis_up 1".to_owned(),
        format!("cpor_windows_open{{calendar=\"TR\",tzdb=\"{tzdb}\"}} 1"),
        "cpor_calendar_horizon_seconds{calendar=\"TR\"} 1728000".to_owned(),
        "cpor_calendar_alarms{code=\"calendar_exhausted\"} 1".to_owned(),
        "cpor_calendar_alarms{code=\"calendar_ends_soon\"} 0".to_owned(),
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(text.ends_with("# EOF\n"), "{text}");
    site.world.travel_to("2026-12-01T00:00:00Z").await;
}

/// The figures in a format that this header asks for.
async fn figures_for(http: &HttpClient, accept: &str) -> (String, String) {
    let answer = http.request(axum::http::Method::GET, "/metrics", &[("accept", accept)], "").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    (answer.header("content-type").to_owned(), answer.text())
}

/// The figure of a series: the name is its own, or that of a part of a histogram.
fn figure_of(series: &str) -> &'static Figure {
    let is = |figure: &&Figure| {
        let rest = series.strip_prefix(figure.name);
        match figure.kind {
            "histogram" => matches!(rest, Some("_bucket" | "_sum" | "_count")),
            _ => rest == Some(""),
        }
    };
    FIGURES.iter().find(is).unwrap_or_else(|| panic!("{series} is not described"))
}

#[tokio::test]
async fn every_figure_is_in_the_table_with_its_labels() {
    let calendars = calendars("2041-12-31", "");
    let site = site_with(&calendars, &[("http.metrics_public", "true")]).await;
    // A request is counted when it is over.
    site.http.get("/metrics").await;
    let (media_type, text) = figures_for(&site.http, "*/*").await;
    assert_eq!(media_type, OPENMETRICS);
    let mut seen = BTreeSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (series, _) = line.rsplit_once(' ').unwrap();
        let (name, labels) = series.split_once('{').unwrap_or((series, ""));
        let figure = figure_of(name);
        let labels = labels.trim_end_matches('}').split("\",");
        let labels = labels.filter_map(|pair| pair.split('=').next());
        let labels: Vec<&str> = labels.filter(|name| !matches!(*name, "" | "le")).collect();
        assert_eq!(labels, figure.labels, "{line}");
        seen.insert(figure.name);
        let about = figure.name.trim_end_matches("_info").trim_end_matches("_total");
        assert!(text.contains(&format!("# TYPE {about} {}\n", figure.kind)), "{line}");
        assert!(text.contains(&format!("# HELP {about} {}.\n", figure.help)), "{line}");
    }
    let missing = FIGURES.iter().map(|figure| figure.name).filter(|name| !seen.contains(name));
    assert_eq!(missing.collect::<Vec<_>>(), [""; 0], "{text}");
    site.world.travel_to("2026-12-01T00:00:00Z").await;
}

#[tokio::test]
async fn older_readers_get_the_older_format() {
    let site = Site::configured(&[("http.metrics_public", "true")]).await;
    let (media_type, text) = figures_for(&site.http, "text/plain;version=0.0.4").await;
    assert_eq!(media_type, TEXT);
    assert!(text.contains("# TYPE cpor_commits_total counter\n"), "{text}");
    assert!(text.contains("# TYPE cpor_build_info gauge\n"), "{text}");
    assert!(!text.contains("# EOF"), "{text}");
}

#[test]
fn names_follow_the_conventions_of_prometheus() {
    // Business days are counted, and are no length of time.
    let exceptions = ["cpor_window_business_days"];
    let units = ["days", "hours", "minutes", "milliseconds", "ms", "kilobytes", "percent"];
    for Figure { name, kind, labels, help } in FIGURES {
        assert!(name.starts_with("cpor_"), "{name}");
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
        assert_eq!(name.ends_with("_total"), kind == "counter", "{name}");
        assert_eq!(name.ends_with("_info"), kind == "info", "{name}");
        let has_unit = name.split('_').any(|word| units.contains(&word));
        assert!(!has_unit || exceptions.contains(&name), "{name}: seconds and bytes alone");
        assert!(!labels.iter().any(|label| matches!(*label, "job" | "instance" | "le")), "{name}");
        assert!(help.len() > 15 && !help.ends_with('.'), "{name}: {help}");
    }
    let names: BTreeSet<&str> = FIGURES.iter().map(|figure| figure.name).collect();
    assert_eq!(names.len(), FIGURES.len(), "a name stands there twice");
}
