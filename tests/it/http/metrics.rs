//! `/metrics`: what is in it, who may read it, and the page that describes it.

use std::collections::BTreeSet;

use cpor::calendar::tzdb_version;
use cpor::metrics::{FIGURES, OPENMETRICS, describe};

use super::documents::assert_kept;
use super::readiness::{calendars, site_with};
use super::{Role, Site, assert_problem, somebody};

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
        "cpor_calendar_horizon_days{calendar=\"TR\"} 20".to_owned(),
        "cpor_calendar_alarms{code=\"calendar_exhausted\"} 1".to_owned(),
        "cpor_calendar_alarms{code=\"calendar_ends_soon\"} 0".to_owned(),
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(text.ends_with("# EOF\n"), "{text}");
    site.world.travel_to("2026-12-01T00:00:00Z").await;
}

#[tokio::test]
async fn every_figure_is_in_the_table_with_its_labels() {
    let calendars = calendars("2041-12-31", "");
    let site = site_with(&calendars, &[("http.metrics_public", "true")]).await;
    let text = site.http.get("/metrics").await.text();
    let mut seen = BTreeSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (series, _) = line.rsplit_once(' ').unwrap();
        let (name, labels) = series.split_once('{').unwrap_or((series, ""));
        let figure = FIGURES.iter().find(|figure| figure.name == name);
        let figure = figure.unwrap_or_else(|| panic!("{name} is not described"));
        let labels: Vec<&str> =
            labels.split(',').filter_map(|pair| pair.split('=').next()).collect();
        let labels: Vec<&str> = labels.into_iter().filter(|label| !label.is_empty()).collect();
        assert_eq!(labels, figure.labels, "{line}");
        seen.insert(figure.name);
        let about = name.trim_end_matches("_info");
        assert!(text.contains(&format!("# TYPE {about} {}\n", figure.kind)), "{text}");
        assert!(text.contains(&format!("# HELP {about} {}.\n", figure.help)), "{text}");
    }
    assert_eq!(seen.len(), FIGURES.len(), "some figures have no value: {text}");
    site.world.travel_to("2026-12-01T00:00:00Z").await;
}
